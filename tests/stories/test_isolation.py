"""From the order to the open door: a bed, a closed journey, two checks a day, symptoms, needs, and who leaves when."""

import threading
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connections

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.models import Duty
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.models import Stay
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from bihuan.reports.isolation import moves
from tests import cast, make
from tests.loop import _houses, _orders
from tests.loop._houses import DAY, HOUR, MINUTE, House

SITE_PATH = make.PATHS["991027102001"]


@pytest.fixture
def here(db: None) -> House:
    return _houses.house()


def open_tasks(kind: str) -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(command_reads.open_tasks(make.EVERYBODY).filter(kind=kind))


def checks(order: UUID) -> list[Duty]:
    return [d for d in _orders.duties(order) if d.kind == "check"]


def problems() -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(command_reads.problems(make.EVERYBODY))


def test_from_home_to_the_room_both_ends_confirm_and_the_checks_move_with_them(here: House) -> None:
    order = _orders.in_force(here.staff, make.person(cast.ZHAO))
    given = make.does(here.hua, "assign_bed", at=DAY + 5 * MINUTE, order=order, bed=_houses.bed(here.site, "101"))
    assert given.word == "assigned"
    stay = UUID(given.result["stay"])
    journey = {"kind": "to_site", "passengers": [{"order": order, "seat": 3}], "to_facility": here.site}
    planned = make.does(here.hua, "start_transfer", at=DAY + 6 * MINUTE, from_words="河湾村12号", **journey)
    assert planned.word == "planned"
    transfer = UUID(planned.result["transfer"])
    (task,) = open_tasks("transfer")
    (seat,) = _houses.seats(transfer)
    leaves = {"transfer": transfer, "aboard": [seat], "vehicle": "鲁Q12345", "seats": 6, "driver": "某"}
    assert make.does(here.nurse, "confirm_departure", at=DAY + HOUR, **leaves).code == "no_such_transfer"
    assert make.does(here.nurse, "confirm_arrival", at=DAY + HOUR, transfer=transfer, there=[seat]).code == "not_left"
    assert make.does(here.county.wu, "confirm_departure", at=DAY + HOUR, **leaves).status == "done"
    assert {d.path for d in checks(order)} == {make.PATHS["991027101001"]}
    assert (
        make.does(here.nurse, "confirm_arrival", at=DAY + 2 * HOUR, transfer=transfer, there=[seat]).word == "arrived"
    )
    assert _houses.stay(stay).arrived_at == DAY + 2 * HOUR
    assert {d.path for d in checks(order)} == {SITE_PATH}
    assert task.id not in [t.id for t in open_tasks("transfer")]
    assert make.does(here.nurse, "disinfect_vehicle", at=DAY + 3 * HOUR, transfer=transfer).status == "done"
    assert _houses.transfer(transfer).state == "closed"


def test_a_vehicle_that_was_not_disinfected_does_not_leave_again(here: House) -> None:
    first, second = (_orders.in_force(here.staff, make.person(who)) for who in (cast.ZHAO, cast.QIAN))
    transfers = []
    for order in (first, second):
        told = {"kind": "to_site", "passengers": [{"order": order, "seat": 1}], "to_facility": here.site}
        planned = make.does(here.hua, "start_transfer", at=DAY + 5 * MINUTE, from_words="河湾村", **told)
        transfers.append(UUID(planned.result["transfer"]))

    def leaves(transfer: UUID, hours: int) -> Any:
        words = {"transfer": transfer, "aboard": _houses.seats(transfer), "vehicle": "鲁q12345", "seats": 4}
        return make.does(here.county.wu, "confirm_departure", at=DAY + hours * HOUR, **words)

    assert leaves(transfers[0], 1).status == "done"
    assert leaves(transfers[1], 1).code == "on_the_road"
    there = {"transfer": transfers[0], "there": _houses.seats(transfers[0])}
    assert make.does(here.nurse, "confirm_arrival", at=DAY + 2 * HOUR, **there).status == "done"
    assert leaves(transfers[1], 3).code == "not_disinfected"
    make.does(here.nurse, "disinfect_vehicle", at=DAY + 3 * HOUR, transfer=transfers[0])
    assert leaves(transfers[1], 4).status == "done"


def test_the_same_person_does_not_confirm_both_ends_and_a_seat_is_not_sat_on_twice(here: House) -> None:
    orders = [_orders.in_force(here.staff, make.person(who)) for who in (cast.ZHAO, cast.QIAN)]
    told = {"kind": "to_site", "to_facility": here.site, "from_words": "河湾村"}
    twice = [{"order": o, "seat": 1} for o in orders]
    assert make.does(here.hua, "start_transfer", at=DAY + HOUR, passengers=twice, **told).code == "seat_taken"
    apart = [{"order": o, "seat": n + 1} for n, o in enumerate(orders)]
    planned = make.does(here.hua, "start_transfer", at=DAY + HOUR, passengers=apart, **told)
    transfer = UUID(planned.result["transfer"])
    leaves = {"transfer": transfer, "aboard": _houses.seats(transfer), "vehicle": "鲁Q1", "seats": 1}
    assert make.does(here.hua, "confirm_departure", at=DAY + HOUR, **leaves).code == "too_many"
    assert make.does(here.hua, "confirm_departure", at=DAY + HOUR, **(leaves | {"seats": 5})).status == "done"
    there = {"transfer": transfer, "there": _houses.seats(transfer)}
    assert make.does(here.hua, "confirm_arrival", at=DAY + 2 * HOUR, **there).code == "same_person"


def test_somebody_who_left_and_did_not_arrive_is_looked_for_at_once(here: House) -> None:
    orders = [_orders.in_force(here.staff, make.person(who)) for who in (cast.ZHAO, cast.QIAN)]
    apart = [{"order": o, "seat": n + 1} for n, o in enumerate(orders)]
    told = {"kind": "to_site", "to_facility": here.site, "from_words": "河湾村", "passengers": apart}
    transfer = UUID(make.does(here.hua, "start_transfer", at=DAY + HOUR, **told).result["transfer"])
    both = _houses.seats(transfer)
    leaves = {"transfer": transfer, "aboard": both, "vehicle": "鲁Q1", "seats": 5}
    make.does(here.county.wu, "confirm_departure", at=DAY + HOUR, **leaves)
    answer = make.does(here.nurse, "confirm_arrival", at=DAY + 2 * HOUR, transfer=transfer, there=both[:1])
    assert answer.word == "somebody_missing"
    (task,) = open_tasks("missing_person")
    assert task.clock.due_at == DAY + 2 * HOUR + 30 * MINUTE


def test_two_clerks_cannot_book_one_bed(here: House) -> None:
    orders = [_orders.in_force(here.staff, make.person(who)) for who in (cast.ZHAO, cast.LI)]
    where, start, answers = _houses.bed(here.site, "101"), threading.Barrier(2), []
    clerks = (here.hua, here.county.zheng)

    def book(order: UUID, clerk: Any) -> None:
        start.wait()
        answers.append(make.does(clerk, "assign_bed", at=DAY + HOUR, order=order, bed=where))
        connections.close_all()

    threads = [threading.Thread(target=book, args=pair) for pair in zip(orders, clerks, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(a.status for a in answers) == ["done", "refused"]
    assert {a.code for a in answers if a.status == "refused"} == {"bed_taken"}
    with scoped(make.EVERYBODY):
        assert Stay.objects.count() == 1


def test_a_family_shares_a_room_and_a_stranger_does_not(here: House) -> None:
    _houses.lodged(here, make.person(cast.ZHAO), "103")
    stranger = _orders.in_force(here.staff, make.person(cast.LI))
    where = {"order": stranger, "bed": _houses.bed(here.site, "103", 2)}
    assert make.does(here.hua, "assign_bed", at=DAY + HOUR, **where).code == "room_taken"


def test_a_carer_may_share_the_room_of_the_one_cared_for(here: House) -> None:
    cared = _houses.lodged(here, make.person(cast.ZHAO), "103", needs=["needs_care"], exception_reason="等照护人到")
    carer = _orders.in_force(here.staff, make.person(cast.LI))
    where = {"order": carer, "bed": _houses.bed(here.site, "103", 2), "with_stay": cared, "needs": ["carer"]}
    assert make.does(here.hua, "assign_bed", at=DAY + HOUR, **where).status == "done"


@pytest.mark.parametrize("need", ["pregnant", "dialysis", "minor", "needs_care", "serious_illness"])
def test_an_exception_is_proposed_before_a_bed_is_given(here: House, need: str) -> None:
    order = _orders.in_force(here.staff, make.person(cast.LI))
    where = {"order": order, "bed": _houses.bed(here.site, "101"), "needs": [need]}
    refused = make.does(here.hua, "assign_bed", at=DAY + HOUR, **where)
    assert refused.code == "exception"
    assert make.does(here.hua, "assign_bed", at=DAY + HOUR, exception_reason="已评估", **where).status == "done"
    with scoped(make.EVERYBODY):
        told = Act.objects.filter(verb="assign_bed", word="assigned").get()
        assert need not in f"{told.args}{told.result}"
        assert "已评估" not in f"{told.args}{told.result}"


def test_the_nurse_of_another_township_does_two_checks_a_day_and_knows_only_what_she_must(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    order = _houses.stay(stay).order_id
    with scoped(Scope(SITE_PATH)):
        (seen,) = stays_reads.stays_now(Scope(SITE_PATH), DAY + HOUR)
        assert stays_reads.opened(seen.sealed)["name"] == cast.ZHAO.name
    answer = make.does(here.nurse, "record_check", at=DAY + HOUR, stay=stay, celsius=36.6)
    assert answer.word == "recorded"
    (done,) = [d for d in checks(order) if d.done_at]
    assert (done.done_at, done.result, done.due_from <= DAY + HOUR < done.due_until) == (DAY + HOUR, "well", True)
    again = make.does(here.nurse, "record_check", at=DAY + 2 * HOUR, stay=stay, celsius=36.5)
    assert again.word == "extra"
    assert make.does(here.county.wu, "record_check", at=DAY + 2 * HOUR, stay=stay).code == "no_such_stay"
    with scoped(make.EVERYBODY):
        for act in Act.objects.filter(verb__in=["record_check", "record_duty"]):
            assert "36." not in f"{act.args}{act.result}"


def test_a_missed_check_is_a_task_of_the_site_and_a_late_one_ends_it(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    first = min(checks(_houses.stay(stay).order_id), key=lambda d: d.due_from)
    tick(first.due_until - MINUTE)
    assert open_tasks("missed_duty") == []
    tick(first.due_until)
    (task,) = open_tasks("missed_duty")
    assert (task.path, task.responsible.name) == (SITE_PATH, "魏护")
    for minutes in (30, 60, 120):
        tick(first.due_until + minutes * MINUTE)
    with scoped(make.EVERYBODY):
        told = set(command_reads.notices(here.county.zheng.id).values_list("kind", flat=True))
    assert "escalation_2" in told


def test_a_fever_is_reported_and_taken_to_the_hospital_in_a_closed_journey(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    make.does(here.nurse, "record_check", at=DAY + HOUR, stay=stay, celsius=36.6)
    fever = make.does(here.nurse, "record_check", at=DAY + 2 * HOUR, stay=stay, celsius=37.3, symptoms=["cough"])
    assert fever.word == "extra_symptoms", fever.reason
    with scoped(make.EVERYBODY):
        (journey,) = stays_reads.under_way(make.EVERYBODY)
    assert (journey.kind, journey.to_facility_id, journey.from_facility_id) == ("to_hospital", here.hospital, here.site)
    assert journey.due_at == DAY + 3 * HOUR
    (task,) = open_tasks("transfer")
    assert (task.path, task.responsible.name) == (SITE_PATH, "魏护")
    again = make.does(here.nurse, "record_check", at=DAY + 2 * HOUR + MINUTE, stay=stay, celsius=38.0)
    assert again.status == "done"
    with scoped(make.EVERYBODY):
        assert stays_reads.under_way(make.EVERYBODY).count() == 1
    leaves = {"transfer": journey.id, "aboard": _houses.seats(journey.id), "vehicle": "鲁Q120", "seats": 2}
    assert make.does(here.nurse, "confirm_departure", at=DAY + 2 * HOUR + 20 * MINUTE, **leaves).status == "done"
    ended = _houses.stay(stay)
    assert (ended.end_reason, ended.stay_until) == ("hospital", DAY + 2 * HOUR + 20 * MINUTE)
    assert _houses.room_state(here.site, "101") == "to_disinfect"
    there = {"transfer": journey.id, "there": _houses.seats(journey.id)}
    assert make.does(here.doctor, "confirm_arrival", at=DAY + 2 * HOUR + 50 * MINUTE, **there).word == "arrived"
    assert open_tasks("transfer") == []


def test_without_an_open_hospital_the_county_is_asked_at_once(here: House) -> None:
    assert make.does(here.county.zheng, "close_site", at=DAY, facility=here.hospital).status == "done"
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    make.does(here.nurse, "record_check", at=DAY + HOUR, stay=stay, celsius=39.1)
    (task,) = open_tasks("symptoms")
    assert task.clock.due_at == DAY + 2 * HOUR


def test_a_home_is_assessed_first_and_an_unfit_one_proposes_another_place(here: House) -> None:
    order = _orders.in_force(here.staff, make.person(cast.ZHAO))
    with scoped(make.EVERYBODY):
        from bihuan.ledgers.orders.models import Order

        Order.objects.filter(id=order).update(measure="home_quarantine")
    home = {"order": order, "helper": here.county.zhou.id, "room": "东屋"}
    assert make.does(here.county.wu, "settle_at_home", at=DAY + HOUR, **home).code == "not_assessed"
    unfit = make.does(
        here.county.zhou, "assess_home", at=DAY + HOUR, order=order, answers=_houses.FIT | {"own_room": "no"}
    )
    assert (unfit.word, unfit.result["failed"]) == ("unfit", ["own_room"])
    (task,) = open_tasks("place_stay")
    assert task.subject == f"order:{order}"
    assert make.does(here.county.wu, "settle_at_home", at=DAY + HOUR, **home).code == "unfit"
    assert make.does(here.county.zhou, "assess_home", at=DAY + 2 * HOUR, order=order, answers=_houses.FIT).word == "fit"
    settled = make.does(here.county.wu, "settle_at_home", at=DAY + 3 * HOUR, **home)
    assert settled.status == "done", settled.reason
    stay = UUID(settled.result["stay"])
    assert make.does(here.county.zhou, "record_check", at=DAY + 3 * HOUR, stay=stay, celsius=36.4).word == "recorded"


def test_what_is_asked_for_is_delivered_and_signed_for(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    make.does(here.nurse, "request_need", at=DAY + HOUR, stay=stay, need="food", words="清真")
    make.does(here.nurse, "request_need", at=DAY + HOUR, stay=stay, need="medicine", words="降压药")
    food, medicine = sorted(open_tasks("need"), key=lambda t: t.detail["need"])
    assert food.clock.due_at - medicine.clock.due_at == 2 * HOUR
    assert "降压药" not in f"{medicine.title}{medicine.detail}"
    assert make.does(here.nurse, "deliver_need", at=DAY + 2 * HOUR, task=medicine.id, receipt="").code == "no_receipt"
    assert make.does(here.nurse, "deliver_need", at=DAY + 2 * HOUR, task=medicine.id, receipt="交本人").status == "done"
    assert [t.id for t in open_tasks("need")] == [food.id]


def test_the_rule_sheet_is_signed_for_once(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    assert make.does(here.nurse, "confirm_rules", at=DAY + HOUR, stay=stay, how="signed").word == "received"
    assert make.does(here.nurse, "confirm_rules", at=DAY + 2 * HOUR, stay=stay, how="household").word == "known"
    assert _houses.stay(stay).rules_at == DAY + HOUR


def test_nobody_is_let_out_while_an_order_holds_them_and_nobody_is_kept_after_it(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    order = _orders.order(_houses.stay(stay).order_id)
    assert make.does(here.nurse, "end_stay", at=order.ends_at - MINUTE, stay=stay).code == "still_bound"
    tick(order.ends_at)
    answer = make.does(here.nurse, "end_stay", at=order.ends_at, stay=stay)
    assert answer.status == "done", answer.reason
    assert _houses.room_state(here.site, "101") == "to_disinfect"
    other = _orders.in_force(here.staff, make.person(cast.LI), at=order.ends_at - 24 * HOUR,
                             last_exposure=order.ends_at - 48 * HOUR)  # fmt: skip
    again = {"order": other, "bed": _houses.bed(here.site, "101")}
    assert make.does(here.hua, "assign_bed", at=order.ends_at + HOUR, **again).code == "room_not_ready"
    with scoped(make.EVERYBODY):
        room = _houses.stay(stay).room_id
    make.does(here.nurse, "set_room_ready", at=order.ends_at + 2 * HOUR, room=room)
    assert make.does(here.hua, "assign_bed", at=order.ends_at + 3 * HOUR, **again).status == "done"


def test_another_room_is_taken_as_the_old_one_is_left(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    moved = make.does(
        here.nurse, "move_stay", at=DAY + HOUR, stay=stay, bed=_houses.bed(here.site, "201"), reason="漏水"
    )
    assert moved.status == "done", moved.reason
    before, after = _houses.stay(stay), _houses.stay(UUID(moved.result["stay"]))
    assert (before.stay_until, after.stay_from, after.arrived_at) == (DAY + HOUR,) * 3
    taken = make.does(here.nurse, "move_stay", at=DAY + 2 * HOUR, stay=after.id, bed=after.bed_id, reason="再换")
    assert taken.code == "no_such_bed"


def test_a_draw_can_be_repeated_and_neither_site_nor_township_sees_it_before(here: House) -> None:
    stays = [_houses.lodged(here, make.person(who), room) for who, room in
             ((cast.ZHAO, "101"), (cast.QIAN, "102"), (cast.LI, "201"))]  # fmt: skip
    draw = {"count": 2, "seed": 7, "inspector": here.county.zheng.id}
    drawn = make.does(here.hua, "draw_visits", at=DAY + HOUR, **draw)
    assert drawn.result["of"] == 3
    assert len(drawn.result["drawn"]) == 2
    assert set(drawn.result["drawn"]) <= {str(s) for s in stays}
    again = make.does(here.hua, "draw_visits", at=DAY + HOUR, **draw)
    assert again.result["drawn"] == drawn.result["drawn"]
    tasks = open_tasks("unannounced_visit")
    assert len(tasks) == 2
    assert {t.responsible_id for t in tasks} == {here.county.zheng.id}
    for scope in (Scope(SITE_PATH), Scope(make.SHIQIAO), Scope(make.LIUQUAN)):
        with scoped(scope):
            assert not command_reads.open_tasks(scope).filter(kind="unannounced_visit").exists()
    assert make.does(here.county.wu, "draw_visits", at=DAY + HOUR, **draw).code == "not_permitted"


def test_isolation_on_paper_is_found_out_and_mended(here: House) -> None:
    _houses.lodged(here, make.person(cast.ZHAO), "101")
    inspector = here.county.zheng
    make.does(here.hua, "draw_visits", at=DAY + HOUR, count=1, seed=1, inspector=inspector.id)
    (task,) = open_tasks("unannounced_visit")
    found = {"person_present": "no", "checks_real": "no", "helper_known": "yes"}
    at = DAY + 2 * HOUR
    half = make.does(inspector, "report_unannounced", at=at, task=task.id, outcome="not_kept", answers=found)
    assert half.code == "not_filled"
    found["what_is_wrong"] = "人不在房内"
    done = make.does(inspector, "report_unannounced", at=at, task=task.id, outcome="not_kept", answers=found)
    assert done.word == "not_kept", done.reason
    assert open_tasks("unannounced_visit") == []
    (first,) = problems()
    assert (first.path, first.item, first.level) == (SITE_PATH, "isolation_site/kept_in_truth", 1)
    make.does(here.hua, "draw_visits", at=at + HOUR, count=1, seed=2, inspector=inspector.id)
    (task,) = open_tasks("unannounced_visit")
    again = make.does(
        inspector, "report_unannounced", at=at + 2 * HOUR, task=task.id, outcome="not_kept", answers=found
    )
    assert again.result["is_recurrent"]
    second = problems()[0]
    assert (second.earlier, second.level) == ([first.id], 2)  # a second time goes one level up
    idle = make.does(here.hua, "draw_visits", at=at, count=1, seed=1, inspector=here.nurse.id)
    assert idle.code == "may_not_report"


def test_infection_inside_a_site_is_an_incident_with_its_neighbours(here: House) -> None:
    first = _houses.lodged(here, make.person(cast.ZHAO), "101")
    near = _houses.lodged(here, make.person(cast.QIAN), "102")
    _houses.lodged(here, make.person(cast.LI), "201")
    told = {"facility": here.site, "stay": first, "words": "101室核酸阳性，102室同日阳性"}
    opened = make.does(here.nurse, "open_incident", at=DAY + HOUR, **told)
    assert opened.result["neighbours"] == [str(near)]
    (report,) = open_tasks("incident")
    assert report.clock.due_at == DAY + 3 * HOUR
    assert "102室" not in f"{report.title}{report.detail}"
    (check,), (problem,) = open_tasks("site_check"), problems()
    assert (check.path, problem.path, problem.item) == (SITE_PATH, SITE_PATH, "isolation_site/cross_infection")
    with scoped(make.EVERYBODY):
        told_to = command_reads.notices(here.county.zheng.id).values_list("task__kind", flat=True)
        assert "incident" in told_to


def test_the_last_day_is_checked_too(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    order = _orders.order(_houses.stay(stay).order_id)
    last = [d for d in checks(order.id) if d.due_from >= order.ends_at - timedelta(days=1)]
    assert len(last) == 2
    assert max(d.due_until for d in last) == order.ends_at
    evening = max(last, key=lambda d: d.due_from)
    at = order.ends_at - MINUTE
    assert make.does(here.nurse, "record_check", at=at, stay=stay, celsius=36.5).word == "recorded"
    (done,) = [d for d in checks(order.id) if d.done_at]
    assert done.id == evening.id
    assert make.does(here.nurse, "record_check", at=order.ends_at, stay=stay, celsius=36.5).status == "done"


def test_a_sites_day_adds_up_at_every_hour(here: House) -> None:
    order = _orders.in_force(here.staff, make.person(cast.ZHAO))
    given = make.does(here.hua, "assign_bed", at=DAY + HOUR, order=order, bed=_houses.bed(here.site, "101"))
    assert given.word == "assigned"
    scope = Scope(make.PATHS["991027"])
    seen = set()
    with scoped(scope):
        for hours in range(26):
            for row in moves(scope, DAY, DAY + hours * HOUR):
                assert row["opening"] + row["came"] - row["left"] == row["now"]
                seen.add((row["came"], row["now"]))
    assert {(0, 0), (1, 1)} <= seen

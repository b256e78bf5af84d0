"""An order is proposed, signed by who may, served, owed, appealed, extended, released, and ends by itself."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import door
from bihuan.loop.tick import tick
from tests import cast, make
from tests.loop import _orders as given
from tests.loop._orders import DAYS, HOUR, Command

MINUTE = timedelta(minutes=1)


@pytest.fixture
def staff(db: None) -> Command:
    return given.command()


@pytest.fixture
def zhao(staff: Command) -> UUID:
    return make.person(cast.ZHAO)


def open_tasks(kind: str) -> list[str]:
    with scoped(make.EVERYBODY):
        return [t.subject for t in command_reads.open_tasks(make.EVERYBODY).filter(kind=kind)]


def binding(person: UUID, at: object) -> list[str]:
    with scoped(make.EVERYBODY):
        found = orders_reads.binding_at(make.EVERYBODY, [person], at)  # type: ignore[arg-type]
        return [o.measure for o in found.get(person, [])]


def test_from_contact_to_freedom(staff: Command, zhao: UUID) -> None:
    made = given.proposes(staff.zheng, zhao, ground="contact:a")
    central, home = (UUID(o) for o in made.result["orders"])
    assert [o.measure for o in given.chain(central)] == ["central_quarantine", "home_monitoring"]
    assert not binding(zhao, make.DAY), "a proposal binds nobody"
    assert open_tasks(TaskKind.SIGN) == [f"proposals:{make.LIUQUAN}"]
    signed = make.does(staff.hua, "sign_order", at=make.DAY + MINUTE, orders=[central])
    assert signed.result["signed"] == 2, "both stages by one signature"
    assert not binding(zhao, make.DAY + MINUTE), "signed but not served binds nobody"
    assert not open_tasks(TaskKind.SIGN)
    assert open_tasks(TaskKind.SERVE_NOTICE) == [f"to_serve:{make.LIUQUAN}"]
    served = make.does(staff.zhou, "serve_notice", at=make.DAY + 2 * MINUTE, order=central)
    assert served.result["duties"] == len(given.duties(central)) + len(given.duties(home))
    assert binding(zhao, make.DAY + 2 * MINUTE) == ["central_quarantine"]
    one = given.order(central)
    assert (one.issuer_id, one.issuer_post, one.notice_number) == (
        staff.hua.id,
        "县卫健局 隔离决定人",
        "青疫控〔2022〕1号",
    )
    assert "39" in one.article
    # found 1 July 16:00, last exposed 30 June: the seventh day after it is 7 July, to its midnight
    assert one.ends_at.isoformat() == "2022-07-07T16:00:00+00:00"
    checks = [d for d in given.duties(central) if d.kind == "check"]
    tests = [d for d in given.duties(central) if d.kind == "test"]
    assert len(checks) == 13, "two a day to the last, the first day's afternoon only"
    assert len(tests) == 5
    assert binding(zhao, one.ends_at - MINUTE) == ["central_quarantine"]
    assert binding(zhao, one.ends_at) == ["home_monitoring"], (
        "half-open: at its end the next stage binds, no tick needed"
    )
    assert not binding(zhao, given.order(home).ends_at)


def test_the_same_ground_proposes_once_and_a_rule_does_not_insist(staff: Command, zhao: UUID) -> None:
    first = given.proposes(staff.zheng, zhao, ground="contact:a")
    again = given.proposes(staff.zheng, zhao, ground="contact:a", at=make.DAY + HOUR)
    assert again.result == first.result
    other = given.proposes(staff.zheng, zhao, ground="contact:b")
    assert other.result != first.result
    refused = UUID(first.result["orders"][0])
    assert make.does(staff.hua, "refuse_proposal", order=refused, reason="").code == "no_reason"
    assert make.does(staff.hua, "refuse_proposal", order=refused, reason="当时不在场").status == "done"
    assert [o.state for o in given.chain(refused)] == [OrderState.REFUSED] * 2
    # somebody may propose it anew by hand; what follows by rule does not
    anew = given.proposes(staff.zheng, zhao, ground="contact:a", at=make.DAY + HOUR)
    assert anew.result != first.result


def test_a_clerk_and_a_rule_bind_nobody(staff: Command, zhao: UUID) -> None:
    order = UUID(given.proposes(staff.zheng, zhao).result["orders"][0])
    for who in (staff.county.wang, staff.county.wu, staff.zhou):
        assert make.does(who, "sign_order", orders=[order]).code == "not_permitted"
    for verb, args in (("sign_order", {"orders": [order]}), ("refuse_proposal", {"order": order, "reason": "x"})):
        assert door.by_rule(verb, args, at=make.DAY).code == "not_a_person", verb
    assert given.order(order).state == OrderState.PROPOSED
    assert make.does(staff.county.chen, "serve_notice", order=order).code == "no_such_order"


def test_what_has_no_ground_is_refused(staff: Command, zhao: UUID) -> None:
    said = {
        "no_ground": given.proposes(staff.zheng, zhao, ground="因为疫情"),
        "no_edition": given.proposes(staff.zheng, zhao, protocol="plague/2022-01-01"),
        "not_asked": given.proposes(staff.zheng, zhao, class_name="secondary_contact", protocol="covid-19/2022-11-11"),
        "over": given.proposes(staff.zheng, zhao, last_exposure=make.DAY - 30 * DAYS),
        "cannot_date": given.proposes(staff.zheng, zhao, class_name="nobody"),
    }
    assert {code: answer.code for code, answer in said.items()} == {code: code for code in said}


def test_a_rule_nobody_has_checked_binds_by_a_signed_override_only(staff: Command, zhao: UUID) -> None:
    made = make.does(
        staff.zheng, "propose_order", person=zhao, class_name="case", ground=f"case:{uuid4()}",
        ground_words="核酸阳性", anchors={"positive_sample": make.DAY, "identified": make.DAY},
    )  # fmt: skip
    hospital = UUID(made.result["orders"][0])
    assert not given.order(hospital).is_verified
    assert make.does(staff.hua, "sign_order", orders=[hospital]).code == "not_verified"
    signed = make.does(staff.hua, "sign_order", orders=[hospital], override_reason="定点医院收治，依据诊疗方案")
    assert signed.status == "done"
    assert given.order(hospital).override_reason == "定点医院收治，依据诊疗方案"


def test_the_lighter_measure_is_shown_with_its_days_and_may_be_signed_instead(staff: Command, zhao: UUID) -> None:
    order = UUID(given.proposes(staff.zheng, zhao).result["orders"][0])
    lighter = given.order(order).lighter
    assert (lighter["measure"], lighter["away_days"], lighter["lighter_away_days"]) == ("home_quarantine", 6.33, 0.0)
    assert ["age_below_years", 14] in lighter["if"]
    assert make.does(staff.hua, "sign_order", orders=[order], lighter=[order]).status == "done"
    signed = given.order(order)
    assert (signed.measure, signed.lighter["chosen_instead_of"]) == ("home_quarantine", "central_quarantine")
    # a child is proposed the lighter one from the start
    made = given.proposes(staff.zheng, make.person(cast.LI), facts={"age_years": 9})
    assert given.order(UUID(made.result["orders"][0])).measure == "home_quarantine"


def test_two_signers_sign_once(staff: Command, zhao: UUID) -> None:
    order = UUID(given.proposes(staff.zheng, zhao).result["orders"][0])
    assert make.does(staff.hua, "sign_order", orders=[order]).result["signed"] == 2
    assert make.does(staff.zheng, "sign_order", orders=[order]).code == "nothing_to_sign"
    assert given.order(order).issuer_id == staff.hua.id


def test_a_batch_signs_like_ones_under_numbers_of_their_own(staff: Command) -> None:
    people = [make.person(r) for r in (cast.ZHAO, cast.QIAN, cast.SUN, cast.LI)]
    orders = [UUID(given.proposes(staff.zheng, p).result["orders"][0]) for p in people]
    assert make.does(staff.hua, "sign_order", orders=orders).result["signed"] == 8
    numbers = [o.notice_number for id_ in orders for o in given.chain(id_)]
    assert sorted(numbers, key=str) == sorted((f"青疫控〔2022〕{n}号" for n in range(1, 9)), key=str)


def test_an_order_ends_by_itself_and_silence_is_a_red_clock(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    end = given.order(central).ends_at
    tick(end - 11 * HOUR)
    assert open_tasks(TaskKind.DECIDE_RELEASE) == [f"order:{central}"]
    tick(end + MINUTE)
    one = given.order(central)
    assert (one.state, one.end_reason, one.ended_at) == ("ended", "expired", end)
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind=TaskKind.DECIDE_RELEASE)
        assert command_reads.clock_state(task.clock, end + MINUTE) == "late"
        assert [o.id for o in orders_reads.undecided(make.EVERYBODY, end + MINUTE)] == [central]
        assert [o.measure for o in orders_reads.binding_at(make.EVERYBODY, [zhao], end)[zhao]] == ["home_monitoring"]
    tick(end + 2 * MINUTE)
    late = make.does(staff.hua, "release_order", at=end + HOUR, order=central, despite="到期未及时办理，补办解除")
    assert late.status == "done"
    assert not open_tasks(TaskKind.DECIDE_RELEASE)
    with scoped(make.EVERYBODY):
        assert not orders_reads.undecided(make.EVERYBODY, end + HOUR).exists()


def does_all(staff: Command, order: UUID, result: str = "negative") -> None:
    for duty in given.duties(order):
        told = {"check": "well", "test": result}[duty.kind]
        answer = make.does(staff.zhou, "record_duty", at=duty.due_from + MINUTE, duty=duty.id, result=told)
        assert answer.status == "done", answer.reason


def test_release_says_what_is_missing_and_waits_for_nothing_else(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    early = make.does(staff.hua, "release_order", at=make.DAY + HOUR, order=central)
    assert early.code == "not_ready"
    for word in ("规定的检测全部完成", "检测全部阴性", "最近一次监测无症状"):
        assert word in early.reason
    assert "期限届满" not in early.reason, "the release is decided for the end itself"
    does_all(staff, central)
    end = given.order(central).ends_at
    decided = make.does(staff.hua, "release_order", at=end - HOUR, order=central)
    assert decided.result["missing"] == []
    assert binding(zhao, end - MINUTE) == ["central_quarantine"], "decided for the end, not before it"
    tick(end)
    assert not open_tasks(TaskKind.DECIDE_RELEASE)
    assert (
        make.does(staff.hua, "extend_order", at=end - HOUR, order=central, until=end + DAYS, reason="x").status
        == "refused"
    )


def test_an_early_release_needs_a_reason_and_frees_at_once(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    at = make.DAY + DAYS
    assert make.does(staff.hua, "release_order", at=at, order=central, early=True).code == "not_ready"
    done = make.does(staff.hua, "release_order", at=at, order=central, early=True, despite="流调更正，未与病例接触")
    assert "stages_done" in done.result["missing"]
    assert not binding(zhao, at)
    assert all(d.void_at for d in given.duties(central) if d.due_from > at and not d.done_at)


def test_an_extension_names_one_person_and_counts_once_served(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    end = given.order(central).ends_at
    assert make.does(staff.hua, "extend_order", order=central, until=end, reason="x").code == "not_longer"
    assert make.does(staff.hua, "extend_order", order=central, until=end + DAYS, reason=" ").code == "no_reason"
    assert make.does(staff.hua, "extend_order", order=central, until=end + 60 * DAYS, reason="x").code == "too_long"
    signed = make.does(
        staff.hua, "extend_order", at=end - DAYS, order=central, until=end + 2 * DAYS, reason="末次检测可疑"
    )
    extension = UUID(signed.result["extension"])
    assert given.order(central).ends_at == end, "signed only: the old end holds"
    late = make.does(staff.zhou, "serve_notice", at=end, extension=extension)
    assert late.code == "over", "an order that has run out is not revived"
    served = make.does(staff.zhou, "serve_notice", at=end - HOUR, extension=extension)
    assert served.status == "done"
    assert "central_quarantine" in binding(zhao, end + DAYS)
    assert [d for d in given.duties(central) if d.kind == "check" and d.due_from >= end]


def test_an_appeal_does_not_suspend_and_is_decided_by_another(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    at = make.DAY + HOUR
    received = make.does(staff.county.wu, "appeal_order", at=at, order=central, words="我当天在外地")
    appeal = UUID(received.result["appeal"])
    assert received.result["due_at"] == (at + 24 * HOUR).isoformat()
    assert binding(zhao, at + MINUTE) == ["central_quarantine"]
    assert make.does(staff.county.wu, "appeal_order", at=at, order=central, words="再说一次").code == "appeal_open"
    words = {"appeal": appeal, "decision": "ended", "reason": "核实不在场"}
    assert make.does(staff.hua, "decide_appeal", at=at + HOUR, **words).code == "own_order"
    assert make.does(staff.zheng, "decide_appeal", at=at + HOUR, **words).status == "done"
    assert not binding(zhao, at + HOUR)
    assert not open_tasks(TaskKind.DECIDE_APPEAL)
    assert [o.state for o in given.chain(central)] == ["ended", "ended"]


def test_an_appeal_may_bring_a_sooner_end_never_a_later(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    end = given.order(central).ends_at
    appeal = UUID(
        make.does(staff.county.wu, "appeal_order", order=central, at=make.DAY + HOUR, words="x").result["appeal"]
    )
    words = {"appeal": appeal, "decision": "changed", "reason": "末次接触更早"}
    at = make.DAY + 2 * HOUR
    for wrong in (None, end, end + DAYS, make.DAY - DAYS):
        assert make.does(staff.zheng, "decide_appeal", at=at, ends_at=wrong, **words).code == "not_sooner"
    assert make.does(staff.zheng, "decide_appeal", at=at, ends_at=end - 2 * DAYS, **words).status == "done"
    assert given.order(central).ends_at == end - 2 * DAYS


def test_a_missed_check_goes_up_the_chain_until_it_is_made_good(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    first = next(d for d in given.duties(central) if d.kind == "check")
    tick(first.due_until + MINUTE)
    assert f"order:{central}" in open_tasks(TaskKind.MISSED_DUTY)
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind=TaskKind.MISSED_DUTY)
    assert task.clock.due_at == first.due_until + HOUR
    tick(first.due_until + 3 * MINUTE)
    assert len(open_tasks(TaskKind.MISSED_DUTY)) == 1
    late = make.does(staff.zhou, "record_duty", at=first.due_until + 5 * MINUTE, duty=first.id, result="well")
    assert late.status == "done", late.reason
    assert late.result["late"]
    assert not open_tasks(TaskKind.MISSED_DUTY)
    again = make.does(staff.zhou, "record_duty", at=first.due_until + 6 * MINUTE, duty=first.id, result="fever")
    assert again.word == "known"
    assert next(d for d in given.duties(central) if d.id == first.id).result == "well"


def test_a_duty_is_recorded_in_its_own_words_and_time(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    duties = given.duties(central)
    check = next(d for d in duties if d.kind == "check")
    last = max(duties, key=lambda d: d.due_from)
    assert (
        make.does(staff.zhou, "record_duty", at=check.due_from, duty=check.id, result="negative").code == "bad_result"
    )
    assert make.does(staff.zhou, "record_duty", at=make.DAY + HOUR, duty=last.id, result="well").status == "refused"
    fever = make.does(staff.zhou, "record_duty", at=check.due_from + MINUTE, duty=check.id, result="fever")
    assert fever.word == "symptoms", "what follows from a fever hears of it"
    assert make.does(staff.county.chen, "record_duty", duty=check.id, result="well").code == "no_such_duty"


def test_a_withdrawn_order_takes_its_later_stages_and_asks_about_what_rests_on_it(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    qian = make.person(cast.QIAN)
    rests = given.in_force(staff, qian, ground=f"order:{central}", class_name="secondary_contact")
    gone = make.does(staff.zheng, "withdraw_order", at=make.DAY + HOUR, order=central, reason="误判")
    assert gone.status == "done"
    assert not binding(zhao, make.DAY + HOUR)
    assert binding(qian, make.DAY + HOUR), "nobody is freed by a rule either"
    (subject,) = [s for s in open_tasks(TaskKind.SIGN) if s.startswith("reclass:")]
    reclass = UUID(subject.removeprefix("reclass:"))
    assert make.does(staff.hua, "reclass_orders", at=make.DAY + 2 * HOUR, reclass=reclass).result["end"] == 1
    assert not binding(qian, make.DAY + 2 * HOUR)
    assert given.order(rests).end_reason == "withdrawn"


def test_closures_name_access_or_show_irregular(staff: Command) -> None:
    words = {"place": given.place(), "ground": "case:1", "ground_words": "确诊病例在此停留3小时",
             "starts_at": make.DAY, "ends_at": make.DAY + 7 * DAYS}  # fmt: skip
    bare = make.does(staff.zheng, "propose_closure", **words)
    assert bare.word == "irregular"
    assert given.order(UUID(bare.result["orders"][0])).is_irregular
    whole = make.does(
        staff.zheng, "propose_closure", **words | {"ground": "case:2"}, emergency_access="后门，急救车可进", detour="走东街",
        review_at=make.DAY + 3 * DAYS, contact="0999-1234567",
    )  # fmt: skip
    order = UUID(whole.result["orders"][0])
    assert whole.word == "proposed"
    for wrong, code in (({"ends_at": make.DAY - DAYS}, "no_end"), ({"ends_at": make.DAY + 60 * DAYS}, "too_long")):
        assert make.does(staff.zheng, "propose_closure", **words | {"ground": "case:3"} | wrong).code == code
    assert make.does(staff.hua, "sign_order", orders=[order]).status == "done"
    assert make.does(staff.zhou, "serve_notice", at=make.DAY + MINUTE, order=order, how="posted").status == "done"
    with scoped(make.EVERYBODY):
        (notice,) = orders_reads.public_notices(make.DAY + HOUR)
    assert (notice.id, notice.article) == (order, "《传染病防治法(2013)》第41、42条")
    reopened = make.does(staff.hua, "release_order", at=make.DAY + DAYS, order=order, early=True, despite="消毒完成")
    assert reopened.status == "done"
    with scoped(make.EVERYBODY):
        assert not orders_reads.public_notices(make.DAY + DAYS).exists()


def test_another_township_sees_none_of_it(staff: Command, zhao: UUID) -> None:
    central = given.in_force(staff, zhao)
    with scoped(Scope(make.SHIQIAO)):
        everywhere = make.EVERYBODY  # a query that asks too widely still meets the row-level guard
        assert orders_reads.order(everywhere, central) is None
        assert not orders_reads.binding_at(everywhere, [zhao], make.DAY + HOUR)
        assert not orders_reads.duties(everywhere, central).exists()


def test_an_unsigned_proposal_lapses_and_an_unserved_order_never_binds(staff: Command, zhao: UUID) -> None:
    proposed = UUID(given.proposes(staff.zheng, zhao, ground="contact:a").result["orders"][0])
    qian = make.person(cast.QIAN)
    signed = UUID(given.proposes(staff.zheng, qian, ground="contact:b").result["orders"][0])
    make.does(staff.hua, "sign_order", at=make.DAY + MINUTE, orders=[signed])
    end = given.order(proposed).ends_at
    tick(end + MINUTE)
    for order in (proposed, signed):
        assert (given.order(order).state, given.order(order).end_reason) == ("withdrawn", "not_served")
    assert make.does(staff.hua, "sign_order", at=end + HOUR, orders=[proposed]).status == "refused"
    assert make.does(staff.zhou, "serve_notice", at=end + HOUR, order=signed).status == "refused"
    assert not open_tasks(TaskKind.DECIDE_RELEASE)

"""A sector's people get places and times, are told, come or do not come; nobody who missed theirs is without an owner."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab.slots.models import Appointment, SlotPlan
from bihuan.ledgers.people import access
from bihuan.ledgers.people.models import Household, Person
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Post
from bihuan.ledgers.territory.models import Area
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.act import Answer
from bihuan.loop.tick import tick
from tests import cast, make, make_lab
from tests.loop import _orders as orders

HOUR = timedelta(hours=1)
BEGIN = make.DAY + 2 * HOUR


@pytest.fixture
def chain(db: None) -> make_lab.Chain:
    return make_lab.chain()


def plans(chain: make_lab.Chain, **more: Any) -> Answer:
    tables = [{"station": chain.liuquan, "samplers": 1}, {"station": chain.shiqiao, "samplers": 1}]
    given = {"of_round": chain.round, "title": "冷链从业人员", "tables": tables, "starts_at": BEGIN, "ends_at": BEGIN + HOUR,
             "slot_minutes": 30, "swabs_per_sampler_hour": 10, "share_percent": 100} | more  # fmt: skip
    return make.does(chain.county.zheng, "plan_slots", **given)


def slots_of(answer: Answer) -> dict[UUID, tuple[UUID | None, datetime | None, str]]:
    assert answer.status == "done", answer.reason
    assert answer.result
    with scoped(make.EVERYBODY):
        rows = Appointment.objects.filter(plan=answer.result["plan"])
        return {a.person_id: (a.station_id, a.slot_from, a.reason) for a in rows}


def household(people: list[UUID]) -> None:
    with scoped(make.EVERYBODY):
        area = Person.objects.get(id=people[0]).area
        made = Household.objects.create(area=area, path=area.path, address="一号")
        Person.objects.filter(id__in=people).update(household=made)


def open_tasks() -> list[Any]:
    with scoped(make.EVERYBODY):
        return list(command_reads.open_tasks(make.EVERYBODY).filter(kind=TaskKind.MISSED_SLOT))


def test_everybody_near_home_households_whole_no_slot_overfull(chain: make_lab.Chain) -> None:
    east, west = make_lab.people(8), make_lab.people(6, "991027102001")
    household(east[:4])
    answer = plans(chain, areas=["991027101", "991027102"])
    found = slots_of(answer)
    assert {found[p][0] for p in east} == {chain.liuquan}
    assert {found[p][0] for p in west} == {chain.shiqiao}
    assert len({found[p][:2] for p in east[:4]}) == 1
    counts: dict[Any, int] = {}
    for station, begin, _why in found.values():
        counts[station, begin] = counts.get((station, begin), 0) + 1
    assert max(counts.values()) <= 5
    assert answer.result["placed"] == 14


def test_who_cannot_come_has_a_reason_and_no_slot(db: None) -> None:
    command = orders.command()
    chain = make_lab.chain(county=command.county)
    people = make_lab.people(12)
    make_lab.fills(chain, "T1", people[:1])
    bound = people[1]
    orders.in_force(command, bound)
    found = slots_of(plans(chain, areas=["991027101"], tables=[{"station": chain.liuquan}]))
    assert found[people[0]][2] == "sampled"
    assert found[bound][2] == "under_order"
    assert [found[p][2] for p in people[2:]] == [""] * 10


def test_a_pushed_list_and_the_rows_that_are_nobody_yet(chain: make_lab.Chain) -> None:
    received = make.receives(chain.county.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    answer = plans(chain, pushed_list=received.result["list"])
    assert answer.status == "done", answer.reason
    assert answer.result["people"] + answer.result["unknown"] == 2


def test_a_draft_tells_nobody_a_confirmed_plan_everybody_once(chain: make_lab.Chain) -> None:
    place = make.place("河湾冷库", "cold_store")
    with scoped(make.EVERYBODY):
        workplace = UUID(place.partition(":")[2])
        contact = make.serves(
            cast.Staff("柯联", "ke", "contact"),
            make.post(make.unit("河湾冷库", UnitKind.INSTITUTION, "991027101001"), "联络员", Role.REPORTER),
        )
        Post.objects.filter(postings__member=contact).update(place=workplace)
    people = make_lab.people(3, "991027102001")
    given = {"employer": workplace, "post": "cold_chain", "persons": people}
    assert make.does(chain.county.zheng, "add_key_workers", **given).status == "done"
    soon = datetime.now(UTC).replace(microsecond=0) + HOUR
    when = {"employers": [workplace], "starts_at": soon, "ends_at": soon + HOUR}
    answer = plans(chain, **when)
    found = slots_of(answer)
    assert {found[p][0] for p in people} == {chain.liuquan}, "colleagues set out from their workplace"
    client = Client()
    client.force_login(contact)
    assert "柳泉一号" not in client.get("/field/slots/").content.decode()
    plan = answer.result["plan"]
    assert make.does(chain.county.zheng, "confirm_slots", plan=plan).status == "done"
    assert make.does(chain.county.zheng, "confirm_slots", plan=plan).status == "refused"
    assert "柳泉一号" in client.get("/field/slots/").content.decode()
    with scoped(make.EVERYBODY):
        notices = list(command_reads.notices(contact.id, unread_only=True))
    assert [n.kind for n in notices] == ["slots_set"]
    assert notices[0].words["people"] == "3"
    again = plans(chain, **when)
    assert again.result["without"] == {"has_slot": 3}


def test_a_resident_sees_place_and_time_once_it_is_confirmed(chain: make_lab.Chain) -> None:
    mine, _other = make_lab.people(2)
    soon = datetime.now(UTC).replace(microsecond=0) + HOUR
    given = {"areas": ["991027101"], "tables": [{"station": chain.liuquan}], "starts_at": soon, "ends_at": soon + HOUR}
    plan = plans(chain, **given).result["plan"]
    made = make.does(chain.county.zheng, "make_access_code", at=datetime.now(UTC), person=mine)
    client = Client()
    client.post("/me/in/", {"code": access.code_of(UUID(made.result["access_code"]))})
    assert "柳泉一号" not in client.get("/me/").content.decode()
    assert make.does(chain.county.zheng, "confirm_slots", plan=plan).status == "done"
    body = client.get("/me/").content.decode()
    assert body.count("柳泉一号") == 1


def test_who_misses_a_slot_has_an_owner_until_they_come(chain: make_lab.Chain) -> None:
    people = make_lab.people(3)
    with scoped(make.EVERYBODY):
        village = Area.objects.get(code="991027101001")
        door = Area.objects.create(
            code="99102710100101", name="4号楼", level="building", parent=village, path=f"{village.path}99102710100101/"
        )
        Person.objects.filter(id=people[2]).update(area=door, path=door.path)
    answer = plans(chain, areas=["991027101"], tables=[{"station": chain.liuquan}])
    plan = answer.result["plan"]
    assert make.does(chain.county.zheng, "confirm_slots", plan=plan).status == "done"
    make_lab.fills(chain, "T1", people[:1], at=BEGIN + HOUR / 4)
    tick(BEGIN + HOUR / 2)
    assert open_tasks() == []
    tick(BEGIN + HOUR)
    (task,) = open_tasks()
    assert "2" in task.title
    assert task.path == make.PATHS["991027101001"]
    tick(BEGIN + HOUR + timedelta(minutes=1))
    assert len(open_tasks()) == 1
    with scoped(make.EVERYBODY):
        missed = {a.person_id: a.id for a in Appointment.objects.filter(plan=plan, missed_at__isnull=False)}
    assert set(missed) == set(people[1:])
    make_lab.fills(chain, "T2", people[1:2], at=BEGIN + 2 * HOUR)
    tick(BEGIN + 3 * HOUR)
    assert len(open_tasks()) == 1
    stranger = make.does(chain.county.chen, "excuse_slot", plan=plan, appointments=[missed[people[2]]], excuse="away")
    assert stranger.status == "refused"
    own = make.does(chain.county.wu, "excuse_slot", plan=plan, appointments=[missed[people[2]]], excuse="away")
    assert own.status == "done", own.reason
    assert open_tasks() == []


def test_moving_keeps_to_the_room_and_seats_those_who_had_none(chain: make_lab.Chain) -> None:
    people = make_lab.people(11)
    answer = plans(chain, areas=["991027101"], tables=[{"station": chain.liuquan}])
    plan = answer.result["plan"]
    with scoped(make.EVERYBODY):
        rows = list(Appointment.objects.filter(plan=plan))
    (left,) = [r for r in rows if r.reason == "no_room"]
    first = [r for r in rows if r.slot_from == BEGIN]
    move = {"plan": plan, "appointments": [left.id], "station": chain.liuquan, "slot_from": BEGIN}
    assert make.does(chain.county.zheng, "move_slot", **move).status == "refused"
    second = [r for r in rows if r.slot_from == BEGIN + HOUR / 2]
    assert (len(first), len(second), len(people)) == (5, 5, 11)
    with scoped(make.EVERYBODY):
        Appointment.objects.filter(id=first[0].id).delete()
    assert make.does(chain.county.zheng, "move_slot", **move).status == "done"
    late = move | {"slot_from": BEGIN + HOUR}
    assert make.does(chain.county.zheng, "move_slot", **late).status == "refused"


def test_a_dropped_plan_expects_nobody(chain: make_lab.Chain) -> None:
    make_lab.people(3)
    plan = plans(chain, areas=["991027101"]).result["plan"]
    assert make.does(chain.county.zheng, "confirm_slots", plan=plan).status == "done"
    tick(BEGIN + 2 * HOUR)
    assert open_tasks()
    assert make.does(chain.county.zheng, "drop_slots", plan=plan).status == "refused"
    assert make.does(chain.county.zheng, "drop_slots", plan=plan, reason="改期").status == "done"
    assert open_tasks() == []


def test_a_stranger_sees_nobody_and_plans_nothing(chain: make_lab.Chain) -> None:
    make_lab.people(3)
    plan = plans(chain, areas=["991027101"]).result["plan"]
    with scoped(Scope(make.SHIQIAO)):
        assert Appointment.objects.count() == 0
        assert SlotPlan.objects.filter(id=plan).exists(), "a plan holds no persons"
    with scoped(Scope("/99/9910/991028/")):
        assert not SlotPlan.objects.exists()
    assert make.does(chain.county.chen, "move_slot", plan=plan, appointments=[], station=chain.liuquan,
                     slot_from=BEGIN).status == "refused"  # fmt: skip

"""Beds: the tables give one bed to one person, whoever asks at the same time; families share, strangers do not."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, connections, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayEnd
from bihuan.ledgers.orders.stays.models import Stay
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop.test_sites import site

DAY = make.DAY


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def order(person: UUID, issuer: Any, *, days: int = 7, measure: str = "central_quarantine", **changes: Any) -> Order:
    """An order in force from the test's day on."""
    with scoped(make.EVERYBODY):
        who = Person.objects.get(id=person)
        number = Order.objects.count() + 1
        words = {
            "person": who, "area_id": who.area_id, "path": who.path, "chain": uuid7(), "measure": measure,
            "protocol": "covid-19/2022-06-28", "class_name": "close_contact", "basis": "第九版", "ground": "contact:1",
            "ground_words": "密切接触者", "starts_at": DAY, "ends_at": DAY + timedelta(days=days), "state": "in_force",
            "proposed_at": DAY, "proposed_by": issuer, "issuer": issuer, "issuer_post": "指挥长", "signed_at": DAY,
            "notice_number": f"青疫控〔2022〕{number}号", "served_at": DAY, "checks_per_day": 2,
        }  # fmt: skip
        return Order.objects.create(**(words | changes))


def bed(facility: UUID, number: str, which: int = 1) -> Any:
    with scoped(make.EVERYBODY):
        return resources_reads.beds(facility).get(room__number=number, number=which)


def stays(of: Order, in_bed: Any, by: Any, *, party: UUID | None = None, since: datetime = DAY, **more: Any) -> Stay:
    with scoped(make.EVERYBODY):
        return stays_writes.add_stay(
            order=of, person=of.person, path=in_bed.path, home_path=of.path, kind="site",
            facility_id=in_bed.room.facility_id, room=in_bed.room, bed=in_bed, party=party or of.person_id,
            sealed=cipher.seal_json({"name": "某"}), stay_from=since, planned_until=of.ends_at, assigned_by=by, **more,
        )  # fmt: skip


def test_one_bed_is_given_once_and_again_when_it_is_free(county: make.County) -> None:
    facility = site(county)
    first, second = (order(make.person(who), county.zheng) for who in (cast.ZHAO, cast.LI))
    stay = stays(first, bed(facility, "101"), county.zheng)
    with pytest.raises(stays_writes.Taken, match="bed_taken"):
        stays(second, bed(facility, "101"), county.zheng)
    with scoped(make.EVERYBODY):
        left = DAY + timedelta(days=2)
        assert stays_writes.end_stay(stay.id, at=left, by=county.zheng.id, reason=StayEnd.RELEASED)
    with pytest.raises(stays_writes.Taken, match="bed_taken"):
        stays(second, bed(facility, "101"), county.zheng, since=left - timedelta(microseconds=1))
    assert stays(second, bed(facility, "101"), county.zheng, since=left).id  # half-open: free at the very instant


def test_a_room_is_shared_by_one_family_only(county: make.County) -> None:
    facility = site(county)
    mother, child, stranger = (order(make.person(who), county.zheng) for who in (cast.ZHAO, cast.QIAN, cast.LI))
    home = uuid7()
    stays(mother, bed(facility, "103", 1), county.zheng, party=home)
    stays(child, bed(facility, "103", 2), county.zheng, party=home)
    with pytest.raises(stays_writes.Taken, match="room_taken"):
        stays(stranger, bed(facility, "103", 3), county.zheng)


def test_a_person_has_one_place(county: make.County) -> None:
    facility = site(county)
    one = order(make.person(cast.ZHAO), county.zheng)
    stays(one, bed(facility, "101"), county.zheng)
    with pytest.raises(stays_writes.Taken, match="placed_before"):
        stays(one, bed(facility, "102"), county.zheng)


def at_once(*jobs: Any) -> list[Any]:
    """Run these at the same instant, each on a connection of its own; what each said, or the code of its refusal."""
    start, said = threading.Barrier(len(jobs)), []

    def run(job: Any) -> None:
        start.wait()
        try:
            said.append(job())
        except stays_writes.Taken as no:
            said.append(no.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return said


def test_the_tables_refuse_the_second_even_when_neither_sees_the_other(county: make.County) -> None:
    """Both transactions are open before either writes: no look-up could have helped, only the constraint does."""
    facility = site(county)
    mine, theirs = (order(make.person(who), county.zheng) for who in (cast.ZHAO, cast.LI))
    where, open_ = bed(facility, "101"), threading.Barrier(2)

    def book(of: Order) -> Any:
        with scoped(make.EVERYBODY):
            assert not Stay.objects.filter(bed=where).exists()
            open_.wait()
            with transaction.atomic():
                return stays(of, where, county.zheng).id

    said = at_once(lambda: book(mine), lambda: book(theirs))
    assert said.count("bed_taken") == 1, said
    with scoped(make.EVERYBODY):
        assert Stay.objects.filter(bed=where).count() == 1


def test_whoever_asks_second_waits_before_writing(county: make.County) -> None:
    """Two rows written before either is checked wait for each other: the database ends that by an error for one of them."""
    facility = site(county)
    mine, theirs = (order(make.person(who), county.zheng) for who in (cast.ZHAO, cast.LI))
    where, is_held, is_seen = bed(facility, "101"), threading.Event(), threading.Event()

    def first() -> Any:
        with scoped(make.EVERYBODY), transaction.atomic():
            got = stays(mine, where, county.zheng).id
            is_held.set()
            is_seen.wait(20)
            return got

    def second() -> Any:
        is_held.wait(20)
        return stays(theirs, where, county.zheng).id

    def looks() -> Any:
        """What the second waits for."""
        try:
            for _ in range(400):
                with connection.cursor() as cursor:
                    cursor.execute("SELECT locktype FROM pg_locks WHERE NOT granted")
                    if waits := cursor.fetchall():
                        return waits
                time.sleep(0.02)
        finally:
            is_seen.set()

    said = at_once(first, second, looks)
    assert [("advisory",)] in said
    assert said.count("bed_taken") == 1


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    spans=st.lists(
        st.tuples(st.integers(0, 3), st.integers(0, 20), st.integers(0, 8) | st.none()), min_size=1, max_size=8
    )
)
def test_the_tables_take_exactly_what_a_list_of_hours_would(
    booked_house: tuple[UUID, list[Order], Any], spans: list[tuple[int, int, int | None]]
) -> None:
    """Any bookings of one bed: accepted if and only if they meet no earlier one, nor the same person elsewhere."""
    facility, orders, by = booked_house
    where = bed(facility, "101")
    accepted: list[tuple[int, int, float]] = []
    with scoped(make.EVERYBODY):
        for who, since, hours in spans:
            until = since + hours if hours is not None else float("inf")
            free = all(until <= a or b <= since or until == since or a == b for _w, a, b in accepted)
            ended = {} if hours is None else {"stay_until": DAY + timedelta(hours=since + hours), "end_reason": "moved"}
            try:
                stays(orders[who], where, by, since=DAY + timedelta(hours=since), **ended)
                taken = True
                accepted.append((who, since, until))
            except stays_writes.Taken:
                taken = False
            assert taken == free, (spans, accepted, (who, since, hours))
        Stay.objects.all().delete()


@pytest.fixture
def booked_house(county: make.County) -> tuple[UUID, list[Order], Any]:
    people = [make.person(who) for who in (cast.ZHAO, cast.QIAN, cast.SUN, cast.LI)]
    return site(county), [order(p, county.zheng) for p in people], county.zheng

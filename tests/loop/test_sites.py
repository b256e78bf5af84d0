"""Making an isolation site ready: seats, the check against the standard, opening, set checks."""

from datetime import timedelta
from uuid import UUID

import pytest

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import Seat
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import make

FORM = forms.form("isolation_site_check")
GOOD = {f.name: "yes" for f in FORM.fields_of("checked") if f.kind == "yes_no"}
ROOMS = [
    {"number": "101", "kind": "single", "beds": 1},
    {"number": "102", "kind": "single", "beds": 1},
    {"number": "103", "kind": "family", "beds": 3},
]


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def place(name: str = "柳泉宾馆", area: str = "991027101001") -> UUID:
    with scoped(make.EVERYBODY):
        territory_writes.add_places(
            [{"name": name, "kind": "isolation_site", "area_id": area, "path": make.PATHS[area]}]
        )
        from bihuan.ledgers.territory import reads

        return reads.places(make.EVERYBODY).get(name=name).id


def site(county: make.County, *, ready: bool = True, is_open: bool = True, rooms: list = ROOMS) -> UUID:
    """An isolation site in Liuquan."""
    answer = make.does(county.zheng, "add_facility", place=place(), rooms=rooms)
    assert answer.status == "done", answer.reason
    facility = UUID(answer.result["facility"])
    if ready:
        for seat in Seat:
            make.does(county.wu, "name_facility_seat", facility=facility, seat=seat.value, name=f"{seat.value}某")
        assert make.does(county.wu, "check_site", facility=facility, answers=GOOD).word == "passed"
        if is_open:
            assert make.does(county.zheng, "open_site", facility=facility).status == "done"
    return facility


def test_a_new_site_has_its_rooms_and_beds_and_is_not_open(county: make.County) -> None:
    facility = site(county, ready=False)
    with scoped(make.EVERYBODY):
        asked = resources_reads.facility(make.EVERYBODY, facility)
        assert asked.state == "preparing"
        assert resources_reads.capacity([facility])[facility] == {"ready": 5}
    again = make.does(county.zheng, "add_facility", place=asked.place_id)
    assert again.code == "registered_before"


def test_it_opens_only_with_every_seat_and_a_passed_check(county: make.County) -> None:
    facility = site(county, ready=False)
    assert make.does(county.zheng, "open_site", facility=facility).code == "empty_seats"
    for seat in list(Seat)[:-1]:
        make.does(county.wu, "name_facility_seat", facility=facility, seat=seat.value, name="某")
    refused = make.does(county.zheng, "open_site", facility=facility)
    assert refused.code == "empty_seats"
    assert "消防" in refused.reason
    make.does(county.wu, "name_facility_seat", facility=facility, seat="fire", name="消防某")
    assert make.does(county.zheng, "open_site", facility=facility).code == "not_checked"
    assert make.does(county.wu, "check_site", facility=facility, answers={}).code == "not_filled"
    assert make.does(county.zheng, "open_site", facility=facility).code == "not_checked"


@pytest.mark.parametrize("item", [f.name for f in FORM.fields_of("checked") if f.kind == "yes_no"])
def test_one_failed_must_item_blocks_opening_and_another_item_does_not(county: make.County, item: str) -> None:
    facility = site(county, is_open=False)
    answer = make.does(county.wu, "check_site", facility=facility, answers=GOOD | {item: "no"})
    opened = make.does(county.zheng, "open_site", facility=facility)
    if FORM.fields[item].is_must:
        assert (answer.word, opened.code) == ("failed", "failed_check")
        assert FORM.fields[item].label.zh in opened.reason
    else:
        assert (answer.word, opened.status) == ("passed", "done")


def test_a_township_does_not_open_its_own_site(county: make.County) -> None:
    facility = site(county, is_open=False)
    assert make.does(county.wu, "open_site", facility=facility).code == "not_permitted"
    assert make.does(county.chen, "check_site", facility=facility, answers=GOOD).code == "no_such_facility"


def test_the_set_check_comes_due_once_and_ends_with_the_check(county: make.County) -> None:
    facility = site(county)
    due = make.DAY + timedelta(days=7)
    assert tick(due - timedelta(minutes=1)) == 0
    tick(due)
    tick(due + timedelta(minutes=5))

    def waiting() -> list:
        with scoped(make.EVERYBODY):
            return list(command_reads.open_tasks(make.EVERYBODY).filter(kind="site_check"))

    (task,) = waiting()
    assert task.subject == f"facility:{facility}"
    assert task.clock.due_at == due + timedelta(minutes=1440)
    at = due + timedelta(hours=2)
    assert make.does(county.wu, "check_site", at=at, facility=facility, answers=GOOD).word == "passed"
    assert waiting() == []
    with scoped(make.EVERYBODY):
        assert resources_reads.facility(make.EVERYBODY, facility).check_due_at == at + timedelta(days=7)


def test_an_open_site_that_fails_its_check_is_to_be_mended(county: make.County) -> None:
    facility = site(county)
    at = make.DAY + timedelta(days=1)
    answer = make.does(county.wu, "check_site", at=at, facility=facility, answers=GOOD | {"waste": "no"})
    assert answer.word == "failed_open"
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind="site_fault")
        assert (task.subject, task.path) == (f"facility:{facility}", make.PATHS["991027101001"])


def test_a_check_sent_late_does_not_undo_a_newer_one(county: make.County) -> None:
    facility = site(county, is_open=False)
    newer, older = make.DAY + timedelta(hours=5), make.DAY + timedelta(hours=1)
    assert make.does(county.wu, "check_site", at=newer, facility=facility, answers=GOOD).word == "passed"
    make.does(county.wu, "check_site", at=older, facility=facility, answers=GOOD | {"waste": "no"})
    with scoped(make.EVERYBODY):
        assert resources_reads.facility(make.EVERYBODY, facility).is_passed is True


def test_a_closed_site_is_checked_again_before_it_opens(county: make.County) -> None:
    facility = site(county)
    at = make.DAY + timedelta(days=1)
    assert make.does(county.zheng, "close_site", at=at, facility=facility).status == "done"
    assert make.does(county.zheng, "open_site", at=at, facility=facility).code == "not_checked"
    make.does(county.wu, "check_site", at=at, facility=facility, answers=GOOD)
    assert make.does(county.zheng, "open_site", at=at, facility=facility).status == "done"


def test_an_open_site_keeps_who_answers_for_it(county: make.County) -> None:
    facility = site(county)
    assert make.does(county.wu, "name_facility_seat", facility=facility, seat="fire", name="").code == "still_open"

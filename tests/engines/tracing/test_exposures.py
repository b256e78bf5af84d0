"""Contacts by seat, by shared room, by interview: small tables that a tracer could check by hand."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest

from bihuan.engines import protocol, tracing
from bihuan.engines.protocol import Seat
from bihuan.engines.tracing import Member, Ride, Statement, Window

HERE = ZoneInfo("Asia/Shanghai")
NINTH = protocol.edition("covid-19/2022-06-28")


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=HERE)


ZHAO = [Window("zhao", at(1), at(4))]


def who(found):
    return [(e.contact_class, e.person_id, e.certain) for e in found]


@pytest.mark.parametrize(
    ("kind", "case", "other", "expected"),
    [
        ("aircraft", Seat(row=10), Seat(row=13), ("close_contact", True)),
        ("aircraft", Seat(row=10), Seat(row=14), ("general_contact", True)),
        ("aircraft", Seat(row=10), Seat(), ("close_contact", False)),  # seat not known: named, to be asked
        ("aircraft", Seat(row=10), Seat(row=30, role="crew"), ("close_contact", True)),
        ("train_sealed", Seat(carriage="5"), Seat(carriage="5"), ("close_contact", True)),
        ("train_sealed", Seat(carriage="5"), Seat(carriage="6"), ("general_contact", True)),
        ("coach_sealed", Seat(), Seat(), ("close_contact", True)),
    ],
)
def test_by_seat(kind, case, other, expected):
    rides = [Ride("zhao", "G1", kind, case, at(2, 8), at(2, 12)), Ride("qian", "G1", kind, other, at(2, 9), at(2, 11))]
    (found,) = tracing.exposures_by_seat(rides, ZHAO, NINTH)
    assert (found.contact_class, found.certain) == expected
    assert (found.source_id, found.first_at, found.last_at) == ("zhao", at(2, 9), at(2, 11))


def test_seats_taken_one_after_the_other_are_no_meeting():
    seat = Seat(row=1)
    rides = [
        Ride("zhao", "bus", "bus_open", seat, at(2, 8), at(2, 9)),
        Ride("qian", "bus", "bus_open", seat, at(2, 9), at(2, 10)),
    ]
    assert tracing.exposures_by_seat(rides, ZHAO, NINTH) == []
    before = [Ride(p, "bus", "bus_open", seat, at(5, 8), at(5, 9)) for p in ("zhao", "qian")]
    assert tracing.exposures_by_seat(before, ZHAO, NINTH) == []


def test_by_household_and_ward():
    members = [
        Member("zhao", 1, "household"),
        Member("qian", 1, "household"),
        Member("sun", 1, "household", until=at(1)),  # moved out as the window opened
        Member("zhao", 7, "ward", at(3), at(5)),
        Member("li", 7, "ward", at(2), at(4)),
    ]
    found = tracing.exposures_by_group(members, ZHAO, NINTH)
    assert who(found) == [("close_contact", "qian", True), ("general_contact", "li", True)]
    assert (found[0].first_at, found[0].last_at) == (at(1), at(4))
    assert (found[1].first_at, found[1].last_at) == (at(3), at(4))


def test_by_interview_days_count_whole():
    said = [
        Statement("zhao", "qian", "shares_toilet_lift_meal", date(2022, 6, 28), date(2022, 7, 1)),
        Statement("zhao", "sun", "cares_for"),
        Statement("zhao", "li", "visits", date(2022, 7, 4)),  # the window ends as 4 July begins
        Statement("zhao", "zhou", "visits", date(2022, 7, 3)),
    ]
    found = tracing.exposures_by_interview(said, ZHAO, NINTH)
    assert who(found) == [
        ("close_contact", "qian", True),
        ("close_contact", "sun", False),
        ("close_contact", "zhou", True),
    ]
    assert (found[0].first_at, found[0].last_at) == (at(1), at(2))


def test_a_kind_the_protocol_does_not_name_is_refused():
    with pytest.raises(protocol.NoAnswer):
        tracing.exposures_by_interview([Statement("zhao", "qian", "glanced_at")], ZHAO, NINTH)


@pytest.mark.parametrize(
    ("edition", "kind", "expected"),
    [
        ("covid-19/2022-06-28", "ward", "general_contact"),
        ("mers/2015-08-01", "ward", "close_contact"),  # its own word is same_ward
        ("measles/2024-12-12", "office", "close_contact"),  # same_workroom
        ("measles/2024-12-12", "class", "close_contact"),
        ("pertussis/2024-01-01", "dormitory", "close_contact"),  # shared_room
        ("norovirus/2018-01-01", "dormitory", "close_contact"),
    ],
)
def test_a_group_goes_by_the_word_its_edition_has(edition, kind, expected):
    members = [Member("zhao", 1, kind), Member("qian", 1, kind)]
    (found,) = tracing.exposures_by_group(members, ZHAO, protocol.edition(edition))
    assert (found.contact_class, found.person_id) == (expected, "qian")


def test_a_group_without_a_word_is_refused_by_the_word_it_lacks():
    with pytest.raises(protocol.NoAnswer, match="lives_with"):
        tracing.exposures_by_group(
            [Member("zhao", 1, "household"), Member("qian", 1, "household")],
            ZHAO,
            protocol.edition("norovirus/2018-01-01"),
        )

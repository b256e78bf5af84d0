"""Who gets which bed: families together, minors never alone, strangers never together; a draw anybody can repeat."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.engines.planning import FreeRoom, Guest, care_exceptions, draw, place_guests

SINGLES = [FreeRoom(f"s{n}", 1 + n // 4, "single", (f"s{n}-1",), number=f"{n:02}") for n in range(8)]
FAMILY = FreeRoom("f", 1, "family", ("f-1", "f-2", "f-3"), number="90")
ACCESSIBLE = FreeRoom("a", 1, "accessible", ("a-1",), number="91")


def rooms_by_guest(guests: list[Guest], rooms: list[FreeRoom]) -> dict[str, str]:
    return {o.guest: o.room for o in place_guests(guests, rooms)}


def test_one_person_gets_a_plain_room_and_leaves_the_scarce_ones() -> None:
    assert rooms_by_guest([Guest("x", "x", 30)], [FAMILY, ACCESSIBLE, *SINGLES]) == {"x": "s0"}


def test_a_family_is_kept_together() -> None:
    family = [Guest("mother", "p", 35), Guest("child", "p", 6), Guest("aunt", "p", 40)]
    assert set(rooms_by_guest(family, [*SINGLES, FAMILY]).values()) == {"f"}


def test_a_child_joins_the_parent_who_came_before() -> None:
    lived_in = FreeRoom("f", 3, "family", ("f-2",), party="p")
    assert rooms_by_guest([Guest("child", "p", 6)], [*SINGLES, lived_in]) == {"child": "f"}


def test_a_child_alone_gets_no_bed_but_an_exception() -> None:
    child = Guest("child", "p", 13)
    assert place_guests([child], [*SINGLES, FAMILY]) == ()
    assert [(e.need, e.instead) for e in care_exceptions([child])] == [("minor", "with_carer_or_home")]
    assert care_exceptions([Guest("teen", "p", 14)]) == ()


def test_where_no_room_holds_them_all_a_minor_stays_with_an_adult() -> None:
    double = FreeRoom("d", 2, "family", ("d-1", "d-2"))
    family = [Guest("mother", "p", 35), Guest("child", "p", 6), Guest("father", "p", 40)]
    found = rooms_by_guest(family, [*SINGLES, double])
    assert found["child"] == "d"
    assert found["mother"] == "d"
    assert found["father"].startswith("s")


def test_who_walks_badly_gets_the_room_without_steps() -> None:
    assert rooms_by_guest([Guest("x", "x", 82)], [*SINGLES, ACCESSIBLE]) == {"x": "a"}


@pytest.mark.parametrize(
    ("need", "instead"),
    [
        ("pregnant", "home_or_maternity"), ("dialysis", "hospital_with_dialysis"), ("needs_care", "with_carer"),
        ("serious_illness", "hospital"), ("carer", "with_the_one_cared_for"),
    ],
)  # fmt: skip
def test_each_care_need_has_its_exception(need: str, instead: str) -> None:
    assert [e.instead for e in care_exceptions([Guest("x", "x", 30, frozenset({need}))])] == [instead]


people = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 90) | st.none(), st.sampled_from(["", "disabled", "minor"])),
    max_size=12,
)
houses = st.lists(
    st.tuples(st.integers(1, 3), st.sampled_from(["single", "family", "accessible"]), st.integers(1, 4)), max_size=8
)


@given(people, houses)
def test_whatever_comes_nobody_shares_a_bed_or_a_strangers_room_and_no_minor_is_alone(
    told: list[tuple[int, int | None, str]], house: list[tuple[int, str, int]]
) -> None:
    guests = [Guest(f"g{n}", f"p{p}", age, frozenset({need} - {""})) for n, (p, age, need) in enumerate(told)]
    rooms = [
        FreeRoom(f"r{n}", floor, kind, tuple(f"r{n}-{b}" for b in range(beds)), number=f"{n}")
        for n, (floor, kind, beds) in enumerate(house)
    ]
    offers = place_guests(guests, rooms)
    by_id = {g.id: g for g in guests}
    beds = Counter(o.bed for o in offers)
    assert max(beds.values(), default=1) == 1
    assert all(o.bed.startswith(f"{o.room}-") for o in offers)
    for room in {o.room for o in offers}:
        together = [by_id[o.guest] for o in offers if o.room == room]
        assert len({g.party for g in together}) == 1
        assert not all(g.is_minor for g in together)


@given(st.sets(st.text(min_size=1), max_size=30), st.integers(0, 40), st.integers())
def test_a_draw_is_the_same_for_the_same_seed_in_any_order(ids: set[str], count: int, seed: int) -> None:
    drawn = draw(ids, count, seed)
    assert drawn == draw(sorted(ids, reverse=True), count, seed)
    assert len(drawn) == len(set(drawn)) == min(count, len(ids))
    assert draw(ids, count + 1, seed)[:count] == drawn


def test_a_draw_favours_nobody() -> None:
    hits = Counter(i for seed in range(2000) for i in draw([f"x{n}" for n in range(10)], 3, seed))
    assert all(520 < n < 680 for n in hits.values()), hits

"""Slots of a sampling: nobody twice, no slot overfull, parties whole, nobody left out while there is room, the way short."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from bihuan.engines.planning import Party, PlanFault, Table, plan_slots

ORIGINS = ("east", "west", "hill")
NAMES = ("a", "b", "c")
ways = st.fixed_dictionaries({(o, t): st.integers(0, 5000).map(float) for o in ORIGINS for t in NAMES})
tables_of = st.lists(st.integers(0, 5), min_size=1, max_size=3).map(
    lambda rooms: [Table(name, room) for name, room in zip(NAMES, rooms, strict=False)]
)
parties_of = st.lists(st.tuples(st.sampled_from(ORIGINS), st.integers(1, 9)), max_size=12).map(
    lambda told: [Party(f"p{n}", origin, people) for n, (origin, people) in enumerate(told)]
)


def shortest_way(parties: list[Party], tables: list[Table], slots: int, metres: dict[tuple[str, str], float]) -> float:
    """The slow reference: every person against every single place at a table, assigned exactly."""
    people = [p.origin for p in parties for _ in range(p.people)]
    places = [t.name for t in tables for _ in range(t.per_slot * slots)]
    if not people or not places:
        return 0.0
    costs = np.array([[metres[o, t] for t in places] for o in people])
    rows, columns = linear_sum_assignment(costs)
    return float(costs[rows, columns].sum())


@given(parties_of, tables_of, st.integers(1, 4), ways)
@settings(max_examples=300, deadline=None)
def test_every_plan_keeps_its_promises(
    parties: list[Party], tables: list[Table], slots: int, metres: dict[tuple[str, str], float]
) -> None:
    plan = plan_slots(parties, tables, slots=slots, metres=metres)
    rooms = {t.name: t.per_slot for t in tables}
    seated: dict[str, int] = Counter()
    load: dict[tuple[str, int], int] = Counter()
    at: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for s in plan.seatings:
        seated[s.party] += s.people
        load[s.table, s.slot] += s.people
        at[s.party].append((s.table, s.slot))
    for party in parties:
        assert seated.get(party.id, 0) == (0 if party.id in plan.unplaced else party.people)
        where = sorted(at[party.id])
        assert len({table for table, _slot in where}) <= 1, "at one table"
        if where and party.people <= rooms[where[0][0]]:
            assert len(where) == 1, "in one slot"
        assert [slot for _t, slot in where] == list(range(where[0][1], where[0][1] + len(where)) if where else [])
    assert all(n <= rooms[table] for (table, _slot), n in load.items())
    left = {(t.name, slot): t.per_slot - load[t.name, slot] for t in tables for slot in range(slots)}
    for party in parties:
        if party.id in plan.unplaced:
            assert max(left.values()) < party.people, "left out while a slot had room"


@given(st.lists(st.sampled_from(ORIGINS), max_size=20), tables_of, st.integers(1, 3), ways)
@settings(max_examples=150, deadline=None)
def test_people_who_come_alone_go_the_shortest_way_in_total(
    origins: list[str], tables: list[Table], slots: int, metres: dict[tuple[str, str], float]
) -> None:
    parties = [Party(f"p{n}", origin, 1) for n, origin in enumerate(origins)]
    plan = plan_slots(parties, tables, slots=slots, metres=metres)
    assert len(plan.seatings) == min(len(parties), slots * sum(t.per_slot for t in tables))
    if len(plan.unplaced) == 0:
        assert plan.person_metres == pytest.approx(shortest_way(parties, tables, slots, metres), abs=1e-6)


@given(parties_of, tables_of, ways)
@settings(max_examples=100, deadline=None)
def test_with_room_for_everybody_everywhere_each_goes_to_the_nearest(
    parties: list[Party], tables: list[Table], metres: dict[tuple[str, str], float]
) -> None:
    wide = [Table(t.name, 200) for t in tables]
    plan = plan_slots(parties, wide, slots=1, metres=metres)
    nearest = sum(p.people * min(metres[p.origin, t.name] for t in wide) for p in parties)
    assert not plan.unplaced
    assert plan.person_metres == pytest.approx(nearest)
    assert plan_slots(parties[::-1], wide[::-1], slots=1, metres=metres) == plan, "the order told in does not matter"


def test_neighbours_come_close_to_one_another_and_a_workplace_fills_slots_in_a_row() -> None:
    parties = [Party("works", "east", 7), Party("home", "east", 3), Party("far", "west", 2)]
    plan = plan_slots(parties, [Table("a", 3)], slots=4, metres={("east", "a"): 100.0, ("west", "a"): 900.0})
    assert [(s.party, s.slot, s.people) for s in plan.seatings] == [
        ("works", 0, 3), ("works", 1, 3), ("far", 2, 2), ("works", 2, 1), ("home", 3, 3),
    ]  # fmt: skip
    assert plan.person_metres == 10 * 100 + 2 * 900


def test_a_family_is_rather_left_out_than_torn_apart() -> None:
    plan = plan_slots([Party("a", "o", 2), Party("b", "o", 2)], [Table("t", 3)], slots=1, metres={("o", "t"): 1.0})
    assert plan.unplaced == ("b",)


@pytest.mark.parametrize(("slots", "people", "names"), [(0, 1, ("a",)), (1, 0, ("a",)), (1, 1, ("a", "a"))])
def test_what_cannot_be_planned_is_said(slots: int, people: int, names: tuple[str, ...]) -> None:
    with pytest.raises(PlanFault):
        plan_slots([Party(n, "o", people) for n in names], [Table("t", 1)], slots=slots, metres={("o", "t"): 1.0})

"""Who goes to which sampling table at which hour: near home, parties whole, no table asked for more than it can draw."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bihuan.engines.planning._labs import Lab, route_tubes
from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Party:
    """People who come together, such as a household or the staff of a workplace, and where they set out."""

    id: str
    origin: str
    people: int


@dataclass(frozen=True)
class Table:
    """A sampling table and how many people it can take in one slot."""

    name: str
    per_slot: int


@dataclass(frozen=True)
class Seating:
    """So many of a party at a table in a slot; a party larger than a slot has several, one after the other."""

    party: str
    table: str
    slot: int
    people: int


@dataclass(frozen=True)
class SlotPlan:
    """Every party's table and slot; `unplaced` = parties for which no table had room; the way of all in person-metres."""

    seatings: tuple[Seating, ...]
    unplaced: tuple[str, ...]
    person_metres: float


def plan_slots(
    parties: Sequence[Party], tables: Sequence[Table], *, slots: int, metres: Mapping[tuple[str, str], float]
) -> SlotPlan:
    """Tables and slots for parties, each whole and at one table.

    metres: by (origin, table); a missing pair cannot be gone. How many of an origin go to each table is the allotment with
    the shortest way in total that the tables' room allows (min-cost flow): exact for people who come alone. Then the parties
    of an origin, the largest first, take the nearest table they were allotted, and there the first slot with room for all
    of them; an origin's people come close to one another in time. A party larger than a slot fills slots that follow one
    another. Who found no room so is tried at every table, the nearest first, before being left out.
    """
    if slots < 1 or any(p.people < 1 for p in parties) or any(t.per_slot < 0 for t in tables):
        raise PlanFault("at least one slot, one person in a party, and 0 or more people a slot")
    if len({p.id for p in parties}) < len(parties) or len({t.name for t in tables}) < len(tables):
        raise PlanFault("each party and each table is named once")
    tables = sorted(tables, key=lambda t: t.name)
    heads: dict[str, int] = defaultdict(int)
    of: dict[str, list[Party]] = defaultdict(list)
    for party in sorted(parties, key=lambda p: (p.origin, -p.people, p.id)):
        heads[party.origin] += party.people
        of[party.origin].append(party)
    near = {
        origin: sorted(
            (t for t in tables if (origin, t.name) in metres), key=lambda t: (metres[origin, t.name], t.name)
        )
        for origin in of
    }
    quota = _quotas(heads, tables, slots, metres)
    most = {t.name: t.per_slot for t in tables}
    free = {name: [room] * slots for name, room in most.items()}
    seatings: list[Seating] = []
    late: list[Party] = []
    for origin, own in of.items():
        for party in own:
            chosen = next((t.name for t in near[origin] if quota.get((origin, t.name), 0) >= party.people), None)
            seats = _seats(party, chosen, free[chosen], most[chosen]) if chosen is not None else []
            if not seats or chosen is None:
                late.append(party)
                continue
            quota[origin, chosen] -= party.people
            _take(seats, free[chosen])
            seatings += seats
    unplaced = []
    for party in sorted(late, key=lambda p: (-p.people, p.origin, p.id)):
        found = next((s for t in near[party.origin] if (s := _seats(party, t.name, free[t.name], t.per_slot))), [])
        if not found:
            unplaced.append(party.id)
            continue
        _take(found, free[found[0].table])
        seatings += found
    origins = {p.id: p.origin for p in parties}
    way = sum(s.people * metres[origins[s.party], s.table] for s in seatings)
    return SlotPlan(tuple(sorted(seatings, key=lambda s: (s.table, s.slot, s.party))), tuple(unplaced), way)


def _quotas(
    heads: Mapping[str, int], tables: Sequence[Table], slots: int, metres: Mapping[tuple[str, str], float]
) -> dict[tuple[str, str], int]:
    """How many of each origin go to each table, the way of all the shortest."""
    if not heads or not tables:
        return {}
    room = [Lab(t.name, float(t.per_slot * slots)) for t in tables]
    # The flow counts in minutes and rounds to seconds: a sixtieth of a minute is a metre.
    found = route_tubes(heads, labs=room, minutes={pair: m / 60 for pair, m in metres.items()}, hours=1.0)
    return {(r.site, r.lab): r.tubes for r in found.routes}


def _seats(party: Party, table: str, free: Sequence[int], per_slot: int) -> list[Seating]:
    """The first slot with room for the whole party; for one larger than any slot, the first slots in a row that hold it."""
    whole = next((slot for slot, room in enumerate(free) if room >= party.people), None)
    if whole is not None:
        return [Seating(party.id, table, whole, party.people)]
    if party.people <= per_slot:
        return []
    row: list[Seating] = []
    left = party.people
    for slot, room in enumerate(free):
        if room <= 0:
            row, left = [], party.people
            continue
        row.append(Seating(party.id, table, slot, min(left, room)))
        left -= row[-1].people
        if not left:
            return row
    return []


def _take(seats: Sequence[Seating], free: list[int]) -> None:
    for seat in seats:
        free[seat.slot] -= seat.people

"""Sampling slots ↔ the planning engine: who comes together, how far each table is, who goes where and when."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from bihuan.engines import planning

Point = tuple[float, float]
# Where a place has no point, the tree says about how far: the same village, the same township, further.
NEAR_M, TOWNSHIP_M, COUNTY_M = 500.0, 5_000.0, 20_000.0
_TOWNSHIP_STEPS = 4


@dataclass(frozen=True)
class Comer:
    """Somebody to be given a slot: with whom they come, and where they set out."""

    person: UUID
    party: str
    origin: str


@dataclass(frozen=True)
class Table:
    """A table as the plan needs it: where it stands, how many it takes in a slot."""

    station: UUID
    path: str
    per_slot: int
    point: Point | None = None


def per_slot(samplers: int, *, swabs_per_sampler_hour: int, slot_minutes: int, share_percent: int) -> int:
    """How many people a table is asked to take in a slot."""
    return samplers * swabs_per_sampler_hour * slot_minutes * share_percent // 6000


def middle(outline: Sequence[Sequence[Sequence[float]]] | None) -> Point | None:
    """About the middle of an area's outline."""
    ring = outline[0] if outline else ()
    if not ring:
        return None
    return sum(p[0] for p in ring) / len(ring), sum(p[1] for p in ring) / len(ring)


def allot(
    comers: Sequence[Comer], tables: Sequence[Table], *, slots: int, points: Mapping[str, Point | None]
) -> dict[UUID, tuple[UUID, int]]:
    """Each person's table and slot; who has no entry found no room. Of a party in several slots, the first told come first."""
    of: dict[str, list[Comer]] = defaultdict(list)
    for comer in comers:
        of[comer.party].append(comer)
    parties = [planning.Party(name, several[0].origin, len(several)) for name, several in of.items()]
    metres = {
        (origin, str(t.station)): _metres(origin, points.get(origin), t)
        for origin in {p.origin for p in parties}
        for t in tables
    }
    plan = planning.plan_slots(
        parties, [planning.Table(str(t.station), t.per_slot) for t in tables], slots=slots, metres=metres
    )
    found: dict[UUID, tuple[UUID, int]] = {}
    taken: dict[str, int] = defaultdict(int)
    for seat in plan.seatings:
        first = taken[seat.party]
        taken[seat.party] += seat.people
        for comer in of[seat.party][first : first + seat.people]:
            found[comer.person] = UUID(seat.table), seat.slot
    return found


def _metres(origin: str, point: Point | None, table: Table) -> float:
    if point is not None and table.point is not None:
        east = (point[0] - table.point[0]) * math.cos(math.radians((point[1] + table.point[1]) / 2))
        return 111_320.0 * math.hypot(east, point[1] - table.point[1])
    if origin.startswith(table.path) or table.path.startswith(origin):
        return NEAR_M
    here, there = origin.split("/"), table.path.split("/")
    return TOWNSHIP_M if here[: _TOWNSHIP_STEPS + 1] == there[: _TOWNSHIP_STEPS + 1] else COUNTY_M

"""What the rooms know that plans start from: units and heads, tables, laboratories, ways, and what was measured."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any
from uuid import UUID

from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports import supplies

# Roads are longer than the straight line.
DETOUR = 1.3
# How far back measured things count.
RECENT = timedelta(days=14)

Point = tuple[float, float]


@dataclass(frozen=True)
class Laboratory:
    """A laboratory as it stands: tubes an hour, what it may call in, what waits and what is on its way."""

    id: UUID
    name: str
    tubes_per_hour: float
    surge: float
    turnaround_hours: float
    instruments: int
    queue: int
    coming: int
    oldest: datetime | None
    at: Point | None


@dataclass(frozen=True)
class Town:
    """A township with its people: heads, those of the round, those sampled in it, and what its tables hold."""

    name: str
    path: str
    heads: int
    target: int
    sampled: int
    tables: int
    samplers: int
    waiting: int
    laboratory: str
    at: Point | None

    @property
    def left(self) -> int:
        """Who of the round is not sampled yet."""
        return max(0, self.target - self.sampled)


@dataclass(frozen=True)
class Round:
    """The round a plan is about, and what it has shown so far; None for what nobody has done yet."""

    id: UUID
    name: str
    pool_size: int
    is_open: bool
    due_at: datetime
    paces: Mapping[str, lab_figures.Pace]
    people: int

    @property
    def swabs_per_sampler_hour(self) -> float | None:
        """What one sampler drew an hour, waiting times included."""
        pace = self.paces.get("sampling")
        if pace is None or not pace.workers or pace.hours < 0.25 or not self.people:
            return None
        return self.people / pace.hours / pace.workers

    @property
    def transport_hours(self) -> float | None:
        """From the packed box to the laboratory's door, on average."""
        pace = self.paces.get("transport")
        return pace.tube_hours if pace and pace.tubes and pace.tube_hours > 0 else None


def rounds(scope: Scope) -> list[tuple[str, str]]:
    """Rounds with an end, the latest first: (id, name)."""
    return [(str(r.id), r.name) for r in lab_reads.rounds(scope).filter(is_standing=False)[:12]]


def round_of(scope: Scope, id_: UUID | None) -> Round | None:
    """This round, or the latest that has an end, an open one first."""
    several = list(lab_reads.rounds(scope).filter(is_standing=False)[:12])
    found = next((r for r in several if r.id == id_), None) or next((r for r in several if r.closed_at is None), None)
    found = found or (several[0] if several else None)
    if found is None:
        return None
    return Round(
        found.id, found.name, found.pool_size, found.closed_at is None, found.due_at,
        {p.link: p for p in lab_figures.paces(scope, found.id)},
        lab_figures.people_of(scope, [found.id]).get(found.id, 0),
    )  # fmt: skip


def laboratories(scope: Scope) -> list[Laboratory]:
    """The laboratories at work with their queues; places are a public register, so that each knows where it is."""
    queues = lab_figures.queues(scope)
    found = list(lab_reads.laboratories(scope))
    centres = centres_of(territory_reads.areas_by_code([lab.place.area_id for lab in found]).values())
    return [
        Laboratory(
            lab.id, lab.place.name, float(lab.tubes_per_hour), float(lab.surge_tubes_per_hour),
            lab.turnaround_minutes / 60, lab.instruments, own.get("queue", 0), own.get("coming", 0), own.get("oldest"),
            point(lab.place) or centres.get(lab.place.area_id),
        )
        for lab in found
        for own in [queues.get(lab.id, {})]
    ]  # fmt: skip


def towns(scope: Scope, of_round: Round | None) -> list[Town]:
    """The townships of the scope with heads from the register or the census, and the round's tables in each."""
    areas = territory_reads.townships(scope)
    residents = people_reads.count_by_step(scope, 4)
    stations = list(lab_reads.stations(scope))
    target: Counter[str] = Counter()
    sampled: Counter[str] = Counter()
    tables: Counter[str] = Counter()
    samplers: Counter[str] = Counter()
    waiting: Counter[str] = Counter()
    for one in lab_reads.open_sessions(scope).select_related(None):
        tables[town := territory_reads.township_path(one.path)] += 1
        samplers[town] += one.samplers
    if of_round is not None:
        for unit in lab_reads.units(scope, of_round.id):
            target[territory_reads.township_path(unit.path)] += unit.headcount
        for path, people in lab_figures.by_path(scope, of_round.id).items():
            sampled[territory_reads.township_path(path)] += people
    for path, tubes in lab_figures.standing_tubes(scope).items():
        waiting[territory_reads.township_path(path)] += tubes
    sends: dict[str, Counter[str]] = {}
    for station in stations:
        if station.laboratory is not None:
            town = territory_reads.township_path(station.path)
            sends.setdefault(town, Counter())[station.laboratory.place.name] += 1
    centres = centres_of(areas)
    found = []
    for area in areas:
        own = [p for s in stations if s.path.startswith(area.path) and (p := point(s))]
        at = (sum(p[0] for p in own) / len(own), sum(p[1] for p in own) / len(own)) if own else centres.get(area.code)
        lab = sends.get(area.path)
        found.append(
            Town(
                area.name, area.path, area.population or residents.get(area.path, 0), target[area.path],
                sampled[area.path], tables[area.path], samplers[area.path], waiting[area.path],
                lab.most_common(1)[0][0] if lab else "", at,
            )
        )  # fmt: skip
    return found


class County:
    """A scope at an instant, about one round (None: the latest). Whatever several plans need is asked once."""

    def __init__(self, scope: Scope, at: datetime, round_id: UUID | None = None) -> None:
        self.scope, self.at, self._round_id = scope, at, round_id

    @cached_property
    def round(self) -> Round | None:
        """The round asked for."""
        return round_of(self.scope, self._round_id)

    @cached_property
    def laboratories(self) -> list[Laboratory]:
        """The laboratories with their queues."""
        return laboratories(self.scope)

    @cached_property
    def towns(self) -> list[Town]:
        """The townships with heads, the round's tables and what stands there."""
        return towns(self.scope, self.round)

    @cached_property
    def stores(self) -> list[supplies.Store]:
        """Every store of the register of supplies."""
        return supplies.stores(self.scope, self.at)


def point(place: Any) -> Point | None:
    """Longitude and latitude, where both are known."""
    if place is None or place.longitude is None or place.latitude is None:
        return None
    return place.longitude, place.latitude


def centres_of(areas: Any) -> dict[str, Point]:
    """The middle of each area that has an outline: good enough for minutes on the road."""
    found = {}
    for area in areas:
        points = [p for ring in area.outline or () for p in ring]
        if points:
            west, east = min(p[0] for p in points), max(p[0] for p in points)
            south, north = min(p[1] for p in points), max(p[1] for p in points)
            found[area.code] = ((west + east) / 2, (south + north) / 2)
    return found


def minutes(here: Point, there: Point, speed_kmh: float) -> float:
    """Minutes on the road between two points: the straight line, a detour, a speed."""
    middle = math.radians((here[1] + there[1]) / 2)
    east, north = (there[0] - here[0]) * math.cos(middle), there[1] - here[1]
    return 60 * DETOUR * math.hypot(east, north) * 111.2 / speed_kmh


def ways(
    starts: Sequence[tuple[str, Point | None]], ends: Sequence[tuple[str, Point | None]], *, speed_kmh: float,
    otherwise: float,
) -> dict[tuple[str, str], float]:  # fmt: skip
    """Minutes from each start to each end; `otherwise` where somebody's place is not known."""
    return {
        (a, b): minutes(here, there, speed_kmh) if here and there else otherwise
        for a, here in starts
        for b, there in ends
    }

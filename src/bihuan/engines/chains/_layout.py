"""Where every case stands in the two pictures: the tree on a time axis, and the graph of who met whom. No drawing here.

Both are linear in the number of cases, and the same input gives the same picture.
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from bihuan.engines.chains._values import Case, Forest

# Days that cases without further cases are put together by, tried in order until the picture holds no more than asked.
_BINS = (0, 1, 3, 7, 14, 10_000)


@dataclass(frozen=True, slots=True)
class Dot:
    """One mark: a case, or several cases without further cases that share infector, group and days.

    x: days from the first day (tree) or a length (graph). y: the row (tree) or a length (graph).
    source: index of the dot it hangs on, −1 for none. probability: of the infector shown.
    is_dated: False where the day is a guess. side: other candidates, as indices of dots.
    """

    cases: tuple[str, ...]
    x: float
    y: float
    group: str
    generation: int
    source: int
    probability: float
    is_dated: bool
    kind: str = ""
    side: tuple[int, ...] = ()

    @property
    def count(self) -> int:
        """How many cases the mark stands for."""
        return len(self.cases)


@dataclass(frozen=True, slots=True)
class TimeTree:
    """The forest on a time axis, largest chain on top. What is not drawn is counted."""

    dots: Sequence[Dot]
    first_on: date
    last_on: date
    rows: int
    bin_days: int
    chains: Sequence[tuple[str, int, int]]  # head, first row, cases
    chains_left_out: int
    cases_left_out: int
    cases_alone: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Cases and contacts as a graph; every part is a round tree about its most connected member, packed by size."""

    dots: Sequence[Dot]
    width: float
    height: float
    parts: int
    parts_left_out: int
    nodes_left_out: int


def time_tree(forest: Forest, *, most_dots: int = 400, most_chains: int = 60) -> TimeTree | None:
    """Lay the chains out in time: a case's day is across, each branch has its row. None where no case has a day.

    most_dots: above it, cases that infected nobody are put together by infector, group and days, as few days as it takes.
    most_chains: smaller chains beyond it are left out and counted, as are cases without any link.
    """
    heads = forest.heads
    alone = sum(1 for n in forest.sizes().values() if n == 1)
    if not any(forest.cases[id_].day for head in heads for id_ in _below(forest, head)):
        return None
    for bin_days in _BINS:
        bundles = {head: _bundled(forest, head, bin_days) for head in heads[:most_chains]}
        if sum(len(found) for found in bundles.values()) <= most_dots:
            break
    # a picture of too many chains loses the smallest first
    drawn: list[str] = []
    room = most_dots
    for head in heads[:most_chains]:
        if drawn and len(bundles[head]) > room:
            break
        room -= len(bundles[head])
        drawn.append(head)
    days = _days(forest, drawn)
    first = min(days[id_][0] for head in drawn for id_ in _below(forest, head))
    last = max(days[id_][0] for head in drawn for id_ in _below(forest, head))
    dots: list[Dot] = []
    chains = []
    row = 0
    sizes = forest.sizes()
    for head in drawn:
        chains.append((head, row, sizes[head]))
        row = _rows(forest, bundles[head], days, first, row, dots) + 1
    left = heads[len(drawn) :]
    placed = _with_sides(forest, dots)
    return TimeTree(
        placed, first, last, row, bin_days, chains, len(left), sum(sizes[head] for head in left), alone
    )  # fmt: skip


def _below(forest: Forest, head: str) -> list[str]:
    found, todo = [], [head]
    while todo:
        id_ = todo.pop()
        found.append(id_)
        todo += forest.children.get(id_, ())
    return found


def _days(forest: Forest, heads: Iterable[str]) -> dict[str, tuple[date, bool]]:
    """Each case's day; one without a day stands one serial interval after its infector, and says that it is a guess."""
    mean = round(forest.serial_days[0]) if forest.serial_days else 5
    known = [c.day for c in forest.cases.values() if c.day]
    days: dict[str, tuple[date, bool]] = {}
    for head in heads:
        todo: list[tuple[str, date]] = [(head, min(known))]
        while todo:
            id_, guess = todo.pop()
            day = forest.cases[id_].day
            days[id_] = (day or guess, day is not None)
            todo += [(child, days[id_][0] + timedelta(days=mean)) for child in forest.children.get(id_, ())]
    return days


def _bundled(forest: Forest, head: str, bin_days: int) -> dict[str, tuple[str, ...]]:
    """The marks of one chain: the case that stands for the mark → all its cases, in order of the walk."""
    found: dict[str, tuple[str, ...]] = {}
    todo = [head]
    while todo:
        id_ = todo.pop()
        found[id_] = (id_,)
        bins: dict[tuple[str, int], list[str]] = {}
        for child in forest.children.get(id_, ()):
            day = forest.cases[child].day
            if bin_days and day and not forest.children.get(child):
                bins.setdefault((forest.cases[child].group, day.toordinal() // bin_days), []).append(child)
            else:
                todo.append(child)
        for together in bins.values():
            found[together[0]] = tuple(together)
    return found


def _rows(
    forest: Forest,
    bundle: Mapping[str, tuple[str, ...]],
    days: Mapping[str, tuple[date, bool]],
    first: date,
    row: int,
    dots: list[Dot],
) -> int:
    """Give each mark of one chain its row; the branch with most cases goes straight on. Returns the next free row."""
    weight = {id_: len(ids) for id_, ids in bundle.items()}
    order = list(_walk(forest, bundle))
    for id_ in reversed(order):
        source = forest.infector[id_]
        if source in weight:
            weight[source] += weight[id_]
    children: dict[str, list[str]] = {}
    for id_ in order[1:]:
        children.setdefault(str(forest.infector[id_]), []).append(id_)
    index: dict[str, int] = {}
    todo: list[tuple[str, bool]] = [(order[0], False)]
    at = row
    free = row
    while todo:
        id_, is_straight = todo.pop()
        if not is_straight:
            at, free = free, free + 1
        source = forest.infector[id_]
        chosen = forest.candidates.get(id_, ())
        case = forest.cases[id_]
        index[id_] = len(dots)
        row_here = dots[index[source]].y if is_straight and source in index else at
        dots.append(
            Dot(
                bundle[id_], float((days[id_][0] - first).days), float(row_here), case.group, forest.generation[id_],
                index.get(source or "", -1), chosen[0].probability if chosen and source else 1.0,
                days[id_][1], case.kind,
            )
        )  # fmt: skip
        below = sorted(children.get(id_, ()), key=lambda c: (weight[c], days[c][0].toordinal(), c), reverse=True)
        if below:
            todo += [(child, False) for child in reversed(below[1:])]
            todo.append((below[0], True))
    return free


def _walk(forest: Forest, bundle: Mapping[str, tuple[str, ...]]) -> Iterable[str]:
    head = next(iter(bundle))
    todo = [head]
    while todo:
        id_ = todo.pop()
        yield id_
        todo += [child for child in forest.children.get(id_, ()) if child in bundle]


def _with_sides(forest: Forest, dots: list[Dot]) -> list[Dot]:
    """Tell each single case's mark where its other candidates stand."""
    where = {id_: at for at, dot in enumerate(dots) for id_ in dot.cases}
    placed = []
    for dot in dots:
        side: tuple[int, ...] = ()
        if dot.count == 1:
            chosen = forest.infector[dot.cases[0]]
            others = [c.source for c in forest.candidates.get(dot.cases[0], ()) if c.source != chosen]
            side = tuple(where[s] for s in others if s in where)
        placed.append(
            Dot(
                dot.cases, dot.x, dot.y, dot.group, dot.generation, dot.source, dot.probability, dot.is_dated,
                dot.kind, side,
            )
        )  # fmt: skip
    return placed


def graph(
    cases: Iterable[Case],
    edges: Iterable[tuple[str, str]],
    *,
    most_dots: int = 6000,
    ring: float = 46.0,
    across: float = 1100.0,
) -> Graph:
    """Lay out who met whom: each connected part as a round tree, rings by steps from its middle, parts packed in rows.

    cases: cases and contacts alike (`kind` tells them apart). edges: pairs of ids; an unknown id raises KeyError.
    ring: distance between rings. across: the width parts are packed into; a larger part makes the picture wider.
    """
    by_id = {case.id: case for case in cases}
    near: dict[str, list[str]] = {id_: [] for id_ in by_id}
    for a, b in edges:
        if a != b:
            near[a].append(b)
            near[b].append(a)
    parts = _parts(near)
    rounds: list[tuple[dict[str, tuple[float, float]], dict[str, str | None], dict[str, int], float]] = []
    room = most_dots
    drawn = 0
    for part in parts:
        if len(part) == 1 or (rounds and len(part) > room):
            break
        room -= len(part)
        drawn += 1
        rounds.append(_round(part, near, ring))
    dots: list[Dot] = []
    width, height = across, 0.0
    x = y = shelf = 0.0
    for places, parents, steps, radius in rounds:
        side = 2 * radius + ring
        if x and x + side > across:
            x, y, shelf = 0.0, y + shelf, 0.0
        start = len(dots)
        number = {id_: start + at for at, id_ in enumerate(places)}
        for id_, (px, py) in places.items():
            source = number.get(parents[id_] or "", -1)
            side_links = tuple(number[o] for o in near[id_] if number[o] < number[id_] and number[o] != source)
            dots.append(
                Dot(
                    (id_,), x + side / 2 + px, y + side / 2 + py, by_id[id_].group, steps[id_], source, 1.0, True,
                    by_id[id_].kind, side_links,
                )
            )  # fmt: skip
        x += side
        shelf = max(shelf, side)
        width, height = max(width, x), max(height, y + shelf)
    left = parts[drawn:]
    return Graph(dots, width, height, drawn, len(left), sum(len(part) for part in left))


def _parts(near: Mapping[str, Sequence[str]]) -> list[list[str]]:
    seen: set[str] = set()
    parts = []
    for start in near:
        if start in seen:
            continue
        seen.add(start)
        part, at = [start], 0
        while at < len(part):
            for other in near[part[at]]:
                if other not in seen:
                    seen.add(other)
                    part.append(other)
            at += 1
        parts.append(part)
    return sorted(parts, key=lambda p: (-len(p), p[0]))


def _round(
    part: Sequence[str], near: Mapping[str, Sequence[str]], ring: float
) -> tuple[dict[str, tuple[float, float]], dict[str, str | None], dict[str, int], float]:
    """One part as a round tree: places about (0, 0), the parent of each, its ring, and the radius."""
    middle = max(part, key=lambda id_: (len(near[id_]), id_))
    parents: dict[str, str | None] = {middle: None}
    steps = {middle: 0}
    order, at = [middle], 0
    while at < len(order):
        for other in near[order[at]]:
            if other not in parents:
                parents[other] = order[at]
                steps[other] = steps[order[at]] + 1
                order.append(other)
        at += 1
    leaves = dict.fromkeys(order, 0)
    for id_ in reversed(order):
        leaves[id_] = max(leaves[id_], 1)
        parent = parents[id_]
        if parent is not None:
            leaves[parent] += leaves[id_]
    # a ring is wide enough for its members to stand eight units apart
    members: dict[int, int] = {}
    for step in steps.values():
        members[step] = members.get(step, 0) + 1
    radius, radii = 0.0, {0: 0.0}
    for step in range(1, max(members) + 1):
        radius = max(radius + ring, members[step] * 8.0 / (2 * math.pi))
        radii[step] = radius
    start = {middle: 0.0}
    places = {middle: (0.0, 0.0)}
    taken: dict[str, float] = {}
    for id_ in order[1:]:
        parent = str(parents[id_])
        begin = taken.get(parent, start[parent])
        share = 2 * math.pi * leaves[id_] / leaves[middle]
        start[id_] = begin
        taken[parent] = begin + share
        angle = begin + share / 2
        places[id_] = (radii[steps[id_]] * math.cos(angle), radii[steps[id_]] * math.sin(angle))
    return places, parents, steps, radius

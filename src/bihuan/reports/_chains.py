"""The chains of an area as the engine sees them: cases on record, links on record, exposure windows on record.

Shared by the report and the picture on the desk; not a report of its own.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.engines import chains
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ExposureRole
from bihuan.ledgers.cases.models import Case, Contact, Exposure, TransmissionLink
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

Words = chains.Words
Dot = chains.Dot
ZONE = ZoneInfo("Asia/Shanghai")
# A candidate an investigator chose outweighs whatever the days say of the others.
CHOSEN = 1e9
SEED = 20220701
SERIAL_DRAWS, INCUBATION_DRAWS = 300, 40
# Longer before the onset nobody's exposure is looked for: an open window begins here.
LONGEST_DAYS = 20


@dataclass(frozen=True)
class Chains:
    """The forest of an area, the ids of its cases, and every figure with its limits, or None where too little is known."""

    forest: chains.Forest
    ids: Mapping[str, str]
    offspring: chains.Offspring | None
    serial: chains.Days | None
    incubation: chains.Days | None
    generations: list[chains.Generation]
    unknown_source: int
    uncertain: int


def _day(at: datetime | None) -> date | None:
    return at.astimezone(ZONE).date() if at else None


def diseases(scope: Scope) -> list[str]:
    """The diseases with standing cases inside the scope, commonest first."""
    found = cases_reads.standing_cases(scope).order_by().values_list("disease", flat=True)
    counts: dict[str, int] = {}
    for disease in found:
        counts[disease] = counts.get(disease, 0) + 1
    return sorted(counts, key=lambda d: (-counts[d], d))


def chains_of(scope: Scope, as_of: datetime, *, disease: str = "") -> Chains:
    """The chains among cases reported by `as_of`. Refuted cases and their links are left out.

    The same cases and links are thought about once: a second look costs three questions.
    """
    rows = Case.objects.filter(scope.inside(), refuted_at__isnull=True, reported_at__lte=as_of)
    links = TransmissionLink.objects.filter(scope.inside(), voided_at__isnull=True, recorded_at__lte=as_of)
    if disease:
        rows, links = rows.filter(disease=disease), links.filter(infectee__disease=disease)
    names = {area.path: area.name for area in territory_reads.townships(scope)}
    people = tuple(
        (str(id_), number, onset, sampled, reported, names.get(territory_reads.township_path(path), ""), own)
        for id_, number, onset, sampled, reported, path, own in rows.order_by("reported_at", "number").values_list(
            "id", "number", "onset_at", "sampled_at", "reported_at", "path", "external_id"
        )
    )
    pairs = tuple(
        (str(source), str(target), CHOSEN if chosen else weight, basis)
        for source, target, weight, basis, chosen in links.order_by("id").values_list(
            "infector", "infectee", "weight", "basis", "is_chosen"
        )
    )
    windows = tuple(
        Exposure.objects.filter(
            scope.inside(), role=ExposureRole.INFECTED, voided_at__isnull=True, case__isnull=False,
            recorded_at__lte=as_of,
        )
        .order_by("id")
        .values_list("case", "from_at", "until_at")
    )  # fmt: skip
    return _thought(people, pairs, windows)


@lru_cache(maxsize=16)
def _thought(people: tuple[Any, ...], pairs: tuple[Any, ...], windows: tuple[Any, ...]) -> Chains:
    exposed: dict[str, tuple[date | None, date | None]] = {}
    for case, begin, end in windows:
        exposed.setdefault(str(case), (_day(begin), _day(end)))
    cases = [
        chains.Case(
            id_,
            _day(onset),
            _day(sampled or reported),
            *exposed.get(id_, (None, None)),
            group=group,
            label=own or number,
        )
        for id_, number, onset, sampled, reported, group, own in people
    ]
    forest = chains.build(cases, [chains.Link(*pair) for pair in pairs])
    inside = [one for one in forest.cases.values() if one.onset_on and (one.exposed_from or one.exposed_until)]
    found = [w for one in inside if (w := _window(one))]
    serial = incubation = None
    if sum(1 for c in forest.candidates.values() if c) >= 3:
        try:
            serial = chains.serial_interval(forest, seed=SEED, draws=SERIAL_DRAWS)
        except chains.ChainError:
            serial = None  # fewer than three pairs of onsets: the page says that too little is known
    if len(found) >= 10:
        incubation = chains.incubation(found, seed=SEED, draws=INCUBATION_DRAWS)
    return Chains(
        forest,
        {id_: number for id_, number, *_rest in people},
        chains.offspring(forest.offspring().values()) if cases else None,
        serial,
        incubation,
        chains.generations(forest),
        sum(1 for source in forest.infector.values() if source is None),
        sum(1 for c in forest.candidates.values() if len(c) > 1),
    )


def _window(one: chains.Case) -> chains.Window | None:
    """A case's exposure window where it tells something: an end cut at the onset, an open begin at the longest incubation."""
    assert one.onset_on is not None
    onset = one.onset_on.toordinal()
    latest = min(one.exposed_until.toordinal() if one.exposed_until else onset, onset)
    earliest = one.exposed_from.toordinal() if one.exposed_from else onset - LONGEST_DAYS
    return chains.Window(earliest, latest, onset) if earliest <= latest else None


def told(interval: chains.Interval | None, digits: int = 1) -> str:
    """An estimate with its limits as one reads it: «6.7 (6.1–7.3)»."""
    if interval is None:
        return ""
    if math.isinf(interval.value):
        return "∞"
    low = f"{interval.low:.{digits}f}" if interval.low is not None else "…"
    high = f"{interval.high:.{digits}f}" if interval.high is not None else "∞"
    return f"{interval.value:.{digits}f} ({low}–{high})"


@dataclass(frozen=True)
class Picture:
    """One picture of the chains: the SVG, its legend (colour, name, cases), and what it leaves out, in numbers."""

    svg: str
    legend: list[tuple[str, str, int]]
    bundled_days: int
    chains_left_out: int
    cases_left_out: int
    cases_alone: int


def picture(
    found: Chains, words: chains.Words, *, by: str = "group", head: str = "", width: float = 1120.0
) -> Picture | None:
    """The chains on their time axis, coloured by `group` (township) or `generation`; head: that chain alone.

    None where no case that infected or was infected has a day.
    """
    forest = found.forest
    if head in forest.cases:
        inside = {id_ for id_, top in forest.head.items() if top == head}
        forest = chains.build(
            [forest.cases[id_] for id_ in forest.cases if id_ in inside],
            [
                chains.Link(c.source, id_, c.probability, c.kind)
                for id_ in inside
                for c in forest.candidates.get(id_, ())
                if c.source in inside
            ],
            serial_days=forest.serial_days,
        )
    tree = chains.time_tree(forest)
    if tree is None:
        return None
    return Picture(
        chains.time_tree_svg(tree, words, by=by, width=width),
        chains.legend(tree.dots, words, by=by),
        tree.bin_days,
        tree.chains_left_out,
        tree.cases_left_out,
        tree.cases_alone,
    )


def contact_picture(scope: Scope, found: Chains, words: chains.Words, *, by: str = "group") -> Picture | None:
    """Who met whom: cases with their links, and the contacts of each case on record, in round trees.

    None where nobody on record met anybody.
    """
    names = {area.path: area.name for area in territory_reads.townships(scope)}
    contacts = Contact.objects.filter(scope.inside(), case__in=list(found.forest.cases)).exclude(state="dropped")
    met = contacts.order_by("id").values_list("id", "person", "case", "path", "became")
    nodes = dict(found.forest.cases)
    edges = [(c.source, id_) for id_, several in found.forest.candidates.items() for c in several]
    for _id, person, case, path, became in met:
        other = str(became) if became and str(became) in nodes else f"person:{person}"
        if other not in nodes:
            group = names.get(territory_reads.township_path(path), "")
            nodes[other] = chains.Case(other, group=group, kind="contact")
        edges.append((str(case), other))
    if not edges:
        return None
    drawn = chains.graph(nodes.values(), edges)
    return Picture(
        chains.graph_svg(drawn, words, by=by), chains.legend(drawn.dots, words, by=by), 0, drawn.parts_left_out,
        drawn.nodes_left_out, 0,
    )  # fmt: skip

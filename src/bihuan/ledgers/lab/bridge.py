"""The testing chain ↔ the protocol and planning engines: how many to a tube, what is due when, which link is slowest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from bihuan.engines import planning, protocol
from bihuan.ledgers.lab.choices import RoundKind
from bihuan.ledgers.lab.figures import Pace

SIZES = (1, 5, 10, 20)
COUNTY = "county"


class ToldResult(msgspec.Struct, frozen=True, array_like=True):
    """One row of a laboratory's file, read but not believed."""

    row: int
    tube: str
    value: str
    detail: dict[str, Any] = {}
    tested_at: datetime | None = None
    batch: str = ""


@dataclass(frozen=True)
class PoolRule:
    """How many swabs may share a tube, and where that stands written."""

    size: int
    edition: str
    basis: str


def edition_at(disease: str, at: datetime) -> protocol.Edition:
    """The edition in force; where none is, the latest one stays until another replaces it."""
    try:
        return protocol.edition(disease, at)
    except protocol.NoAnswer:
        return protocol.edition(max(i for i in protocol.edition_ids() if i.startswith(f"{disease}/")))


def pool_rule(kind: str, at: datetime, *, area_risk: str = "low", disease: str = COUNTY) -> PoolRule:
    """The swabs to a tube for a round of this kind: singles at the fever clinic and for people under orders."""
    chosen = edition_at(disease, at)
    facts: dict[str, Any] = {"area": area_risk}
    if kind == RoundKind.FEVER_CLINIC:
        facts["fever"] = True
    if kind == RoundKind.ORDERS:
        facts["class"] = "close_contact"
    size = 1 if kind == RoundKind.ENVIRONMENT else protocol.pool_size(chosen, facts)
    rule = next((r for r in chosen.pools if r.size == size), None)
    basis = f"{rule.basis.document} {rule.basis.clause}".strip() if rule and kind != RoundKind.ENVIRONMENT else ""
    return PoolRule(max(s for s in SIZES if s <= size), chosen.id, basis)


def round_hours(at: datetime, disease: str = COUNTY) -> float:
    """Within how many hours a round of a whole area must be done."""
    rounds = edition_at(disease, at).rounds
    within = rounds.get("whole_area") if rounds else None
    return within.within.delta.total_seconds() / 3600 if within and within.within else 24.0


def sample_due(post: str, last_sampled: datetime, disease: str = COUNTY) -> tuple[datetime, datetime] | None:
    """From when until when somebody at a key post must be sampled again; None for a post the edition does not know."""
    try:
        window = protocol.post_test_due(edition_at(disease, last_sampled), post, last_sampled)
    except protocol.NoAnswer:
        return None
    return window.due_from, window.due_until


def posts(at: datetime, disease: str = COUNTY) -> list[str]:
    """The key posts the edition tests by rhythm."""
    return list(edition_at(disease, at).posts)


def post_words(at: datetime, disease: str = COUNTY) -> list[tuple[str, str]]:
    """The key posts with whom the edition means by each."""
    return [(name, "、".join(rule.who) or name) for name, rule in edition_at(disease, at).posts.items()]


@dataclass(frozen=True)
class Slowest:
    """Which link sets the pace, and what one more worker in each link brings: tubes an hour, hours saved."""

    name: str
    tubes_per_hour: float
    hours: float
    gains: tuple[tuple[str, float, float], ...]


def slowest_link(paces: Sequence[Pace], tubes: int) -> Slowest | None:
    """The link that holds the chain back, by what each worker of a link finished an hour, and what one more brings.

    None while a link has not been measured: a guess would send the next courier to the wrong place.
    """
    if any(p.tubes == 0 or p.hours <= 0 or p.workers == 0 for p in paces):
        return None
    found = planning.plan_chain(
        [planning.Stage(p.link, p.workers, p.tubes / p.hours / p.workers, p.tube_hours) for p in paces], items=tubes
    )
    gains = tuple((s.name, s.gain_items_per_hour, s.hours_saved) for s in found.stages)
    return Slowest(found.bottlenecks[0], found.items_per_hour, found.hours, gains)


def round_plan(
    units: Sequence[tuple[str, int, int]], *, pool_size: int, laboratories: Sequence[Mapping[str, Any]], hours: float,
    swabs_per_sampler_hour: float,
) -> planning.RoundPlan:  # fmt: skip
    """The plan of a round of everybody: (unit, headcount, samplers) each, and the laboratories with their queues."""
    return planning.plan_all_residents(
        [planning.Site(name, people, samplers) for name, people, samplers in units],
        rates=planning.SamplingRates(swabs_per_sampler_hour, max(1.0, hours / 2), pool_size),
        labs=[_lab(one) for one in laboratories],
        deadline_hours=hours,
    )


def backlog(laboratory: Mapping[str, Any]) -> planning.Backlog:
    """How the queue of a laboratory runs out when nothing new comes."""
    return planning.backlog([], tubes_per_hour=laboratory["tubes_per_hour"], queue_tubes=laboratory["queue"])


def _lab(one: Mapping[str, Any]) -> planning.Lab:
    return planning.Lab(one["name"], one["tubes_per_hour"], one["queue"], one["turnaround_minutes"] / 60)

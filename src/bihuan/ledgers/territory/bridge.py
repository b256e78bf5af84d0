"""Areas ↔ the gazetteer and the protocol: which place an address means, what a risk level asks of whoever was there."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import cast

from bihuan.engines import linkage, protocol
from bihuan.ledgers.territory.choices import Level
from bihuan.ledgers.territory.models import Area


@dataclass(frozen=True)
class Location:
    """Where an address lies: an area of ours, or the county outside it belongs to, or nowhere we know; and why."""

    area_code: str = ""
    outside_code: str = ""
    outside_name: str = ""
    confidence: float = 0.0
    reason: str = ""


# Below this a guess would send people to a wrong door; the clerk decides instead.
SURE = 0.6


def locate(county: Area, addresses: Sequence[tuple[str, str]]) -> list[Location]:
    """For each (address, division code) the area of the county it means. The tree is read once and kept until it changes."""
    names = _gazetteer(county.code, Area.objects.count())
    return [_one(names, county, address, code) for address, code in addresses]


def reason_words(reason: str, language: str = "zh") -> str:
    """Why an address was taken for this place, in Chinese (`zh`) or English (`en`); a word we do not know stays as it is."""
    known = [token for token in reason.split("; ") if token.partition(":")[0] in linkage.REASONS]
    if not known:
        return reason
    return linkage.PlaceMatch(None, None, 0.0, "; ".join(known), "").explain(language)


def _one(names: linkage.Gazetteer, county: Area, address: str, code: str) -> Location:
    if not address.strip() and not code.strip():
        return Location(reason="no_address")
    match = names.match(address, within=county.code, division_code=code or None)
    if match.code is None:
        return Location(reason=match.reason)
    if not match.code.startswith(county.code):
        outside = Area.objects.filter(code=match.code).first()
        return Location(
            outside_code=match.code, outside_name=outside.name if outside else match.code,
            confidence=match.confidence, reason=match.reason,
        )  # fmt: skip
    if match.level == Level.COUNTY or match.confidence < SURE:
        return Location(confidence=match.confidence, reason=match.reason)
    return Location(area_code=match.code, confidence=match.confidence, reason=match.reason)


@lru_cache(maxsize=4)
def _gazetteer(county: str, _areas: int) -> linkage.Gazetteer:
    near = Area.objects.filter(code__startswith=county, level__in=[Level.TOWNSHIP, Level.VILLAGE])
    above = Area.objects.filter(level__in=[Level.PROVINCE, Level.CITY, Level.COUNTY])
    divisions: list[linkage.Division] = []
    aliases: dict[str, list[str]] = {}
    for area in [*above, *near]:
        divisions.append(
            linkage.Division(
                code=area.code,
                name=area.name,
                level=cast(linkage.Level, area.level),
                parent_code=area.parent_id,
                kind=area.kind,
            )
        )
        for alias in area.aliases:
            aliases.setdefault(alias, []).append(area.code)
    return linkage.Gazetteer(divisions, aliases)


@dataclass(frozen=True)
class Measure:
    """What the protocol asks of somebody who was in an area of this level; `no` says why it asks nothing.

    protocol: the edition's id. title: the class in the edition's words. mode: of the stage that begins it, empty
    where none. until: when it ends by itself. tests: from when until when each is due. basis: document, clause and law.
    """

    protocol: str
    class_name: str
    title: str
    mode: str = ""
    starts_at: datetime | None = None
    until: datetime | None = None
    tests: tuple[tuple[datetime, datetime], ...] = ()
    checks_per_day: int = 0
    code: str = ""
    basis: str = ""
    binds: bool = True
    no: str = ""
    why_not: str = ""


def measure(level: str, protocol_id: str, *, left: datetime, arrived: datetime) -> Measure:
    """The measure for a stay in an area of this level, left at `left`, for somebody who arrived here at `arrived`."""
    name, rule = f"traveller_{level}", None
    try:
        edition = protocol.edition(protocol_id, arrived)
        rule = edition.classes.get(name)
        plan = protocol.plan(edition, name, {"left_area": left, "arrived": arrived, "identified": arrived})
    except protocol.NoAnswer as no:
        return Measure(protocol_id, name, rule.title if rule else name, no=no.kind, why_not=no.reason)
    first = plan.stages[0] if plan.stages else None
    return Measure(
        protocol=edition.id,
        class_name=name,
        title=rule.title if rule else name,
        mode=first.mode if first else "",
        starts_at=first.start if first else None,
        until=plan.ends,
        tests=tuple((t.due_from, t.due_until) for t in plan.tests),
        checks_per_day=plan.checks_per_day,
        code=plan.code,
        basis="；".join(plan.basis),
        binds=plan.binds,
    )

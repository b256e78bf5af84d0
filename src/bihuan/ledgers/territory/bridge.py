"""Areas ↔ the gazetteer: which place an address means."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from bihuan.engines.linkage._divisions import Division
from bihuan.engines.linkage._divisions import Level as DivisionLevel
from bihuan.engines.linkage._gazetteer import Gazetteer
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


def _one(names: Gazetteer, county: Area, address: str, code: str) -> Location:
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
def _gazetteer(county: str, _areas: int) -> Gazetteer:
    near = Area.objects.filter(code__startswith=county, level__in=[Level.TOWNSHIP, Level.VILLAGE])
    above = Area.objects.filter(level__in=[Level.PROVINCE, Level.CITY, Level.COUNTY])
    divisions, aliases = [], {}
    for area in [*above, *near]:
        divisions.append(
            Division(
                code=area.code,
                name=area.name,
                level=cast(DivisionLevel, area.level),
                parent_code=area.parent_id,
                kind=area.kind,
            )
        )
        if area.aliases:
            aliases[area.code] = area.aliases
    return Gazetteer(divisions, aliases)

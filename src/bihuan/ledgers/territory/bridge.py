"""Areas ↔ the gazetteer: which place an address means."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from bihuan.engines import linkage
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

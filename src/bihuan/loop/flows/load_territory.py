"""The official division table becomes the tree everything hangs on."""

from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


class AreaTold(msgspec.Struct, frozen=True, kw_only=True):
    """One division of the table; its path says where it hangs."""

    code: str
    name: str
    level: str
    kind: str = ""
    parent: str | None = None
    path: str
    aliases: tuple[str, ...] = ()
    population: int | None = None
    households: int | None = None
    outline: Any = None


class PlaceTold(msgspec.Struct, frozen=True, kw_only=True):
    """One place: a venue, post, clinic, laboratory, site or shop."""

    name: str
    kind: str
    area: str
    path: str
    address: str = ""
    longitude: float | None = None
    latitude: float | None = None


@flow(needs="load_territory", private=("areas", "places"))
def load_territory(
    doing: Doing, *, areas: tuple[AreaTold, ...], places: tuple[PlaceTold, ...] = (), is_schematic: bool = True
) -> Outcome:
    """Record areas, parents before children; what is known already takes the new name and place."""
    if not areas:
        raise Refused(_("区划表为空"), "empty")
    ordered = sorted(areas, key=lambda a: a.path)
    known = {a.code for a in ordered} | set(territory_reads.areas_by_code([a.parent for a in ordered if a.parent]))
    orphan = next((a for a in ordered if a.parent and a.parent not in known), None)
    if orphan:
        raise Refused(
            _("“%(name)s”的上级 %(parent)s 不存在") % {"name": orphan.name, "parent": orphan.parent}, "orphan"
        )
    territory_writes.set_areas(
        {
            "code": a.code,
            "name": a.name,
            "level": a.level,
            "kind": a.kind,
            "parent_id": a.parent,
            "path": a.path,
            "aliases": list(a.aliases),
            "population": a.population,
            "households": a.households,
        }
        for a in ordered
    )
    for area in ordered:
        if area.outline is not None:
            territory_writes.set_outline(area.code, area.outline, is_schematic=is_schematic)
    territory_writes.add_places(
        {
            "name": p.name,
            "kind": p.kind,
            "area_id": p.area,
            "path": p.path,
            "address": p.address,
            "longitude": p.longitude,
            "latitude": p.latitude,
        }
        for p in places
    )
    return Outcome("loaded", ordered[0].path, "territory:", {"areas": len(ordered), "places": len(places)})

"""Facts of the territory."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.territory.models import Area, Device, Place, RiskArea, RiskList

_KEPT_UP = ["name", "level", "kind", "parent", "path", "aliases", "population", "households"]


def set_areas(rows: Iterable[Mapping[str, Any]]) -> int:
    """Record areas, parents before children; an area already known takes the new name and parent."""
    made = [Area(**row) for row in rows]
    Area.objects.bulk_create(
        made, batch_size=2000, update_conflicts=True, unique_fields=["code"], update_fields=_KEPT_UP
    )
    return len(made)


def set_outline(code: str, outline: Any, *, is_schematic: bool) -> None:
    """How an area is drawn on a map; a schematic outline says so."""
    Area.objects.filter(code=code).update(outline=outline, outline_is_schematic=is_schematic)


def set_aliases(code: str, aliases: list[str]) -> None:
    """Other names people write for an area."""
    Area.objects.filter(code=code).update(aliases=aliases)


def add_places(rows: Iterable[Mapping[str, Any]]) -> int:
    """Record places; one already known by area and name stays."""
    return len(Place.objects.bulk_create([Place(**row) for row in rows], batch_size=2000, ignore_conflicts=True))


def add_risk_list(areas: Iterable[Mapping[str, Any]], **fields: Any) -> RiskList:
    """Record a new version of the risk-area list with all its areas."""
    made = RiskList.objects.create(**fields)
    RiskArea.objects.bulk_create([RiskArea(risk_list=made, path=made.path, **a) for a in areas], batch_size=2000)
    return made


def set_place(place: Place, **fields: Any) -> None:
    """What is written of a place has changed."""
    Place.objects.filter(id=place.id).update(**fields)


def add_device(**fields: Any) -> Device:
    """Register an instrument at a place."""
    return Device.objects.create(**fields)


def set_device_tested(device: UUID, *, at: datetime, works: bool) -> bool:
    """The last test counts: an earlier one that arrives late changes nothing."""
    later = Device.objects.filter(id=device).exclude(tested_at__gt=at)
    return bool(later.update(tested_at=at, works=works))

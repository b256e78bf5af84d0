"""A sampling table gets its place in the register."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import StationKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def add_station(
    doing: Doing,
    *,
    name: str,
    kind: str,
    area: str,
    laboratory: UUID,
    place: UUID | None = None,
    longitude: float | None = None,
    latitude: float | None = None,
) -> Outcome:
    """Register a sampling station with the laboratory its tubes go to."""
    where = territory_reads.area_in(doing.actor.scope, area)
    if where is None:
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    if not name.strip() or kind not in StationKind.values:
        raise Refused(_("采样点须有名称和类别"), "incomplete")
    if lab_reads.laboratory(doing.actor.scope, laboratory) is None:
        raise Refused(_("没有这个实验室"), "no_such_laboratory")
    if lab_reads.stations(doing.actor.scope).filter(area=where, name=name.strip()).exists():
        raise Refused(_("该地已有同名采样点"), "known_already")
    found = (
        territory_reads.places(doing.actor.scope).filter(id=place).first()
        if place
        else _place(doing, where, name.strip())
    )
    made = lab_writes.add_station(
        id=doing.derive("station"),
        name=name.strip(),
        kind=kind,
        area=where,
        path=where.path,
        place=found,
        laboratory_id=laboratory,
        longitude=longitude if longitude is not None else (found.longitude if found else None),
        latitude=latitude if latitude is not None else (found.latitude if found else None),
    )
    return Outcome("registered", made.path, f"station:{made.id}", {"station": str(made.id)})


def _place(doing: Doing, area: Any, name: str) -> Any:
    """Where the table stands as a place of its own, so that its protection and waste are checked like any place's."""
    territory_writes.add_places(
        [{"id": doing.derive("place"), "area": area, "path": area.path, "name": name, "kind": PlaceKind.SAMPLING_POINT}]
    )
    return territory_reads.places(doing.actor.scope).filter(area=area, name=name).first()

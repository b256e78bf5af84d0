"""A laboratory is registered with what it can do, or its figures change."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def add_laboratory(
    doing: Doing,
    *,
    place: UUID,
    tubes_per_hour: int,
    turnaround_minutes: int,
    instruments: int = 1,
    surge_tubes_per_hour: int = 0,
    surge_source: str = "",
) -> Outcome:
    """Register a laboratory's tubes an hour, instruments and what it can call in."""
    kinds = [PlaceKind.LABORATORY, PlaceKind.HOSPITAL, PlaceKind.CLINIC]
    found = territory_reads.places(doing.actor.scope, kinds).filter(id=place).first()
    if found is None:
        raise Refused(_("请选择本辖区已登记的实验室或医院"), "no_such_place")
    if min(tubes_per_hour, turnaround_minutes, instruments) <= 0 or surge_tubes_per_hour < 0:
        raise Refused(_("检测能力、仪器数和检测时长须大于零"), "bad_figures")
    made = lab_writes.add_laboratory(
        place=found,
        path=territory_reads.county_of(found.path).path if territory_reads.county_of(found.path) else found.path,  # type: ignore[union-attr]
        tubes_per_hour=tubes_per_hour,
        turnaround_minutes=turnaround_minutes,
        instruments=instruments,
        surge_tubes_per_hour=surge_tubes_per_hour,
        surge_source=surge_source.strip(),
    )
    return Outcome("registered", made.path, f"laboratory:{made.id}", {"laboratory": str(made.id)})

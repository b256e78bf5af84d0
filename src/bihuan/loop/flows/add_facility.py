"""A place is made ready for something: it enters the register with its zones, rooms and beds."""

from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.ledgers.resources.choices import FacilityKind, RoomKind, ZoneKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import Level
from bihuan.loop.act import Doing, Outcome, Refused, flow

# The standard each kind of facility is checked against before it opens.
STANDARDS = {FacilityKind.ISOLATION_SITE: "isolation_site_check"}


class ZoneTold(msgspec.Struct, frozen=True, kw_only=True):
    """One zone of a facility."""

    name: str
    kind: str


class RoomTold(msgspec.Struct, frozen=True, kw_only=True):
    """One room with its beds."""

    number: str
    floor: int = 1
    kind: str = RoomKind.SINGLE
    beds: int = 1
    zone: str = ""


@flow()
def add_facility(
    doing: Doing,
    *,
    place: UUID,
    kind: str = FacilityKind.ISOLATION_SITE,
    level: str = Level.COUNTY,
    zones: tuple[ZoneTold, ...] = (),
    rooms: tuple[RoomTold, ...] = (),
    check_every_days: int = 7,
) -> Outcome:
    """Register a facility; it stays closed until its seats are filled and its check is passed."""
    there = territory_reads.places(doing.actor.scope).filter(id=place).first()
    if there is None:
        raise Refused(_("没有这个地点，或不在您的辖区"), "no_such_place")
    if resources_reads.facility_at(place):
        raise Refused(_("“%(place)s”已登记") % {"place": there.name}, "registered_before")
    if kind not in FacilityKind.values or level not in Level.values or check_every_days < 1:
        raise Refused(_("请选择设施类别和层级，检查周期至少一天"), "incomplete")
    numbers = [r.number for r in rooms]
    if len(set(numbers)) < len(numbers) or any(not r.number.strip() or r.beds < 1 for r in rooms):
        raise Refused(_("房间号不能重复，每间至少一张床位"), "bad_rooms")
    bad = {r.kind for r in rooms} - set(RoomKind.values) or {z.kind for z in zones} - set(ZoneKind.values)
    if bad or {r.zone for r in rooms if r.zone} - {z.name for z in zones}:
        raise Refused(_("房间类别或分区不存在"), "bad_rooms")
    facility = resources_writes.add_facility(
        id=doing.derive("facility"),
        place=there,
        path=there.path,
        kind=kind,
        level=level,
        form=STANDARDS.get(FacilityKind(kind), ""),
        check_every_days=check_every_days,
    )
    resources_writes.add_zones(facility, [(z.name, z.kind) for z in zones])
    beds = resources_writes.add_rooms(facility, [msgspec.structs.asdict(r) for r in rooms], doing.at)
    return Outcome("added", there.path, f"facility:{facility.id}", {"facility": str(facility.id), "beds": beds})

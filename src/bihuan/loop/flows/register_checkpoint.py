"""A checkpoint enters the register: where it stands, when it is manned, which unit mans it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.loop.act import Doing, Outcome, Refused, flow

KINDS = (PlaceKind.CHECKPOINT, PlaceKind.STATION)


@flow()
def register_checkpoint(
    doing: Doing, *, area: str, name: str, hours: str, unit: UUID, kind: str = PlaceKind.CHECKPOINT, address: str = ""
) -> Outcome:
    """Register a place people are checked at, and a post of a unit that stands there day and night; known, it is mended."""
    where = territory_reads.area_in(doing.actor.scope, area)
    of = staff_reads.units_by_id([unit]).get(unit)
    if where is None or of is None or not doing.actor.scope.holds(of.path):
        raise Refused(_("请选择本辖区的地点和值守单位"), "no_such_area")
    if not name.strip() or not hours.strip() or kind not in KINDS:
        raise Refused(_("请写明卡口名称、类别和值守时间"), "incomplete")
    place = territory_reads.places(doing.actor.scope).filter(area=where, name=name.strip()).first()
    if place is None:
        territory_writes.add_places(
            [
                {
                    "id": doing.derive("place"), "name": name.strip(), "kind": kind, "area_id": where.code,
                    "path": where.path, "address": address.strip(), "hours": hours.strip(),
                }
            ]
        )  # fmt: skip
        place = territory_reads.place(doing.derive("place"))
    else:
        territory_writes.set_place(place, kind=kind, hours=hours.strip(), address=address.strip() or place.address)
    assert place is not None
    if not staff_reads.posts_at(doing.actor.scope, [place.id]).filter(unit=of).exists():
        staff_writes.add_post(
            id_=doing.derive("post"), unit=of, title=place.name, role=Role.CHECKPOINT, rank=200, round_the_clock=True,
            place=place.id,
        )  # fmt: skip
    return Outcome("registered", place.path, f"place:{place.id}", {"place": str(place.id)})

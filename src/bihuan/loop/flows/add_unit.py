"""A command body, working group, department, township or village enters the register."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import writes as staff_writes
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="name_posting")
def add_unit(doing: Doing, *, name: str, kind: str, area: str, phone: str = "") -> Outcome:
    """Register a unit at an area; the same name there is the same unit."""
    place = territory_reads.area(area)
    if place is None or not doing.actor.scope.holds(place.path):
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    if not name.strip() or kind not in UnitKind.values:
        raise Refused(_("请填写单位名称和类别"), "incomplete")
    unit = staff_writes.add_unit(id_=doing.derive("unit"), name=name.strip(), kind=kind, area=place, phone=phone)
    return Outcome("added", place.path, f"unit:{unit.id}", {"unit": str(unit.id)})

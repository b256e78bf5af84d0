"""An instrument enters the register of the place it stands at."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.choices import DeviceKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def register_device(doing: Doing, *, place: UUID, kind: str, label: str) -> Outcome:
    """Register a thermometer, scanner or reader by what is written on it."""
    where = territory_reads.place(place)
    if where is None or not doing.actor.scope.holds(where.path):
        raise Refused(_("没有这个场所，或不在您的辖区"), "no_such_place")
    if kind not in DeviceKind.values or not label.strip():
        raise Refused(_("请写明设备类别和编号"), "incomplete")
    if territory_reads.devices(doing.actor.scope, [where.id]).filter(label=label.strip()).exists():
        raise Refused(_("此处已登记过这台设备"), "known")
    device = territory_writes.add_device(
        id=doing.derive("device"), place=where, path=where.path, kind=kind, label=label.strip(), registered_at=doing.at
    )
    return Outcome("registered", where.path, f"device:{device.id}", {"device": str(device.id)})

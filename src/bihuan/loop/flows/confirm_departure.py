"""The vehicle leaves: the sending end says with whom, in which clean vehicle."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayEnd, TransferKind
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("driver",))
def confirm_departure(
    doing: Doing, *, transfer: UUID, aboard: tuple[UUID, ...], vehicle: str, seats: int, driver: str = ""
) -> Outcome:
    """Record who left in which vehicle; a bed they leave behind is free from now on."""
    asked = stays_reads.transfer(doing.actor.scope, transfer)
    if asked is None or not doing.actor.scope.holds(asked.path):
        raise Refused(_("没有这次转运，或起点不在您的辖区"), "no_such_transfer")
    plate = vehicle.strip().upper()
    if not plate or seats < 1:
        raise Refused(_("请写明车牌和座位数"), "no_vehicle")
    passengers = list(stays_reads.passengers(doing.actor.scope, transfer))
    leaving = [p for p in passengers if p.id in set(aboard)]
    if not leaving or len(leaving) < len(set(aboard)):
        raise Refused(_("请核对上车人员"), "who_is_aboard")
    if len(leaving) > seats or any(p.seat > seats for p in leaving):
        raise Refused(_("该车只有 %(n)d 个座位") % {"n": seats}, "too_many")
    with shared.county_eyes(doing):
        dirty = stays_reads.dirty(shared.ALL, plate)
        road = stays_reads.on_the_road(shared.ALL, plate)
    if dirty is not None:
        raise Refused(_("车辆 %(plate)s 上次转运后尚未消毒，不能出车") % {"plate": plate}, "not_disinfected")
    if road is not None:
        raise Refused(_("车辆 %(plate)s 正在途中") % {"plate": plate}, "on_the_road")
    if doing.at < asked.opened_at or not stays_writes.set_left(
        asked.id, at=doing.at, by=doing.actor.member, vehicle=plate, seats=seats, driver=driver.strip()
    ):
        raise Refused(_("这次转运已经出发或取消"), "left_before")
    with shared.county_eyes(doing):
        stays_writes.set_aboard(asked.id, [p.id for p in leaving])
        if asked.kind != TransferKind.TO_SITE:
            _leave(doing, asked, [p.person_id for p in leaving])
    return Outcome("left", asked.path, f"transfer:{asked.id}", {"people": len(leaving)})


def _leave(doing: Doing, transfer: object, people: list[UUID]) -> None:
    """Whoever had arrived somewhere has left it; a bed held for them at the other end stays held."""
    end = StayEnd.HOSPITAL if getattr(transfer, "kind", "") == TransferKind.TO_HOSPITAL else StayEnd.OTHER_PLACE
    here = stays_reads.stays_now(shared.ALL, doing.at).filter(person__in=people, arrived_at__isnull=False)
    for stay in here:
        stays_writes.end_stay(stay.id, at=doing.at, by=doing.actor.member, reason=end)
        shared.leave_room(stay, doing.at)

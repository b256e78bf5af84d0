"""Somebody leaves for good: only when no order holds them any more. Nobody ends isolation by themselves (R079)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import LIVE_STATES
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayEnd
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def end_stay(doing: Doing, *, stay: UUID, reason: str = StayEnd.RELEASED) -> Outcome:
    """End a stay after release, or one that never began. Who goes to a hospital or another site leaves by a transfer."""
    asked = shared.own_stay(doing, stay, lock=True)
    if reason not in (StayEnd.RELEASED, StayEnd.CANCELLED):
        raise Refused(_("转往医院或别处，请用点对点转运"), "by_transfer")
    if reason == StayEnd.CANCELLED and asked.arrived_at is not None:
        raise Refused(_("此人已经入住，不能按未入住处理"), "is_here")
    if reason == StayEnd.RELEASED:
        with shared.county_eyes(doing):
            order = orders_reads.order(shared.ALL, asked.order_id)
        if order is not None and order.state in LIVE_STATES and doing.at < order.ends_at:
            raise Refused(_("任何人不得自行解除隔离：须先由决定人解除"), "still_bound")
    if doing.at < asked.stay_from:
        raise Refused(_("离开时间早于入住时间"), "before_it_began")
    stays_writes.end_stay(asked.id, at=doing.at, by=doing.actor.member, reason=StayEnd(reason))
    if asked.arrived_at is not None:
        shared.leave_room(asked, doing.at)
    return Outcome("ended", asked.path, f"stay:{asked.id}")

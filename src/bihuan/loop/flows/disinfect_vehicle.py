"""The vehicle of a journey is disinfected: only then it may carry the next."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def disinfect_vehicle(doing: Doing, *, transfer: UUID) -> Outcome:
    """Close the journey."""
    asked = stays_reads.transfer(doing.actor.scope, transfer)
    if asked is None or asked.arrived_at is None:
        raise Refused(_("没有这次转运，或尚未到达"), "no_such_transfer")
    if doing.at < asked.arrived_at or not stays_writes.set_disinfected(asked.id, at=doing.at, by=doing.actor.member):
        raise Refused(_("这辆车已登记消毒"), "disinfected_before")
    path = asked.to_path if doing.actor.scope.holds(asked.to_path) else asked.path
    return Outcome("closed", path, f"transfer:{asked.id}")

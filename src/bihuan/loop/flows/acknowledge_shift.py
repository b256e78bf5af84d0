"""The member on duty has taken over from the one before."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def acknowledge_shift(doing: Doing, *, shift: UUID) -> Outcome:
    """Acknowledge one's own shift."""
    asked = staff_reads.shift(doing.actor.scope, shift)
    if asked is None or asked.member_id != doing.actor.member:
        raise Refused(_("只能确认自己的值班"), "not_yours")
    staff_writes.set_acknowledged(asked.id, doing.at)
    return Outcome("acknowledged", asked.path, f"shift:{asked.id}")

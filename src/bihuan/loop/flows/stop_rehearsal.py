"""A rehearsal that nobody needs any more gives its core back."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def stop_rehearsal(doing: Doing, *, rehearsal: UUID) -> Outcome:
    """Stop one that waits or runs; what it has counted so far stays to be looked at."""
    found = rehearsal_reads.rehearsal(doing.actor.scope, rehearsal)
    if found is None:
        raise Refused(_("没有这次推演，或不在您的辖区"), "no_rehearsal")
    if not rehearsal_writes.end(rehearsal, state=RehearsalState.STOPPED, at=doing.at):
        raise Refused(_("这次推演已经结束"), "ended")
    return Outcome("stopped", found.path, f"rehearsal:{rehearsal}")

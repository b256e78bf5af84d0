"""A tube is tested once more before its value is let out."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def retest_tube(doing: Doing, *, tube: UUID, reason: str) -> Outcome:
    """Put a tube back before the instrument; its first value stays on record and is corrected by the next."""
    asked = lab_reads.tube(doing.actor.scope, tube)
    if asked is None or asked.state not in (TubeState.TESTED, TubeState.REPORTED, TubeState.SPOILED):
        raise Refused(_("只有已有结果的管可以复测"), "no_result")
    if not reason.strip():
        raise Refused(_("复测须写明理由"), "no_reason")
    lab_writes.set_tube_back(asked)
    return Outcome("back", asked.path, f"tube:{asked.id}", {"tube": asked.code, "reason": reason.strip()})

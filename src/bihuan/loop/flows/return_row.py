"""The row cannot be verified as sent: it goes back to the sender with a reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.choices import ReturnReason, RowState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def return_row(doing: Doing, *, row: UUID, reason: str, words: str = "") -> Outcome:
    """End the row as returned; the reason code goes into the reply."""
    asked = intake_reads.row(doing.actor.scope, row)
    if asked is None:
        raise Refused(_("没有这一行，或不在您的辖区"), "no_such_row")
    if asked.closed_at is not None:
        raise Refused(_("这一行已办结"), "already_ended")
    if reason not in ReturnReason.values:
        raise Refused(_("请选择退回原因"), "no_reason")
    intake_writes.close_row(
        asked, RowState.RETURNED, evidence=f"act:{doing.id}", at=doing.at, recorded_at=doing.recorded_at,
        return_reason=reason,
    )  # fmt: skip
    return Outcome("ended", asked.path, f"row:{asked.id}", {"_list": str(asked.pushed_list_id), "reason": reason})

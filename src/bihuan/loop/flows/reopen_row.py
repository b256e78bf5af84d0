"""An end turned out wrong: the row is open again, with the reason on record."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reopen_row(doing: Doing, *, row: UUID, reason: str) -> Outcome:
    """Undo the end of a row."""
    asked = intake_reads.row(doing.actor.scope, row)
    if asked is None:
        raise Refused(_("没有这一行，或不在您的辖区"), "no_such_row")
    if asked.closed_at is None:
        raise Refused(_("这一行尚未办结"), "still_open")
    if not reason.strip():
        raise Refused(_("重开必须写明原因"), "no_reason")
    intake_writes.reopen_row(asked, at=doing.at, recorded_at=doing.recorded_at)
    return Outcome("reopened", asked.path, f"row:{asked.id}", {"_list": str(asked.pushed_list_id)})

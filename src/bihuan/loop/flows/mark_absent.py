"""The A holder is away: from this minute tasks and alarms go to B."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def mark_absent(doing: Doing, *, posting: UUID, absent_until: datetime | None = None, is_back: bool = False) -> Outcome:
    """Mark a holder absent or back; the open tasks of an absent A move to B at once."""
    asked = staff_reads.posting(doing.actor.scope, posting, doing.at)
    if asked is None:
        raise Refused(_("没有这一任岗"), "no_such_posting")
    if is_back:
        staff_writes.set_absence(asked.id, None, None)
        return Outcome("back", asked.path, f"posting:{asked.id}")
    deputy = staff_reads.other_seat(asked, doing.at)
    if deputy is None:
        raise Refused(_("该岗位没有B角，不能标记离岗：请先指定B角"), "no_deputy")
    staff_writes.set_absence(asked.id, doing.at, absent_until)
    moved = command_writes.move_tasks(asked.member_id, deputy.member_id, asked.path)
    return Outcome("absent", asked.path, f"posting:{asked.id}", {"tasks_moved": moved})

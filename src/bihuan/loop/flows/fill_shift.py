"""A span of duty gets a name, or is known to be empty."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def fill_shift(
    doing: Doing, *, post: UUID, shift_from: datetime, shift_until: datetime, member: UUID | None = None
) -> Outcome:
    """Put a member on duty at a round-the-clock post."""
    asked = staff_reads.post(doing.actor.scope, post)
    if asked is None or not asked.round_the_clock:
        raise Refused(_("没有这个24小时值守岗位"), "no_such_post")
    if shift_until <= shift_from:
        raise Refused(_("交班时间必须晚于接班时间"), "bad_period")
    if member and member not in {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}:
        raise Refused(_("值班人员必须是本辖区在岗人员"), "not_serving")
    shift = staff_writes.set_shift(asked, shift_from, shift_until, member)
    return Outcome("filled" if member else "empty", asked.path, f"shift:{shift.id}", {"shift": str(shift.id)})

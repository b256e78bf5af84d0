"""The owner of a problem says how it will be mended, by whom, until when."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("measure",))
def mend_problem(
    doing: Doing, *, problem: UUID, measure: str = "", responsible: UUID | None = None, due_at: datetime | None = None
) -> Outcome:
    """Set measure, person or limit of an open problem; the limit is not put off by whoever must mend it."""
    asked = command_reads.problem(doing.actor.scope, problem)
    if asked is None or asked.task.closed_at is not None:
        raise Refused(_("没有这个未销号的问题"), "no_such_problem")
    if responsible and not staff_reads.members_in(doing.actor.scope, doing.at).filter(id=responsible).exists():
        raise Refused(_("承办人必须是本辖区在岗人员"), "not_serving")
    if due_at:
        if due_at <= doing.at:
            raise Refused(_("整改时限须晚于现在"), "bad_due")
        if asked.task.responsible_id == doing.actor.member and due_at > asked.task.clock.due_at:
            raise Refused(_("承办人不能给自己延期"), "own_task")
        command_writes.set_due(asked.task_id, due_at, doing.at + (due_at - doing.at) / 2)
    if measure.strip():
        command_writes.set_problem(asked.id, measure=measure.strip())
    if responsible:
        command_writes.set_task_owner(asked.task_id, asked.task.responsible_unit_id, responsible)
    return Outcome("mended", asked.path, f"problem:{asked.id}")

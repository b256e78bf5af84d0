"""The county has heard an urgent report: its clock stops, and the sender sees who heard it and what is done."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.unit_reports import EVERYBODY


@flow(private=("reply",))
def acknowledge_urgent_report(doing: Doing, *, task: UUID, reply: str) -> Outcome:
    """Say that it was heard and what happens now."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind != TaskKind.URGENT_REPORT:
        raise Refused(_("没有这份紧急报告"), "no_such_report")
    if not reply.strip():
        raise Refused(_("请写明怎么处置"), "no_reply")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=reply.strip()):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    sender = UUID(asked.detail["sent_by"])
    with widened(doing):
        told = list(staff_reads.postings(EVERYBODY, doing.at).filter(member=sender)[:1])
        words = {"title": asked.title, "area": reply.strip()[:200], "by": doing.actor.name}
        command_writes.add_notices(told, kind="urgent_heard", words=words, task=asked.id, at=doing.at)
    return Outcome(
        "heard", asked.path, f"task:{asked.id}", {"minutes": round((doing.at - asked.opened_at).total_seconds() / 60)}
    )

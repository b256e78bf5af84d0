"""A closed task, or one reported done, was not: it runs again, with the reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("reason",))
def reopen_task(doing: Doing, *, task: UUID, reason: str) -> Outcome:
    """Undo a closing, or send back what was reported done; its limit stays as it was."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or not command_reads.is_closed_by_another(asked.kind):
        raise Refused(_("没有这项任务"), "no_such_task")
    if not reason.strip():
        raise Refused(_("请写明退回或重开的理由"), "no_reason")
    if asked.closed_at is None and "done_by" not in asked.detail:
        raise Refused(_("该任务尚未上报办结"), "still_open")
    if str(doing.actor.member) in (str(asked.responsible_id), asked.detail.get("done_by")):
        raise Refused(_("承办人不能退回自己的任务"), "own_task")
    kept = {k: v for k, v in asked.detail.items() if k not in ("done_by", "done_at")}
    again = [*kept.get("reopened", ()), {"at": doing.at.isoformat(), "by": doing.actor.name, "why": reason.strip()}]
    told = {**kept, "reopened": again}
    word = "reopened" if asked.closed_at else "sent_back"
    if asked.closed_at:
        command_writes.reopen_task(asked.id, told, doing.at)
    else:
        command_writes.set_task_detail(asked.id, told)
    problem = command_reads.problem_of(doing.actor.scope, asked.id)
    if problem:
        command_writes.set_problem(problem.id, fixed_at=None, replied_at=None)
    if asked.responsible_id:
        with widened(doing):
            heads = staff_reads.postings(Scope(EVERYWHERE), doing.at).filter(member=asked.responsible_id)[:1]
            words = {"title": asked.title, "area": asked.area.name, "why": reason.strip()}
            kind = f"reopened_{len(again)}"
            command_writes.add_notices(list(heads), kind=kind, words=words, task=asked.id, at=doing.at)
    return Outcome(word, asked.path, f"task:{asked.id}")

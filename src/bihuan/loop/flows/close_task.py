"""A task is closed with evidence, by somebody other than whoever carried it out."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ChangeKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("evidence", "cause", "change_words", "reply"))
def close_task(
    doing: Doing,
    *,
    task: UUID,
    evidence: str,
    cause: str = "",
    change: str = "",
    change_words: str = "",
    reply: str = "",
) -> Outcome:
    """Close a task (销号). A problem that came back needs its cause, and what changes: a rule, staff or a tool."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or not command_reads.is_closed_by_another(asked.kind):
        raise Refused(_("没有这项任务"), "no_such_task")
    if not evidence.strip():
        raise Refused(_("销号必须附办结依据"), "no_evidence")
    if str(doing.actor.member) in (str(asked.responsible_id), asked.detail.get("done_by")):
        raise Refused(_("承办人不能给自己的任务销号"), "own_task")
    problem = command_reads.problem_of(doing.actor.scope, asked.id)
    if problem:
        if problem.is_recurrent and not (cause.strip() and change in ChangeKind.values and change_words.strip()):
            raise Refused(
                _("这是第 %(n)d 次发现的同一问题：须写明根源，以及改了什么制度、人员或工具，才能销号")
                % {"n": len(problem.earlier) + 1},
                "no_root_cause",
            )
        if change and change not in ChangeKind.values:
            raise Refused(_("请选择改制度、调人员或换工具"), "bad_change")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=evidence.strip()):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    if problem:
        command_writes.set_problem(
            problem.id, cause=cause.strip(), change=change, change_words=change_words.strip(),
            reply=reply.strip() or evidence.strip(),
        )  # fmt: skip
        command_writes.take_from_board(problem.id, doing.at, evidence.strip())
    return Outcome("closed", asked.path, f"task:{asked.id}", {"_task": str(asked.id)})

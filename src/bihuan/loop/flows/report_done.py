"""The executor says a task is done, and shows it. It ends only when somebody else has looked."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ProofKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def report_done(doing: Doing, *, task: UUID, words: str) -> Outcome:
    """Report a task as done with what was done; the words are its first proof."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or not command_reads.is_closed_by_another(asked.kind):
        raise Refused(_("没有这项任务"), "no_such_task")
    if asked.closed_at is not None:
        raise Refused(_("该任务已由他人完成"), "already_closed")
    if not words.strip():
        raise Refused(_("请写明做了什么"), "no_evidence")
    command_writes.add_proof(
        id=doing.derive("proof"), subject=f"task:{asked.id}", path=asked.path, kind=ProofKind.EVIDENCE,
        words=words.strip(), taken_at=doing.at, member_id=doing.actor.member,
    )  # fmt: skip
    command_writes.set_task_detail(
        asked.id, {**asked.detail, "done_by": str(doing.actor.member), "done_at": doing.at.isoformat()}
    )
    return Outcome("reported", asked.path, f"task:{asked.id}")

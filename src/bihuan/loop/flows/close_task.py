"""A task is closed with evidence, by somebody other than whoever carried it out."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import CLOSED_BY_HAND
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("evidence",))
def close_task(doing: Doing, *, task: UUID, evidence: str) -> Outcome:
    """Close a task that ends by evidence (销号)."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind not in CLOSED_BY_HAND:
        raise Refused(_("没有这项任务"), "no_such_task")
    if not evidence.strip():
        raise Refused(_("销号必须附办结依据"), "no_evidence")
    if asked.responsible_id == doing.actor.member:
        raise Refused(_("承办人不能给自己的任务销号"), "own_task")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=evidence):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    return Outcome("closed", asked.path, f"task:{asked.id}")

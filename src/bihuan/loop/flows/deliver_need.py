"""What was asked for has been brought, and somebody says to whose hands."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("receipt",))
def deliver_need(doing: Doing, *, task: UUID, receipt: str) -> Outcome:
    """Close the request with a receipt: handed over, put at the door, refused."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind != TaskKind.NEED:
        raise Refused(_("没有这项需求"), "no_such_task")
    if len(receipt.strip()) < 2:
        raise Refused(_("请写明送达情况（交本人、放门口、谁签收）"), "no_receipt")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=receipt.strip()):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    return Outcome("delivered", asked.path, asked.subject, {"task": str(asked.id)})

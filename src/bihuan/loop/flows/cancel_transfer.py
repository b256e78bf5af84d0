"""A journey that has not left will not take place."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def cancel_transfer(doing: Doing, *, transfer: UUID, reason: str) -> Outcome:
    """Cancel with a reason; the task that ran on it ends."""
    asked = stays_reads.transfer(doing.actor.scope, transfer)
    if asked is None:
        raise Refused(_("没有这次转运，或不在您的辖区"), "no_such_transfer")
    if len(reason.strip()) < 2:
        raise Refused(_("取消转运须写明理由"), "no_reason")
    if not stays_writes.set_cancelled(asked.id, doing.at):
        raise Refused(_("这次转运已经出发或取消"), "left_before")
    shared.close_tasks(doing, TaskKind.TRANSFER, f"transfer:{asked.id}", "cancelled")
    path = asked.path if doing.actor.scope.holds(asked.path) else asked.to_path
    return Outcome("cancelled", path, f"transfer:{asked.id}")

"""A plan of sampling slots counts no more."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.loop import slots as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def drop_slots(doing: Doing, *, plan: UUID, reason: str = "") -> Outcome:
    """Give a plan up: nobody is expected by it, and what was asked about those who missed it ends."""
    asked = slot_reads.plan_for_update(doing.actor.scope, plan)
    if asked is None:
        raise Refused(_("没有这份时段安排，或不在您的辖区"), "no_such_plan")
    if asked.confirmed_at is not None and not reason.strip():
        raise Refused(_("已确认的安排作废须写明理由"), "no_reason")
    if not slot_writes.set_dropped(asked.id, doing.at):
        raise Refused(_("这份安排已经作废"), "dropped_before")
    shared.end_tasks(doing, asked.id)
    return Outcome("dropped", asked.path, f"slots:{asked.id}", {"plan": str(asked.id)})

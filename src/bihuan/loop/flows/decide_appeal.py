"""An objection is answered with reasons, by somebody other than who signed the order: upheld, changed, or ended."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import AppealDecision, EndReason, OrderState
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def decide_appeal(
    doing: Doing, *, appeal: UUID, decision: str, reason: str, ends_at: datetime | None = None
) -> Outcome:
    """Uphold, shorten (`changed` with a sooner end) or end the order; the answer stops the clock."""
    shared.signature(doing)
    asked = orders_reads.appeal(doing.actor.scope, appeal)
    if asked is None:
        raise Refused(_("没有这件异议"), "no_such_appeal")
    if decision not in AppealDecision.values or not reason.strip():
        raise Refused(_("请选择结论并写明理由"), "incomplete")
    order = asked.order
    if order.issuer_id == doing.actor.member:
        raise Refused(_("原签批人不能裁决对自己决定的异议"), "own_order")
    if not orders_writes.set_appeal_decided(
        asked.id, decision=decision, reason=reason.strip(), at=doing.at, by=doing.actor.member
    ):
        raise Refused(_("这件异议已由他人答复"), "already_decided")
    is_live = order.state in (OrderState.SIGNED, OrderState.IN_FORCE) and order.ends_at > doing.at
    if decision == AppealDecision.ENDED and is_live:
        live = [o.id for o in orders_reads.chain(doing.actor.scope, order.chain) if o.stage >= order.stage]
        orders_writes.end_orders(live, at=doing.at, reason=EndReason.APPEAL, words=reason.strip())
    if decision == AppealDecision.CHANGED and is_live:
        if ends_at is None or not max(doing.at, order.starts_at) < ends_at < order.ends_at:
            raise Refused(_("变更须写明更早的结束时间"), "not_sooner")
        orders_writes.drop_extension(order.id)
        orders_writes.set_period(order.id, starts_at=order.starts_at, ends_at=ends_at)
        orders_writes.void_after(order.id, ends_at)
    shared.close_tasks(doing, [TaskKind.DECIDE_APPEAL], f"appeal:{asked.id}", decision)
    return Outcome(decision, asked.path, f"order:{order.id}", {"appeal": str(asked.id), "_orders": [str(order.id)]})

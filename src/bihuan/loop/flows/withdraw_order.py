"""An order was wrong from the start: it is withdrawn with its later stages, and what rests on it is looked at again."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import LIVE_STATES, EndReason
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("reason",))
def withdraw_order(doing: Doing, *, order: UUID, reason: str) -> Outcome:
    """Withdraw an order; says `with_dependents` when other orders rest on it."""
    shared.signature(doing)
    asked = orders_reads.order(doing.actor.scope, order)
    if asked is None or asked.state not in LIVE_STATES or asked.ends_at <= doing.at:
        raise Refused(_("没有这份正在执行的措施"), "no_such_order")
    if not reason.strip():
        raise Refused(_("撤销须写明理由"), "no_reason")
    stages = [o.id for o in orders_reads.chain(doing.actor.scope, asked.chain) if o.stage >= asked.stage]
    for id_ in stages:
        orders_writes.drop_extension(id_)
    orders_writes.end_orders(stages, at=doing.at, reason=EndReason.WITHDRAWN, words=reason.strip())
    for id_ in stages:
        shared.close_tasks(doing, [TaskKind.DECIDE_RELEASE, TaskKind.MISSED_DUTY], f"order:{id_}", "withdrawn")
    grounds = [f"order:{id_}" for id_ in stages]
    with widened(doing):
        rests = orders_reads.orders_on_ground(Scope(EVERYWHERE), grounds).exists()
    word = "with_dependents" if rests else "withdrawn"
    return Outcome(word, asked.path, f"order:{order}", {"orders": len(stages), "_grounds": grounds})

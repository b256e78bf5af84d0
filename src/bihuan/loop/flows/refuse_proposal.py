"""A proposed measure is not taken; why stays written."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def refuse_proposal(doing: Doing, *, order: UUID, reason: str) -> Outcome:
    """Refuse a proposal with every stage of it."""
    post = shared.signature(doing)
    asked = orders_reads.order(doing.actor.scope, order)
    if asked is None or asked.state != OrderState.PROPOSED:
        raise Refused(_("没有这份待签批的建议"), "no_such_order")
    if not reason.strip():
        raise Refused(_("不予采取须写明理由"), "no_reason")
    stages = [o.id for o in orders_reads.chain(doing.actor.scope, asked.chain) if o.state == OrderState.PROPOSED]
    orders_writes.set_refused(stages, at=doing.at, by=doing.actor.member, post=post, reason=reason.strip())
    path = territory_reads.township_path(asked.path)
    if not orders_reads.proposals(Scope(path)).exists():
        shared.close_tasks(doing, [TaskKind.SIGN], f"proposals:{path}", "refused")
    return Outcome("refused", asked.path, f"order:{asked.id}", {"orders": len(stages), "_ground": asked.ground})

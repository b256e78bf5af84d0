"""The written notice is handed over: from this minute the order is in force and its duties run."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState, ServedHow
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def serve_notice(
    doing: Doing, *, order: UUID | None = None, extension: UUID | None = None, how: str = ServedHow.HANDED
) -> Outcome:
    """Serve an order with every signed stage of it, or the notice of a longer end."""
    if how not in ServedHow.values:
        raise Refused(_("“%(how)s”不是送达方式") % {"how": how}, "bad_how")
    if extension is not None:
        return _longer(doing, extension)
    asked = orders_reads.order(doing.actor.scope, order) if order else None
    if asked is None or asked.state not in (OrderState.SIGNED, OrderState.IN_FORCE):
        raise Refused(_("没有这份待送达的决定"), "no_such_order")
    if asked.state == OrderState.IN_FORCE:
        return Outcome("known", asked.path, f"order:{asked.id}", {"served_at": asked.served_at})
    stages = [o for o in orders_reads.chain(doing.actor.scope, asked.chain) if o.state == OrderState.SIGNED]
    if any(o.signed_at and doing.at < o.signed_at for o in stages):
        raise Refused(_("送达时间早于签批时间，请核对设备时钟"), "before_signed")
    ready = [o for o in stages if doing.at < o.ends_at]
    if not ready:
        raise Refused(_("措施期限已过，不能再送达"), "over")
    orders_writes.set_served([o.id for o in ready], at=doing.at, by=doing.actor.member, how=how)
    duties = 0
    for one in ready:
        tests = orders_bridge.tests_of(one) if one.person_id else []
        duties += orders_writes.add_duties(one, orders_bridge.owed(one, tests, doing.at))
    path = territory_reads.township_path(asked.path)
    if not orders_reads.to_serve(Scope(path)).exists():
        shared.close_tasks(doing, [TaskKind.SERVE_NOTICE], f"to_serve:{path}", "served")
    return Outcome("served", asked.path, f"order:{asked.id}", {"orders": [str(o.id) for o in ready], "duties": duties})


def _longer(doing: Doing, extension: UUID) -> Outcome:
    """The notice of a longer end: it counts only when handed over before the old end."""
    asked = orders_reads.extension(doing.actor.scope, extension)
    if asked is None:
        raise Refused(_("没有这份延长决定"), "no_such_extension")
    if asked.served_at is not None:
        return Outcome("known", asked.path, f"order:{asked.order_id}", {"served_at": asked.served_at})
    if doing.at < asked.signed_at:
        raise Refused(_("送达时间早于签批时间，请核对设备时钟"), "before_signed")
    if not orders_writes.set_extension_served(asked, doing.at):
        raise Refused(_("原期限已过，延长不再有效；如确需管控，须重新提出"), "over")
    order = asked.order
    order.ends_at = asked.ends_after
    tests = orders_bridge.tests_of(order) if order.person_id else []
    orders_writes.add_duties(order, orders_bridge.owed(order, tests, doing.at))
    shared.close_tasks(doing, [TaskKind.DECIDE_RELEASE], f"order:{order.id}", "extended")
    shared.close_tasks(doing, [TaskKind.SERVE_NOTICE], f"extension:{asked.id}", "served")
    return Outcome("extended", asked.path, f"order:{order.id}", {"ends_at": asked.ends_after.isoformat()})

"""A second look is signed: what the new facts ask is done to each order, and how each stood before is kept for the undo."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import EndReason, OrderState, ReclassCause
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reclass_orders(doing: Doing, *, reclass: UUID) -> Outcome:
    """Shorten, move, end, or (with a notice to be served) extend what the preview showed; the rest keeps its end."""
    post = shared.signature(doing)
    asked = orders_reads.reclass(doing.actor.scope, reclass)
    if asked is None or asked.signed_at is not None or asked.dropped_at is not None:
        raise Refused(_("没有这份待签批的重新研判"), "no_such_reclass")
    looks = orders_bridge.second_look(doing.actor.scope, asked.cause, asked.change, doing.at)
    before, after = [], []
    for order, look in looks:
        if look.effect == "keep":
            continue
        before.append(_stood(order))
        after.append({"order": str(order.id), "effect": look.effect, "ends_at": look.ends_at.isoformat()})
        _apply(doing, post, asked.change, asked.cause, order, look)
    if not orders_writes.set_reclass_signed(
        asked.id, issuer=doing.actor.member, at=doing.at, before=before, after=after
    ):
        raise Refused(_("刚由他人签批"), "signed_meanwhile")
    shared.close_tasks(doing, [TaskKind.SIGN], f"reclass:{asked.id}", "signed")
    counts = {e: sum(a["effect"] == e for a in after) for e in ("shorten", "move", "extend", "end")}
    return Outcome("reclassed", asked.path, f"reclass:{asked.id}", counts | {"kept": len(looks) - len(after)})


def _apply(doing: Doing, post: str, change: Any, cause: str, order: Any, look: orders_bridge.Look) -> None:
    if look.effect == "end":
        orders_writes.drop_extension(order.id)
        reason = EndReason.WITHDRAWN if cause == ReclassCause.WITHDRAWN else EndReason.GROUND_GONE
        orders_writes.end_orders([order.id], at=doing.at, reason=reason, words=str(look.why))
        shared.close_tasks(doing, [TaskKind.DECIDE_RELEASE, TaskKind.MISSED_DUTY], f"order:{order.id}", "reclassed")
        return
    orders_writes.set_rule(
        order.id, protocol=change["protocol"] or order.protocol, anchors={**order.anchors, **change["anchors"]}
    )
    if look.effect == "extend" and order.state == OrderState.IN_FORCE:
        if not any(e.served_at is None for e in orders_reads.extensions(doing.actor.scope, order.id)):
            orders_writes.add_extension(
                id=doing.derive(f"extension:{order.id}"), order=order, path=order.path, reason=str(look.why),
                ends_before=order.ends_at, ends_after=look.ends_at, issuer_id=doing.actor.member, issuer_post=post,
                signed_at=doing.at, notice_number=shared.numbers(doing, order.path, 1)[0],
            )  # fmt: skip
        return
    orders_writes.drop_extension(order.id)
    orders_writes.set_period(order.id, starts_at=look.starts_at, ends_at=look.ends_at)
    if order.state == OrderState.IN_FORCE:
        shared.close_tasks(doing, [TaskKind.DECIDE_RELEASE], f"order:{order.id}", "reclassed")
        fresh = orders_reads.order(doing.actor.scope, order.id)
        if fresh is not None:
            orders_writes.replan_duties(
                fresh, orders_bridge.owed(fresh, orders_bridge.tests_of(fresh), doing.at), doing.at
            )


def _stood(order: Any) -> dict[str, Any]:
    stamps: dict[str, datetime] = {"starts_at": order.starts_at, "ends_at": order.ends_at}
    words = {"order": str(order.id), "state": order.state, "protocol": order.protocol, "anchors": order.anchors}
    return words | {name: at.isoformat() for name, at in stamps.items()}

"""A signed second look was wrong: every order it changed goes back, except that nobody is bound again without a new notice."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import LIVE_STATES, EndReason, OrderState
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def undo_reclass(doing: Doing, *, reclass: UUID, reason: str) -> Outcome:
    """Give back the old ends; an order that was ended comes back as a fresh one, signed here and still to be served."""
    post = shared.signature(doing)
    asked = orders_reads.reclass(doing.actor.scope, reclass)
    if asked is None or asked.signed_at is None or asked.undone_at is not None:
        raise Refused(_("没有这份可撤回的重新研判"), "no_such_reclass")
    if not reason.strip():
        raise Refused(_("撤回须写明理由"), "no_reason")
    orders_writes.set_reclass_undone(asked.id, doing.at)
    stands = orders_reads.orders_by_id(doing.actor.scope, [UUID(b["order"]) for b in asked.before])
    counts = {"restored": 0, "to_serve": 0, "left": 0}
    for was, did in zip(asked.before, asked.after, strict=True):
        order = stands.get(UUID(was["order"]))
        counts[_back(doing, post, order, was, did, asked.signed_at) if order else "left"] += 1
    return Outcome("undone", asked.path, f"reclass:{asked.id}", counts)


def _back(
    doing: Doing, post: str, order: Any, was: Mapping[str, Any], did: Mapping[str, Any], signed_at: datetime
) -> str:  # fmt: skip
    starts_at, ends_at = (datetime.fromisoformat(was[name]) for name in ("starts_at", "ends_at"))
    if ends_at <= doing.at:
        return "left"  # it would have run out by now
    if did["effect"] == "extend" and order.state == OrderState.IN_FORCE:
        orders_writes.drop_extension(order.id)
    elif order.state not in LIVE_STATES:
        # Over because of this second look, or run out at the end it set: not because somebody decided so since.
        is_ours = order.ended_at == signed_at if did["effect"] == "end" else order.end_reason == EndReason.EXPIRED
        return _afresh(doing, post, order, was, ends_at) if is_ours else "left"
    elif order.ends_at != datetime.fromisoformat(did["ends_at"]):
        return "left"  # somebody has decided otherwise since
    orders_writes.set_rule(order.id, protocol=was["protocol"], anchors=was["anchors"])
    orders_writes.set_period(order.id, starts_at=starts_at, ends_at=ends_at)
    fresh = orders_reads.order(doing.actor.scope, order.id)
    if fresh is not None and fresh.state == OrderState.IN_FORCE:
        tests = orders_bridge.tests_of(fresh)
        orders_writes.replan_duties(fresh, orders_bridge.owed(fresh, tests, doing.at), doing.at)
    return "restored"


def _afresh(doing: Doing, post: str, order: Any, was: Mapping[str, Any], ends_at: datetime) -> str:
    """The same measure once more. What had bound somebody is signed again and must be served again before it binds."""
    was_signed = was["state"] != OrderState.PROPOSED
    signed = {
        "state": OrderState.SIGNED, "issuer_id": doing.actor.member, "issuer_post": post, "signed_at": doing.at,
        "notice_number": shared.numbers(doing, order.path, 1)[0], "override_reason": order.override_reason,
    }  # fmt: skip
    same = (
        "person_id", "place_id", "area_id", "path", "chain", "stage", "measure", "class_name", "room", "compulsory",
        "is_verified", "basis", "article", "ground", "ground_words", "facts", "checks_per_day", "code", "release",
        "lighter", "person_days", "emergency_access", "detour", "review_at", "contact",
    )  # fmt: skip
    orders_writes.add_orders(
        [
            {
                **{name: getattr(order, name) for name in same}, "id": doing.derive(f"again:{order.id}"),
                "protocol": was["protocol"], "anchors": was["anchors"], "ends_at": ends_at,
                "starts_at": max(order.starts_at, doing.at), "proposed_at": doing.at,
                "proposed_by_id": doing.actor.member, **(signed if was_signed else {}),
            }
        ]
    )  # fmt: skip
    if was_signed:
        shared.open_task(
            doing, kind=TaskKind.SERVE_NOTICE, limit="serve_notice", title=str(_("管控措施决定书待送达")),
            path=territory_reads.township_path(order.path), roles=(Role.TOWNSHIP,),
            subject=f"to_serve:{territory_reads.township_path(order.path)}",
        )  # fmt: skip
    return "to_serve" if was_signed else "restored"

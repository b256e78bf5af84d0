"""Somebody who may decides that an order is over: what was still missing is shown and stays written."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import EndReason, OrderState, condition_words
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

# The end of the period is not a thing to wait for when the release is decided for that very end.
AT_THE_END = "stages_done"


@flow(private=("despite",))
def release_order(doing: Doing, *, order: UUID, early: bool = False, despite: str = "") -> Outcome:
    """Decide the release: for the order's own end, or `early` from this minute. What is missing needs a reason (`despite`).

    An order that ran out undecided is closed here too. No order lasts longer for want of this decision.
    """
    post = shared.signature(doing)
    asked = orders_reads.order(doing.actor.scope, order)
    if asked is None or asked.state not in (OrderState.IN_FORCE, OrderState.ENDED) or (
        asked.state == OrderState.ENDED and asked.end_reason != EndReason.EXPIRED
    ):  # fmt: skip
        raise Refused(_("没有这份正在执行或到期待定的措施"), "no_such_order")
    if orders_reads.release(doing.actor.scope, order) is not None:
        raise Refused(_("已经决定解除"), "already_released")
    missing = orders_bridge.missing(asked, orders_reads.results_of([order])[order], doing.at, {})
    if not early or asked.place_id:
        missing = [name for name in missing if name != AT_THE_END]
    if (missing or early) and not despite.strip():
        raise Refused(
            _("尚不具备解除条件：%(missing)s。确需解除须写明理由")
            % {"missing": "、".join(condition_words(name) for name in missing) or str(_("期限未满"))},
            "not_ready",
        )
    is_running = asked.state == OrderState.IN_FORCE and asked.ends_at > doing.at
    if early and is_running:
        orders_writes.drop_extension(order)
        orders_writes.end_orders([order], at=doing.at, reason=EndReason.RELEASED, words=despite.strip())
    made = orders_writes.add_release(
        id=doing.derive("release"), order=asked, path=asked.path, decided_at=doing.at, issuer_id=doing.actor.member,
        issuer_post=post, notice_number=shared.numbers(doing, asked.path, 1)[0], missing=missing,
        reason=despite.strip(),
    )  # fmt: skip
    shared.close_tasks(doing, [TaskKind.DECIDE_RELEASE, TaskKind.MISSED_DUTY], f"order:{order}", "released")
    word = "released" if early or not is_running else "released_at_end"
    return Outcome(word, asked.path, f"order:{order}", {"release": made.notice_number, "missing": missing})

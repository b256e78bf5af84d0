"""The end of an order has come: it ends by itself. No silence makes it longer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import RESTRICTING, EndReason, OrderState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def expire_order(doing: Doing, *, order: UUID) -> Outcome:
    """End what has run out. A restricted person nobody has decided about is a red clock from this minute on."""
    asked = orders_reads.order(Scope(EVERYWHERE), order)
    if asked is None or asked.ends_at > doing.at or not orders_writes.expire_order(asked.id, asked.ends_at):
        return Outcome("nothing_due", doing.actor.scope.path, f"order:{order}")
    if asked.state == OrderState.PROPOSED:  # what was never signed lapses whole
        rest = [o.id for o in orders_reads.chain(Scope(EVERYWHERE), asked.chain) if o.state == OrderState.PROPOSED]
        orders_writes.end_orders(rest, at=asked.ends_at, reason=EndReason.NOT_SERVED)
    undecided = (
        asked.state == OrderState.IN_FORCE and asked.person_id is not None and asked.measure in RESTRICTING
        and orders_reads.release(Scope(EVERYWHERE), order) is None
    )  # fmt: skip
    if undecided:
        if asked.release_asked_at is None:  # too short to have been asked about before
            orders_writes.set_release_asked(asked.id, doing.at)
        title = str(_("%(measure)s到期未作决定：%(number)s"))
        shared.open_task(
            doing, kind=TaskKind.DECIDE_RELEASE, limit="decide_release", path=asked.path, subject=f"order:{asked.id}",
            title=title % {"measure": asked.measure_words, "number": asked.notice_number}, roles=shared.SIGNERS,
            started_at=max(asked.served_at or asked.starts_at, asked.starts_at), due_at=asked.ends_at,
        )  # fmt: skip
    else:
        shared.close_tasks(doing, [TaskKind.MISSED_DUTY, TaskKind.DECIDE_RELEASE], f"order:{asked.id}", "ended")
    township = territory_reads.township_path(asked.path)
    if asked.state == OrderState.PROPOSED and not orders_reads.proposals(Scope(township)).exists():
        shared.close_tasks(doing, [TaskKind.SIGN], f"proposals:{township}", "ended")
    if asked.state == OrderState.SIGNED and not orders_reads.to_serve(Scope(township)).exists():
        shared.close_tasks(doing, [TaskKind.SERVE_NOTICE], f"to_serve:{township}", "ended")
    return Outcome("expired", asked.path, f"order:{asked.id}", {"undecided": undecided})

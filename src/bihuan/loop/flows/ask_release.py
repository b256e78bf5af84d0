"""An order comes to its end soon: somebody who may sign is asked to release or to extend, in time."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def ask_release(doing: Doing, *, order: UUID) -> Outcome:
    """Open the decision with a clock that runs out at the order's own end; a release decided before needs none."""
    asked = orders_reads.order(Scope(EVERYWHERE), order)
    if asked is None or asked.state != OrderState.IN_FORCE or not orders_writes.set_release_asked(asked.id, doing.at):
        return Outcome("nothing_due", doing.actor.scope.path, f"order:{order}")
    if orders_reads.release(Scope(EVERYWHERE), order) is not None:
        return Outcome("asked", asked.path, f"order:{order}")
    lead = timedelta(minutes=command_bridge.limit("decide_release", doing.at).minutes)
    begun = max(asked.ends_at - lead, asked.starts_at)
    title = str(_("%(measure)s即将到期，请决定解除或延长：%(number)s"))
    shared.open_task(
        doing, kind=TaskKind.DECIDE_RELEASE, limit="decide_release", path=asked.path, subject=f"order:{order}",
        title=title % {"measure": asked.measure_words, "number": asked.notice_number}, roles=shared.SIGNERS,
        started_at=begun, due_at=asked.ends_at,
    )  # fmt: skip
    return Outcome("asked", asked.path, f"order:{order}")

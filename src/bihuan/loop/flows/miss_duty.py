"""A check or test was not done in its window: whoever answers there is asked to mend it, on a clock that goes up the chain."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import DutyKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def miss_duty(doing: Doing, *, duty: UUID) -> Outcome:
    """Mark a duty missed and open one task an order, however many it missed."""
    asked = orders_reads.duty(Scope(EVERYWHERE), duty)
    if asked is None or asked.due_until > doing.at or not orders_writes.set_missed(asked.id, doing.at):
        return Outcome("nothing_due", doing.actor.scope.path, f"duty:{duty}")
    title = str(_("漏做%(kind)s：%(number)s"))
    shared.open_task(
        doing, kind=TaskKind.MISSED_DUTY, limit="missed_duty", path=asked.path, subject=f"order:{asked.order_id}",
        title=title % {"kind": DutyKind(asked.kind).label, "number": asked.order.notice_number},
        roles=(Role.SITE, Role.TOWNSHIP), started_at=asked.due_until, detail={"duty": str(asked.id)},
    )  # fmt: skip
    return Outcome("missed", asked.path, f"order:{asked.order_id}", {"_duty": str(duty), "kind": asked.kind})

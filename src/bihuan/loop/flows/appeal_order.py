"""The one bound objects. The order goes on meanwhile; a clock runs on the answer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import OrderState
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def appeal_order(doing: Doing, *, order: UUID, words: str, channel: str = "desk") -> Outcome:
    """Register an objection and start the clock of its answer; a second one joins nothing and is refused while one is open."""
    asked = orders_reads.order(doing.actor.scope, order)
    if asked is None or asked.state not in (OrderState.SIGNED, OrderState.IN_FORCE):
        raise Refused(_("没有这份正在执行的措施"), "no_such_order")
    if not words.strip():
        raise Refused(_("请写明异议内容"), "no_words")
    if orders_reads.open_appeal(doing.actor.scope, order) is not None:
        raise Refused(_("对该措施的异议正在处理"), "appeal_open")
    limit = command_bridge.limit("appeal_answer", doing.at)
    due = orders_bridge.answer_due(asked, doing.at) or limit.due(doing.at)
    made = orders_writes.add_appeal(
        id=doing.derive("appeal"), order=asked, path=asked.path, words=words.strip(), channel=channel,
        received_at=doing.at, due_at=due,
    )  # fmt: skip
    shared.open_task(
        doing, kind=TaskKind.DECIDE_APPEAL, limit=limit.kind, title=str(_("对 %(number)s 的异议"))
        % {"number": asked.notice_number}, path=asked.path, subject=f"appeal:{made.id}", roles=shared.SIGNERS, due_at=due,
    )  # fmt: skip
    return Outcome("received", asked.path, f"order:{asked.id}", {"appeal": str(made.id), "due_at": due.isoformat()})

"""A proposed second look is not followed."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def drop_reclass(doing: Doing, *, reclass: UUID, reason: str) -> Outcome:
    """Leave every order as it is, with the reason."""
    shared.signature(doing)
    asked = orders_reads.reclass(doing.actor.scope, reclass)
    if asked is None or not reason.strip() or not orders_writes.set_reclass_dropped(asked.id, doing.at):
        raise Refused(_("没有这份待签批的重新研判，或未写理由"), "no_such_reclass")
    shared.close_tasks(doing, [TaskKind.SIGN], f"reclass:{asked.id}", "dropped")
    return Outcome("dropped", asked.path, f"reclass:{asked.id}")

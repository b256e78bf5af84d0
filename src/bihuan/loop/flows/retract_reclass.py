"""What a second look was asked for has been taken back before anybody signed: it is not asked any more."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def retract_reclass(doing: Doing, *, grounds: tuple[str, ...]) -> Outcome:
    """Drop the unsigned second looks that rest on these grounds alone. Every order stays as it is."""
    if not grounds:
        raise Refused(_("请写明原因，以及涉及哪些依据或措施"), "incomplete")
    wanted = set(grounds)
    dropped = 0
    for asked in orders_reads.unsigned_reclasses(Scope(EVERYWHERE)):
        theirs = set(asked.change.get("grounds", ()))
        if theirs and theirs <= wanted and orders_writes.set_reclass_dropped(asked.id, doing.at):
            shared.close_tasks(doing, [TaskKind.SIGN], f"reclass:{asked.id}", "dropped")
            dropped += 1
    return Outcome("retracted" if dropped else "nothing", EVERYWHERE, "", {"dropped": dropped})

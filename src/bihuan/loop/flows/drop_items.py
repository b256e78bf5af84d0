"""What the machine proposed is no order: it is left out, with the reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ItemState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="mend_item", private=("reason",))
def drop_items(doing: Doing, *, directive: UUID, items: tuple[UUID, ...], reason: str) -> Outcome:
    """Leave draft items out of the ledger."""
    drafts = [
        i.id for i in command_reads.items(doing.actor.scope, directive).filter(id__in=items, state=ItemState.DRAFT)
    ]
    if not drafts:
        raise Refused(_("没有这个待确认的条目"), "no_such_item")
    if not reason.strip():
        raise Refused(_("请写明不列入的理由"), "no_reason")
    asked = command_reads.directive(doing.actor.scope, directive)
    command_writes.set_items(drafts, state=ItemState.DROPPED, dropped_because=reason.strip())
    path = asked.path if asked else doing.actor.scope.path
    return Outcome("dropped", path, f"directive:{directive}", {"dropped": len(drafts)})

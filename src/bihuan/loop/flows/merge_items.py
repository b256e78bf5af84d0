"""Two sentences, one order: draft items become one."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ItemState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="mend_item")
def merge_items(doing: Doing, *, directive: UUID, items: tuple[UUID, ...]) -> Outcome:
    """Merge draft items of one text into the first of them; it takes over units and whatever it lacked."""
    drafts = list(command_reads.items(doing.actor.scope, directive).filter(id__in=items, state=ItemState.DRAFT))
    if len(drafts) < 2 or len(drafts) != len(set(items)):
        raise Refused(_("请选择同一份文件的至少两个待确认条目"), "not_mergeable")
    first, rest = drafts[0], drafts[1:]
    filled = {
        name: getattr(first, name) or next((getattr(i, name) for i in rest if getattr(i, name)), None)
        for name in ("due_at", "due_minutes", "every_minutes", "sector_id", "responsible_id")
    }
    command_writes.set_items(
        [first.id],
        requirement="；".join(dict.fromkeys(i.requirement for i in drafts)),
        standard="；".join(dict.fromkeys(i.standard for i in drafts if i.standard)),
        unit_ids=list(dict.fromkeys(u for i in drafts for u in i.unit_ids)),
        **filled,
    )
    command_writes.set_items([i.id for i in rest], state=ItemState.MERGED, merged_into=first.id)
    return Outcome("merged", first.path, f"directive:{directive}", {"item": str(first.id)})

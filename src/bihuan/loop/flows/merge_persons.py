"""Two records are found to be one person: one goes into the other, and can come back."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def merge_persons(doing: Doing, *, kept: UUID, gone: UUID, reason: str) -> Outcome:
    """Join two persons; rows of lists go over to the one kept, documents and phones stay with the record they came with."""
    first = people_reads.person(doing.actor.scope, kept)
    second = people_reads.person(doing.actor.scope, gone)
    if first is None or second is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    if first.id == second.id or first.merged_into_id or second.merged_into_id:
        raise Refused(_("其中一份档案已经合并"), "merged_before")
    if not reason.strip():
        raise Refused(_("合并必须写明理由"), "no_reason")
    rows = intake_writes.move_rows_to_person(second.id, first.id)
    merge = people_writes.add_merge(first, second, at=doing.at, reason=reason, moved={"rows": rows})
    return Outcome("merged", first.path, f"person:{first.id}", {"merge": str(merge.id), "rows": len(rows)})

"""They were two after all: what went over comes back."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def unmerge_persons(doing: Doing, *, merge: UUID) -> Outcome:
    """Undo a merge; exactly the rows that moved with it go back."""
    asked = people_reads.merge(doing.actor.scope, merge)
    if asked is None or asked.undone_at is not None:
        raise Refused(_("没有这次合并，或已撤销"), "no_such_merge")
    intake_writes.move_rows_back(asked.moved.get("rows", []), asked.gone_id)
    people_writes.void_merge(asked, doing.at)
    return Outcome("unmerged", asked.path, f"person:{asked.kept_id}", {"person": str(asked.gone_id)})

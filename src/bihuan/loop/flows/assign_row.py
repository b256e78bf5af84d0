"""A row gets a named visitor."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def assign_row(doing: Doing, *, rows: tuple[UUID, ...], member: UUID) -> Outcome:
    """Give open rows to a member who serves where they are."""
    found = list(intake_reads.open_rows(doing.actor.scope).filter(id__in=rows))
    if not found or len(found) != len(set(rows)):
        raise Refused(_("所选各行须未办结且在您的辖区"), "no_such_row")
    serving = {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}
    if member not in serving:
        raise Refused(_("承办人必须是本辖区在岗人员"), "not_serving")
    intake_writes.set_assignee([r.id for r in found], member)
    path = min((Scope(r.path) for r in found), key=lambda s: len(s.path)).path
    return Outcome("assigned", path, f"row:{found[0].id}", {"rows": len(found)})

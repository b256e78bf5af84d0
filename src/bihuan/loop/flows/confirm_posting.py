"""The holder of a post says: still me, still this phone. A roster that nobody confirms goes stale."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def confirm_posting(doing: Doing, *, posting: UUID) -> Outcome:
    """Renew the date on one's own entry, or, with the right to name, on another's."""
    asked = staff_reads.posting(doing.actor.scope, posting, doing.at)
    if asked is None:
        raise Refused(_("没有这一任岗"), "no_such_posting")
    if asked.member_id != doing.actor.member and not doing.actor.may("name_posting"):
        raise Refused(_("只能确认自己的任岗"), "not_permitted")
    staff_writes.set_confirmed(asked.id, doing.at)
    return Outcome("confirmed", asked.path, f"posting:{asked.id}")

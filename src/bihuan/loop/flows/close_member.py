"""An account is closed: its holder can no longer log in, and every list that names them shows it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="name_posting")
def close_member(doing: Doing, *, member: UUID) -> Outcome:
    """Close an account of somebody who serves in one's own area; their devices fall silent too."""
    if member not in {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}:
        raise Refused(_("没有此账号，或不在您的辖区"), "no_such_member")
    staff_writes.void_member(member, doing.at)
    return Outcome("closed", doing.actor.scope.path, f"member:{member}")

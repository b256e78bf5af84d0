"""A lost device may speak no more."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="issue_token")
def revoke_token(doing: Doing, *, token: UUID) -> Outcome:
    """Revoke a device's key; what it sent before stays."""
    asked = staff_reads.token_by_id(token)
    if asked is None or (asked.member_id != doing.actor.member and not doing.actor.may("name_posting")):
        raise Refused(_("没有这个设备"), "no_such_token")
    staff_writes.void_token(asked.id, doing.at)
    return Outcome("revoked", doing.actor.scope.path, f"token:{asked.id}")

"""A device gets a key of its own. The key is shown once; only its digest is kept."""

import hashlib
from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow

LIFETIME_DAYS = 30


@flow(private=("digest",))
def issue_token(doing: Doing, *, member: UUID, device: str, digest: str) -> Outcome:
    """Let a device speak for a member for thirty days; `digest` is the SHA-256 of the key, in hex."""
    if member != doing.actor.member and not doing.actor.may("name_posting"):
        raise Refused(_("只能为自己的设备申请令牌"), "not_permitted")
    who = staff_reads.member(member)
    if who is None or not device.strip() or len(digest) != hashlib.sha256().digest_size * 2:
        raise Refused(_("请填写设备名称"), "incomplete")
    token = staff_writes.add_token(
        member, device.strip(), bytes.fromhex(digest), doing.at, doing.at + timedelta(days=LIFETIME_DAYS)
    )
    return Outcome("issued", doing.actor.scope.path, f"token:{token.id}", {"token": str(token.id)})

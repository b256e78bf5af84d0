"""A password is changed: by its holder, or by whoever may name people when it was forgotten."""

from uuid import UUID

from django.contrib.auth.hashers import identify_hasher
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("password_hash",))
def change_password(doing: Doing, *, member: UUID, password_hash: str) -> Outcome:
    """Set a member's password. The door hashes it; the clear one never comes here. Open sessions end with the old one."""
    is_own = member == doing.actor.member
    if not is_own and not doing.actor.may("name_posting"):
        raise Refused(_("只有本人或管理名录的人可以改密码"), "not_permitted")
    if not is_own and member not in {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}:
        raise Refused(_("没有此账号，或不在您的辖区"), "no_such_member")
    try:
        identify_hasher(password_hash)
    except ValueError:
        raise Refused(_("密码未加密"), "clear_password") from None
    staff_writes.set_password(member, password_hash)
    return Outcome("changed", doing.actor.scope.path, f"member:{member}")

"""A named person gets an account. An account without a post sees nothing."""

from django.contrib.auth.hashers import identify_hasher
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="name_posting", private=("name", "phone", "password_hash"))
def add_member(doing: Doing, *, username: str, name: str, password_hash: str, phone: str = "") -> Outcome:
    """Open an account. The door hashes the password; the clear one never comes here."""
    if not username.strip() or not name.strip():
        raise Refused(_("请填写账号和姓名"), "incomplete")
    try:
        identify_hasher(password_hash)
    except ValueError:
        raise Refused(_("密码未加密"), "clear_password") from None
    if staff_reads.member_named(username.strip()):
        raise Refused(_("账号“%(name)s”已存在") % {"name": username}, "name_taken")
    member = staff_writes.add_member(
        id_=doing.derive("member"), username=username.strip(), name=name.strip(), phone=phone, password=password_hash
    )
    return Outcome("added", doing.actor.scope.path, f"member:{member.id}", {"member": str(member.id)})

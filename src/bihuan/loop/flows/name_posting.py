"""Somebody takes a post, or a post becomes vacant."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def name_posting(doing: Doing, *, post: UUID, member: UUID | None = None, is_deputy: bool = False) -> Outcome:
    """Name the holder (A) or deputy (B) of a post; whoever held the seat leaves it. No member: the seat is vacant."""
    asked = staff_reads.post(doing.actor.scope, post)
    if asked is None:
        raise Refused(_("没有这个岗位"), "no_such_post")
    new = staff_reads.member(member) if member else None
    if member and (new is None or not new.is_active):
        raise Refused(_("没有此账号，或已停用"), "no_such_member")
    staff_writes.close_postings(asked.id, is_deputy=is_deputy, at=doing.at)
    if new is None:
        return Outcome("vacant", asked.path, f"post:{asked.id}")
    other = staff_reads.seat(asked, is_deputy=not is_deputy, at=doing.at)
    if other and other.member_id == new.id:
        raise Refused(_("A角和B角不能是同一人"), "same_person")
    staff_writes.add_posting(asked, new, is_deputy=is_deputy, at=doing.at)
    return Outcome("named", asked.path, f"post:{asked.id}")

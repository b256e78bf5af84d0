"""A chair somebody must sit on enters the register; vacant until somebody is named."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff import writes as staff_writes
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="name_posting")
def add_post(
    doing: Doing, *, unit: UUID, title: str, role: str, rank: int = 100, round_the_clock: bool = False
) -> Outcome:
    """Register a post of a unit with the role that gives it its rights."""
    of = staff_reads.units_by_id([unit]).get(unit)
    if of is None or not doing.actor.scope.holds(of.path):
        raise Refused(_("没有这个单位，或不在您的辖区"), "no_such_unit")
    if not title.strip() or role not in Role.values or role == Role.SYSTEM:
        raise Refused(_("请填写岗位名称和角色"), "incomplete")
    post = staff_writes.add_post(
        id_=doing.derive("post"), unit=of, title=title.strip(), role=role, rank=rank, round_the_clock=round_the_clock
    )
    return Outcome("added", of.path, f"post:{post.id}", {"post": str(post.id)})

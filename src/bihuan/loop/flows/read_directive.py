"""A unit has read one version of a text: that version, not the one before."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def read_directive(doing: Doing, *, directive: UUID) -> Outcome:
    """Sign for one's unit that this version was read; the first signature counts."""
    asked = command_reads.directive(doing.actor.scope, directive)
    unit = staff_reads.unit_of_member(doing.actor.scope, doing.actor.member, doing.at)
    if asked is None or unit is None:
        raise Refused(_("没有这份文件"), "no_such_directive")
    command_writes.add_receipt(
        id=doing.derive("receipt"), directive=asked, unit=unit, path=unit.path, member_id=doing.actor.member,
        read_at=doing.at,
    )  # fmt: skip
    return Outcome("read", unit.path, f"directive:{asked.id}")

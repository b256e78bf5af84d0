"""Somebody decides what a swab was that could not be bound."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def settle_doubt(doing: Doing, *, doubt: UUID, as_: str, reason: str) -> Outcome:
    """Settle a doubtful swab: `in_tube` (the person is in that tube besides those bound to it) or `void` (no such swab)."""
    asked = lab_reads.doubt(doing.actor.scope, doubt)
    if asked is None:
        raise Refused(_("没有这条存疑样本，或已由他人处理"), "no_such_doubt")
    if as_ not in ("in_tube", "void") or not reason.strip():
        raise Refused(_("请选择处理结果并写明依据"), "incomplete")
    if not lab_writes.settle_doubt(asked.id, at=doing.at, by=doing.actor.member, as_=as_):
        raise Refused(_("没有这条存疑样本，或已由他人处理"), "no_such_doubt")
    return Outcome("settled", asked.path, f"swabdoubt:{asked.id}", {"as": as_})

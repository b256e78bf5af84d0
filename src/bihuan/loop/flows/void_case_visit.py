"""A stay was told wrongly: it is taken out of the account and kept on record."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="add_case_visit", private=("reason",))
def void_case_visit(doing: Doing, *, visit: UUID, reason: str) -> Outcome:
    """Take one stay out."""
    asked = cases_reads.visit(doing.actor.scope, visit)
    if asked is None:
        raise Refused(_("没有这段轨迹，或不在您的辖区"), "no_such_visit")
    if not reason.strip():
        raise Refused(_("删除轨迹必须写明原因"), "no_reason")
    cases_writes.set_visit(asked.id, voided_at=doing.at, extra={**asked.extra, "voided": reason.strip()})
    return Outcome("voided", asked.path, f"case:{asked.case_id}", {"visit": str(asked.id)})

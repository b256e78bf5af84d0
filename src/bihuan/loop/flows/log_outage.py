"""A platform does not answer, or answers again: what was late because of it is told apart from what people held up."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def log_outage(doing: Doing, *, system: str = "", note: str = "", outage: UUID | None = None) -> Outcome:
    """Write down that a system is away, or with `outage` that it is back."""
    if outage is not None:
        known = lab_reads.outages(doing.actor.scope).filter(id=outage).first()
        if known is None or not lab_writes.end_outage(known.id, doing.at):
            raise Refused(_("没有这条故障记录，或已恢复"), "no_such_outage")
        return Outcome("back", known.path, f"outage:{known.id}")
    if not system.strip():
        raise Refused(_("请写明是哪个系统"), "incomplete")
    county = territory_reads.county_of(doing.actor.scope.path)
    made = lab_writes.add_outage(
        id=doing.derive("outage"), path=county.path if county else doing.actor.scope.path, system=system.strip(),
        note=note.strip(), began_at=doing.at, member_id=doing.actor.member,
    )  # fmt: skip
    return Outcome("away", made.path, f"outage:{made.id}", {"outage": str(made.id)})

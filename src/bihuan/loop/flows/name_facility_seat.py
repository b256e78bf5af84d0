"""Somebody answers for a facility from now on: its leader, deputy, medical chief, funding, police, fire."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.ledgers.resources.choices import Seat
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def name_facility_seat(
    doing: Doing, *, facility: UUID, seat: str, name: str = "", phone: str = "", member: UUID | None = None
) -> Outcome:
    """Fill a seat; an empty name empties it, which an open site may not do."""
    asked = resources_reads.facility(doing.actor.scope, facility)
    if asked is None or seat not in Seat.values:
        raise Refused(_("没有这个设施或席位"), "no_such_facility")
    if not name.strip():
        if asked.opened_at is not None and asked.closed_at is None:
            raise Refused(_("已启用的隔离点不能空缺责任人：请先写明接任者"), "still_open")
        resources_writes.clear_seat(asked, seat)
        return Outcome("emptied", asked.path, f"facility:{asked.id}")
    resources_writes.set_seat(asked, seat, name=name.strip(), phone=phone.strip(), member=member, at=doing.at)
    return Outcome("named", asked.path, f"facility:{asked.id}")

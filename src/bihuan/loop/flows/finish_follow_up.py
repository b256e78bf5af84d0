"""Time has come to a contact's end: complete if the last day was followed, otherwise somebody is told what is missing."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, FollowUpOutcome
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def finish_follow_up(doing: Doing, *, contact: UUID) -> Outcome:
    """End the follow-up of a contact whose last day is over and was followed, that day or later."""
    asked = investigations.asked_contact(doing, contact)
    if asked.ended_at is not None or asked.follow_until is None or asked.follow_until > doing.at:
        raise Refused(_("随访尚未期满"), "not_over")
    day = asked.last_day or doing.at.date()
    seen = cases_reads.follow_ups(doing.actor.scope, asked.id).filter(
        day__gte=day, outcome__in=[FollowUpOutcome.SEEN_OK, FollowUpOutcome.SEEN_NOT_OK]
    )
    last = seen.order_by("day", "-slot").first()
    result = {"contact": str(asked.id), "_contact": str(asked.id), "_case": str(asked.case_id or "")}
    if last is None:
        told = staff_reads.answering(asked.path, [Role.TOWNSHIP], doing.at)
        words = {"day": day.isoformat(), "contact": str(asked.id)}
        command_writes.add_notices(told, kind="last_day_missing", words=words, task=None, at=doing.at)
        cases_writes.set_contacts([asked.id], end_reason="last_day_missing")
        return Outcome("last_day_missing", asked.path, f"contact:{asked.id}", result)
    cases_writes.set_contacts(
        [asked.id], state=ContactState.COMPLETED, ended_at=asked.follow_until, end_reason=f"follow_up:{last.id}"
    )
    return Outcome("completed", asked.path, f"contact:{asked.id}", result)

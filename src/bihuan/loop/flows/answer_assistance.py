"""What became of one person a letter asked for, where they were not simply found."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import AssistanceOutcome, ContactState, Direction
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened

ENDS = {
    AssistanceOutcome.NO_MEASURE: ContactState.DROPPED,
    AssistanceOutcome.NOT_FOUND: ContactState.LOST,
    AssistanceOutcome.LEFT: ContactState.HANDED_OVER,
}


@flow(private=("answer",))
def answer_assistance(doing: Doing, *, row: UUID, outcome: AssistanceOutcome, answer: str = "") -> Outcome:
    """Answer for one person. Anything but «found» needs words, and ends our own follow-up of them."""
    asked = cases_reads.assistance_person(doing.actor.scope, row)
    if asked is None or asked.duplicate_of_id:
        raise Refused(_("协查函中没有此人，或已并入前函"), "no_such_row")
    if outcome in (AssistanceOutcome.OPEN, AssistanceOutcome.DUPLICATE):
        raise Refused(_("请选择核查结果"), "no_outcome")
    if outcome != AssistanceOutcome.MANAGED and not answer.strip():
        raise Refused(_("未管控的须写明情况"), "no_reason")
    with widened(doing):
        letter = cases_reads.assistance(doing.actor.scope, asked.assistance_id)
        if letter is not None and letter.replied_at:
            raise Refused(_("已复函，不能再改"), "already_replied")
        cases_writes.set_assistance_person(asked.id, outcome=outcome, answer=answer.strip(), answered_at=doing.at)
        gone = []
        if letter is not None and letter.direction == Direction.IN and asked.contact_id and outcome in ENDS:
            cases_writes.set_contacts(
                [asked.contact_id],
                state=ENDS[outcome],
                ended_at=doing.at,
                end_reason=f"assistance:{asked.assistance_id}",
            )
            gone = [str(asked.contact_id)]
    return Outcome("answered", asked.path, f"assistance:{asked.assistance_id}", {"row": str(asked.id), "_gone": gone})

"""The other county has answered our letter: each person's row takes what they say."""

from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import AssistanceOutcome, Direction
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


class Replied(msgspec.Struct, frozen=True, kw_only=True):
    """What they say of one person, by the row of our letter."""

    row_number: int
    outcome: AssistanceOutcome
    answer: str = ""


@flow(needs="write_assistance", private=("answers",))
def record_reply(
    doing: Doing, *, assistance: UUID, answers: tuple[Replied, ...], their_number: str = "", signed_by: str = ""
) -> Outcome:
    """Record a reply; when every row is answered the letter is closed and its clock stops."""
    asked = cases_reads.assistance(doing.actor.scope, assistance)
    if asked is None or asked.direction != Direction.OUT:
        raise Refused(_("没有这份协查函"), "no_such_letter")
    with widened(doing):
        rows = {r.row_number: r for r in cases_reads.assistance_people(doing.actor.scope, asked.id)}
        strange = [a.row_number for a in answers if a.row_number not in rows]
        if strange or not answers:
            raise Refused(_("复函中的第 %(n)s 行不在原函中") % {"n": strange[0] if strange else "–"}, "no_such_row")
        for one in answers:
            cases_writes.set_assistance_person(
                rows[one.row_number].id, outcome=one.outcome, answer=one.answer.strip(), answered_at=doing.at
            )
        answered = {a.row_number for a in answers} | {n for n, r in rows.items() if r.answered_at}
        cases_writes.set_assistance(asked.id, their_number=their_number or asked.their_number)
        command_writes.set_letter_acknowledged(asked.letter_id, doing.at)
        whole = answered == set(rows)
        if whole:
            cases_writes.set_assistance(asked.id, replied_at=doing.at, signed_by=signed_by or asked.signed_by)
            investigations.close_tasks(
                doing, kind=TaskKind.ASSISTANCE, subject=f"letter:{asked.letter_id}", outcome="answered"
            )
    result = {"answered": len(answered), "people": len(rows)}
    return Outcome("closed" if whole else "partly", asked.path, f"assistance:{asked.id}", result)

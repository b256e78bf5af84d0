"""The answer to another county's letter, person by person, signed by whoever sends it."""

from collections import Counter
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Direction
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import LetterKind, TaskKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("note",))
def reply_assistance(doing: Doing, *, assistance: UUID, note: str = "") -> Outcome:
    """Reply to a letter whose every person is answered for. It stops the letter's clock."""
    asked = cases_reads.assistance(doing.actor.scope, assistance)
    if asked is None or asked.direction != Direction.IN:
        raise Refused(_("没有这份协查来函"), "no_such_letter")
    with widened(doing):
        rows = list(cases_reads.assistance_people(doing.actor.scope, asked.id))
        open_rows = [r for r in rows if r.answered_at is None]
        if open_rows:
            raise Refused(_("还有 %(n)d 人没有核查结果") % {"n": len(open_rows)}, "not_all_answered")
        county = territory_reads.county_of(asked.path)
        reply = command_writes.add_letter(
            id=doing.derive("reply"), kind=LetterKind.ASSISTANCE_REPLY,
            number=command_reads.next_number(f"{county.name[:1] if county else ''}协复〔{doing.at.year}〕"),  # data
            path=asked.path, addressee=asked.counterpart, addressee_code=asked.counterpart_code,
            subject=f"assistance:{asked.id}",
            body={
                "their_number": asked.their_number, "people": len(rows), "note": note.strip(),
                "counts": dict(Counter(r.outcome for r in rows)),
            },
            written_at=doing.at,
        )  # fmt: skip
        if not cases_writes.set_assistance_replied(asked.id, reply=reply.id, at=doing.at):
            raise Refused(_("已复函，不能再改"), "already_replied")
        investigations.close_tasks(
            doing, kind=TaskKind.ASSISTANCE, subject=f"letter:{asked.letter_id}", outcome=f"letter:{reply.id}"
        )
    return Outcome("replied", asked.path, f"assistance:{asked.id}", {"letter": reply.number, "people": len(rows)})

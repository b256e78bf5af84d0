"""Every row of a list has ended: the sender gets the result. The loop closes."""

from uuid import UUID

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import LetterKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def reply_list(doing: Doing, *, pushed_list: UUID) -> Outcome:
    """Write the reply to whoever pushed the list, with the counts by end; written once."""
    pushed = intake_reads.pushed_list(Scope(EVERYWHERE), pushed_list)
    if pushed is None or not intake_writes.set_replied(pushed_list, doing.at):
        return Outcome("replied_before", doing.actor.scope.path, f"list:{pushed_list}")
    county = territory_reads.county_of(pushed.path)
    name = county.name if county else ""
    counts = intake_reads.funnel(Scope(EVERYWHERE), [pushed.id])
    letter = command_writes.add_letter(
        id=doing.derive("letter"),
        kind=LetterKind.REPLY,
        number=command_reads.next_number(f"{name[:1]}复函〔{doing.at.year}〕"),
        path=pushed.path,
        addressee=pushed.source,
        subject=pushed.number,
        body={"list": pushed.number, "received_at": pushed.received_at.isoformat(), "counts": counts},
        written_at=doing.at,
    )
    return Outcome("replied", pushed.path, f"list:{pushed.id}", {"reply": letter.number})

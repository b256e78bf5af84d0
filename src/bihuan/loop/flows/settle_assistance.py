"""A contact that a letter asked for was found: the letter's row is answered, and the township may be done."""

from uuid import UUID

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import AssistanceOutcome
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def settle_assistance(doing: Doing, *, contact: UUID, path: str) -> Outcome:
    """Answer for the contact in every letter that asked, and close the task of a township with nobody left."""
    rows = list(cases_reads.asked_for(Scope(EVERYWHERE), [contact]).filter(answered_at__isnull=True))
    closed = 0
    for row in rows:
        cases_writes.set_assistance_person(row.id, outcome=AssistanceOutcome.MANAGED, answered_at=doing.at)
    for assistance in {r.assistance_id for r in rows}:
        rest = cases_reads.assistance_people(Scope(EVERYWHERE), assistance).filter(answered_at__isnull=True)
        waiting = {territory_reads.township_path(p) for p in rest.values_list("path", flat=True)}
        here = territory_reads.township_path(path)
        if here not in waiting:
            closed += investigations.close_tasks(
                doing, kind=TaskKind.FIND_CONTACTS, subject=f"assistance:{assistance}", path=here, outcome="all_found"
            )
    return Outcome(
        "settled" if rows else "nothing", path, f"contact:{contact}", {"answered": len(rows)} if rows else {}
    )

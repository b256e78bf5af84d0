"""One more contact was found or ended: is the township done with the case, is the case done with its contacts?"""

from uuid import UUID

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, Step
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def settle_tracing(doing: Doing, *, case: UUID | None, path: str) -> Outcome:
    """Close the township's task when it has found all its contacts of the case, and the case's clock with the last one."""
    if case is None:
        return Outcome("nothing", path)
    rest = cases_reads.contacts_of(Scope(EVERYWHERE), case).filter(state=ContactState.IDENTIFIED)
    waiting = {territory_reads.township_path(p) for p in rest.values_list("path", flat=True)}
    here = territory_reads.township_path(path)
    subject = f"case:{case}"
    closed = 0
    if here not in waiting:
        closed = investigations.close_tasks(
            doing, kind=TaskKind.FIND_CONTACTS, subject=subject, path=here, outcome="all_found"
        )
    if not waiting:
        cases_writes.set_step_done(case, Step.ALL_FOUND, at=doing.at, by=doing.actor.member)
        closed += investigations.close_tasks(
            doing, kind=TaskKind.INVESTIGATE_CASE, subject=subject, outcome="all_found"
        )
    return Outcome("settled" if closed else "waiting", path, subject)

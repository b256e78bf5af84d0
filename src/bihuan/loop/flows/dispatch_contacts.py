"""The contacts of a case go out to their townships: a task to find them, with what is left of the twenty-four hours."""

from collections import Counter
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def dispatch_contacts(doing: Doing, *, case: UUID) -> Outcome:
    """Open a task for every township with contacts not found yet, unless it has one; its clock is the case's own. A
    township with nobody left to find is done."""
    asked = cases_reads.case(Scope(EVERYWHERE), case)
    if asked is None:
        raise Refused(_("没有这个病例，或不在您的辖区"), "no_such_case")
    rest = cases_reads.contacts_of(Scope(EVERYWHERE), asked.id).filter(state=ContactState.IDENTIFIED)
    waiting = Counter(territory_reads.township_path(path) for path in rest.values_list("path", flat=True))
    subject = f"case:{asked.id}"
    at_work = set(
        command_reads.open_tasks(Scope(EVERYWHERE))
        .filter(kind=TaskKind.FIND_CONTACTS, subject=subject)
        .values_list("path", flat=True)
    )
    for path in at_work - set(waiting):  # nobody is left to find there: the rest was taken back
        investigations.close_tasks(doing, kind=TaskKind.FIND_CONTACTS, subject=subject, path=path, outcome="none_left")
    began = asked.reported_at
    opened = 0
    for path, n in sorted(waiting.items()):
        if path in at_work:
            continue
        investigations.task(
            doing, kind=TaskKind.FIND_CONTACTS, limit="find_contacts", title=f"{asked.number} · {n}", path=path,
            subject=subject, roles=[Role.TOWNSHIP], started_at=began, detail={"contacts": n, "case": asked.number},
        )  # fmt: skip
        opened += 1
    return Outcome("dispatched", asked.path, subject, {"townships": opened, "to_find": sum(waiting.values())})

"""The persons of a letter go out to their townships, each township with a task and what is left of the letter's time."""

from collections import Counter
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def dispatch_assistance(doing: Doing, *, assistance: UUID) -> Outcome:
    """Open a task for every township with persons of the letter to be found."""
    asked = cases_reads.assistance(Scope(EVERYWHERE), assistance)
    if asked is None:
        raise Refused(_("没有这份协查函"), "no_such_letter")
    rest = cases_reads.assistance_people(Scope(EVERYWHERE), asked.id).filter(answered_at__isnull=True)
    waiting = Counter(territory_reads.township_path(p) for p in rest.values_list("path", flat=True))
    opened = 0
    for path, n in sorted(waiting.items()):
        if path == asked.path:
            continue  # not placed in a township yet: the county's own task holds them
        investigations.task(
            doing, kind=TaskKind.FIND_CONTACTS, limit="find_contacts", title=f"{asked.letter.number} · {n}", path=path,
            subject=f"assistance:{asked.id}", roles=[Role.TOWNSHIP], started_at=asked.received_at,
            detail={"contacts": n, "letter": asked.letter.number},
        )  # fmt: skip
        opened += 1
    return Outcome("dispatched", asked.path, f"assistance:{asked.id}", {"townships": opened})

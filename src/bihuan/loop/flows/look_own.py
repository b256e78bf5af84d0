"""A resident looks at what is held about them: the journal keeps that they did, as it keeps every look."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def look_own(doing: Doing, *, person: UUID, page: str) -> Outcome:
    """Record one look."""
    who = people_reads.person(Scope(EVERYWHERE), person)
    if who is None:
        raise Refused(_("没有此人"), "no_such_person")
    return Outcome("looked", who.path, f"person:{who.id}")

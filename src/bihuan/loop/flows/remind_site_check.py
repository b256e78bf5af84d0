"""The set date of an open facility's check has come: whoever runs it gets the task."""

from datetime import timedelta
from uuid import UUID

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def remind_site_check(doing: Doing, *, facility: UUID) -> Outcome:
    """Claim the due date and set the next; the task follows."""
    asked = resources_reads.facility(Scope(EVERYWHERE), facility)
    if asked is None or asked.check_due_at is None or asked.check_due_at > doing.at:
        return Outcome("nothing_due", doing.actor.scope.path, f"facility:{facility}")
    then = asked.check_due_at + timedelta(days=asked.check_every_days)
    if not resources_writes.set_check_due(asked.id, was=asked.check_due_at, then=max(then, doing.at)):
        return Outcome("claimed_before", asked.path, f"facility:{facility}")
    given = {"facility": str(asked.id), "_path": asked.path, "_place": asked.place.name}
    return Outcome("due", asked.path, f"facility:{facility}", given)

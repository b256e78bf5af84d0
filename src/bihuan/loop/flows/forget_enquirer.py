"""The time is up for keeping who asked: question and answer stay, the contact goes. Done by rule."""

from uuid import UUID

from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public import writes as public_writes
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def forget_enquirer(doing: Doing, *, enquiry: UUID) -> Outcome:
    """Empty the sealed contact of one enquiry whose keeping time has passed."""
    asked = public_reads.enquiry(Scope(EVERYWHERE), enquiry)
    if asked is None or asked.keep_until > doing.at.date() or not public_writes.forget_contact(asked.id):
        return Outcome("nothing_due", doing.actor.scope.path, f"enquiry:{enquiry}")
    return Outcome("forgotten", asked.path, f"enquiry:{asked.id}")

"""A stop whose time is over is deleted; the journal keeps that it was, not whom it was about."""

from uuid import UUID

from bihuan.ledgers.intake.sightings import writes as sighting_writes
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def forget_sighting(doing: Doing, *, sighting: UUID) -> Outcome:
    """Delete the row if its time is over."""
    gone = sighting_writes.forget_sighting(sighting, doing.at)
    return Outcome("forgotten" if gone else "kept", doing.actor.scope.path, f"sighting:{sighting}")

"""Who was at a place is known for some weeks and then no longer: what is past its keeping time is deleted."""

from uuid import UUID

from bihuan.ledgers.intake.presences import writes as presence_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def forget_presences(doing: Doing, *, place: UUID) -> Outcome:
    """Delete the presences of a place that are past their keeping time."""
    where = territory_reads.place(place)
    gone = presence_writes.forget_presences(place, doing.at.date())
    path = where.path if where else doing.actor.scope.path
    return Outcome("forgotten" if gone else "kept", path, f"place:{place}", {"rows": gone})

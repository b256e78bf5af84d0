"""A stay follows its order: a longer or shorter end, and the minute from which nothing holds the person there any more."""

from uuid import UUID

from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def follow_order(doing: Doing, *, stay: UUID) -> Outcome:
    """Take over the order's end. Who is free and still in the bed is seen so where they stay, wherever the order lies."""
    asked = stays_reads.stay_with_order(shared.ALL, stay)
    if asked is None or asked.stay_until is not None:
        return Outcome("nothing_due", doing.actor.scope.path, f"stay:{stay}")
    order = asked.order
    ended = min(order.ended_at or order.ends_at, order.ends_at)
    freed_at = ended if ended <= doing.at else None
    if not stays_writes.set_dates(asked, planned_until=order.ends_at, freed_at=freed_at):
        return Outcome("claimed_before", asked.path, f"stay:{stay}")
    if freed_at is None and asked.arrived_at is not None:  # checks laid down for a longer end are done here too
        orders_writes.move_duties(order.id, asked.path, doing.at)
    return Outcome("freed" if freed_at else "dated", asked.path, f"stay:{stay}")

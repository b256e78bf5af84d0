"""Somebody has arrived where they stay: from now on their checks are done there."""

from uuid import UUID

from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def check_in(doing: Doing, *, stay: UUID) -> Outcome:
    """Record the arrival; what is still owed under the order is owed here."""
    asked = shared.own_stay(doing, stay, lock=True)
    if asked.arrived_at is not None:
        return Outcome("known", asked.path, f"stay:{asked.id}")
    stays_writes.set_arrived([asked.id], doing.at)
    with shared.county_eyes(doing):
        orders_writes.move_duties(asked.order_id, asked.path, doing.at)
    return Outcome("arrived", asked.path, f"stay:{asked.id}", {"stay": str(asked.id)})

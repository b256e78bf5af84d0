"""A key has signed for as long as a key may: the next one takes its place, by the clock."""

from uuid import UUID

from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.orders.passes import reads as pass_reads
from bihuan.ledgers.orders.passes import writes as pass_writes
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def renew_pass_key(doing: Doing, *, key: UUID) -> Outcome:
    """Take a fresh key into use if this one still signs."""
    old = next((k for k in pass_reads.pass_keys_older_than(doing.at) if k.id == key), None)
    if old is None:
        return Outcome("renewed_before", doing.actor.scope.path)
    made = pass_writes.add_pass_key(doing.derive("key"), **pass_bridge.new_key(old.issuer, old.path, doing.at))
    return Outcome("renewed", old.path, f"pass_key:{made.key_id}", {"key_id": made.key_id})

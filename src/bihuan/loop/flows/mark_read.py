"""A member has seen what they were told."""

from uuid import UUID

from bihuan.ledgers.command import writes as command_writes
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def mark_read(doing: Doing, *, notices: tuple[UUID, ...]) -> Outcome:
    """Mark one's own notices as read."""
    seen = command_writes.set_read(doing.actor.member, list(notices), doing.at)
    return Outcome("read", doing.actor.scope.path, result={"seen": seen})

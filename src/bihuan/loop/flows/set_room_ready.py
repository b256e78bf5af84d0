"""A room is disinfected and aired, or taken out of use: whether it may be given to somebody."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.ledgers.resources.choices import RoomState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def set_room_ready(doing: Doing, *, room: UUID, state: str = RoomState.READY) -> Outcome:
    """Say that a room is ready, waits for disinfection, or is out of use; whoever lives there stays."""
    asked = resources_reads.room_by_id(room)
    if asked is None or not doing.actor.scope.holds(asked.path) or state not in RoomState.values:
        raise Refused(_("没有这个房间，或不在您的辖区"), "no_such_room")
    resources_writes.set_room_state(asked.id, state, doing.at)
    return Outcome(state, asked.path, f"room:{asked.id}")

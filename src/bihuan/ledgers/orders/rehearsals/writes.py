"""What is written of rehearsals."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.orders.rehearsals.choices import RehearsalState
from bihuan.ledgers.orders.rehearsals.models import Rehearsal

UNDER_WAY = (RehearsalState.QUEUED, RehearsalState.RUNNING)


def add_rehearsal(**fields: Any) -> Rehearsal:
    """Somebody asks for one."""
    return Rehearsal.objects.create(**fields)


def begin(id_: UUID, at: datetime) -> bool:
    """It is being computed; False when it was stopped, or is taken by another worker and not dead."""
    waiting = Rehearsal.objects.filter(id=id_, state__in=UNDER_WAY)
    return bool(waiting.update(state=RehearsalState.RUNNING, began_at=at, days_done=0, figures=[]))


def note_progress(id_: UUID, *, days_done: int, daily: Mapping[str, Sequence[float]] | None) -> bool:
    """How far it is; False when somebody stopped it. daily: the curves so far, None to leave those that are there."""
    told: dict[str, Any] = {"days_done": days_done} | ({} if daily is None else {"daily": daily})
    return bool(Rehearsal.objects.filter(id=id_, state=RehearsalState.RUNNING).update(**told))


def end(id_: UUID, *, state: str, at: datetime, **fields: Any) -> bool:
    """It is over, one way or another; True for the first who says so."""
    return bool(Rehearsal.objects.filter(id=id_, state__in=UNDER_WAY).update(state=state, ended_at=at, **fields))


def set_proposed(id_: UUID, at: datetime) -> bool:
    """Its numbers were put before whoever decides; True for the first who did."""
    done = Rehearsal.objects.filter(id=id_, state=RehearsalState.DONE, proposed_at__isnull=True)
    return bool(done.update(proposed_at=at))

"""A rehearsal that somebody asked for is computed, in the background, while its page tells how far it is."""

import time
from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders.rehearsals import bridge
from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door

# A page asks every two seconds; telling it more often only costs the run.
TELL_EVERY_SECONDS = 1.0
EVERYBODY = Scope(EVERYWHERE)


def rehearse(id_: UUID, *, now: Any) -> str:
    """Compute one rehearsal and record what came out; answers its state. now: the clock, called for each instant."""
    with scoped(EVERYBODY):
        asked = rehearsal_reads.rehearsal(EVERYBODY, id_)
        if asked is None or not rehearsal_writes.begin(id_, now()):
            return RehearsalState.STOPPED
    try:
        curves, figures = _runs(asked)
    except bridge.Stopped:
        return RehearsalState.STOPPED  # whoever stopped it has said so
    except bridge.CannotRehearse as fault:
        return _end(id_, now(), state=RehearsalState.FAILED, fault=str(fault))
    waits = Counter(f["waits_for"] for f in figures).most_common(1)[0][0]
    return _end(id_, now(), state=RehearsalState.DONE, daily=curves, figures=figures, waits_for=waits)


def _runs(asked: Any) -> tuple[dict[str, list[float]], list[dict[str, Any]]]:
    first: dict[str, list[float]] = {}
    figures: list[dict[str, Any]] = []
    told_at, ground = [0.0], None
    for number in range(asked.runs):

        def each(days: int, curves: dict[str, list[float]], number: int = number) -> bool:
            if time.monotonic() - told_at[0] < TELL_EVERY_SECONDS:
                return False
            told_at[0] = time.monotonic()
            with scoped(EVERYBODY):
                return not rehearsal_writes.note_progress(
                    asked.id, days_done=number * asked.days + days, daily=None if number else curves
                )

        curves, told, ground = bridge.run(asked, asked.first_seed + number, ground=ground, each=each)
        first = first or curves
        figures.append(told)
    return first, figures


def _end(id_: UUID, at: datetime, **fields: Any) -> str:
    given = {"rehearsal": id_, **fields}
    answer = door.by_rule("finish_rehearsal", given, at=at, id_=uuid7())
    return str((answer.result or {}).get("state", RehearsalState.STOPPED))

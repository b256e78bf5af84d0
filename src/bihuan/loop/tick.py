"""What time itself does: clocks that have come to a step. Several ticks at once do everything exactly once."""

from datetime import datetime
from uuid import uuid5

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import act, door  # noqa: F401 - the door brings the flows
from bihuan.loop.follows import FOLLOWS


def tick(at: datetime, *, most: int = 500) -> int:
    """Do what is due at `at`; answers how many clocks were raised. Safe to run from several workers, at any rhythm.

    The id of each step's act follows from the clock and the step, so that two workers make the same act and the
    journal's key lets one of them do it.
    """
    with scoped(Scope(EVERYWHERE)):
        due = [(c.id, c.raised) for c in command_reads.due_clocks(at)[:most]]
        clockwork = staff_reads.clockwork()
    raised = 0
    for clock, step in due:
        with scoped(Scope(EVERYWHERE)):
            answer = act.by_rule(
                "raise_clock", {"clock": clock}, uuid5(clock, f"step:{step}"), clockwork, at=at, follows=FOLLOWS
            )
        raised += answer.status == "done" and answer.word == "raised"
    return raised

"""A list has been kept as long as it may be: what it said of people goes, what was done and counted stays."""

from uuid import UUID

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def forget_list(doing: Doing, *, pushed_list: UUID) -> Outcome:
    """Empty the names, cells and visit answers of a list whose keeping time is over. One with open rows waits for its end."""
    pushed = intake_reads.pushed_list(Scope(EVERYWHERE), pushed_list)
    if pushed is None or pushed.keep_until > doing.at.date() or pushed.forgotten_at is not None:
        return Outcome("kept", doing.actor.scope.path, f"list:{pushed_list}")
    if intake_reads.open_by_list(Scope(EVERYWHERE), [pushed.id]):
        return Outcome("still_open", pushed.path, f"list:{pushed_list}")
    rows = intake_writes.forget_list(pushed, doing.at)
    command_writes.forget_answers([f"row:{row}" for row in rows])
    return Outcome("forgotten", pushed.path, f"list:{pushed_list}", {"rows": len(rows)})

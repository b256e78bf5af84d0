"""Ask whether a list has any open row left."""

from uuid import UUID

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def close_list(doing: Doing, *, pushed_list: UUID) -> Outcome:
    """Say `complete` when the last row has ended and nobody has replied yet."""
    pushed = intake_reads.pushed_list(Scope(EVERYWHERE), pushed_list)
    path = pushed.path if pushed else doing.actor.scope.path
    word = "complete" if pushed_list in intake_reads.complete_lists([pushed_list], back=doing.actor.scope) else "open"
    return Outcome(word, path, f"list:{pushed_list}", {"_list": str(pushed_list)})

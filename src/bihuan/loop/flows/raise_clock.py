"""A clock has come to a step: whoever must know is told."""

from datetime import timedelta
from uuid import UUID

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def raise_clock(doing: Doing, *, clock: UUID) -> Outcome:
    """Tell the next people up the chain, once, and set when to look again; a stopped clock is left alone."""
    asked = command_reads.clock(Scope(EVERYWHERE), clock)
    if asked is None or asked.stopped_at is not None or asked.look_at is None or asked.look_at > doing.at:
        return Outcome("nothing_due", doing.actor.scope.path, f"clock:{clock}")
    chain = command_bridge.limit(asked.kind, asked.started_at).steps(asked.started_at, asked.due_at)
    step = asked.raised
    following = chain[step + 1][0] if step + 1 < len(chain) else None
    if step >= len(chain) or not command_writes.set_look(asked.id, was=asked.look_at, then=following, raised=step + 1):
        return Outcome("claimed_before", asked.path, f"clock:{clock}")
    told = staff_reads.answering(asked.path, chain[step][1], doing.at)
    kind = "reminder" if doing.at < asked.due_at else f"escalation_{step}"
    words = {"title": asked.task.title, "due_at": asked.due_at.isoformat(), "area": asked.task.area.name}
    command_writes.add_notices(told, kind=kind, words=words, task=asked.task_id, at=doing.at)
    late = max(timedelta(0), doing.at - asked.due_at)
    result = {"told": [str(p.member_id) for p in told], "late_minutes": int(late.total_seconds() // 60)}
    return Outcome("raised", asked.path, f"task:{asked.task_id}", result)

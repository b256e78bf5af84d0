"""A task is closed: whoever raised it gets the answer."""

from uuid import UUID

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def answer_raiser(doing: Doing, *, task: UUID) -> Outcome:
    """Tell whoever raised a task how it ended; a problem keeps the hour of the reply."""
    everywhere = Scope(EVERYWHERE)
    asked = command_reads.task(everywhere, task)
    raised_by = asked.detail.get("raised_by") if asked else None
    if asked is None or not raised_by:
        return Outcome("nobody_asked", doing.actor.scope.path, f"task:{task}")
    problem = command_reads.problem_of(everywhere, asked.id)
    reply = problem.reply if problem else asked.outcome
    there = staff_reads.postings(everywhere, doing.at).filter(member=raised_by)[:1]
    kind = f"reply_{len(asked.detail.get('reopened', ()))}"
    words = {"title": asked.title, "area": asked.area.name, "reply": reply}
    told = command_writes.add_notices(list(there), kind=kind, words=words, task=asked.id, at=doing.at)
    if problem:
        command_writes.set_problem(problem.id, replied_at=doing.at)
    return Outcome("answered" if told else "nobody_there", asked.path, f"task:{asked.id}", {"answered": told})

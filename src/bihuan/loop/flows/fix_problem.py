"""What could be mended at once was: proof of before and after, the same day."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ProofKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def fix_problem(doing: Doing, *, problem: UUID, words: str = "") -> Outcome:
    """Mark a problem mended on the spot (立行立改); somebody else still re-checks and closes it."""
    asked = command_reads.problem(doing.actor.scope, problem)
    if asked is None or asked.task.closed_at is not None:
        raise Refused(_("没有这个未销号的问题"), "no_such_problem")
    if timezone.localdate(doing.at) != timezone.localdate(asked.found_at):
        raise Refused(_("立行立改须在发现当日：请按整改上报"), "not_same_day")
    kinds = {p.kind for p in command_reads.proofs(doing.actor.scope, [f"problem:{asked.id}"])}
    if not {ProofKind.BEFORE, ProofKind.AFTER} <= kinds:
        raise Refused(_("立行立改须有整改前、整改后两份佐证"), "no_before_and_after")
    command_writes.set_problem(asked.id, fixed_at=doing.at, measure=words.strip() or asked.measure)
    told = {**asked.task.detail, "done_by": str(doing.actor.member), "done_at": doing.at.isoformat()}
    command_writes.set_task_detail(asked.task_id, told)
    return Outcome("fixed", asked.path, f"problem:{asked.id}")

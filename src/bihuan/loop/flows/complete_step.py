"""A step of an investigation is done, or somebody else does it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, Step
from bihuan.ledgers.command.choices import TaskKind
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(needs="revise_case")
def complete_step(doing: Doing, *, case: UUID, step: Step) -> Outcome:
    """Say that a step is done; how long it took stands in the journal."""
    asked = investigations.asked_case(doing, case)
    with widened(doing):
        rest = cases_reads.contacts_of(doing.actor.scope, asked.id).filter(state=ContactState.IDENTIFIED).count()
        if step == Step.ALL_FOUND and (rest or asked.derived_at is None or asked.is_behind):
            raise Refused(_("还有 %(n)d 名接触者未找到，或接触者尚未按现在的传染期判定") % {"n": rest}, "not_all_found")
        if step == Step.ALL_FOUND:
            investigations.close_tasks(
                doing, kind=TaskKind.INVESTIGATE_CASE, subject=f"case:{asked.id}", outcome="all_found"
            )
    if not cases_writes.set_step_done(asked.id, step, at=doing.at, by=doing.actor.member):
        raise Refused(_("这一环节已完成"), "already_done")
    return Outcome("done", asked.path, f"case:{asked.id}", {"step": str(step)})

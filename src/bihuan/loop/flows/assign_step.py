"""A step of one investigation goes to another named person."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="revise_case")
def assign_step(doing: Doing, *, case: UUID, step: Step, member: UUID) -> Outcome:
    """Name who does a step that is not done yet."""
    asked = investigations.asked_case(doing, case)
    if member not in {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}:
        raise Refused(_("承办人必须是本辖区在岗人员"), "not_serving")
    if not cases_writes.set_step_member(asked.id, step, member):
        raise Refused(_("这一环节已完成"), "already_done")
    return Outcome("assigned", asked.path, f"case:{asked.id}", {"step": str(step), "member": str(member)})

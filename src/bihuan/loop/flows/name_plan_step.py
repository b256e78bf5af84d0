"""The county's tracing plan names a person for each step, and a deputy, before anything happens."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def name_plan_step(
    doing: Doing, *, step: Step, member: UUID, within_minutes: int, deputy: UUID | None = None
) -> Outcome:
    """Name who does a step of every investigation from now on."""
    serving = {m.id for m in staff_reads.members_in(doing.actor.scope, doing.at)}
    if member not in serving or (deputy is not None and deputy not in serving):
        raise Refused(_("承办人必须是本辖区在岗人员"), "not_serving")
    if deputy == member:
        raise Refused(_("A角和B角不能是同一人"), "same_person")
    if not 1 <= within_minutes <= 10080:
        raise Refused(_("时限须在 1 分钟到 7 天之间"), "bad_limit")
    cases_writes.set_plan(
        [
            {"id": doing.derive("plan"), "path": doing.actor.scope.path, "step": step, "member_id": member,
             "deputy_id": deputy, "within_minutes": within_minutes, "named_at": doing.at}
        ]
    )  # fmt: skip
    return Outcome("named", doing.actor.scope.path, f"member:{member}", {"step": str(step)})

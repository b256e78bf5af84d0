"""Somebody who missed their sampling slot need not come, and why."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.ledgers.lab.slots.choices import Excuse, PlanState
from bihuan.loop import slots as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("note",))
def excuse_slot(doing: Doing, *, plan: UUID, appointments: tuple[UUID, ...], excuse: str, note: str = "") -> Outcome:
    """Settle these missed slots with a reason; the task about them ends with the last one."""
    asked = slot_reads.plan(doing.actor.scope, plan)
    if asked is None or asked.state != PlanState.CONFIRMED:
        raise Refused(_("没有这份时段安排，或没有确认"), "no_such_plan")
    if excuse not in Excuse.values:
        raise Refused(_("请选择原因"), "no_reason")
    inside = doing.actor.scope.inside()
    chosen = list(slot_reads.appointments(doing.actor.scope, asked.id).filter(inside, id__in=appointments))
    if not chosen or len(chosen) < len(set(appointments)) or any(a.missed_at is None for a in chosen):
        raise Refused(_("只能说明本辖区已错过时段的人"), "not_missed")
    done = slot_writes.set_excused([a.id for a in chosen], excuse=excuse, note=note.strip(), at=doing.at)
    shared.end_tasks(doing, asked.id)
    return Outcome("excused", chosen[0].path, f"slots:{asked.id}", {"plan": str(asked.id), "excused": done})

"""Somebody gets another place or time of a plan."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.ledgers.lab.slots.choices import PlanState, WithoutSlot
from bihuan.loop import slots as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def move_slot(
    doing: Doing, *, plan: UUID, appointments: tuple[UUID, ...], station: UUID, slot_from: datetime
) -> Outcome:
    """Move these people to a table and slot of their plan that still has room for them all; also those who had none."""
    asked = slot_reads.plan_for_update(doing.actor.scope, plan)
    if asked is None or asked.state == PlanState.DROPPED:
        raise Refused(_("没有这份时段安排，或已作废"), "no_such_plan")
    step = timedelta(minutes=asked.slot_minutes)
    past = (slot_from - asked.starts_at) / step
    if past != int(past) or not 0 <= past < asked.slots or slot_from + step <= doing.at:
        raise Refused(_("请选择这份安排里尚未结束的时段"), "bad_slot")
    table = next((t for t in slot_reads.tables(doing.actor.scope, asked.id) if t.station_id == station), None)
    if table is None:
        raise Refused(_("请选择这份安排里的采样点"), "wrong_station")
    chosen = list(slot_reads.appointments(doing.actor.scope, asked.id).filter(id__in=appointments))
    if not chosen or len(chosen) < len(set(appointments)):
        raise Refused(_("有的人不在这份安排里"), "no_such_person")
    fixed = [a for a in chosen if a.reason and a.reason != WithoutSlot.NO_ROOM]
    if fixed:
        raise Refused(_("其中 %(n)d 人不应到点采样（在管、已采或已有安排）") % {"n": len(fixed)}, "not_to_come")
    there = sum(
        f.asked
        for f in slot_reads.fill(doing.actor.scope, asked.id)
        if (f.station, f.slot_from) == (station, slot_from)
    )
    coming = [a for a in chosen if (a.station_id, a.slot_from) != (station, slot_from)]
    if there + len(coming) > table.per_slot:
        raise Refused(
            _("该点该时段可约 %(room)d 人，已约 %(there)d 人，放不下 %(n)d 人")
            % {"room": table.per_slot, "there": there, "n": len(coming)},
            "slot_full",
        )
    slot_writes.set_slot(
        [a.id for a in coming], station=table.station, slot_from=slot_from, slot_until=slot_from + step, at=doing.at
    )
    shared.end_tasks(doing, asked.id)
    told = {"plan": str(asked.id), "moved": len(coming)}
    return Outcome("moved", asked.path, f"slots:{asked.id}", told)

"""Facts of sampling slots."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.lab.slots.choices import PlanState
from bihuan.ledgers.lab.slots.models import Appointment, SlotPlan, SlotTable


def add_plan(tables: Sequence[Mapping[str, Any]], appointments: Sequence[Mapping[str, Any]], **fields: Any) -> SlotPlan:
    """A plan with its tables and with everybody it is about."""
    made = SlotPlan.objects.create(**fields)
    SlotTable.objects.bulk_create([SlotTable(plan=made, path=made.path, **t) for t in tables])
    Appointment.objects.bulk_create([Appointment(plan=made, **a) for a in appointments], batch_size=2000)
    return made


def set_confirmed(plan: UUID, *, at: datetime, by: UUID) -> bool:
    """The plan counts; True for the first who says so."""
    draft = SlotPlan.objects.filter(id=plan, state=PlanState.DRAFT)
    return bool(draft.update(state=PlanState.CONFIRMED, confirmed_at=at, confirmed_by=by))


def set_dropped(plan: UUID, at: datetime) -> bool:
    """The plan counts no more, and nobody of it is missed."""
    gone = bool(SlotPlan.objects.filter(id=plan).exclude(state=PlanState.DROPPED).update(state=PlanState.DROPPED))
    Appointment.objects.filter(plan=plan, missed_at__isnull=False, settled_at__isnull=True).update(settled_at=at)
    return gone


def set_slot(
    appointments: Collection[UUID], *, station: Any, slot_from: datetime, slot_until: datetime, at: datetime
) -> int:
    """These come to this table in this slot; what they missed before is settled with it."""
    found = Appointment.objects.filter(id__in=list(appointments))
    found.filter(missed_at__isnull=False, settled_at__isnull=True).update(settled_at=at)
    return found.update(
        station=station, station_path=station.path, slot_from=slot_from, slot_until=slot_until, reason="", moved_at=at,
        missed_at=None, settled_at=None, excuse="", note="",
    )  # fmt: skip


def set_missed(appointments: Collection[UUID], at: datetime) -> int:
    """Their slot is over and they were not sampled."""
    found = Appointment.objects.filter(id__in=list(appointments), missed_at__isnull=True)
    return found.update(missed_at=at)


def settle(appointments: Collection[UUID], at: datetime) -> int:
    """They came after all."""
    return Appointment.objects.filter(id__in=list(appointments), settled_at__isnull=True).update(settled_at=at)


def set_excused(appointments: Collection[UUID], *, excuse: str, note: str, at: datetime) -> int:
    """They need not come, and why."""
    found = Appointment.objects.filter(id__in=list(appointments), settled_at__isnull=True)
    return found.update(excuse=excuse, note=note, settled_at=at)

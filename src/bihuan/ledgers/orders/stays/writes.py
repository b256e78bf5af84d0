"""Facts of stays and transfers. What the tables refuse is told as Taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Q

from bihuan.ledgers.orders.stays.choices import StayEnd
from bihuan.ledgers.orders.stays.models import Stay, Transfer, TransferSeat

# What each constraint of the tables says when it refuses.
_REFUSALS = {
    "a_bed_holds_one_at_a_time": "bed_taken",
    "a_room_is_shared_by_one_party": "room_taken",
    "a_person_is_in_one_place_at_a_time": "placed_before",
    "one_person_a_seat": "seat_taken",
    "one_seat_a_person": "seated_before",
}


class Taken(Exception):
    """Somebody else has the bed, the room or the seat; `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def add_stay(**fields: Any) -> Stay:
    """Give somebody a place. Raises Taken when the tables refuse, whoever asks at the same time."""
    try:
        with transaction.atomic():
            _wait_turn(fields)
            return Stay.objects.create(**fields)
    except IntegrityError as fault:
        raise _taken(fault) from None


def _wait_turn(fields: dict[str, Any]) -> None:
    """Who asks for the same room or person at once asks in turn: an exclusion constraint alone may answer by deadlock."""
    said = {name: fields.get(f"{name}_id") or getattr(fields.get(name), "id", None) for name in ("room", "person")}
    asked = sorted(f"stay:{name}:{which}" for name, which in said.items() if which)
    with connection.cursor() as cursor:
        for one in asked:  # in one order for everybody
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [one])


def _taken(fault: IntegrityError) -> Exception:
    name = getattr(getattr(fault.__cause__, "diag", None), "constraint_name", "")
    return Taken(_REFUSALS[name]) if name in _REFUSALS else fault


def set_arrived(stays: Sequence[UUID], at: datetime) -> int:
    """They are there."""
    return Stay.objects.filter(id__in=list(stays), arrived_at__isnull=True).update(arrived_at=at)


def end_stay(stay: UUID, *, at: datetime, by: UUID, reason: StayEnd) -> bool:
    """They have left; the bed is free from this instant on. True once."""
    return bool(
        Stay.objects.filter(id=stay, stay_until__isnull=True).update(stay_until=at, ended_by=by, end_reason=reason)
    )


def set_dates(stay: Stay, *, planned_until: datetime, freed_at: datetime | None) -> bool:
    """The order's end and the hour of freedom are taken over, by compare-and-set; True for one of several workers."""
    same = Stay.objects.filter(id=stay.id, planned_until=stay.planned_until, stay_until__isnull=True)
    same = same.filter(freed_at=stay.freed_at) if stay.freed_at else same.filter(freed_at__isnull=True)
    return bool(same.update(planned_until=planned_until, freed_at=freed_at))


def set_rules_receipt(stay: UUID, *, at: datetime, how: str) -> None:
    """The rule sheet was handed over, and somebody signed for it."""
    Stay.objects.filter(id=stay).update(rules_at=at, rules_how=how)


def set_helper(stay: UUID, helper: UUID | None) -> None:
    """Who looks after them from now on."""
    Stay.objects.filter(id=stay).update(helper=helper)


def add_transfer(**fields: Any) -> Transfer:
    """Open a journey."""
    return Transfer.objects.create(**fields)


def add_passengers(transfer: Transfer, rows: Sequence[dict[str, Any]]) -> None:
    """Seat people in it. Raises Taken when a seat or a person is seated twice."""
    made = [TransferSeat(transfer=transfer, path=transfer.path, to_path=transfer.to_path, **row) for row in rows]
    try:
        with transaction.atomic():
            TransferSeat.objects.bulk_create(made)
    except IntegrityError as fault:
        raise _taken(fault) from None


def set_left(transfer: UUID, *, at: datetime, by: UUID, vehicle: str, seats: int, driver: str) -> bool:
    """It has left; True once."""
    return bool(
        Transfer.objects.filter(id=transfer, left_at__isnull=True, cancelled_at__isnull=True).update(
            left_at=at, left_by=by, vehicle=vehicle, seats=seats, driver=driver
        )
    )


def set_aboard(transfer: UUID, aboard: Sequence[UUID]) -> None:
    """Who left with it."""
    there = TransferSeat.objects.filter(transfer=transfer)
    there.filter(id__in=list(aboard)).update(is_aboard=True)
    there.exclude(id__in=list(aboard)).update(is_aboard=False)


def set_transfer_arrived(transfer: UUID, *, at: datetime, by: UUID, there: Sequence[UUID]) -> bool:
    """It has arrived with these people; True once."""
    done = Transfer.objects.filter(id=transfer, left_at__isnull=False, arrived_at__isnull=True).update(
        arrived_at=at, arrived_by=by
    )
    if done:
        seats = TransferSeat.objects.filter(transfer=transfer)
        seats.filter(id__in=list(there)).update(is_there=True)
        seats.filter(Q(is_aboard=True) & ~Q(id__in=list(there))).update(is_there=False)
    return bool(done)


def set_disinfected(transfer: UUID, *, at: datetime, by: UUID) -> bool:
    """Its vehicle is clean again; True once."""
    return bool(
        Transfer.objects.filter(id=transfer, arrived_at__isnull=False, disinfected_at__isnull=True).update(
            disinfected_at=at, disinfected_by=by
        )
    )


def set_cancelled(transfer: UUID, at: datetime) -> bool:
    """It will not leave; True once."""
    return bool(
        Transfer.objects.filter(id=transfer, left_at__isnull=True, cancelled_at__isnull=True).update(cancelled_at=at)
    )

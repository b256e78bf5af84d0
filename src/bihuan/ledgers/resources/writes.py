"""Facts of what stands ready."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from bihuan.ledgers.resources.models import Bed, Facility, FacilitySeat, Room, Zone


def add_facility(**fields: Any) -> Facility:
    """Register a facility at its place."""
    return Facility.objects.create(**fields)


def add_rooms(facility: Facility, rooms: Sequence[Mapping[str, Any]], at: datetime) -> int:
    """Register rooms with their beds; `rooms` holds number, floor, kind, beds, zone (a name)."""
    zones = {z.name: z for z in Zone.objects.filter(facility=facility)}
    made, beds = [], []
    for told in rooms:
        room = Room(
            id=uuid5(facility.id, f"room:{told['number']}"),
            facility=facility,
            zone=zones.get(told.get("zone", "")),
            path=facility.path,
            number=told["number"],
            floor=told["floor"],
            kind=told["kind"],
            state_since=at,
        )
        made.append(room)
        beds += [
            Bed(id=uuid5(room.id, f"bed:{n}"), room=room, path=facility.path, number=n)
            for n in range(1, told["beds"] + 1)
        ]
    Room.objects.bulk_create(made, batch_size=1000)
    return len(Bed.objects.bulk_create(beds, batch_size=2000))


def add_zones(facility: Facility, zones: Sequence[tuple[str, str]]) -> None:
    """Register zones: (name, kind)."""
    Zone.objects.bulk_create(
        [
            Zone(id=uuid5(facility.id, f"zone:{n}"), facility=facility, path=facility.path, name=n, kind=k)
            for n, k in zones
        ]
    )


def set_seat(facility: Facility, seat: str, *, name: str, phone: str, member: UUID | None, at: datetime) -> None:
    """Who stands behind a facility in this seat from now on."""
    FacilitySeat.objects.update_or_create(
        facility=facility,
        seat=seat,
        defaults={"path": facility.path, "name": name, "phone": phone, "member_id": member, "named_at": at},
    )


def clear_seat(facility: Facility, seat: str) -> None:
    """Nobody stands behind the facility in this seat any more."""
    FacilitySeat.objects.filter(facility=facility, seat=seat).delete()


def set_check(facility: UUID, *, at: datetime, is_passed: bool, faults: Sequence[str], due_at: datetime | None) -> None:
    """How the last check against the standard came out, and when the next is due."""
    Facility.objects.filter(id=facility).update(
        checked_at=at, is_passed=is_passed, faults=list(faults), check_due_at=due_at
    )


def set_check_due(facility: UUID, *, was: datetime, then: datetime) -> bool:
    """Claim a due check by compare-and-set: True for exactly one of several workers."""
    return bool(Facility.objects.filter(id=facility, check_due_at=was).update(check_due_at=then))


def set_open(facility: UUID, at: datetime, due_at: datetime | None) -> bool:
    """The facility takes people from now on; False if it did already."""
    return bool(
        Facility.objects.filter(id=facility)
        .exclude(opened_at__isnull=False, closed_at__isnull=True)
        .update(opened_at=at, closed_at=None, check_due_at=due_at)
    )


def set_closed(facility: UUID, at: datetime) -> bool:
    """The facility takes nobody from now on; False if it was not open. A new check is needed to open it again."""
    return bool(
        Facility.objects.filter(id=facility, opened_at__isnull=False, closed_at__isnull=True).update(
            closed_at=at, check_due_at=None, is_passed=None
        )
    )


def set_room_state(room: UUID, state: str, at: datetime) -> None:
    """Whether a room may be given to somebody from now on."""
    Room.objects.filter(id=room).update(state=state, state_since=at)

"""Questions about what stands ready."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Count, QuerySet

from bihuan.ledgers.resources.choices import FacilityKind, Seat
from bihuan.ledgers.resources.models import Bed, Facility, Room, Zone
from bihuan.ledgers.territory.scope import Scope


def facilities(scope: Scope, kinds: Collection[str] = ()) -> QuerySet[Facility]:
    """Facilities inside the scope with their place, in the tree's order."""
    found = Facility.objects.filter(scope.inside()).select_related("place__area").order_by("path", "place__name")
    return found.filter(kind__in=kinds) if kinds else found


def sites(scope: Scope) -> QuerySet[Facility]:
    """The isolation sites inside the scope."""
    return facilities(scope, [FacilityKind.ISOLATION_SITE])


def facility(scope: Scope, id_: UUID) -> Facility | None:
    """One facility."""
    return facilities(scope).filter(id=id_).first()


def facility_for_update(scope: Scope, id_: UUID) -> Facility | None:
    """One facility, locked until the transaction ends."""
    return facilities(scope).select_for_update(of=("self",)).filter(id=id_).first()


def facility_at(place: UUID) -> Facility | None:
    """The facility that stands at a place."""
    return Facility.objects.filter(place=place).select_related("place").first()


def nearest_open(path: str, kind: str) -> Facility | None:
    """The open facility of a kind nearest up and across the tree from a path: same township first, then the county."""
    county = "/".join(path.split("/")[:4]) + "/"
    there = Facility.objects.filter(
        Scope(county).inside(), kind=kind, opened_at__isnull=False, closed_at__isnull=True
    ).select_related("place")
    return max(there, key=lambda f: (_shared(f.path, path), f.place.name), default=None)


def _shared(left: str, right: str) -> int:
    return next((n for n, (a, b) in enumerate(zip(left, right, strict=False)) if a != b), min(len(left), len(right)))


def empty_seats(ids: Collection[UUID]) -> dict[UUID, list[Seat]]:
    """Which of the six seats of each facility nobody fills, in the seats' order."""
    filled: dict[UUID, set[str]] = {i: set() for i in ids}
    rows = Facility.objects.filter(id__in=ids, seats__isnull=False).values_list("id", "seats__seat")
    for id_, seat in rows:
        filled[id_].add(seat)
    return {i: [s for s in Seat if s.value not in filled[i]] for i in filled}


def rooms(facility_: UUID) -> QuerySet[Room]:
    """The rooms of a facility by floor and number."""
    return Room.objects.filter(facility=facility_).select_related("zone").order_by("floor", "number")


def room(facility_: UUID, number: str) -> Room | None:
    """One room by its number."""
    return rooms(facility_).filter(number=number).first()


def room_by_id(id_: UUID) -> Room | None:
    """One room with its facility."""
    return Room.objects.filter(id=id_).select_related("facility__place").first()


def bed_counts(facility_: UUID) -> dict[UUID, int]:
    """How many beds stand in each room of a facility."""
    found = Bed.objects.filter(room__facility=facility_).values_list("room")
    return dict(found.annotate(n=Count("id")).order_by())


def beds(facility_: UUID) -> QuerySet[Bed]:
    """Every bed of a facility with its room, by floor, room and number."""
    found = Bed.objects.filter(room__facility=facility_).select_related("room")
    return found.order_by("room__floor", "room__number", "number")


def bed(scope: Scope, id_: UUID) -> Bed | None:
    """One bed with its room and facility."""
    return Bed.objects.filter(scope.inside(), id=id_).select_related("room__facility__place").first()


def zones(facility_: UUID) -> QuerySet[Zone]:
    """The zones of a facility."""
    return Zone.objects.filter(facility=facility_).order_by("kind", "name")


def capacity(ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many beds of each facility stand in rooms of each state."""
    told: dict[UUID, dict[str, int]] = {i: {} for i in ids}
    counted = Bed.objects.filter(room__facility__in=ids).values_list("room__facility", "room__state")
    for id_, state, n in counted.annotate(n=Count("id")).order_by():
        told[id_][state] = n
    return told


def room_counts(ids: Collection[UUID]) -> dict[UUID, dict[str, int]]:
    """How many rooms of each facility are in each state."""
    told: dict[UUID, dict[str, int]] = {i: {} for i in ids}
    for id_, state, n in (
        Room.objects.filter(facility__in=ids).values_list("facility", "state").annotate(n=Count("id")).order_by()
    ):
        told[id_][state] = n
    return told


def due_checks(at: datetime) -> QuerySet[Facility]:
    """Open facilities whose check against the standard has come due."""
    return Facility.objects.filter(check_due_at__lte=at, opened_at__isnull=False, closed_at__isnull=True).order_by(
        "check_due_at"
    )

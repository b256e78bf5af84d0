"""Questions about stays and transfers. Those of another township's residents are seen where they stay."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from bihuan.ledgers.orders.choices import DutyKind, Measure, OrderState
from bihuan.ledgers.orders.models import Duty, Order
from bihuan.ledgers.orders.stays.choices import TransferKind
from bihuan.ledgers.orders.stays.models import Stay, Transfer, TransferSeat
from bihuan.ledgers.people import cipher
from bihuan.ledgers.resources.choices import RoomState
from bihuan.ledgers.resources.models import Bed
from bihuan.ledgers.territory.scope import Scope

# What was missed longer ago than this is history: the order's own page keeps it.
RECENT = timedelta(hours=24)
# A check's window is a part of one day, so that an open one closes within a day.
LONGEST_WINDOW = timedelta(hours=24)


def _either(scope: Scope, other: str) -> Q:
    return scope.inside() | scope.inside(other) if scope.inside() else Q()


def stays(scope: Scope) -> QuerySet[Stay]:
    """Every stay seen from the scope: by where it is, or by where the person lives. Its order may lie outside the scope."""
    return (
        Stay.objects.filter(_either(scope, "home_path"))
        .select_related("facility__place", "room", "bed", "helper")
        .order_by("-stay_from", "-id")
    )


def stays_now(scope: Scope, at: datetime) -> QuerySet[Stay]:
    """Stays that last at `at`, beds held for somebody on the way included."""
    return stays(scope).filter(lasting(at))


def open_stays(scope: Scope) -> QuerySet[Stay]:
    """Stays inside the scope whose people are there now: what a phone shows, which knows no other hour."""
    return stays(scope).filter(scope.inside(), stay_until__isnull=True, arrived_at__isnull=False).order_by("path", "id")


def lasting(at: datetime) -> Q:
    """The condition «lasts at `at`»."""
    return Q(stay_from__lte=at) & (Q(stay_until__isnull=True) | Q(stay_until__gt=at))


def stay(scope: Scope, id_: UUID) -> Stay | None:
    """One stay."""
    return stays(scope).filter(id=id_).first()


def stay_for_update(scope: Scope, id_: UUID) -> Stay | None:
    """One stay, locked until the transaction ends."""
    return stays(scope).select_for_update(of=("self",)).filter(id=id_).first()


def stay_with_order(scope: Scope, id_: UUID) -> Stay | None:
    """One stay with its order, for whoever sees both."""
    return Stay.objects.filter(_either(scope, "home_path"), id=id_).select_related("order").first()


def to_follow(scope: Scope, at: datetime) -> list[tuple[UUID, int]]:
    """Stays whose order has another end than they know, or has ended; with a number that says which. For the clock."""
    ended = Q(freed_at__isnull=True) & (Q(order__ends_at__lte=at) | Q(order__ended_at__lte=at))
    found = Stay.objects.filter(_either(scope, "home_path"), stay_until__isnull=True).filter(
        ended | ~Q(planned_until=F("order__ends_at"))
    )
    rows = found.values_list("id", "order__ends_at", "order__ended_at").order_by("id")
    return [(id_, int(ends.timestamp()) * 2 + (ended_at is not None or ends <= at)) for id_, ends, ended_at in rows]


def stay_of_order(scope: Scope, order: UUID, at: datetime) -> Stay | None:
    """Where the one bound by an order stays at `at`."""
    return stays_now(scope, at).filter(order=order).first()


def stay_of_person(scope: Scope, person: UUID, at: datetime) -> Stay | None:
    """Where a person stays at `at`."""
    return stays_now(scope, at).filter(person=person).first()


def stays_in(scope: Scope, facility: UUID, at: datetime) -> list[Stay]:
    """Everybody who has a bed of one facility at `at`; the order comes with them, where its row may be seen."""
    found = Stay.objects.filter(_either(scope, "home_path"), lasting(at), facility=facility)
    return list(found.only("id", "order_id", "person_id", "room_id", "bed_id", "party", "sealed", "stay_from",
                           "arrived_at", "planned_until", "freed_at", "rules_at", "kind"))  # fmt: skip


def taken(scope: Scope, facilities: Collection[UUID], at: datetime) -> dict[UUID, int]:
    """How many beds of each facility are held by somebody at `at`."""
    found = Stay.objects.filter(_either(scope, "home_path"), lasting(at), facility__in=list(facilities))
    return dict(found.values_list("facility").annotate(n=Count("id")).order_by())


@dataclass(frozen=True)
class Occupancy:
    """Who has a bed of some facilities at an instant: when each leaves, how long each stays, how many rooms they fill;
    and who came since an earlier instant."""

    leaving: list[datetime]
    days: list[float]
    rooms: int
    came: list[datetime]


def occupancy(scope: Scope, facilities: Collection[UUID], since: datetime, at: datetime) -> Occupancy:
    """How full some facilities are at `at`, when that ends, and who came since `since`, whether they left or not."""
    mine = Stay.objects.filter(_either(scope, "home_path"), facility__in=list(facilities)).order_by()
    here = list(mine.filter(lasting(at)).values_list("room", "stay_from", "planned_until"))
    came = list(mine.filter(stay_from__gt=since, stay_from__lte=at).values_list("stay_from", flat=True))
    ends = [until for _room, _from, until in here]
    days = [(until - from_) / timedelta(days=1) for _room, from_, until in here]
    return Occupancy(ends, days, len({room for room, _from, _until in here}), came)


def rooms_lived(scope: Scope, facility: UUID, at: datetime) -> set[UUID]:
    """Rooms of a facility that somebody lives in or that are held for somebody at `at`."""
    return {stay.room_id for stay in stays_in(scope, facility, at) if stay.room_id is not None}


def free_beds(scope: Scope, facilities: Collection[UUID], at: datetime) -> dict[UUID, int]:
    """How many beds of each facility stand in ready rooms that nobody lives in; a room with somebody in it is theirs."""
    lived = Stay.objects.filter(_either(scope, "home_path"), lasting(at), room=OuterRef("room"))
    free = Bed.objects.filter(room__facility__in=list(facilities), room__state=RoomState.READY).filter(~Exists(lived))
    return dict(free.values_list("room__facility").annotate(n=Count("id")).order_by())


def neighbours(scope: Scope, of: Stay) -> QuerySet[Stay]:
    """Who had a bed on the same floor while this stay lasted: whom a cross infection may have reached."""
    if of.room is None:
        return Stay.objects.none()
    same = stays(scope).filter(facility=of.facility_id, room__floor=of.room.floor).exclude(person=of.person_id)
    until = Q(stay_from__lt=of.stay_until) if of.stay_until else Q()
    return same.filter(until).filter(Q(stay_until__isnull=True) | Q(stay_until__gt=of.stay_from))


def to_place(
    scope: Scope, at: datetime, measures: Collection[str] = (Measure.CENTRAL_QUARANTINE, Measure.HOSPITAL)
) -> QuerySet[Order]:
    """Orders of these measures, signed and not over, whose person has no place yet: who waits for a bed, or at home for
    the assessment and the register."""
    placed = Stay.objects.filter(lasting(at), order=OuterRef("pk"))
    return (
        Order.objects.filter(
            ~Exists(placed), scope.inside(), person__isnull=False, ends_at__gt=at, starts_at__lte=at,
            state__in=[OrderState.SIGNED, OrderState.IN_FORCE],
            measure__in=measures,
        )
        .select_related("person__household", "area")
        .order_by("starts_at", "id")
    )  # fmt: skip


def opened(sealed: bytes | memoryview) -> dict[str, Any]:
    """What a place knows of a person: name, sex, birth year, phones, needs. To be masked before a page shows it."""
    found: dict[str, Any] = cipher.unseal_json(sealed)
    return found


def next_checks(scope: Scope, orders: Collection[UUID], at: datetime) -> dict[UUID, dict[str, Any]]:
    """How the daily checks of several orders stand at `at`: the one due now, the last done, how many a day back were missed."""
    told: dict[UUID, dict[str, Any]] = defaultdict(lambda: {"due": None, "late": 0, "done_at": None, "result": ""})
    rows = Duty.objects.filter(scope.inside(), order__in=list(orders), kind=DutyKind.CHECK, void_at__isnull=True)
    due = rows.filter(done_at__isnull=True, due_from__lte=at, due_until__gt=at).values_list("id", "order", "due_until")
    for id_, order, due_until in due:
        told[order]["due"] = (id_, due_until)
    missed = rows.filter(done_at__isnull=True, due_until__lte=at, due_until__gt=at - RECENT)
    for order, n in missed.values_list("order").annotate(n=Count("id")).order_by():
        told[order]["late"] = n
    done = rows.filter(done_at__lte=at).order_by("order", "-due_from").distinct("order")
    for order, done_at, result in done.values_list("order", "done_at", "result"):
        told[order] |= {"done_at": done_at, "result": result}
    return dict(told)


def checks_open(scope: Scope, at: datetime) -> QuerySet[Duty]:
    """Checks that are due at `at` or were missed in the day before it, where they are done, the longest over first."""
    return Duty.objects.filter(
        scope.inside(), kind=DutyKind.CHECK, done_at__isnull=True, void_at__isnull=True, due_from__lte=at,
        due_until__gt=at - RECENT, due_until__lte=at + LONGEST_WINDOW,
    ).order_by("due_until", "id")  # fmt: skip


def checks_met(scope: Scope, since: datetime, at: datetime) -> dict[str, int]:
    """Of the checks whose window begins in a period: how many there are, were done, wait, and were missed by `at`."""
    found = Duty.objects.filter(
        scope.inside(), kind=DutyKind.CHECK, void_at__isnull=True, due_from__gte=since, due_from__lte=at
    )
    return found.aggregate(
        total=Count("id"),
        done=Count("id", filter=Q(done_at__lte=at)),
        missed=Count("id", filter=Q(due_until__lte=at) & (Q(done_at__isnull=True) | Q(done_at__gt=at))),
    )


def stays_of_orders(scope: Scope, orders: Collection[UUID], at: datetime) -> dict[UUID, Stay]:
    """Where those bound by these orders stay at `at`, by order."""
    return {s.order_id: s for s in stays_now(scope, at).filter(order__in=list(orders))}


def check_to_record(scope: Scope, order: UUID, at: datetime) -> Duty | None:
    """The check that one made at `at` meets: the open one of this window, else the last one missed."""
    open_ = Duty.objects.filter(
        scope.inside(), order=order, kind=DutyKind.CHECK, done_at__isnull=True, void_at__isnull=True, due_from__lte=at
    )
    return open_.order_by("-due_until").first()


def has_check_window(scope: Scope, order: UUID, at: datetime) -> bool:
    """Whether a check is or was owed in the window that `at` lies in."""
    found = Duty.objects.filter(scope.inside(), order=order, kind=DutyKind.CHECK, void_at__isnull=True)
    return found.filter(due_from__lte=at, due_until__gt=at).exists()


def transfers(scope: Scope) -> QuerySet[Transfer]:
    """Transfers seen from the scope, by either end, the latest first."""
    return (
        Transfer.objects.filter(_either(scope, "to_path"))
        .select_related("from_facility__place", "to_facility__place", "left_by", "arrived_by", "disinfected_by")
        .order_by("-opened_at", "-id")
    )


def transfer(scope: Scope, id_: UUID) -> Transfer | None:
    """One transfer."""
    return transfers(scope).filter(id=id_).first()


def people_on(scope: Scope, transfers_: Collection[UUID]) -> dict[UUID, int]:
    """How many people each of these transfers was planned for."""
    found = TransferSeat.objects.filter(_either(scope, "to_path"), transfer__in=list(transfers_))
    return dict(found.values_list("transfer").annotate(n=Count("id")).order_by())


def passengers(scope: Scope, transfer_: UUID) -> QuerySet[TransferSeat]:
    """Who sits in it, by seat."""
    return TransferSeat.objects.filter(_either(scope, "to_path"), transfer=transfer_).order_by("seat")


def under_way(scope: Scope) -> QuerySet[Transfer]:
    """Transfers that are not closed yet: planned, on the road, or waiting for the vehicle to be disinfected."""
    return transfers(scope).filter(disinfected_at__isnull=True, cancelled_at__isnull=True)


def open_transfer_of(scope: Scope, person: UUID, to: Collection[str]) -> Transfer | None:
    """A transfer of these kinds that somebody is already on or planned for."""
    return under_way(scope).filter(passengers__person=person, kind__in=list(to), arrived_at__isnull=True).first()


def on_the_way_to_hospital(scope: Scope, people: Collection[UUID]) -> set[UUID]:
    """Which of these persons a journey to hospital is planned for or under way with."""
    found = TransferSeat.objects.filter(
        _either(scope, "to_path"), person__in=list(people), transfer__kind=TransferKind.TO_HOSPITAL,
        transfer__arrived_at__isnull=True, transfer__cancelled_at__isnull=True,
    )  # fmt: skip
    return set(found.values_list("person", flat=True))


def dirty(scope: Scope, vehicle: str) -> Transfer | None:
    """The transfer after which a vehicle has not been disinfected yet."""
    return Transfer.objects.filter(
        _either(scope, "to_path"),
        vehicle=vehicle,
        arrived_at__isnull=False,
        disinfected_at__isnull=True,
        cancelled_at__isnull=True,
    ).first()


def on_the_road(scope: Scope, vehicle: str) -> Transfer | None:
    """The transfer a vehicle is on."""
    there = Transfer.objects.filter(_either(scope, "to_path"), vehicle=vehicle)
    return there.filter(left_at__isnull=False, arrived_at__isnull=True).first()

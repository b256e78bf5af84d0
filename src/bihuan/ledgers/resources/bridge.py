"""Resources ↔ the planning engine: which bed for whom, who needs an exception, whom an unannounced visit goes to."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from bihuan.engines.planning import BedOffer, CareException, FreeRoom, Guest, care_exceptions, draw, place_guests
from bihuan.ledgers.resources.choices import RoomState
from bihuan.ledgers.resources.models import Bed

__all__ = ["BedOffer", "CareException", "Guest", "Instead", "Why", "drawn", "exceptions", "free_rooms", "offers"]


class Instead(TextChoices):
    """What is proposed for somebody a plain isolation room is wrong for."""

    HOSPITAL_WITH_DIALYSIS = "hospital_with_dialysis", _("安排能透析的定点医院")
    HOSPITAL = "hospital", _("评估后送定点医院")
    HOME_OR_MATERNITY = "home_or_maternity", _("评估后居家，或产科定点医院")
    WITH_CARER_OR_HOME = "with_carer_or_home", _("监护人陪同，或评估后居家")
    WITH_CARER = "with_carer", _("安排照护人同住")
    WITH_THE_ONE_CARED_FOR = "with_the_one_cared_for", _("与被照护人同住")


class Why(TextChoices):
    """Why a bed is offered."""

    FAMILY_LIVES_THERE = "family_lives_there", _("家人已住此间")
    FAMILY_TOGETHER = "family_together", _("一家同住")
    MINOR_WITH_ADULT = "minor_with_adult", _("未成年人与成人同住")
    NEAR_FAMILY = "near_family", _("邻近家人")
    ACCESSIBLE = "accessible", _("无障碍间")
    SINGLE = "single", _("单人单间")


def free_rooms(beds: Iterable[Bed], taken: Mapping[UUID, UUID]) -> list[FreeRoom]:
    """Ready rooms with free beds; `taken` says which party holds which bed."""
    by_room: dict[UUID, list[Bed]] = {}
    for bed in beds:
        if bed.room.state == RoomState.READY:
            by_room.setdefault(bed.room_id, []).append(bed)
    found = []
    for several in by_room.values():
        room = several[0].room
        parties = {taken[b.id] for b in several if b.id in taken}
        if len(parties) > 1:
            continue
        free = tuple(str(b.id) for b in several if b.id not in taken)
        if free:
            party = str(next(iter(parties))) if parties else ""
            found.append(FreeRoom(str(room.id), room.floor, room.kind, free, party, room.number))
    return found


def offers(guests: Sequence[Guest], rooms: Sequence[FreeRoom]) -> dict[str, BedOffer]:
    """A bed for every guest there is one for, by guest."""
    return {o.guest: o for o in place_guests(guests, rooms)}


def exceptions(guests: Sequence[Guest]) -> dict[str, list[CareException]]:
    """Exceptions to think of, by guest."""
    found: dict[str, list[CareException]] = {}
    for exception in care_exceptions(guests):
        found.setdefault(exception.guest, []).append(exception)
    return found


def drawn(ids: Collection[UUID], count: int, seed: int) -> list[UUID]:
    """Whom an unannounced visit goes to."""
    return [UUID(i) for i in draw((str(i) for i in ids), count, seed)]

"""Who gets which bed: families together, minors never alone, rooms for those who need them; and who needs another place."""

from collections.abc import Sequence
from dataclasses import dataclass

MINOR_YEARS = 14
OLD_YEARS = 70
# Kinds of rooms, in the order they are given to somebody who needs nothing special: what is scarce comes last.
_PLAIN_FIRST = ("single", "ward", "family", "accessible")


@dataclass(frozen=True)
class Guest:
    """Somebody who waits for a place: whom they belong with, how old they are (None = not known), what they need."""

    id: str
    party: str
    age: int | None = None
    needs: frozenset[str] = frozenset()

    @property
    def is_minor(self) -> bool:
        """Too young to be alone."""
        return "minor" in self.needs or (self.age is not None and self.age < MINOR_YEARS)

    @property
    def walks_badly(self) -> bool:
        """Needs a room without steps, low in the house."""
        return bool(self.needs & {"disabled", "needs_care"}) or (self.age is not None and self.age >= OLD_YEARS)


@dataclass(frozen=True)
class FreeRoom:
    """A clean room with free beds: its kind, its floor, and which party lives in it already."""

    id: str
    floor: int
    kind: str
    beds: tuple[str, ...]
    party: str = ""
    number: str = ""


@dataclass(frozen=True)
class BedOffer:
    """One bed for one guest, and why this one."""

    guest: str
    room: str
    bed: str
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class CareException:
    """Somebody a plain isolation room is wrong for: `instead` is what is proposed, a person decides."""

    guest: str
    need: str
    instead: str


# What is proposed in place of a single room at a site; the first need that fits speaks.
_INSTEAD = (
    ("dialysis", "hospital_with_dialysis"),
    ("serious_illness", "hospital"),
    ("pregnant", "home_or_maternity"),
    ("minor", "with_carer_or_home"),
    ("needs_care", "with_carer"),
    ("carer", "with_the_one_cared_for"),
)


def care_exceptions(guests: Sequence[Guest]) -> tuple[CareException, ...]:
    """For whom an exception must be thought of before a bed is given, and which, in the order of the guests."""
    found = []
    for guest in guests:
        needs = guest.needs | ({"minor"} if guest.is_minor else frozenset())
        found += [CareException(guest.id, need, instead) for need, instead in _INSTEAD if need in needs]
    return tuple(found)


def place_guests(guests: Sequence[Guest], rooms: Sequence[FreeRoom]) -> tuple[BedOffer, ...]:
    """A bed for every guest there is one for. Parties are served whole, the hardest to place first.

    Nobody shares a room with another party. A party goes into one room if one is large enough, else into rooms of one
    floor as near as can be; a minor is always in a room with somebody of the party who is not one, or gets no offer.
    """
    parties: dict[str, list[Guest]] = {}
    for guest in guests:
        parties.setdefault(guest.party, []).append(guest)
    free = {room.id: list(room.beds) for room in rooms}
    lives = {room.id: room.party for room in rooms}
    offers: list[BedOffer] = []
    order = sorted(parties, key=lambda p: (-len(parties[p]), not any(g.is_minor for g in parties[p]), p))
    for party in order:
        offers += _place_party(party, parties[party], rooms, free, lives)
    by_guest = {offer.guest: offer for offer in offers}
    return tuple(by_guest[g.id] for g in guests if g.id in by_guest)


def _place_party(
    party: str, members: list[Guest], rooms: Sequence[FreeRoom], free: dict[str, list[str]], lives: dict[str, str]
) -> list[BedOffer]:
    walks_badly = any(g.walks_badly for g in members)
    open_ = [r for r in rooms if free[r.id] and lives[r.id] in ("", party)]
    open_.sort(key=lambda r: _rank(r, party, lives, len(members), len(free[r.id]), walks_badly))
    together = next((r for r in open_ if len(free[r.id]) >= len(members)), None)
    if together is not None:
        if any(g.is_minor for g in members) and all(g.is_minor for g in members) and lives[together.id] != party:
            return []  # children alone: a carer must be found first
        return [_give(g, together, free, lives, _why(g, together, party, len(members), lives)) for g in members]
    return _split(party, members, open_, free, lives)


def _split(
    party: str, members: list[Guest], open_: Sequence[FreeRoom], free: dict[str, list[str]], lives: dict[str, str]
) -> list[BedOffer]:
    """No room holds them all: each minor with an adult, the others near."""
    minors = [g for g in members if g.is_minor]
    adults = [g for g in members if not g.is_minor]
    offers: list[BedOffer] = []
    floors = sorted({r.floor for r in open_}, key=lambda f: (-sum(len(free[r.id]) for r in open_ if r.floor == f), f))
    near = sorted(open_, key=lambda r: floors.index(r.floor))
    while minors and adults:
        room = max(near, key=lambda r: min(len(free[r.id]), len(minors) + 1), default=None)
        if room is None or len(free[room.id]) < 2:
            break
        group = [adults.pop(0), *minors[: len(free[room.id]) - 1]]
        minors = minors[len(group) - 1 :]
        offers += [_give(g, room, free, lives, ("minor_with_adult",)) for g in group]
        near = [r for r in near if free[r.id]]
    for adult in adults:
        room = next((r for r in near if free[r.id]), None)
        if room is None:
            break
        offers.append(_give(adult, room, free, lives, ("near_family",) if len(members) > 1 else ("single",)))
    return offers


def _rank(
    room: FreeRoom, party: str, lives: dict[str, str], size: int, free: int, walks_badly: bool
) -> tuple[int, int, int, int, str]:
    """Sorts the best room first: where the party lives, fit for who walks badly, no larger than needed, low floors."""
    kind = _PLAIN_FIRST.index(room.kind) if room.kind in _PLAIN_FIRST else len(_PLAIN_FIRST)
    if walks_badly:
        kind = 0 if room.kind == "accessible" else kind + 1
    return (0 if lives[room.id] == party else 1, kind if free >= size else 9, free - size, room.floor, room.number)


def _why(guest: Guest, room: FreeRoom, party: str, size: int, lives: dict[str, str]) -> tuple[str, ...]:
    reasons = []
    if lives[room.id] == party:
        reasons.append("family_lives_there")
    elif size > 1:
        reasons.append("family_together")
    if guest.walks_badly and room.kind == "accessible":
        reasons.append("accessible")
    return tuple(reasons or ["single"])


def _give(
    guest: Guest, room: FreeRoom, free: dict[str, list[str]], lives: dict[str, str], reasons: tuple[str, ...]
) -> BedOffer:
    lives[room.id] = guest.party
    return BedOffer(guest.id, room.id, free[room.id].pop(0), reasons)

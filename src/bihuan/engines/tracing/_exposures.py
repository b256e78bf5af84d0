"""Exposures without clocked visits: by seat in a vehicle, by a shared household, class or ward, by what somebody said."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from bihuan.engines import protocol
from bihuan.engines.tracing._times import zone_named
from bihuan.engines.tracing._values import PersonId, Window

_EVER, _NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
# What an edition may call sharing such a group: the nearest word it has is taken, the narrowest first.
SHARED_KINDS: Mapping[str, tuple[str, ...]] = {
    "household": ("lives_with",),
    "dormitory": ("same_dormitory", "shared_room"),
    "class": ("same_class", "shared_room"),
    "office": ("same_office", "same_workroom", "shared_room"),
    "ward": ("same_ward", "shared_treatment", "shared_room"),
}


@dataclass(frozen=True)
class Ride:
    """One person in one run of a vehicle: `run_id` names train and day; times None where only the run is known."""

    person_id: PersonId
    run_id: PersonId
    kind: str
    seat: protocol.Seat
    boarded_at: datetime | None = None
    left_at: datetime | None = None


@dataclass(frozen=True)
class Member:
    """One person in one household, class, ward …, from when until when (None: always so)."""

    person_id: PersonId
    group_id: PersonId
    kind: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Statement:
    """What an interview says: this person met the case in this way, on these days (None: not remembered).

    Where the hour is remembered too, `first_at` and `last_at` say it and the days are not asked.
    """

    case_id: PersonId
    person_id: PersonId
    kind: str
    first_on: date | None = None
    last_on: date | None = None
    first_at: datetime | None = None
    last_at: datetime | None = None


@dataclass(frozen=True)
class Exposure:
    """One contact and why: its class, the bounds of when it may have happened, and whether anything is guessed.

    `certain` is False where a time or a seat is missing: the person is named all the same, to be asked again.
    """

    contact_class: str
    source_id: PersonId
    person_id: PersonId
    reason: str
    first_at: datetime | None
    last_at: datetime | None
    certain: bool


def exposures_by_seat(rides: Iterable[Ride], windows: Sequence[Window], edition: protocol.Edition) -> list[Exposure]:
    """Who rode with a case: close contacts by the edition's rule of rows, bays, carriage or cabin; others general.

    rides: everybody's rides, the cases' among them; times aware. A ride of the case counts if it reaches into one of
        the case's windows, and another person's if the two were aboard at the same time.
    Somebody whose seat is not known and matters is named close and not certain. Raises `protocol.NoAnswer` for a kind of
    vehicle that the edition does not name.
    """
    runs: dict[PersonId, list[Ride]] = {}
    for ride in rides:
        runs.setdefault(ride.run_id, []).append(ride)
    spans = _spans(windows)
    found = []
    for aboard in runs.values():
        for case in (ride for ride in aboard if ride.person_id in spans):
            for other in (ride for ride in aboard if ride.person_id not in spans):
                shared = _common((case.boarded_at, case.left_at), (other.boarded_at, other.left_at))
                both = _within(shared, spans[case.person_id])
                if both is None:
                    continue
                name, reason, seat_known = _by_seat(edition, case, other)
                found.append(_exposure(name, case.person_id, other.person_id, reason, both, sure=seat_known))
    return _sorted(found)


def _by_seat(edition: protocol.Edition, case: Ride, other: Ride) -> tuple[str, str, bool]:
    where = f"{case.kind} {case.run_id}"
    try:
        near = protocol.exposed_in_vehicle(edition, case.kind, case.seat, other.seat)
    except protocol.NoAnswer as gap:
        if gap.kind != "not_yet":
            raise
        return "close_contact", f"{where}: seat not known", False
    if near:
        return "close_contact", f"{where}: seats near by the rule of {edition.id}", True
    return protocol.exposure_class(edition, "same_vehicle"), f"{where}: same vehicle, seats apart", True


def exposures_by_group(
    members: Iterable[Member], windows: Sequence[Window], edition: protocol.Edition
) -> list[Exposure]:
    """Who lives, learns, works or lies in a ward with a case, while both belonged and the case was infectious.

    A member's kind is one of `SHARED_KINDS` or an exposure kind of the edition, which gives the class. Raises
    `protocol.NoAnswer` for a kind that the edition does not name.
    """
    groups: dict[tuple[str, PersonId], list[Member]] = {}
    for member in members:
        groups.setdefault((member.kind, member.group_id), []).append(member)
    spans = _spans(windows)
    found = []
    for (kind, group), all_of in groups.items():
        for case in (m for m in all_of if m.person_id in spans):
            for other in (m for m in all_of if m.person_id not in spans):
                # belonging without dates is knowledge, not a gap: it held all through the window
                shared = _common(
                    (case.since or _EVER, case.until or _NEVER), (other.since or _EVER, other.until or _NEVER)
                )
                both = _within(shared, spans[case.person_id])
                if both is None:
                    continue
                name = protocol.exposure_class(edition, _named(edition, kind))
                found.append(_exposure(name, case.person_id, other.person_id, f"same {kind} {group}", both))
    return _sorted(found)


def _named(edition: protocol.Edition, kind: str) -> str:
    """What the edition calls sharing a group of this kind; the first word we have for it where it names none."""
    words = SHARED_KINDS.get(kind, (kind,))
    named = {word for kinds in edition.exposure_kinds.values() for word in kinds}
    return next((word for word in words if word in named), words[0])


def exposures_by_interview(
    statements: Iterable[Statement],
    windows: Sequence[Window],
    edition: protocol.Edition,
    *,
    zone: str = "Asia/Shanghai",
) -> list[Exposure]:
    """Who is named in interviews, by days without times: each day counts whole, in `zone`.

    A statement whose days all lie outside the case's windows is no exposure; one without days is, and not certain.
    Statements about somebody who is no case, or whose contact is a case, give nothing.
    """
    place = zone_named(zone)
    spans = _spans(windows)
    found = []
    for said in statements:
        if said.case_id not in spans or said.person_id in spans:
            continue
        first, last = said.first_on or said.last_on, said.last_on or said.first_on
        begin = datetime(first.year, first.month, first.day, tzinfo=place) if first else None
        end = datetime(last.year, last.month, last.day, tzinfo=place) + timedelta(days=1) if last else None
        both = _within((said.first_at or begin, said.last_at or end), spans[said.case_id])
        if both is None:
            continue
        name = protocol.exposure_class(edition, said.kind)
        found.append(_exposure(name, said.case_id, said.person_id, f"interview: {said.kind}", both))
    return _sorted(found)


Span = tuple[datetime | None, datetime | None]


def _spans(windows: Sequence[Window]) -> dict[PersonId, list[tuple[datetime, datetime]]]:
    out: dict[PersonId, list[tuple[datetime, datetime]]] = {}
    for window in windows:
        out.setdefault(window.person_id, []).append((window.start, window.end or _NEVER))
    return out


def _common(one: Span, other: Span) -> Span:
    """The time both were there; None where neither knows."""
    begins = [t for t in (one[0], other[0]) if t]
    ends = [t for t in (one[1], other[1]) if t]
    return max(begins, default=None), min(ends, default=None)


def _within(span: Span, windows: Sequence[tuple[datetime, datetime]]) -> tuple[datetime, datetime, bool] | None:
    """First and last instant inside the windows, and whether both ends of the span were known; None if outside."""
    begin, end = span[0] or _EVER, span[1] or _NEVER
    parts = [(max(begin, a), min(end, b)) for a, b in windows if max(begin, a) < min(end, b)]
    if not parts:
        return None
    return min(a for a, _ in parts), max(b for _, b in parts), None not in span


def _exposure(
    name: str,
    source: PersonId,
    person: PersonId,
    reason: str,
    both: tuple[datetime, datetime, bool],
    *,
    sure: bool = True,
) -> Exposure:
    first, last, known = both
    return Exposure(
        name,
        source,
        person,
        reason,
        None if first == _EVER else first,
        None if last == _NEVER else last,
        known and sure,
    )


def _sorted(found: list[Exposure]) -> list[Exposure]:
    return sorted(found, key=lambda e: (e.contact_class, str(e.source_id), str(e.person_id), e.reason))

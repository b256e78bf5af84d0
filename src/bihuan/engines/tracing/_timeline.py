"""What does not hold together in somebody's account of where they were: to be asked again, never to be corrected by us."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from bihuan.engines.tracing._values import PersonId

# Nobody in a county travels faster than this between two places, station to station.
FASTEST_KM_PER_HOUR = 120.0
# A hole in the day is asked about from this length on; nights at home are rarely told.
GAP = timedelta(hours=2)
DAY_BEGINS_HOUR, DAY_ENDS_HOUR = 7, 22
# What a machine wrote down weighs more than what somebody remembers.
_HARD = ("scan", "ticket", "record")


@dataclass(frozen=True)
class ToldStay:
    """One stay as it was told: `place` is empty where only words name it; `companions` are the persons named."""

    id: PersonId
    person_id: PersonId
    place: str
    start: datetime
    end: datetime | None
    source: str = "interview"
    longitude: float | None = None
    latitude: float | None = None
    companions: tuple[PersonId, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One thing to ask again: its kind, the stays it is about, when, and a number that says how bad (minutes, km/h)."""

    kind: str  # overlap, record_against_word, too_fast, gap, companion_elsewhere, no_end
    stays: tuple[PersonId, ...]
    start: datetime
    end: datetime
    measure: float = 0.0


def check_timeline(
    stays: Sequence[ToldStay],
    since: datetime | None = None,
    until: datetime | None = None,
    *,
    others: Sequence[ToldStay] = (),
) -> list[Finding]:
    """Contradictions and holes in one person's stays between `since` and `until`, in order of time.

    stays: one person's, in any order. A stay without an end is a finding and otherwise counts as an instant.
    others: what other people told; somebody named as a companion who tells of another place at that time is a finding.

    Two stays overlap only if they name different places; the hours between 22 and 7 o'clock are no hole.
    """
    told = sorted(stays, key=lambda s: (s.start, s.end or s.start, str(s.id)))
    found = [Finding("no_end", (s.id,), s.start, s.start) for s in told if s.end is None]
    found += _against_each_other(told)
    found += _too_fast(told)
    if since is not None and until is not None:
        found += _holes(told, since, until)
    found += _companions(told, others)
    return sorted(found, key=lambda f: (f.start, f.kind, tuple(map(str, f.stays))))


def _against_each_other(told: Sequence[ToldStay]) -> list[Finding]:
    found = []
    for i, one in enumerate(told):
        if one.end is None:
            continue
        for other in told[i + 1 :]:
            if other.start >= one.end:
                break
            if other.end is None or (one.place and one.place == other.place):
                continue
            start, end = max(one.start, other.start), min(one.end, other.end)
            if start >= end:
                continue
            hard = (one.source in _HARD) != (other.source in _HARD)
            kind = "record_against_word" if hard else "overlap"
            found.append(Finding(kind, (one.id, other.id), start, end, (end - start).total_seconds() / 60))
    return found


def _too_fast(told: Sequence[ToldStay]) -> list[Finding]:
    found = []
    for one, other in pairwise(told):
        left = one.end or one.start
        if left > other.start:
            continue
        apart = _km(one, other)
        hours = (other.start - left).total_seconds() / 3600
        if apart and apart > FASTEST_KM_PER_HOUR * hours and apart > 1:
            found.append(
                Finding("too_fast", (one.id, other.id), left, other.start, apart / hours if hours else math.inf)
            )
    return found


def _holes(told: Sequence[ToldStay], since: datetime, until: datetime) -> list[Finding]:
    """Hours of the day nobody has told of."""
    found = []
    day = since.replace(hour=0, minute=0, second=0, microsecond=0)
    while day < until:
        begin = max(since, day.replace(hour=DAY_BEGINS_HOUR))
        end = min(until, day.replace(hour=DAY_ENDS_HOUR))
        at = begin
        for stay in told:
            left = stay.end or stay.start
            if left <= at or stay.start >= end:
                continue
            if stay.start - at >= GAP:
                found.append(Finding("gap", (), at, stay.start, (stay.start - at).total_seconds() / 60))
            at = max(at, left)
        if end - at >= GAP:
            found.append(Finding("gap", (), at, end, (end - at).total_seconds() / 60))
        day += timedelta(days=1)
    return found


def _companions(told: Sequence[ToldStay], others: Sequence[ToldStay]) -> list[Finding]:
    found = []
    for stay in told:
        for other in others:
            if other.person_id not in stay.companions or not stay.end or not other.end:
                continue
            start, end = max(stay.start, other.start), min(stay.end, other.end)
            if start < end and stay.place and other.place and stay.place != other.place:
                measure = (end - start).total_seconds() / 60
                found.append(Finding("companion_elsewhere", (stay.id, other.id), start, end, measure))
    return found


def _km(one: ToldStay, other: ToldStay) -> float | None:
    """The distance along the great circle, where both places are on the map."""
    if one.longitude is None or one.latitude is None or other.longitude is None or other.latitude is None:
        return None
    a, b = math.radians(one.latitude), math.radians(other.latitude)
    half = math.sin((b - a) / 2) ** 2
    half += math.cos(a) * math.cos(b) * math.sin(math.radians(other.longitude - one.longitude) / 2) ** 2
    return 12742 * math.asin(math.sqrt(half))

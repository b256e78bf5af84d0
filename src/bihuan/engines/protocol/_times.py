"""Moments and civil days: the only place where a protocol's «7 d» becomes an instant.

Days are civil days of Asia/Shanghai. The day an anchor falls on is day 0; `anchor+7d` as an end covers the whole of
day 7 (the last day is included), so the half-open end is the midnight after it. Hours and minutes are exact.
A stage's end is itself a half-open midnight, so its day 0 is the last day inside the stage, not the day after.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

SHANGHAI = ZoneInfo("Asia/Shanghai")
DAY_US = 86_400_000_000
_OFFSET_US = 8 * 3_600_000_000  # Asia/Shanghai has kept UTC+8 without summer time since 1991
_UNIT_US = {"d": DAY_US, "h": 3_600_000_000, "min": 60_000_000}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MISSING = np.iinfo(np.int64).min

Instants = npt.NDArray[np.int64]

ANCHORS = (
    "onset",
    "rash_onset",
    "positive_sample",
    "last_negative",
    "first_exposure",
    "last_exposure",
    "identified",
    "arrived",
    "left_area",
    "stage_start",
    "stage_end",
    "isolated",
    "linked_positive",
    "treated",
    "recovered",
)
# Where an anchor is not known, the nearest one that cannot make the restriction longer than the truth would.
FALLBACKS = {
    "identified": ("arrived", "last_exposure", "first_exposure", "left_area", "positive_sample", "rash_onset", "onset"),
    "arrived": ("left_area", "identified"),
    "left_area": ("arrived", "identified"),
    "first_exposure": ("last_exposure",),
    "last_exposure": ("first_exposure", "identified"),
    "positive_sample": ("identified", "onset"),
    "onset": ("positive_sample", "rash_onset", "identified"),
    "rash_onset": ("onset", "identified"),
    "treated": ("identified",),
}
# A case is found by its sample or its illness, not by the exposure that led to it.
CASE_IDENTIFIED = ("positive_sample", "rash_onset", "onset", "arrived")
# Where an anchor is given several times: the earliest of what begins, the latest of what ends.
LATEST = ("last_exposure", "last_negative", "left_area", "arrived")

_MOMENT = re.compile(rf"^({'|'.join(ANCHORS)})(?:([+-])(\d+)(d|h|min))?$")
_SPAN = re.compile(r"^(\d+)(d|h|min|y)$")


@dataclass(frozen=True)
class Moment:
    """An anchor with an offset: `last_exposure+7d`."""

    anchor: str
    amount: int = 0
    unit: str = ""

    def __str__(self) -> str:
        return f"{self.anchor}{self.amount:+d}{self.unit}" if self.unit else self.anchor


@dataclass(frozen=True)
class Span:
    """A length of time: `24h`, `7d`, `20min`, `3y`."""

    amount: int
    unit: str

    def __str__(self) -> str:
        return f"{self.amount}{self.unit}"

    @property
    def delta(self) -> timedelta:
        """The exact length; a year is 365 days."""
        if self.unit == "y":
            return timedelta(days=365 * self.amount)
        return timedelta(microseconds=self.amount * _UNIT_US[self.unit])


def read_moment(text: Any) -> Moment | None:
    """A moment from its text, or None when it is not one."""
    found = _MOMENT.match(text) if isinstance(text, str) else None
    if not found:
        return None
    anchor, sign, amount, unit = found.groups()
    return Moment(anchor, int(f"{sign}{amount}"), unit) if unit else Moment(anchor)


def read_span(text: Any) -> Span | None:
    """A length of time from its text, or None when it is not one."""
    found = _SPAN.match(text) if isinstance(text, str) else None
    return Span(int(found[1]), found[2]) if found else None


def local(at: datetime) -> datetime:
    """The instant in Asia/Shanghai; an instant without an offset is refused."""
    if at.tzinfo is None:
        raise ValueError(f"{at.isoformat()} has no time zone; give one, such as +08:00")
    return at.astimezone(SHANGHAI)


def day_start(at: datetime, *, days: int = 0) -> datetime:
    """Midnight that begins the civil day of `at`, moved by whole days."""
    here = local(at)
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=days)


def edge(moment: Moment, at: datetime, *, end: bool) -> datetime:
    """The instant a moment means when its anchor fell at `at`: as the start of a period, or as its half-open end."""
    if not moment.unit:
        return local(at)
    if moment.unit != "d":
        return local(at) + timedelta(microseconds=moment.amount * _UNIT_US[moment.unit])
    inside = at - timedelta(microseconds=1) if moment.anchor == "stage_end" else at
    return day_start(inside, days=moment.amount + (1 if end else 0))


def to_us(at: datetime) -> int:
    """Microseconds since 1970 UTC."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def from_us(value: int) -> datetime:
    """The instant of a number of microseconds since 1970 UTC, in Asia/Shanghai."""
    return (_EPOCH + timedelta(microseconds=int(value))).astimezone(SHANGHAI)


def day_start_many(at: Instants, *, days: int = 0) -> Instants:
    """As `day_start`, for an array of microseconds; missing stays missing."""
    floor = (at + _OFFSET_US) // DAY_US * DAY_US - _OFFSET_US + days * DAY_US
    return np.where(at == MISSING, MISSING, floor)


def edge_many(moment: Moment, at: Instants, *, end: bool) -> Instants:
    """As `edge`, for an array of microseconds; missing stays missing."""
    if not moment.unit:
        return at
    if moment.unit != "d":
        return np.where(at == MISSING, MISSING, at + moment.amount * _UNIT_US[moment.unit])
    inside = np.where(at == MISSING, MISSING, at - 1) if moment.anchor == "stage_end" else at
    return day_start_many(inside, days=moment.amount + (1 if end else 0))

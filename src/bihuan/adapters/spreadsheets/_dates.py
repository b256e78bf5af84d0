"""Dates and times as lists write them: a dozen forms, the serial numbers of spreadsheets, a year left out."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_EPOCH = date(1899, 12, 30)  # day 0 of a spreadsheet's calendar, which believes in 29 February 1900
_SERIALS = range(3_654, 73_415)  # 1910 to 2100; smaller numbers are no days but 7.1, 30, 2022

_YEAR_FIRST = re.compile(r"((?:19|20|21)\d\d)\s*[-/.年\\]\s*(\d{1,2})\s*[-/.月\\]\s*(\d{1,2})\s*[日号]?")
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)(?!\d)")
_NO_YEAR = re.compile(r"(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?|(\d{1,2})\s*[-/.]\s*(\d{1,2})(?![\d./-])")
_YEAR_LAST = re.compile(r"(\d{1,2})\s*[/.-]\s*(\d{1,2})\s*[/.-]\s*((?:19|20|21)\d\d)")
_CLOCK = re.compile(
    r"^[\sT,，]*(上午|下午|中午|晚上|晚|凌晨|早上|am|pm)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2}|半)\s*[:分]?\s*(?:(\d{1,2})(?:\.\d+)?\s*秒?)?)?"
    r"\s*(am|pm)?\s*(?:\+08:?00)?$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\s*(?:至|到|~|～|—+|–|―|(?<=[日\s\d])\s-\s|(?<=\d:\d\d)-(?=\d))\s*")
_WEEKDAY = re.compile(r"[(\[]?(?:星期|周)[一二三四五六日天][)\]]?")


class Moment(NamedTuple):
    """A day, and the time on it where one was written."""

    on: date
    at: time | None

    def begin(self) -> datetime:
        """When it begins, in China's time."""
        return datetime.combine(self.on, self.at or time(), CHINA)

    def end(self) -> datetime:
        """When it is over: the instant written, or the midnight after a day alone (half-open)."""
        return datetime.combine(self.on, self.at, CHINA) if self.at else self.begin() + timedelta(days=1)


@lru_cache(maxsize=65_536)
def read_moment(cell: object, received_on: date | None = None) -> Moment | None:
    """The day (and time) a cell means, or None if it cannot be told for certain.

    cell: text, a number (a spreadsheet's serial, or 20220701) or a date of the reader.
    received_on: gives the year to a date without one: the last such day not more than a month after it.
    """
    if isinstance(cell, datetime):
        return Moment(cell.date(), cell.time().replace(tzinfo=None) if cell.time() != time() else None)
    if isinstance(cell, date):
        return Moment(cell, None)
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return _from_number(float(cell))
    if not isinstance(cell, str):
        return None
    text = _WEEKDAY.sub("", unicodedata.normalize("NFKC", cell)).strip().lstrip("'‘’`").strip()
    if re.fullmatch(r"\d{5}(?:\.\d+)?", text):
        return _from_number(float(text))
    if text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]
    for pattern in (_YEAR_FIRST, _COMPACT):
        found = pattern.match(text)
        if found:
            year, month, day = map(int, found.groups())
            return _moment(year, month, day, text[found.end() :])
    found = _YEAR_LAST.match(text)
    if found:
        first, second, year = (int(group) for group in found.groups())
        if first > 12 >= second:
            return _moment(year, second, first, text[found.end() :])
        if second > 12 >= first or first == second:
            return _moment(year, first, second, text[found.end() :])
        return None  # 03/04/2022: nobody can tell
    found = _NO_YEAR.match(text)
    if found and received_on is not None:
        month, day = (int(g) for g in found.groups() if g)
        for year in (received_on.year + 1, received_on.year, received_on.year - 1):
            moment = _moment(year, month, day, text[found.end() :])
            if moment and moment.on <= received_on + timedelta(days=31):
                return moment
    return None


def read_span(cell: object, received_on: date | None = None) -> tuple[Moment, Moment | None] | None:
    """A moment, or a period written in one cell («7月1日8:00至9:30»); what the end leaves out is the start's."""
    if not isinstance(cell, str):
        only = read_moment(cell, received_on)
        return (only, None) if only else None
    whole = read_moment(cell, received_on)
    if whole:
        return whole, None
    halves = _SPAN.split(unicodedata.normalize("NFKC", cell).strip(), maxsplit=1)
    if len(halves) != 2:
        return None
    start = read_moment(halves[0], received_on)
    if start is None:
        return None
    end = read_moment(halves[1], start.on)
    if end is None:
        clock = _read_clock(halves[1])
        day = re.fullmatch(r"(\d{1,2})[日号]?(.*)", halves[1])
        if clock is not None:
            end = Moment(start.on, clock)
        elif day:
            end = _moment(start.on.year, start.on.month, int(day.group(1)), day.group(2))
    return (start, end) if end and end.end() > start.begin() else None


def _from_number(number: float) -> Moment | None:
    whole = int(number)
    if number == whole and 18_800_101 <= whole <= 21_991_231:
        return _moment(whole // 10_000, whole // 100 % 100, whole % 100, "")
    if whole not in _SERIALS:
        return None
    seconds = round((number - whole) * 86_400)
    moment = datetime.combine(_EPOCH, time()) + timedelta(days=whole, seconds=seconds)
    return Moment(moment.date(), moment.time() if seconds else None)


def _moment(year: int, month: int, day: int, rest: str) -> Moment | None:
    rest = rest.strip()
    clock = _read_clock(rest) if rest else None
    if rest and clock is None:
        return None
    try:
        on = date(year, month, day)
    except ValueError:
        return None
    if clock is not None and clock == time() and re.fullmatch(r"[\sT]*0{1,2}:00(?::00(?:\.0+)?)?", rest):
        return Moment(on, None)  # a day that a program wrote with its empty time
    return Moment(on, clock)


def _read_clock(text: str) -> time | None:
    found = _CLOCK.match(text)
    if not found:
        return None
    before, hours, minutes, seconds, after = found.groups()
    hour = int(hours)
    half = (before or after or "").lower()
    if half in ("下午", "晚上", "晚", "pm") and hour < 12:
        hour += 12
    if half in ("am", "凌晨") and hour == 12:
        hour = 0
    try:
        return time(hour, 30 if minutes == "半" else int(minutes or 0), int(seconds or 0))
    except ValueError:
        return None

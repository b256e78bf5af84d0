"""Cells as days, times, numbers and lists; how a file writes its days is told from all of them together."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.adapters.linelists._values import Words

ZONE = ZoneInfo("Asia/Shanghai")
_ISO = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_LOCAL = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})")
_PARTS = re.compile(r"[;；,，、|]\s*")
_BLANKS = frozenset({"", "na", "n/a", "nan", "null", "none", "-", "不详", "未知", "无"})


class Unread(ValueError):
    """A cell that does not say what its column asks: why, and how to mend it."""

    def __init__(self, reason: Words, mend: Words) -> None:
        super().__init__(reason.en)
        self.reason, self.mend = reason, mend


def text_of(cell: Any) -> str:
    """A cell as it would be written: whole numbers without a point, days ISO."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time(0) else cell.isoformat(sep=" ")
    if isinstance(cell, list):
        return ";".join(text_of(part) for part in cell)
    return str(cell).strip()


def is_blank(text: str) -> bool:
    """Whether a cell says nothing."""
    return text.lower() in _BLANKS


@dataclass(frozen=True, slots=True)
class Days:
    """How a file writes days that are not ISO: day first or month first. `is_sure`: some day could not be read otherwise."""

    day_first: bool = True
    is_sure: bool = False
    contradicts: bool = False

    @classmethod
    def of(cls, texts: Iterable[str], said: str = "") -> "Days":
        """Told from every day of the file; said: `dmy` or `mdy` where the caller knows."""
        firsts = seconds = 0
        for text in texts:
            found = _LOCAL.match(text)
            if found:
                firsts += int(found[1]) > 12
                seconds += int(found[3]) > 12
        if said:
            return cls(said == "dmy", True)
        return cls(not (seconds and not firsts), bool(firsts) != bool(seconds), bool(firsts and seconds))

    def read(self, text: str) -> date:
        """The day a cell says. Raises Unread."""
        iso = _ISO.match(text)
        local = _LOCAL.match(text)
        try:
            if iso:
                return date(int(iso[1]), int(iso[2]), int(iso[3]))
            if local:
                first, second, year = int(local[1]), int(local[3]), int(local[4])
                year += 2000 if year < 100 else 0
                if self.contradicts and first <= 12 and second <= 12 and first != second:
                    raise Unread(
                        Words(f"“{text}”日月顺序不明：文件里两种写法都有", f"«{text}»: the file writes days both ways"),
                        Words("请写成2022-07-01", "write it like 2022-07-01"),
                    )
                day_first = first > 12 or (self.day_first and not second > 12)
                return date(year, second, first) if day_first else date(year, first, second)
            if re.fullmatch(r"\d{8}", text):
                return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError as fault:
            if isinstance(fault, Unread):
                raise
        raise Unread(
            Words(f"“{text}”不是日期", f"«{text}» is no day"), Words("请写成2022-07-01", "write it like 2022-07-01")
        )

    def read_time(self, text: str) -> datetime:
        """The time a cell says; without an offset it is read in China. A day alone is its midnight. Raises Unread."""
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            day = self.read(text)
            clock = re.search(r"(\d{1,2}):(\d{2})(?::(\d{2}))?\s*$", text)
            hour, minute, second = (int(part or 0) for part in clock.groups()) if clock else (0, 0, 0)
            at = datetime.combine(day, time(hour, minute, second))
        return at if at.tzinfo else at.replace(tzinfo=ZONE)


def number_of(text: str) -> float | None:
    """A number, or None for what is none (an age of «20 to 29»)."""
    try:
        return float(text.replace(",", "."))
    except ValueError:
        return None


def parts_of(text: str) -> list[str]:
    """The parts of a cell that holds several, in order, each once."""
    return list(dict.fromkeys(part for part in (p.strip() for p in _PARTS.split(text)) if part and not is_blank(part)))

"""What an instrument said of one specimen."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from math import isfinite

CHINA = timezone(timedelta(hours=8))


@dataclass
class Said:
    """One specimen: where it stands in the file, its code, the conclusion as written, thresholds, and when.

    fault: why it must not be taken, as a code: `no_specimen`, `no_conclusion`, `not_final`.
    """

    line: int
    tube: str
    conclusion: str = ""
    thresholds: dict[str, float] = field(default_factory=dict)
    tested_at: datetime | None = None
    fault: str = ""

    def closed(self) -> "Said":
        """The same, with what it lacks named."""
        if not self.fault:
            self.fault = "" if self.tube and self.conclusion else "no_conclusion" if self.tube else "no_specimen"
        return self


def number(text: str) -> float | None:
    """A finite number, or None."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if isfinite(value) else None


def instant(text: str) -> datetime | None:
    """A time such as 20220701083000+0800; without an offset it is China's. None when it is none."""
    digits, sign, offset = text, "", ""
    for mark in "+-":
        if mark in text:
            digits, offset = text.split(mark, 1)
            sign = mark
    digits = digits.split(".")[0]
    form = {8: "%Y%m%d", 12: "%Y%m%d%H%M", 14: "%Y%m%d%H%M%S"}.get(len(digits))
    if form is None or not digits.isdigit():
        return None
    zone = CHINA
    if len(offset) == 4 and offset.isdigit():
        shift = timedelta(hours=int(offset[:2]), minutes=int(offset[2:]))
        zone = timezone(-shift if sign == "-" else shift)
    try:
        return datetime.strptime(digits, form).replace(tzinfo=zone)
    except ValueError:
        return None

"""The fixed words of documents in both languages, and how values are written on paper."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")
_FIXED = {
    "as_of": ("数据截至", "As of"),
    "area": ("统计范围", "Area"),
    "definitions": ("指标口径", "Definitions"),
    "attachments": ("附件", "Attachments"),
    "colon": ("：", ": "),
    "no_rows": ("本期无记录", "No records"),
    "sheet": ("数据", "Data"),
    "term": ("指标", "Measure"),
    "meaning": ("口径", "Meaning"),
    "contact": ("联系人", "Contact"),
}


class DocumentFault(Exception):
    """The document cannot be made: what is wrong and how to mend it."""

    def __init__(self, zh: str, en: str) -> None:
        self.zh, self.en = zh, en
        super().__init__(en)


def fixed(word: str, locale: str) -> str:
    """A fixed word in `zh` or `en`."""
    return _FIXED[word][0 if locale.startswith("zh") else 1]


def day_words(on: date, locale: str) -> str:
    """A date as documents write it."""
    return f"{on.year}年{on.month}月{on.day}日" if locale.startswith("zh") else f"{on.day} {on:%B} {on.year}"


def instant_words(at: datetime, locale: str) -> str:
    """An instant in China's time as documents write it."""
    local = at.astimezone(CHINA)
    clock = f"{local.hour}时{local.minute:02d}分" if locale.startswith("zh") else f"{local:%H:%M}"
    return f"{day_words(local.date(), locale)}{'' if locale.startswith('zh') else ', '}{clock}"


def as_of_line(at: datetime, area_name: str, locale: str) -> str:
    """The line under every title: as of when, and for where."""
    colon = fixed("colon", locale)
    line = f"{fixed('as_of', locale)}{colon}{instant_words(at, locale)}"
    return f"{line}　{fixed('area', locale)}{colon}{area_name}" if area_name else line


def shown(value: Any, kind: str, locale: str) -> str:
    """One cell as a reader sees it."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        local = value.astimezone(CHINA) if value.tzinfo else value
        return f"{local:%Y-%m-%d}" if kind == "date" else f"{local:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return ("是" if value else "否") if locale.startswith("zh") else ("yes" if value else "no")
    if isinstance(value, int | float):
        if kind == "share":
            return f"{value:.1%}"
        if kind == "minutes":
            return _length(round(value), locale)
        if kind == "number":
            return f"{value:,}" if isinstance(value, int) else f"{value:,.2f}".rstrip("0").rstrip(".")
    if isinstance(value, list | tuple | set | frozenset):
        return "、".join(shown(item, kind, locale) for item in value)
    return str(value)


def _length(minutes: int, locale: str) -> str:
    sign, minutes = ("-" if minutes < 0 else ""), abs(minutes)
    hours, rest = divmod(minutes, 60)
    if locale.startswith("zh"):
        return f"{sign}{hours}小时{rest}分" if hours else f"{sign}{rest}分"
    return f"{sign}{hours} h {rest} min" if hours else f"{sign}{rest} min"

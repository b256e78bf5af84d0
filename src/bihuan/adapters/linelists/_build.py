"""From a row of named cells to a record in our words, or to the reason why not. Every format ends here."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from bihuan.adapters.linelists._cells import Days, Unread, is_blank, number_of, parts_of
from bihuan.adapters.linelists._values import Record, Rejected, Words
from bihuan.adapters.linelists._words import NO_SHEET, SheetKey, allowed, code_of, code_table, type_of

_MONTH = re.compile(r"\d{4}-\d{2}")
_BEFORE_DIGITS = re.compile(r"^\D+")
# One cell of a row: our word, the sender's label, what it says.
Cell = tuple[str, str, str]
# A format's own reading of a coded cell: (word, text) → our value, or None to ask the common table.
Decode = Callable[[str, str], str | None]

NEEDED: Mapping[str, Sequence[tuple[str, ...]]] = {
    "linelist": (("external_id", "name"),),
    "contacts": (("external_id", "name"),),
    "followups": (("contact_id",), ("day",), ("outcome",)),
    "labs": (("person_id",), ("sampled_on",)),
    "visits": (("person_id",), ("place",), ("from_at",)),
}


def value_of(
    kind: str, word: str, text: str, days: Days, *, decode: Decode | None = None, sheet: SheetKey = NO_SHEET
) -> Any:
    """What one cell says in our words; None for a number or a day that is none. Raises Unread."""
    shape = type_of(kind, word)
    if shape == "date":
        return None if _MONTH.fullmatch(text) else days.read(text)
    if shape == "time":
        return days.read_time(text)
    if shape == "number":
        return number_of(text)
    if shape in ("ids", "list"):
        return parts_of(text)
    if shape == "code":
        table = code_table(kind, word)
        value = (decode(word, text) if decode else None) or code_of(table, text, sheet)
        if value is None:
            raise Unread(
                Words(f"“{text}”不是允许的值", f"«{text}» is none of the values this column takes"),
                Words(f"请用：{allowed(table)}", f"use one of {allowed(table)}"),
            )
        return value
    return text


def build(
    kind: str,
    number: int,
    cells: Sequence[Cell],
    kept: Mapping[str, str],
    days: Days,
    *,
    today: date,
    decode: Decode | None = None,
    spell: Callable[[str, str], str] | None = None,
    sheet: SheetKey = NO_SHEET,
) -> Record | Rejected:
    """One row. spell: how the format writes a value back; a cell spelt otherwise is kept beside it."""
    values: dict[str, Any] = {}
    labels: dict[str, str] = {}
    keep = dict(kept)
    for word, label, text in cells:
        if is_blank(text):
            continue
        try:
            value = value_of(kind, word, text, days, decode=decode, sheet=sheet)
        except Unread as fault:
            return Rejected(number, label, fault.reason, fault.mend)
        if value is None:  # a number in words, a month without its day: kept as it is written
            keep[label] = text
            continue
        if word in values:
            keep[label] = text  # two columns of one meaning: the first is read, both are kept
            continue
        if sheet.id_prefix and word == "external_id" and kind == "linelist":
            value = f"{sheet.id_prefix}{value}"
        if sheet.id_prefix and word == "infectors":  # «ID 460» and «460» both mean I460
            value = [f"{sheet.id_prefix}{_BEFORE_DIGITS.sub('', v)}" for v in value]
        values[word], labels[word] = value, label
        if type_of(kind, word) == "code" and (spell(word, value) if spell else value) != text:
            keep[label] = text
    return _fault(kind, number, values, labels, today) or Record(number, values, keep)


def _fault(
    kind: str, number: int, values: Mapping[str, Any], labels: Mapping[str, str], today: date
) -> Rejected | None:
    """What makes a row as a whole impossible to take, or nothing."""
    for either in NEEDED[kind]:
        if not any(values.get(word) for word in either):
            words = "、".join(either), " or ".join(either)
            return Rejected(
                number, either[0], Words(f"没有{words[0]}", f"{words[1]} is missing"),
                Words("请补上", "fill it in"),
            )  # fmt: skip
    for word, value in values.items():
        day = value.date() if isinstance(value, datetime) else value
        if isinstance(day, date) and day > today and word not in ("last_day",):
            return Rejected(
                number, labels[word], Words(f"{day}在今天之后", f"{day} lies in the future"),
                Words("请核对日期", "check the day"),
            )  # fmt: skip
    infected, onset = values.get("infected_on"), values.get("onset_on")
    if infected and onset and onset <= infected:
        return Rejected(
            number, labels["infected_on"], Words("发病不晚于感染", "the onset is not after the infection"),
            Words("请核对两个日期", "check both days"),
        )  # fmt: skip
    for word, most in (("latitude", 90.0), ("longitude", 180.0)):
        if abs(values.get(word) or 0.0) > most:
            return Rejected(
                number, labels[word], Words(f"{values[word]}不是坐标", f"{values[word]} is no coordinate"),
                Words(f"应在±{most:.0f}之间", f"it must lie within ±{most:.0f}"),
            )  # fmt: skip
    begin, end = values.get("from_at"), values.get("until_at")
    if begin and end and end < begin:
        return Rejected(
            number, labels["until_at"], Words("结束早于开始", "it ends before it begins"), Words("请核对", "check both")
        )
    return None


def warnings(kind: str, records: Sequence[Record]) -> list[Words]:
    """What is odd in accepted rows and worth a look: counted, never a reason to refuse."""
    if kind != "linelist":
        return []
    early = [
        r.number
        for r in records
        if r.values.get("onset_on")
        and any(r.values.get(w) and r.values[w] < r.values["onset_on"] for w in ("outcome_on", "died_on"))
    ]
    told = []
    if early:
        told.append(
            Words(
                f"{len(early)}行的转归早于发病（如第{early[0]}行），照收，请核对",
                f"{len(early)} rows have an outcome before the onset (row {early[0]} for one): taken, but check them",
            )
        )
    return told

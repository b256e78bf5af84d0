"""What adapters of other systems share: a table of their columns, records from it, and rows back, nothing lost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from bihuan.adapters.linelists._build import value_of
from bihuan.adapters.linelists._cells import ZONE, Days, is_blank, text_of
from bihuan.adapters.linelists._words import WORDS, plain, type_of

# Labels that only we read: which column named the record, how the file wrote its labels.
HIDDEN = "\0"


@dataclass(frozen=True)
class Codes:
    """How a system spells one coded column: our value → its own word, and further spellings it uses."""

    ours: Mapping[str, str]
    more: Mapping[str, str] = field(default_factory=dict)

    def read(self, text: str) -> str | None:
        """Our value, or None for a word we do not know."""
        bare = plain(text)
        for value, own in self.ours.items():
            if plain(own) == bare:
                return value
        return next((value for own, value in self.more.items() if plain(own) == bare), None)


@dataclass(frozen=True)
class Back:
    """Rows to write in a system's format, and what it has no place for: our word → records that fill it."""

    labels: Sequence[str]
    rows: Sequence[Mapping[str, str]]
    not_carried: Mapping[str, int]


def rows_back(
    kind: str,
    records: Sequence[Mapping[str, Any]],
    kept: Sequence[Mapping[str, str]],
    *,
    paths: Mapping[str, str],
    composed: Mapping[str, Callable[[Any], Mapping[str, str]]],
    codes: Mapping[str, Codes],
    day: Callable[[date], str],
    silent: Sequence[str] = (),
    allow: Callable[[str], bool] = lambda _label: True,
) -> Back:
    """Records as rows of another system.

    A cell the system itself gave us goes back as it was, unless what it says has changed since. A word without a path
    or a composition is counted in `not_carried`; so is a kept cell of another system's file (`allow` says which).
    """
    not_carried: dict[str, int] = {}
    rows = []
    for record, own in zip(records, kept, strict=True):
        row: dict[str, str] = {}
        for label, text in own.items():
            if label.startswith(HIDDEN):
                continue
            if allow(label):
                row[label] = text
            else:
                not_carried[label] = not_carried.get(label, 0) + 1
        for word, value in record.items():
            if value in (None, "", []) or word not in WORDS[kind] or word in silent:
                continue
            if word in composed:
                parts = composed[word](value)
                if not all(label in row for label in parts):
                    row |= parts
                continue
            path = paths.get(word)
            if path is None:
                not_carried[word] = not_carried.get(word, 0) + 1
                continue
            row[path] = _cell(kind, word, value, row.get(path, ""), codes.get(word), day)
        rows.append(row)
    labels = list(dict.fromkeys([*paths.values(), *(label for row in rows for label in row)]))
    used = {label for row in rows for label, text in row.items() if text}
    return Back([label for label in labels if label in used], rows, not_carried)


def _cell(kind: str, word: str, value: Any, before: str, codes: Codes | None, day: Callable[[date], str]) -> str:
    if before and not is_blank(before):
        try:
            same = codes.read(before) if codes else value_of(kind, word, before, Days())
        except ValueError:
            same = None
        if same == value:
            return before
    if codes:
        return codes.ours.get(value, str(value))
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        return day(local.date()) if type_of(kind, word) == "date" else local.isoformat(timespec="minutes")
    if isinstance(value, date):
        return day(value)
    return text_of(value)

"""What a line list is once read: records in our words, rejected rows with reasons, and what was kept unused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

KINDS = ("linelist", "contacts", "followups", "labs", "visits")


class Words(NamedTuple):
    """One sentence in both languages of the house."""

    zh: str
    en: str


class ListFault(Exception):
    """The file cannot be read as what it is said to be: what is wrong, where, and how to mend it."""

    def __init__(self, what: Words, mend: Words, *, row: int | None = None, column: str = "") -> None:
        super().__init__(f"{what.en}; {mend.en}")
        self.what, self.mend, self.row, self.column = what, mend, row, column


@dataclass(frozen=True, slots=True)
class Rejected:
    """One row that was not taken: where, why, how to mend it. `number` is the row as a spreadsheet shows it."""

    number: int
    column: str
    reason: Words
    mend: Words

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, in English as the command line speaks."""
        return {"row": self.number, "column": self.column, "reason": self.reason.en, "mend": self.mend.en}


@dataclass(frozen=True, slots=True)
class Record:
    """One row in our words. `values` hold text, date, datetime, float or list; `kept` is what we have no word for,
    by the sender's own labels, and coded cells whose own spelling we would not write back."""

    number: int
    values: Mapping[str, Any]
    kept: Mapping[str, str]


@dataclass(frozen=True)
class Reading:
    """A file as read. Always `rows_read == len(records) + len(rejected)`.

    heads: the rows above the data exactly as written, so that rejected rows can be given back under them.
    cells: row number → its cells as text. unused: label → rows that fill a column we have no word for.
    """

    kind: str
    system: str
    heads: Sequence[Sequence[str]]
    cells: Mapping[int, Sequence[str]]
    records: Sequence[Record]
    rejected: Sequence[Rejected]
    unused: Mapping[str, int]
    notices: Sequence[Words] = field(default_factory=tuple)
    disease: str = ""
    delimiter: str = ","

    @property
    def rows_read(self) -> int:
        """Rows that hold data: accepted and rejected."""
        return len(self.records) + len(self.rejected)

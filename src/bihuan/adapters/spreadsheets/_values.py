"""The values this room speaks in: what a file looks like, what a column means, what was read, what was refused."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple


class Words(NamedTuple):
    """One sentence in both languages of the house."""

    zh: str
    en: str


NO_WORDS = Words("", "")


class SheetFault(Exception):
    """The file cannot be received as a list: what is wrong, where, and how to mend it, in both languages.

    code: one of `unreadable wrong_type encrypted truncated too_large zip_bomb empty no_such_sheet
        no_visible_sheet no_header no_rows bad_encoding bad_quotes too_wide`.
    """

    def __init__(
        self,
        code: str,
        what: Words,
        mend: Words,
        *,
        sheet: str = "",
        row: int | None = None,
        column: str = "",
    ) -> None:
        self.code, self.what, self.mend = code, what, mend
        self.sheet, self.row, self.column = sheet, row, column
        super().__init__(self.en)

    @property
    def zh(self) -> str:
        """The whole line in Chinese: place, fault, mend."""
        place = f"工作表“{self.sheet}”" if self.sheet else ""
        place += f"第{self.row}行" if self.row else ""
        place += f"“{self.column}”列" if self.column else ""
        return f"{place}{'：' if place else ''}{self.what.zh}。{self.mend.zh}。"

    @property
    def en(self) -> str:
        """The whole line in English: place, fault, mend."""
        places = (
            self.sheet and f"sheet {self.sheet}",
            self.row and f"row {self.row}",
            self.column and f"column {self.column}",
        )
        place = ", ".join(str(p) for p in places if p)
        return f"{place}{': ' if place else ''}{self.what.en}; {self.mend.en}"


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the receiver should know about a file that was read all the same (hidden rows, a cut list …)."""

    code: str
    words: Words
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class SheetLook:
    """One sheet of a workbook as it stands in the file; `rows` and `columns` reach to the last filled cell."""

    name: str
    hidden: bool
    rows: int
    columns: int


@dataclass(frozen=True, slots=True)
class Look:
    """What a file holds before anybody decides what it means. kind: `xlsx`, `xls` or `csv`."""

    kind: str
    sheets: tuple[SheetLook, ...]
    notices: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class SheetMapping:
    """A sender's remembered way of writing: header label → our word ("" = leave the column alone).

    Labels are compared without blanks, brackets and stars; a header of two rows is written `upper/lower`.
    `to_dict` and `from_dict` are exact opposites, fit for JSON and YAML.
    """

    key: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)
    sheet: str = ""
    label: Words = NO_WORDS
    source: Words = NO_WORDS
    purpose: Words = NO_WORDS
    basis: Words = NO_WORDS

    def to_dict(self) -> dict[str, Any]:
        """Plain values, to be kept in a database or written as `sheets/<key>.yaml`."""
        plain: dict[str, Any] = {"key": self.key, "sheet": self.sheet, "columns": dict(self.columns)}
        for name in ("label", "source", "purpose", "basis"):
            plain[name] = dict(getattr(self, name)._asdict())
        return plain

    @classmethod
    def from_dict(cls, plain: Mapping[str, Any]) -> "SheetMapping":
        """The mapping that `to_dict` wrote. Raises ValueError for a word we do not have."""
        from bihuan.adapters.spreadsheets._words import WORDS

        columns = {str(label): str(word or "") for label, word in (plain.get("columns") or {}).items()}
        unknown = sorted({word for word in columns.values() if word and word not in WORDS})
        if unknown:
            raise ValueError(f"sheet {plain.get('key', '')}: {', '.join(unknown)} is not one of our words")
        told = {
            name: Words(str((plain.get(name) or {}).get("zh", "")), str((plain.get(name) or {}).get("en", "")))
            for name in ("label", "source", "purpose", "basis")
        }
        return cls(str(plain.get("key", "")), columns, str(plain.get("sheet", "") or ""), **told)


@dataclass(frozen=True, slots=True)
class ColumnProposal:
    """What we hold one column to be. `confidence` is 0 to 1; `word` is "" when the column is not understood."""

    index: int
    letter: str
    label: str
    word: str
    confidence: float
    reason: Words
    samples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a file would be read, for a person to look at and correct before it is received.

    first_header_row, last_header_row: the header as the spreadsheet numbers its rows (1-based, both included).
    samples: the first rows below the header, each (row number, cells as text), beside `columns`.
    """

    kind: str
    sheet: str
    first_header_row: int
    last_header_row: int
    columns: tuple[ColumnProposal, ...]
    samples: tuple[tuple[int, tuple[str, ...]], ...]
    notices: tuple[Notice, ...]
    key: str = ""

    @property
    def not_understood(self) -> tuple[str, ...]:
        """Labels of columns without a word of ours; their cells are kept as the sender wrote them."""
        return tuple(column.label for column in self.columns if not column.word)

    @property
    def mapping(self) -> SheetMapping:
        """The same as a mapping that can be corrected and remembered for this sender."""
        return SheetMapping(key=self.key, columns={c.label: c.word for c in self.columns if c.label}, sheet=self.sheet)


@dataclass(frozen=True, slots=True)
class CellFault:
    """One cell that could not be taken as it stands: where, why, how to mend it, and what it said."""

    row: int
    column: str
    code: str
    reason: Words
    mend: Words
    text: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "row": self.row,
            "column": self.column,
            "code": self.code,
            "reason": dict(self.reason._asdict()),
            "mend": dict(self.mend._asdict()),
            "text": self.text,
        }


@dataclass(frozen=True, slots=True)
class RawRow:
    """One person as one row told us, in our words; `cells` is exactly what the sender wrote, beside `Reading.labels`.

    `exposure_from` and `exposure_until` are half-open and in China's time: a date alone begins at midnight and ends
    at the next. `id_number` holds only a number that can be right; a doubtful one stands in `faults`.
    `birth_date` and `sex` come from the identity number where the list does not give them.
    """

    row: int
    name: str
    id_number: str
    id_kind: str
    phone: str
    other_phones: tuple[str, ...]
    birth_date: date | None
    sex: str
    age: int | None
    address: str
    division_code: str
    from_place: str
    arrived_on: date | None
    transport: str
    exposure_place: str
    exposure_from: datetime | None
    exposure_until: datetime | None
    note: str
    serial: str
    household_relation: str
    employer: str
    cells: tuple[str, ...]
    faults: tuple[CellFault, ...]
    hidden: bool
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that can identify nobody. `column`, `reason_code`, `reason`, `mend` and `text` tell the first fault."""

    row: int
    column: str
    reason_code: str
    reason: Words
    mend: Words
    text: str
    faults: tuple[CellFault, ...]
    cells: tuple[str, ...]
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no person: `blank`, `total`, `footer` or `repeated_header`. Told, never counted as read."""

    row: int
    code: str
    reason: Words
    text: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A list as read. Always `rows_read == len(accepted) + len(rejected)`; what is no person stands in `skipped`.

    labels: the sender's header, one label a column, beside the `cells` of every row.
    content_hash: equal for the same rows in any order, saved by any program, in any of the formats.
    """

    sheet: str
    labels: tuple[str, ...]
    mapping: SheetMapping
    accepted: Sequence[RawRow]
    rejected: Sequence[Rejection]
    skipped: Sequence[Skipped]
    notices: tuple[Notice, ...]
    content_hash: str

    @property
    def rows_read(self) -> int:
        """Rows that speak of somebody: accepted and rejected."""
        return len(self.accepted) + len(self.rejected)

    def sender_words(self, row: RawRow | Rejection) -> dict[str, str]:
        """The cells of a row by the sender's own labels, empty ones left out."""
        return {label: cell for label, cell in zip(self.labels, row.cells, strict=True) if cell}

"""A report as a value: the same page on screen, in a spreadsheet, on letter paper and for a program."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["text", "number", "share", "minutes", "date", "instant", "identifier"]


@dataclass(frozen=True)
class Column:
    """One column: the key of its cells, its heading, what its cells are, how wide on paper, and what it counts.

    `identifier` cells are written as text whatever they look like; `share` cells lie between 0 and 1; `minutes` are
    lengths of time; `instant` cells are aware datetimes, shown in China's time.
    """

    key: str
    label: str
    kind: Kind = "text"
    width_mm: float = 25.0
    definition: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns, each a mapping by column key or a sequence in column order; `total` is one more row."""

    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any] | Sequence[Any]]
    total: Mapping[str, Any] | None = None

    def cells(self) -> Iterator[tuple[Any, ...]]:
        """The rows as tuples in the columns' order, without the total; a key a row does not have is None."""
        keys = tuple(column.key for column in self.columns)
        for row in self.rows:
            yield tuple(row.get(key) for key in keys) if isinstance(row, Mapping) else tuple(row)

    def total_cells(self) -> tuple[Any, ...] | None:
        """The total row in the columns' order, or None."""
        return None if self.total is None else tuple(self.total.get(column.key) for column in self.columns)


@dataclass(frozen=True)
class Section:
    """A heading with paragraphs and, mostly, a table."""

    heading: str = ""
    paragraphs: tuple[str, ...] = ()
    table: Table | None = None


@dataclass(frozen=True)
class Page:
    """One report as of an instant, for an area, ready to be shown or signed."""

    title: str
    as_of: datetime
    area_name: str
    sections: tuple[Section, ...]
    subtitle: str = ""
    issuer: str = ""
    signatures: tuple[str, ...] = ()
    definitions: Mapping[str, str] = field(default_factory=dict)

    def tables(self) -> list[tuple[str, Table]]:
        """Every table with its section's heading."""
        return [(section.heading, section.table) for section in self.sections if section.table is not None]

    def all_definitions(self) -> dict[str, str]:
        """What every defined column and term means, each once."""
        told = {c.label: c.definition for _, table in self.tables() for c in table.columns if c.definition}
        return {**told, **{term: words for term, words in self.definitions.items() if term not in told}}

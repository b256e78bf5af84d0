"""A report as a value: the same page on screen, in a spreadsheet, on letter paper and for a program."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

Kind = Literal["text", "number", "share", "date", "instant", "identifier"]


@dataclass(frozen=True)
class Column:
    """One column: the key of its cells, its heading, what its cells are, how wide on paper, and what it counts.

    `identifier` cells are written as text whatever they look like; `share` cells lie between 0 and 1.
    """

    key: str
    label: str
    kind: Kind = "text"
    width_mm: float = 25.0
    definition: str = ""


@dataclass(frozen=True)
class Table:
    """Rows under columns; `total` is one more row, set apart."""

    columns: tuple[Column, ...]
    rows: Sequence[Mapping[str, Any]]
    total: Mapping[str, Any] | None = None


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

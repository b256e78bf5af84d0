"""The words of tracing: a fault in the input, a window, what a trace answers."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import numpy as np
import pyarrow as pa

Array = np.ndarray[Any, Any]
PersonId = str | int


class Fault(ValueError):
    """What in the input cannot be used: the table, the row and column (rows as a reader of the file counts them)."""

    def __init__(
        self,
        what: str,
        *,
        table: str = "visits",
        row: int | None = None,
        column: str | None = None,
        mend: str = "",
    ) -> None:
        where = ", ".join(w for w in (table, f"row {row}" if row else "", column or "") if w)
        super().__init__(f"{where}: {what}{'; ' + mend if mend else ''}")
        self.what, self.table, self.row, self.column, self.mend = what, table, row, column, mend


@dataclass(frozen=True)
class Window:
    """One infectious window of a case, half-open; `end` None means still open (until the end of the trace)."""

    person_id: PersonId
    start: datetime
    end: datetime | None = None


@dataclass(frozen=True)
class Visits:
    """Visits ready for tracing: merged, coded, sorted by (place, t_in). Made by `index_visits` or `read_visits`.

    `persons` and `places` hold the ids in ascending order; codes are positions in them. Times are ticks of
    1/`ticks_per_second` s counted from `origin` (ticks since 1970-01-01 UTC).
    """

    persons: pa.Array
    places: pa.Array
    starts: Array
    person: Array
    t_in: Array
    t_out: Array
    longest: Array
    latest: Array
    ticks_per_second: int
    origin: int
    zone: str
    rows_read: int
    end_of_data: int
    kinds: tuple[str, ...] = ()
    kind_of_place: Array = field(default_factory=lambda: np.zeros(0, np.int8))

    @property
    def rows(self) -> int:
        """How many visits remain after merging."""
        return int(self.starts[-1])


@dataclass(frozen=True)
class WidePlace:
    """A place so wide that being there together says little: how many contacts it alone gave to one case."""

    place_id: PersonId
    most_contacts_of_one_case: int
    cases: int


@dataclass(frozen=True)
class Level:
    """One class of contacts as codes: the persons, and when each one's window as a source opens (ticks)."""

    name: str
    person: Array
    first: Array


@dataclass(frozen=True)
class Trace:
    """What a trace found.

    `contacts` has the columns class, source_id, person_id, first_at, last_at, overlap_s, n_encounters, places,
    sorted by class, source_id, person_id. `persons` counts people by class, `by_place_kind` people by class and
    kind of place (one person counts under every kind where an encounter took place).
    """

    contacts: pa.Table
    persons: dict[str, int]
    by_place_kind: dict[str, dict[str, int]]
    wide_places: tuple[WidePlace, ...]
    cases: int
    cases_without_visits: int
    min_overlap_minutes: float
    until: datetime
    levels: tuple[Level, ...] = ()
    barred: Array = field(default_factory=lambda: np.zeros(0, np.uint8))


def level_name(level: int) -> str:
    """The class name of a level: 1 close, 2 secondary, then level3, level4 …"""
    return {1: "close", 2: "secondary"}.get(level, f"level{level}")

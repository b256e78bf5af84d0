"""A list page: what the address asks for, and what the page shows. `desk/list.html` draws it.

A view reads the question from the address, asks a room's reads, and hands the answer over:

    question = ask(request.GET, columns=COLUMNS, filters=FILTERS, sort="-due")
    rows = reads.tasks(scope, area=question.values.get("area"), order=question.order)
    page = ListPage(question=question, rows=[…], total=rows.count(), title=gettext("任务"))
    return render(request, "desk/list.html", {"page": page})

A row's cells are text, numbers, dates, or any value of `bihuan.desk.parts`; a page that wants its own cells
extends `desk/list.html` and fills `{% block row %}`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.http import QueryDict

from bihuan.desk.inside import as_whole
from bihuan.desk.parts import Action

SIZES = (25, 50, 100, 200)
EXPORTS = ("xlsx", "docx", "pdf", "csv", "json")


@dataclass(frozen=True)
class Column:
    """One column: its key in a row's cells, its heading, whether it sorts, and whether it is shown unless chosen."""

    key: str
    label: str
    is_sortable: bool = False
    is_number: bool = False
    is_default: bool = True
    is_fixed: bool = False


@dataclass(frozen=True)
class Filter:
    """One field of the filter form; `choices` are (value, words) for a select."""

    name: str
    label: str
    kind: Literal["text", "select", "date", "check"] = "text"
    choices: Sequence[tuple[str, Any]] = ()
    hint: str = ""


@dataclass(frozen=True)
class Question:
    """What the address asks of a list: filled filters only; `sort` is a column key with `-` first if falling."""

    columns: Sequence[Column]
    filters: Sequence[Filter]
    values: Mapping[str, str]
    sort: str
    page: int
    size: int
    shown: Sequence[Column]
    chosen: Sequence[str] = ()
    export: str = ""

    @property
    def falling(self) -> str:
        """The column sorted from high to low, or nothing."""
        return self.sort[1:] if self.sort.startswith("-") else ""

    @property
    def opposite(self) -> str:
        """The same column sorted the other way."""
        return self.falling or f"-{self.sort}"

    @property
    def start(self) -> int:
        """Offset of the page's first row."""
        return (self.page - 1) * self.size

    @property
    def end(self) -> int:
        """Offset after the page's last row."""
        return self.start + self.size


def ask(
    params: QueryDict,
    *,
    columns: Sequence[Column],
    filters: Sequence[Filter] = (),
    sort: str = "",
    size: int = 50,
) -> Question:
    """What an address asks of a list; anything it asks that the list does not know is left out.

    params: the address's query. columns, filters: what the list offers. sort, size: used where it asks for none.
    """
    values = {}
    for offered in filters:
        value = params.get(offered.name, "").strip()
        allowed = {choice for choice, _words in offered.choices}
        if value and (offered.kind != "select" or value in allowed):
            values[offered.name] = value
    sortable = {column.key for column in columns if column.is_sortable}
    asked_sort = params.get("sort", "")
    chosen = set(params.getlist("cols"))
    shown = [c for c in columns if (c.key in chosen if chosen else c.is_default) or c.is_fixed]
    export = params.get("export", "")
    return Question(
        columns=columns,
        filters=filters,
        values=values,
        sort=asked_sort if asked_sort.removeprefix("-") in sortable else sort,
        page=max(1, as_whole(params.get("page", ""), 1)),
        size=asked if (asked := as_whole(params.get("size", ""), size)) in SIZES else size,
        shown=shown,
        chosen=[c.key for c in shown] if chosen else [],
        export=export if export in EXPORTS else "",
    )


@dataclass(frozen=True)
class Row:
    """One row: cells by column key, the id that bulk actions pick, and where the row leads."""

    id: str
    cells: Mapping[str, Any]
    href: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class SavedView:
    """A view somebody kept: its name and its query, without the question mark."""

    label: str
    query: str
    is_current: bool = False


@dataclass(frozen=True)
class ActiveFilter:
    """A filter in force, in words, with its name so that a chip can take it away."""

    name: str
    label: str
    words: str


@dataclass(frozen=True)
class ListPage:
    """One page of a list with everything around its rows; `desk/list.html` shows it under the name `page`.

    empty: what to do when nothing is there. bulk: actions on picked rows (each posts `pick` once per row, to `href`).
    save_view_url: takes `name` and `query` by POST. exports: formats the view answers when asked with `export=`.
    """

    question: Question
    rows: Sequence[Row]
    total: int
    title: str
    empty: str = ""
    empty_action: Action | None = None
    definition: str = ""
    bulk: Sequence[Action] = ()
    actions: Sequence[Action] = ()
    saved: Sequence[SavedView] = ()
    save_view_url: str = ""
    exports: Sequence[str] = EXPORTS
    sizes: Sequence[int] = field(default=SIZES)

    @property
    def first(self) -> int:
        """Number of the page's first row, counted from one; zero when there is none."""
        return self.question.start + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """Number of the page's last row."""
        return self.question.start + len(self.rows)

    @property
    def pages(self) -> int:
        """How many pages there are, at least one."""
        return max(1, -(-self.total // self.question.size))

    @property
    def previous_page(self) -> int | None:
        """The page before, if any."""
        return min(self.question.page - 1, self.pages) if self.question.page > 1 else None

    @property
    def next_page(self) -> int | None:
        """The page after, if any."""
        return self.question.page + 1 if self.question.page < self.pages else None

    @property
    def active(self) -> list[ActiveFilter]:
        """The filters in force, in the form's order."""
        chips = []
        for offered in self.question.filters:
            value = self.question.values.get(offered.name)
            if value:
                words = "" if offered.kind == "check" else dict(offered.choices).get(value, value)
                chips.append(ActiveFilter(offered.name, offered.label, words))
        return chips

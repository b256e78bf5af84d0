"""From a query set to a list page, or to a file of it: what every list of the desk does the same way."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.db.models.sql.where import WhereNode
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.utils.translation import get_language

from bihuan.adapters import documents
from bihuan.desk.inside import Request
from bihuan.desk.lists import ListPage, Question, Row, SavedView
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.reports import Column as PaperColumn
from bihuan.reports import Page, Section, Table

# More rows than this are a report's work, not a page's.
MOST_EXPORTED = 100_000


def answer(
    request: Request,
    question: Question,
    rows: QuerySet[Any] | Sequence[Any],
    *,
    name: str,
    title: str,
    line: Callable[[Any], Row],
    orders: Mapping[str, str],
    template: str = "desk/list.html",
    prepare: Callable[[list[Any]], None] = lambda _part: None,
    context: Mapping[str, Any] | None = None,
    **more: Any,
) -> HttpResponse:
    """Show one page of `rows`, or all of them as a file when the address asks for one.

    line: a row of the list from a row of the room. orders: database field by column key. prepare: fetches what the
    rows of one page need together, before `line` is asked about each.
    """
    if isinstance(rows, QuerySet) and question.sort.removeprefix("-") in orders:
        field = orders[question.sort.removeprefix("-")]
        rows = rows.order_by(f"-{field}" if question.sort.startswith("-") else field, "pk")
    if question.export:
        part = list(rows[:MOST_EXPORTED])
        prepare(part)
        return _file(request, question, [line(r) for r in part], title)
    total = rows.count() if isinstance(rows, QuerySet) else len(rows)
    part = _part(rows, question)
    prepare(part)
    query = request.GET.urlencode()
    saved = [SavedView(v.name, v.query, v.query == query) for v in staff_reads.views(request.visit.actor.member, name)]
    page = ListPage(
        question=question,
        rows=[line(r) for r in part],
        total=total,
        title=title,
        saved=saved,
        save_view_url=reverse("desk:save_view", args=[name]),
        **more,
    )
    return render(request, template, {"page": page, **(context or {})})


def _part(rows: QuerySet[Any] | Sequence[Any], question: Question) -> list[Any]:
    """The rows of one page: first which ones, then those, then what they point at, each by its key.

    Row-level security hides from PostgreSQL how many rows a scope holds. Asked for everything at once it joins the
    whole stock to find fifty rows; keys leave it nothing to guess.
    """
    if not isinstance(rows, QuerySet):
        return list(rows[question.start : question.end])
    keys = list(rows.values_list("pk", flat=True)[question.start : question.end])
    joined = rows.query.select_related
    whole = rows.order_by().select_related(None).prefetch_related(*_paths(joined if isinstance(joined, dict) else {}))
    whole.query.where = WhereNode()  # the keys say it all
    found = {row.pk: row for row in whole.filter(pk__in=keys)}
    return [found[key] for key in keys if key in found]


def _paths(joined: Mapping[str, Any], above: str = "") -> list[str]:
    """`select_related`'s tree as `prefetch_related`'s paths."""
    return [
        path for name, below in joined.items() for path in (f"{above}{name}", *_paths(below or {}, f"{above}{name}__"))
    ]


def _file(request: Request, question: Question, rows: Sequence[Row], title: str) -> HttpResponse:
    """The rows as a paper: the columns shown, cells as plain words."""
    columns = tuple(PaperColumn(c.key, str(c.label), "number" if c.is_number else "text", 30) for c in question.shown)
    lines = [{c.key: _plain(row.cells.get(c.key)) for c in question.shown} for row in rows]
    page = Page(
        title=title,
        as_of=request.visit.at,
        area_name=request.visit.actor.unit,
        sections=(Section(table=Table(columns, lines)),),
    )
    return paper(page, question.export, title)


def paper(page: Page, format_: str, name: str) -> HttpResponse:
    """A report as a download."""
    suffix = f".{format_}"
    locale = "en" if (get_language() or "").startswith("en") else "zh"
    body = documents.render(page, suffix, locale=locale)
    response = HttpResponse(body, content_type=documents.CONTENT_TYPES[suffix])
    stamp = page.as_of.strftime("%Y%m%d-%H%M")
    response.headers["Content-Disposition"] = _disposition(f"{name}-{stamp}{suffix}")
    return response


def _disposition(filename: str) -> str:
    return content_disposition_header(as_attachment=True, filename=filename) or "attachment"


def _plain(cell: Any) -> Any:
    """A cell without its looks."""
    for attribute in ("text", "label", "title"):
        if hasattr(cell, attribute) and not isinstance(cell, str):
            return getattr(cell, attribute) or getattr(cell, "due_at", "")
    return cell

"""报表: the library, and one report as of any hour for any area of one's scope, on screen and as a paper."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan import reports
from bihuan.desk import listing
from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.lists import EXPORTS
from bihuan.desk.templatetags.bihuan import duration
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

MOST_UNITS = 300
NUMERIC = ("number", "share", "minutes")


@page()
def library(request: Request) -> HttpResponse:
    """Every report there is."""
    # A report is a function too, and a template calls whatever it can.
    lines = [{"name": r.name, "title": r.title, "summary": r.summary} for r in reports.library()]
    return render(request, "desk/reports/library.html", {"reports": lines, "formats": EXPORTS})


@page()
def one(request: Request, name: str) -> HttpResponse:
    """One report as of the asked hour, or as a file when the address asks for one."""
    visit = request.visit
    report = found(reports.report(name))
    area = territory_reads.area_in(visit.scope, request.GET.get("area", ""))
    paper = report(Scope(area.path) if area else visit.scope, visit.at)
    asked = request.GET.get("export", "")
    if asked in EXPORTS:
        return listing.paper(paper, asked, paper.title)
    top = territory_reads.area_at(visit.scope.path)
    inside = territory_reads.townships(visit.scope)
    context = {
        "paper": paper,
        "sections": [(s, _drawn(s.table)) for s in paper.sections],
        "definitions": paper.all_definitions().items(),
        "areas": [*([top] if top else []), *(a for a in inside if top is None or a.code != top.code)],
        "asked_area": area.code if area else (top.code if top else ""),
        "asked_at": timezone.localtime(visit.at),
        "formats": EXPORTS,
        "name": report.name,
        "units": staff_reads.units(visit.scope)[:MOST_UNITS] if visit.actor.may("schedule_report") else (),
        "act_id": uuid7(),
    }
    return render(request, "desk/reports/report.html", context)


@page("schedule_report", methods="POST")
def schedule(request: Request, name: str) -> HttpResponse:
    """From now on this report is there at an hour for those who serve in a unit."""
    report = found(reports.report(name))
    given = request.POST
    told = {"unit": given.get("unit", ""), "hour": given.get("hour", "8"), "every_days": given.get("every_days", "1")}
    answer = act(request, "schedule_report", form_id(request), report=report.name, title=str(report.title), **told)
    if answer.status != "refused":
        done(request, _("已定期收取，可在“周期任务”中停止"))
    return redirect("desk:report", name=name)


def _drawn(table: reports.Table | None) -> dict[str, Any] | None:
    """A table with its cells as the desk writes them: (cell, whether it is a number)."""
    if table is None:
        return None
    columns = table.columns

    def line(cells: tuple[Any, ...]) -> list[tuple[Any, bool]]:
        return [(_cell(c, column.kind), column.kind in NUMERIC) for c, column in zip(cells, columns, strict=True)]

    total = table.total_cells()
    return {
        "columns": [(c, c.kind in NUMERIC) for c in columns],
        "rows": [line(cells) for cells in table.cells()],
        "total": line(total) if total else None,
    }


def _cell(value: Any, kind: str) -> Any:
    if value is None or value == "":
        return ""
    if kind == "share":
        return f"{value:.1%}"
    if kind == "minutes":
        return duration(int(value))
    return _("是") if value is True else _("否") if value is False else value

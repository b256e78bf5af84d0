"""Registers that are data: their entries, loading a sheet, one entry with its dispatches and problems."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.adapters import spreadsheets
from bihuan.desk import listing
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, act, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Header, Link, Reason, Receipt
from bihuan.desk.problems.words import journal, language, problem_state, problem_words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


@page("see_problems")
def registers(request: Request) -> HttpResponse:
    """Every register with how many entries it holds; a single one is opened at once."""
    all_ = checklists.registers()
    if len(all_) == 1:
        return redirect("desk:register", name=all_[0].name)
    lines = [
        (r.name, r.title.in_language(language()), command_reads.entries(request.visit.scope, r.name).count())
        for r in all_
    ]
    return render(request, "desk/problems/registers.html", {"lines": lines})


@page("see_problems")
def register(request: Request, name: str) -> HttpResponse:
    """The entries of one register; its columns are those of its file."""
    asked = found(checklists.register(name))
    visit = request.visit
    columns = tuple(
        Column(c.name, c.words.in_language(language()), is_number=c.kind == "number", is_fixed=c.name == "name",
               is_default=number < 7)
        for number, c in enumerate(asked.columns)
    )  # fmt: skip
    filters = (
        Filter("q", _("名称"), "text"),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
    )
    question = ask(request.GET, columns=columns, filters=filters)
    rows = command_reads.entries(visit.scope, asked.name)
    if "q" in question.values:
        rows = rows.filter(name__icontains=question.values["q"])
    if "area" in question.values:
        rows = rows.filter(Scope(question.values["area"]).inside())

    def line(e: Any) -> Row:
        fixed = {"name": e.name, "number": e.number, "area": e.area.name, "unit": e.unit.name, "sector": e.sector.name}
        return Row(id=str(e.id), href=reverse("desk:entry", args=[e.id]), cells={**e.cells, **fixed})

    may = visit.actor.may("load_register")
    load_ = Action(_("导入"), reverse("desk:load_register", args=[asked.name]), "upload", is_main=True)
    return listing.answer(
        request, question, rows, name=f"register-{asked.name}", title=asked.title.in_language(language()), line=line,
        orders={}, empty=_("还没有条目：请导入表格"), actions=(load_,) if may else (),
    )  # fmt: skip


@page("load_register", methods="GET HEAD POST")
def load(request: Request, name: str) -> HttpResponse:
    """Load a sheet: its headings are matched with the register's columns, every row has an outcome."""
    asked = found(checklists.register(name))
    receipt = None
    fault = ""
    if request.method == "POST" and (sent := request.FILES.get("file")):
        try:
            rows = rows_of(asked, sent.read())
        except spreadsheets.SheetFault as wrong:
            rows, fault = [], wrong.what.en if language().startswith("en") else wrong.what.zh
        if rows:
            answer = act(request, "load_register", form_id(request), register=asked.name, rows=rows)
            if answer.status != "refused":
                told = answer.result or {}
                said = _("第 %(row)d 行 · %(column)s：%(reason)s")
                reasons = [Reason(said % r, 1) for r in told["rejected"][:50]]
                receipt = Receipt(
                    asked.title.in_language(language()),
                    told["rows_read"],
                    told["accepted"],
                    len(told["rejected"]),
                    reasons,
                )
        elif not fault:
            fault = _("没有找到标题行：首行应有 %(names)s") % {
                "names": " · ".join(c.words.in_language(language()) for c in asked.columns if c.is_required)
            }
    context = {
        "title": asked.title.in_language(language()), "receipt": receipt, "fault": fault, "act_id": uuid7(), "name": asked.name,
        "columns": [(c.words.in_language(language()), c.is_required) for c in asked.columns],
    }  # fmt: skip
    return render(request, "desk/problems/load.html", context)


def rows_of(asked: checklists.Register, content: bytes) -> list[dict[str, str]]:
    """The rows of a sheet as {column: words}, with their number in the sheet; empty where no heading row is found."""
    book = spreadsheets.Book(content)
    wanted = {h: c.name for c in asked.columns for h in c.headings}
    must = {c.name for c in asked.columns if c.is_required}
    for sheet in book.visible():
        grid = book.grid(sheet).rows
        for top, cells in enumerate(grid[:10]):
            places = {wanted[w]: n for n, cell in enumerate(cells) if (w := _plain(cell)) in wanted}
            if must <= set(places):
                return [
                    {**{name: _plain(row[n]) for name, n in places.items() if n < len(row)}, "row": str(number)}
                    for number, row in enumerate(grid[top + 1 :], start=top + 2)
                    if any(_plain(cell) for cell in row)
                ]
    return []


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return cell.isoformat()[:10] if hasattr(cell, "isoformat") else str(cell).strip()


@page("see_problems")
def entry(request: Request, id_: UUID) -> HttpResponse:
    """One entry: what is known of it, its dispatches, its problems, what was filled, who did what."""
    visit = request.visit
    asked = found(command_reads.entry(visit.scope, id_))
    of = found(checklists.register(asked.register))
    key = f"entry:{asked.id}"
    facts: list[tuple[str, Any]] = [
        (c.words.in_language(language()), asked.cells[c.name])
        for c in of.columns
        if asked.cells.get(c.name) and c.name != "name"
    ]
    tasks = list(command_reads.tasks(visit.scope).filter(subject=key).order_by("-opened_at")[:24])
    problems = list(command_reads.problems(visit.scope).filter(subject=key)[:50])
    rhythm = command_reads.rhythms(visit.scope).filter(subject=key).first()
    facts.append((_("下次调度"), rhythm.next_at if rhythm else _("已停止")))
    fill = f"{reverse('desk:fill_checklist', args=[of.checklist])}?subject={key}&kind=dispatch"
    context = {
        "header": Header(
            asked.name, kind=of.title.in_language(language()), facts=facts,
            actions=[Action(_("填调度表"), fill, "clipboard-check", is_main=True)],
            back=Link(of.title.in_language(language()), reverse("desk:register", args=[of.name]), "chevron-left"),
        ),
        "tasks": [(t, clock_part(t.clock, visit.at)) for t in tasks],
        "problems": [(p, problem_words(p), problem_state(p)) for p in problems],
        "timeline": journal(
            visit.scope, [key, *(f"task:{t.id}" for t in tasks), *(f"problem:{p.id}" for p in problems)],
        ),
    }  # fmt: skip
    return render(request, "desk/problems/entry.html", context)

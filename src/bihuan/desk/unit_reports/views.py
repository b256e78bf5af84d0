"""日报告: every unit and day in one table; one report with its versions side by side; urgent reports and their answers."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind, UrgentKind
from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import unit_reports as shared

SPANS = (7, 14, 31)
OWN_LINES = 3
# A day on which a unit was not asked.
NOTHING = "<td></td>"


def _language() -> str:
    return get_language() or "zh"


@page(methods="GET HEAD POST")
def matrix(request: Request) -> HttpResponse:
    """Unit by day: in time, late, mended, missing. A missing report is never a zero."""
    visit = request.visit
    forms = unit_forms.unit_forms()
    if request.method == "POST":
        if act(request, "order_unit_reports", form=request.POST.get("form", "")).status != "refused":
            done(request, _("已布置：到时自动形成任务"))
        return redirect("desk:unit_reports")
    span = next((n for n in SPANS if str(n) == request.GET.get("days")), SPANS[0])
    today = timezone.localtime(visit.at).date()
    days = [today - timedelta(days=n) for n in range(span)]  # today first: a phone shows the left
    before, after = reverse("desk:unit_report", args=[UUID(int=0)]).split(str(UUID(int=0)))
    words = {state: escape(told) for state, told in _states().items()}
    cells: dict[UUID, list[str]] = {}
    missing: Counter[UUID] = Counter()
    said = asked = 0
    for one in report_reads.cells(visit.scope, days[-1], visit.at, timezone.get_current_timezone_name()):
        n = span - 1 - one.day
        # As markup: a template takes seconds for the twelve thousand cells of four hundred units and a month.
        cells.setdefault(one.unit, [NOTHING] * span)[n] = (
            f'<td><a class="bh-said bh-said-{one.state}" href="{before}{one.task}{after}"'
            f' title="{words[one.state]} {one.hour}">{one.hour or words[one.state]}</a></td>'
        )
        missing[one.unit] += one.state == "missing"
        if n == 0:
            asked += 1
            said += one.state in ("in_time", "late", "mended")
    units = staff_reads.units_by_id(cells)
    lines = [
        {"unit": units[u].name, "cells": SafeString("".join(cells[u])), "missing": missing[u]}
        for u in sorted(cells, key=lambda u: (-missing[u], units[u].path))
    ]
    context = {
        "days": days, "lines": lines, "spans": SPANS, "span": span, "said": said, "asked": asked,
        "forms": [(f.name, f.title.in_language(_language())) for f in forms.values()],
        "may_order": visit.actor.may("order_unit_reports"), "states": _states(),
    }  # fmt: skip
    return render(request, "desk/unit_reports/matrix.html", context)


def _states() -> dict[str, str]:
    return {
        "in_time": _("按时"), "late": _("迟报"), "mended": _("已更正"), "missing": _("未报"), "open": _("待报"),
    }  # fmt: skip


@page(methods="GET HEAD POST")
def report(request: Request, id_: UUID) -> HttpResponse:
    """One unit's report of one day: to be signed, or as signed, every version beside the other and what the house counted."""
    visit = request.visit
    task = found(command_reads.task(visit.scope, id_))
    pair = found(report_reads.of_subject(task.subject) if task.kind == TaskKind.UNIT_REPORT else None)
    form = found(unit_forms.unit_form(pair[0]))
    versions = report_reads.versions(visit.scope, task.id)
    typed: Mapping[str, str] = request.POST if request.method == "POST" else {}
    if request.method == "POST":
        figures = {f.name: int(t) if (t := typed.get(f.name, "").strip()).isdigit() else None for f in form.figures}
        common = {"task": task.id, "figures": figures}
        if versions:
            reason = typed.get("reason", "")
            answer = act(request, "restate_unit_report", form_id(request), **common, reason=reason)
        else:
            own = [
                {"words": typed.get(f"own{n}", ""), "value": typed.get(f"value{n}", "")}
                for n in range(OWN_LINES)
                if typed.get(f"own{n}", "").strip()
            ]
            answer = act(request, "sign_unit_report", form_id(request), **common, own=own, note=typed.get("note", ""))
        if answer.status != "refused":
            done(request, _("已更正，两个版本都保留") if versions else _("已签字上报"))
            return redirect("desk:unit_report", id_=task.id)
    day = shared.day_of(task)
    counted = shared.counted(Scope(task.path), day, visit.at)
    chief = staff_reads.chief(Scope(EVERYWHERE), task.responsible_unit_id, visit.at)
    last = versions[-1] if versions else None
    lines = []
    for f in form.figures:
        told = typed.get(f.name) or (last.figures.get(f.name) if last else counted.get(f.prefill))
        lines.append(
            {
                "name": f.name, "words": f.words.in_language(_language()), "counted": counted.get(f.prefill),
                "value": told, "versions": [v.figures.get(f.name) for v in versions], "rows": _rows_of(f.prefill),
                "differs": bool(versions) and len({v.figures.get(f.name) for v in versions}) > 1,
            }
        )  # fmt: skip
    own_words = report_reads.own_lines(visit.scope, task.responsible_unit_id, form.name)
    context = {
        "task": task, "title": form.title.in_language(_language()), "day": day, "lines": lines, "versions": versions,
        "signer": chief.member.name if chief else "", "may_sign": chief is not None and chief.member_id == visit.actor.member,
        "closes_at": form.closes_at(day), "due_at": form.due_at(day), "act_id": request.POST.get("act") or uuid7(),
        "own": [(n, own_words[n] if n < len(own_words) else "") for n in range(OWN_LINES)],
        "is_late": visit.at > form.due_at(day) and not versions, "typed": typed,
    }  # fmt: skip
    return render(request, "desk/unit_reports/report.html", context)


def _rows_of(prefill: str) -> str:
    """The page that shows the rows behind a figure the house counted."""
    return {
        "cases_new": "desk:cases", "contacts_open": "desk:contacts", "bound": "desk:orders", "rows_open": "desk:rows",
        "rows_closed": "desk:rows", "sampled": "desk:rounds", "problems_open": "desk:problems",
    }.get(prefill, "")  # fmt: skip


@page(methods="GET HEAD POST")
def urgent(request: Request) -> HttpResponse:
    """Urgent reports: send one by a tap, and see which were heard, by whom, how fast."""
    visit = request.visit
    if request.method == "POST":
        told = {"kind": request.POST.get("kind", ""), "words": request.POST.get("words", "")}
        if act(request, "send_urgent_report", form_id(request), **told).status != "refused":
            done(request, _("已报告，县里收到后您会看到回复"))
        return redirect("desk:urgent")
    shown = command_reads.tasks(visit.scope).filter(kind=TaskKind.URGENT_REPORT).order_by("-opened_at")[:60]
    lines = []
    for t in shown:
        until = t.closed_at or visit.at
        lines.append(
            {
                "task": t, "sender": t.detail.get("sender", ""), "words": t.detail.get("words", ""),
                "minutes": round((until - t.opened_at).total_seconds() / 60), "is_late": until > t.clock.due_at,
            }
        )  # fmt: skip
    context = {
        "kinds": UrgentKind.choices, "lines": lines, "act_id": uuid7(),
        "may_hear": visit.actor.may("acknowledge_urgent_report"),
    }  # fmt: skip
    return render(request, "desk/unit_reports/urgent.html", context)


@page("acknowledge_urgent_report", methods="POST")
def hear(request: Request, id_: UUID) -> HttpResponse:
    """Answer an urgent report."""
    if act(request, "acknowledge_urgent_report", task=id_, reply=request.POST.get("reply", "")).status != "refused":
        done(request, _("已回复"))
    return redirect("desk:urgent")

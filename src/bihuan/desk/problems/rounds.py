"""Rounds of inspection: the list, a new plan, one round with its stops and its draw."""

import secrets
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.command.words import instant
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link
from bihuan.desk.problems.words import language
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import checklists, draw
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import InspectionKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


@page("see_problems")
def inspections(request: Request) -> HttpResponse:
    """Planned rounds of one's own place: those drawn do not see them."""
    columns = (
        Column("title", _("检查"), is_fixed=True),
        Column("kind", _("方式")),
        Column("area", _("范围")),
        Column("planned_from", _("开始"), is_sortable=True),
        Column("planned_until", _("结束"), is_sortable=True),
        Column("done", _("已查"), is_number=True),
        Column("total", _("检查对象"), is_number=True),
        Column("by", _("制定人")),
    )
    question = ask(
        request.GET, columns=columns, filters=(Filter("kind", _("方式"), "select", InspectionKind.choices),),
        sort="-planned_from",
    )  # fmt: skip
    rows = command_reads.inspections(request.visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    late = request.visit.at

    def line(i: Any) -> Row:
        return Row(
            id=str(i.id), href=reverse("desk:inspection", args=[i.id]), is_late=i.planned_until <= late and i.done < i.total,
            cells={
                "title": i.title, "kind": InspectionKind(i.kind).label, "area": i.area.name, "done": i.done,
                "planned_from": i.planned_from, "planned_until": i.planned_until, "total": i.total, "by": i.planned_by.name,
            },
        )  # fmt: skip

    may = request.visit.actor.may("plan_inspection")
    return listing.answer(
        request, question, list(rows), name="inspections", title=_("检查计划"), line=line,
        orders={"planned_from": "planned_from", "planned_until": "planned_until"},
        definition=_("随机暗访由种子和名册抽出，任何人可以重算；被抽单位事先看不到"),
        empty=_("还没有检查计划"),
        actions=(Action(_("制定计划"), reverse("desk:plan_inspection"), "plus", is_main=True),) if may else (),
    )  # fmt: skip


@page("plan_inspection", methods="GET HEAD POST")
def plan(request: Request) -> HttpResponse:
    """Plan a round: which checklist, where, when; chosen by hand, or drawn from a seed."""
    visit = request.visit
    told = request.POST if request.method == "POST" else request.GET
    name = told.get("checklist", "")
    try:
        asked = checklists.checklist(name) if name else None
    except ValueError:
        asked = None
    area = territory_reads.area_in(visit.scope, told.get("area", "")) or territory_reads.area_at(visit.scope.path)
    kind = told.get("kind", InspectionKind.DAILY)
    if request.method == "POST" and asked and area:
        begin, end = instant(told.get("planned_from", "")), instant(told.get("planned_until", ""))
        size = told.get("size", "")
        if begin and end:
            answer = act(
                request, "plan_inspection", form_id(request), kind=kind, checklist=asked.name, area=area.code,
                planned_from=begin, planned_until=end, title=told.get("title", ""),
                subjects=request.POST.getlist("subjects") if kind != InspectionKind.RANDOM else (),
                units=[u for u in map(as_uuid, request.POST.getlist("units")) if u],
                size=int(size) if size.isdecimal() and len(size) < 4 else 0, seed=told.get("seed", ""),
            )  # fmt: skip
            if answer.status != "refused":
                done(request, _("检查计划已制定"))
                return redirect("desk:inspection", id_=(answer.result or {})["inspection"])
    towns = territory_reads.townships(visit.scope)
    top = territory_reads.area_at(visit.scope.path)
    context = {
        "act_id": request.POST.get("act") or uuid7(), "given": told, "kinds": InspectionKind.choices, "kind": kind,
        "checklists": [(c.name, c.title.in_language(language())) for c in checklists.checklists()],
        "asked": asked, "area": area, "areas": [*([top] if top else []), *(a for a in towns if a != top)],
        "pool": command_reads.inspectable(Scope(area.path), asked) if asked and area else (),
        "units": staff_reads.units(visit.scope, ["department", "working_group", "task_force"]),
        "seed": told.get("seed") or secrets.token_hex(4), "chosen": request.POST.getlist("subjects"),
    }  # fmt: skip
    return render(request, "desk/problems/plan.html", context)


@page("see_problems")
def inspection(request: Request, id_: UUID) -> HttpResponse:
    """One round: its stops, what was found at each, and whether the draw comes out again."""
    visit = request.visit
    asked = found(command_reads.inspection(visit.scope, id_))
    stops = list(command_reads.stops(visit.scope, asked.id))
    title = checklists.checklist(asked.checklist).title.in_language(language())
    chips = [Chip(str(InspectionKind(asked.kind).label), "info")]
    facts = [
        (_("检查表"), Link(title, reverse("desk:checklist", args=[asked.checklist]))),
        (_("范围"), asked.area.name),
        (_("开始"), asked.planned_from),
        (_("结束"), asked.planned_until),
        (_("制定人"), asked.planned_by.name),
    ]
    if asked.units:
        facts.append((_("参加单位"), " · ".join(u.name for u in staff_reads.units_by_id(asked.units).values())))
    if asked.kind == InspectionKind.RANDOM:
        again = draw.drawn(asked.pool, len(stops), asked.seed) == [s.subject for s in stops]
        facts += [(_("种子"), asked.seed), (_("抽取"), _("%(n)d 取 %(m)d") % {"n": len(asked.pool), "m": len(stops)})]
        chips.append(Chip(_("重算一致"), "good") if again else Chip(_("重算不一致"), "late"))
    counts = command_reads.found_in(visit.scope, [f"visit:{s.visit_id}" for s in stops if s.visit_id])
    context = {
        "header": Header(
            asked.title, kind=_("检查计划"), chips=chips, facts=facts,
            back=Link(_("检查计划"), reverse("desk:inspections"), "chevron-left"),
        ),
        "inspection": asked, "stops": [(s, counts.get(f"visit:{s.visit_id}", 0)) for s in stops],
        "may_fill": visit.actor.may("fill_checklist") and visit.actor.may("raise_problem"),
    }  # fmt: skip
    return render(request, "desk/problems/inspection.html", context)

"""检测轮次: rounds, a new one with its plan, its end, and boxes sent elsewhere."""

import math
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, as_whole, done, form_id, page
from bihuan.desk.lab.words import round_kind
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Clock
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import RoundKind
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads

# What one sampler draws an hour with document and tube scanned by somebody else: R088's usual figure, to be corrected.
SWABS_PER_SAMPLER_HOUR = 100


@page("see_lab")
def rounds(request: Request) -> HttpResponse:
    """Rounds, the latest first."""
    visit = request.visit
    columns = (
        Column("number", _("编号"), is_fixed=True),
        Column("name", _("名称")),
        Column("kind", _("类别")),
        Column("area", _("范围")),
        Column("people", _("已采/应采"), is_number=True),
        Column("pool", _("每管人数"), is_number=True),
        Column("opened_at", _("启动"), is_sortable=True),
        Column("clock", _("时限")),
    )
    filters = (
        Filter("kind", _("类别"), "select", RoundKind.choices),
        Filter("open", _("只看进行中"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-opened_at")
    found = lab_reads.rounds(visit.scope).filter(opened_at__lte=visit.at)
    if "kind" in question.values:
        found = found.filter(kind=question.values["kind"])
    if "open" in question.values:
        found = found.filter(closed_at__isnull=True)
    sampled: dict[UUID, int] = {}

    def prepare(part: list[Any]) -> None:
        sampled.update(lab_figures.people_of(visit.scope, [r.id for r in part]))

    def line(one: Any) -> Row:
        clock: Any = Clock(due_at=one.due_at, as_of=visit.at, met_at=one.closed_at)
        expected = f"{one.people_expected:,}" if one.people_expected else "–"
        return Row(
            id=str(one.id),
            href=reverse("desk:round", args=[one.id]),
            is_late=one.closed_at is None and not one.is_standing and one.due_at <= visit.at,
            cells={
                "number": one.number,
                "name": one.name,
                "kind": round_kind(one.kind),
                "area": one.area.name,
                "people": f"{sampled.get(one.id, 0):,} / {expected}",
                "pool": one.pool_size,
                "opened_at": one.opened_at,
                "clock": Chip(_("常设"), "plain") if one.is_standing and one.closed_at is None else clock,
            },
        )

    may_open = visit.actor.may("open_round")
    return listing.answer(
        request,
        question,
        found,
        name="rounds",
        title=_("检测轮次"),
        line=line,
        prepare=prepare,
        orders={"opened_at": "opened_at"},
        definition=_("一轮检测：对谁、多少人、几人一管、何时完成"),
        empty=_("还没有启动过检测"),
        actions=(
            Action(_("采样点"), reverse("desk:stations"), "map-pin"),
            *((Action(_("启动一轮检测"), reverse("desk:new_round"), "plus", is_main=True),) if may_open else ()),
        ),
    )


@page("open_round", methods="GET HEAD POST")
def new_round(request: Request) -> HttpResponse:
    """Open a round; beside the form, what a round of everybody would need and how long it would take (R099)."""
    visit = request.visit
    if request.method == "POST":
        heads = {code: as_whole(request.POST.get(f"head-{code}", "")) for code in request.POST.getlist("target")}
        answer = act(
            request, "open_round", form_id(request), name=request.POST.get("name", ""), kind=request.POST.get("kind", ""),
            area=request.POST.get("area", ""), area_risk=request.POST.get("area_risk", "low"),
            pool_size=as_whole(request.POST.get("pool_size", "")), hours=as_whole(request.POST.get("hours", "")),
            targets=[{"area": code, "headcount": n} for code, n in heads.items()],
        )  # fmt: skip
        if answer.status != "refused" and answer.result:
            done(request, _("已启动：每管最多 %(n)d 人") % {"n": answer.result["pool_size"]})
            return redirect("desk:round", answer.result["round"])
    county = territory_reads.area_at(visit.scope.path)
    townships = territory_reads.townships(visit.scope)
    residents = people_reads.count_by_step(visit.scope, 4)
    stations = list(lab_reads.stations(visit.scope))
    samplers = max(1, as_whole(request.GET.get("samplers", "")) or 4)
    speed = max(1, as_whole(request.GET.get("speed", "")) or SWABS_PER_SAMPLER_HOUR)
    units = [(a.name, a.population or residents.get(a.path, 0), samplers) for a in townships]
    rule = lab_bridge.pool_rule(RoundKind.ALL_RESIDENTS, visit.at)
    hours = lab_bridge.round_hours(visit.at)
    plan = lab_bridge.round_plan(
        units, pool_size=rule.size, laboratories=_laboratories(request), hours=hours, swabs_per_sampler_hour=speed
    )
    context = {
        "act_id": uuid7(),
        "given": request.POST,
        "kinds": RoundKind.choices,
        "areas": ([county] if county else []) + [a for a in townships if a != county],
        "townships": [
            {"code": a.code, "name": a.name, "heads": a.population or residents.get(a.path, 0),
             "stations": sum(s.path.startswith(a.path) for s in stations)}
            for a in townships
        ],
        "risks": (("low", _("低风险")), ("medium", _("中风险")), ("high", _("高风险"))),
        "rule": rule,
        "sizes": [s for s in lab_bridge.SIZES if s <= rule.size],
        "hours": round(hours),
        "plan": plan,
        "samplers": samplers,
        "speed": speed,
        "last_hours": math.ceil(plan.last_result_hours) if math.isfinite(plan.last_result_hours) else None,
        "sampling_hours": math.ceil(plan.sampling_hours) if math.isfinite(plan.sampling_hours) else None,
        "lab_needed": math.ceil(plan.lab_tubes_per_hour_needed) if math.isfinite(plan.lab_tubes_per_hour_needed) else None,
    }  # fmt: skip
    return render(request, "desk/lab/new_round.html", context)


@page("close_round", methods="POST")
def close(request: Request, id_: UUID) -> HttpResponse:
    """End a round."""
    if act(request, "close_round", of_round=id_, reason=request.POST.get("reason", "")).status != "refused":
        done(request, _("这一轮检测已结束"))
    return redirect("desk:round", id_)


@page("reroute_box", methods="POST")
def reroute(request: Request, id_: UUID) -> HttpResponse:
    """Send boxes to another laboratory."""
    boxes = [b for b in map(as_uuid, request.POST.getlist("pick")) if b]
    laboratory = as_uuid(request.POST.get("laboratory", ""))
    if laboratory and act(request, "reroute_box", boxes=boxes, laboratory=laboratory).status != "refused":
        done(request, _("已改送"))
    return redirect("desk:round", id_)


def _laboratories(request: Request) -> list[dict[str, Any]]:
    queues = lab_figures.queues(request.visit.scope)
    return [
        {"name": one.place.name, "tubes_per_hour": one.tubes_per_hour, "turnaround_minutes": one.turnaround_minutes,
         "queue": queues.get(one.id, {}).get("queue", 0)}
        for one in lab_reads.laboratories(request.visit.scope)
    ]  # fmt: skip

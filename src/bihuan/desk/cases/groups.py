"""Clusters, and the county's tracing plan: who by name does which step."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.cases.words import case_chip, step_words
from bihuan.desk.inside import Request, act, as_uuid, back_to, done, form_id, found, page
from bihuan.desk.lists import Column, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link
from bihuan.desk.people.words import masked_person
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.staff import reads as staff_reads


@page("see_cases")
def clusters(request: Request) -> HttpResponse:
    """聚集性疫情: one line a cluster."""
    visit = request.visit
    columns = (
        Column("name", _("名称"), is_fixed=True),
        Column("disease", _("病种")),
        Column("cases", _("病例"), is_number=True),
        Column("place", _("场所")),
        Column("opened_at", _("登记时间"), is_sortable=True),
        Column("state", _("状态")),
    )
    question = ask(request.GET, columns=columns, sort="-opened_at")
    sizes: dict[UUID, int] = {}

    def prepare(part: list[Any]) -> None:
        sizes.update(cases_reads.cluster_sizes(visit.scope, [c.id for c in part]))

    def line(cluster: Any) -> Row:
        return Row(
            id=str(cluster.id), href=reverse("desk:cluster", args=[cluster.id]),
            cells={
                "name": cluster.name, "disease": cluster.disease, "cases": sizes.get(cluster.id, 0),
                "place": cluster.place.name if cluster.place else "", "opened_at": cluster.opened_at,
                "state": Chip(_("已结案"), "plain") if cluster.closed_at else Chip(_("处置中"), "wait"),
            },
        )  # fmt: skip

    may = visit.actor.may("open_cluster")
    actions = [Action(_("登记聚集性疫情"), reverse("desk:new_cluster"), "plus", is_main=True)] if may else []
    return listing.answer(
        request, question, cases_reads.clusters(visit.scope).order_by("-opened_at", "-id"), name="clusters",
        title=_("聚集性疫情"), line=line, prepare=prepare, actions=actions, orders={"opened_at": "opened_at"},
        empty=_("尚无聚集性疫情"),
    )  # fmt: skip


@page("open_cluster", methods="GET HEAD POST")
def new_cluster(request: Request) -> HttpResponse:
    """Name a cluster and its first cases."""
    visit = request.visit
    if request.method == "POST":
        picked = tuple(i for i in (as_uuid(t) for t in request.POST.getlist("pick")) if i)
        answer = act(
            request, "open_cluster", form_id(request), name=request.POST.get("name", ""), cases=picked,
            note=request.POST.get("note", ""),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已登记"))
            return redirect("desk:cluster", UUID((answer.result or {})["cluster"]))
    rows = list(cases_reads.standing_cases(visit.scope)[:200])
    return render(
        request, "desk/cases/new_cluster.html",
        {"rows": [_line(c) for c in rows], "act_id": uuid7(), "given": request.POST},
    )  # fmt: skip


@page("see_cases")
def cluster(request: Request, id_: UUID) -> HttpResponse:
    """One cluster with its cases."""
    visit = request.visit
    asked = found(cases_reads.cluster(visit.scope, id_))
    members = list(cases_reads.cluster_members(visit.scope, asked.id))
    inside = {m.case_id for m in members}
    may = visit.actor.may("open_cluster")
    others = [
        c for c in cases_reads.standing_cases(visit.scope).filter(disease=asked.disease)[:200] if c.id not in inside
    ]
    context = {
        "header": Header(
            asked.name, kind=_("聚集性疫情"),
            facts=[
                (_("病种"), asked.disease), (_("病例"), len(members)), (_("登记时间"), asked.opened_at),
                (_("说明"), asked.note),
            ],
            back=Link(_("聚集性疫情"), reverse("desk:clusters")),
        ),
        "cluster": asked,
        "rows": [{**_line(m.case), "reason": m.reason} for m in members],
        "others": others if may else [],
        "may": may,
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/cases/cluster.html", context)


@page("open_cluster", methods="POST")
def cluster_act(request: Request, id_: UUID) -> HttpResponse:
    """A case joins or leaves."""
    asked = found(cases_reads.cluster(request.visit.scope, id_))
    answer = act(
        request, "join_cluster", form_id(request), cluster=asked.id, case=found(as_uuid(request.POST.get("case", ""))),
        reason=request.POST.get("reason", ""), leaves="leaves" in request.POST,
    )  # fmt: skip
    if answer.status != "refused":
        done(request, _("已更新"))
    return back_to(request, reverse("desk:cluster", args=[asked.id]))


@page("see_cases", methods="GET HEAD POST")
def plan(request: Request) -> HttpResponse:
    """流调方案: each step has a person and a deputy, before anything happens."""
    visit = request.visit
    if request.method == "POST":
        answer = act(
            request, "name_plan_step", form_id(request), step=request.POST.get("step", ""),
            member=found(as_uuid(request.POST.get("member", ""))), deputy=as_uuid(request.POST.get("deputy", "")),
            within_minutes=int(request.POST.get("within_minutes") or 0),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已定人"))
        return redirect("desk:tracing_plan")
    named = {p.step: p for p in cases_reads.plan_steps(visit.scope)}
    serving = list(staff_reads.members_in(visit.scope, visit.at))
    ids = {m.id for m in serving}
    rows = [
        {
            "step": s.value, "words": step_words(s.value), "plan": named.get(s.value), "act_id": uuid7(),
            "is_gone": s.value in named and named[s.value].member_id not in ids,
            "minutes": named[s.value].within_minutes if s.value in named else 1440,
        }
        for s in Step
    ]  # fmt: skip
    context = {
        "rows": rows, "serving": serving, "may": visit.actor.may("name_plan_step"),
        "late": [
            {"case": s.case, "words": step_words(s.step), "member": s.member.name if s.member else "", "due_at": s.due_at}
            for s in cases_reads.open_steps(visit.scope).filter(due_at__lte=visit.at)[:60]
        ],
    }  # fmt: skip
    return render(request, "desk/cases/plan.html", context)


def _line(case: Any) -> dict[str, Any]:
    return {
        "id": case.id, "number": case.number, "name": masked_person(case.person), "chip": case_chip(case),
        "area": case.area.name, "onset_at": case.onset_at,
    }  # fmt: skip

"""Rows of lists, person by person: who must still be found, and naming who goes there."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, page
from bihuan.desk.intake.words import match_chip, route_words, state_chip
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import MatchState, RowState
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

# Rows one may give to a visitor at once.
MOST_ASSIGNED = 500
AGES = (4, 12, 24, 48, 72)
AGEING_HOURS = 24
LISTS_OFFERED = 100


@page("see_lists")
def rows(request: Request) -> HttpResponse:
    """逐人核查: one line a person on a list, open ones unless asked otherwise."""
    visit = request.visit
    columns = (
        Column("name", _("姓名"), is_fixed=True),
        Column("state", _("状态"), is_sortable=True),
        Column("area", _("属地"), is_sortable=True),
        Column("list", _("名单")),
        Column("match", _("身份")),
        Column("assignee", _("走访人"), is_sortable=True),
        Column("age", _("已开"), is_sortable=True, is_number=True),
        Column("opened_at", _("收到时间"), is_default=False),
        Column("closed_at", _("办结时间"), is_sortable=True, is_default=False),
        Column("revisit_at", _("回访时间"), is_sortable=True, is_default=False),
        Column("routing", _("属地依据"), is_default=False),
        Column("row", _("行号"), is_number=True, is_default=False),
    )
    question = ask(request.GET, columns=columns, filters=_filters(request), sort="age")
    found_rows = _asked(request, question.values)

    def line(row: Any) -> Row:
        hours = ((row.closed_at or visit.at) - row.opened_at) // timedelta(hours=1)
        is_ageing = row.closed_at is None and hours >= AGEING_HOURS
        return Row(
            id=str(row.id),
            href=reverse("desk:row", args=[row.id]),
            is_late=is_ageing,
            cells={
                "name": people_reads.masked_name(row.name) or Chip(_("无姓名"), "risk"),
                "state": state_chip(row),
                "area": row.area.name,
                "list": f"{row.pushed_list.number} {row.pushed_list.source}",
                "match": match_chip(row),
                "assignee": row.assignee.name if row.assignee else "",
                "age": _("%(n)d 时") % {"n": hours},
                "opened_at": row.opened_at,
                "closed_at": row.closed_at,
                "revisit_at": row.revisit_at,
                "routing": route_words(row.routing),
                "row": row.row_number,
            },
        )

    bulk = [Action(_("指派走访人"), reverse("desk:assign"), "user-check", is_main=True)]
    return listing.answer(
        request,
        question,
        found_rows,
        name="rows",
        title=_("逐人核查"),
        line=line,
        orders={
            "state": "state",
            "area": "path",
            "assignee": "assignee__name",
            "age": "opened_at",
            "closed_at": "closed_at",
            "revisit_at": "revisit_at",
        },
        bulk=bulk if visit.actor.may("assign_row") else (),
        definition=_("名单上的人，一人一行；不选条件时只列在办的。收到满 24 小时仍在办的标红（超期预警）"),
        empty=_("没有符合条件的行"),
    )


@page("assign_row", methods="POST")
def assign(request: Request) -> HttpResponse:
    """Give the picked rows to one visitor: first asks whom, then does it."""
    visit = request.visit
    picked = [i for i in (as_uuid(t) for t in request.POST.getlist("pick")[:MOST_ASSIGNED]) if i]
    member = as_uuid(request.POST.get("member", ""))
    if picked and member:
        answer = act(request, "assign_row", form_id(request), rows=tuple(picked), member=member)
        if answer.status != "refused":
            done(request, _("已指派 %(n)d 行") % {"n": len(picked)})
            return redirect("desk:rows")
    chosen = list(intake_reads.open_rows(visit.scope).filter(id__in=picked))
    return render(
        request,
        "desk/intake/assign.html",
        {
            "rows": [{"id": r.id, "name": people_reads.masked_name(r.name), "area": r.area.name} for r in chosen],
            "serving": staff_reads.members_in(visit.scope, visit.at),
            "act_id": uuid7(),
        },
    )


def _filters(request: Request) -> tuple[Filter, ...]:
    visit = request.visit
    states = [("ended", _("已办结（全部）")), *RowState.choices]
    offered = intake_reads.lists(visit.scope)[:LISTS_OFFERED]
    members = staff_reads.members_in(visit.scope, visit.at)
    return (
        Filter("state", _("状态"), "select", states),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
        Filter("list", _("名单"), "select", [(str(p.id), f"{p.number} {p.source}") for p in offered]),
        Filter("match", _("身份"), "select", MatchState.choices),
        Filter("assignee", _("走访人"), "select", [("none", _("未指派")), *((str(m.id), m.name) for m in members)]),
        Filter("age", _("已开超过"), "select", [(str(h), _("%(n)d 小时") % {"n": h}) for h in AGES]),
        Filter("all", _("含已办结"), "check"),
    )


def _asked(request: Request, asked: Any) -> Any:
    visit = request.visit
    found_rows = intake_reads.rows(visit.scope).filter(opened_at__lte=visit.at)
    state = asked.get("state")
    if state == "ended":
        found_rows = found_rows.filter(closed_at__isnull=False)
    elif state:
        found_rows = found_rows.filter(state=state)
    elif "all" not in asked:
        found_rows = found_rows.filter(closed_at__isnull=True)
    if "area" in asked:
        found_rows = found_rows.filter(Scope(asked["area"]).inside())
    if "list" in asked:
        found_rows = found_rows.filter(pushed_list=asked["list"])
    if "match" in asked:
        found_rows = found_rows.filter(match_state=asked["match"])
    if asked.get("assignee") == "none":
        found_rows = found_rows.filter(assignee__isnull=True)
    elif "assignee" in asked:
        found_rows = found_rows.filter(assignee=asked["assignee"])
    if "age" in asked:
        before = visit.at - timedelta(hours=int(asked["age"]))
        found_rows = found_rows.filter(opened_at__lt=before, closed_at__isnull=True)
    return found_rows

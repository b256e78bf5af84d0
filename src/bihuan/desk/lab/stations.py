"""采样点: the tables, and one table's count at its close."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lab.words import stage_words, station_kind
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import StationKind, TubeState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

STANDING = (TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED)


@page("see_lab", methods="GET HEAD POST")
def stations(request: Request) -> HttpResponse:
    """Sampling tables with where they stand and which laboratory they send to; new ones are registered here."""
    visit = request.visit
    if request.method == "POST":
        given = {name: request.POST.get(name, "") for name in ("name", "kind", "area")}
        laboratory = as_uuid(request.POST.get("laboratory", ""))
        if (
            laboratory
            and act(request, "add_station", form_id(request), laboratory=laboratory, **given).status != "refused"
        ):
            done(request, _("采样点已登记"))
        return redirect("desk:stations")
    columns = (
        Column("name", _("采样点"), is_fixed=True),
        Column("kind", _("类别")),
        Column("area", _("属地"), is_sortable=True),
        Column("laboratory", _("送往")),
    )
    townships = territory_reads.townships(visit.scope)
    filters = (
        Filter("kind", _("类别"), "select", StationKind.choices),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in townships]),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="area")
    rows = lab_reads.stations(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    if "area" in question.values:
        rows = rows.filter(Scope(question.values["area"]).inside())

    def line(one: Any) -> Row:
        cells = {
            "name": one.name,
            "kind": station_kind(one.kind),
            "area": one.area.name,
            "laboratory": one.laboratory.place.name if one.laboratory else Chip(_("未定"), "risk"),
        }
        return Row(id=str(one.id), cells=cells)

    return listing.answer(
        request,
        question,
        rows,
        name="stations",
        title=_("采样点"),
        line=line,
        orders={"area": "path"},
        template="desk/lab/stations.html",
        empty=_("还没有登记采样点"),
        context={
            "act_id": uuid7(),
            "kinds": StationKind.choices,
            "areas": territory_reads.areas(visit.scope).filter(level__in=["county", "township", "village"]),
            "laboratories": lab_reads.laboratories(visit.scope),
            "may_add": visit.actor.may("add_station"),
        },
    )


@page("see_lab", methods="GET HEAD POST")
def session(request: Request, id_: UUID) -> HttpResponse:
    """One table at work: its tubes, its counts, and closing it by a count that must agree."""
    visit = request.visit
    one = found(lab_reads.session(visit.scope, id_))
    if request.method == "POST":
        codes = request.POST.get("tubes", "").replace(",", " ").replace("，", " ").split()  # data
        people = request.POST.get("people", "")
        given = {"people": int(people) if people.isdigit() else 0, "tubes": codes}
        answer = act(request, "close_session", form_id(request), session=one.id, **given)
        if answer.word == "closed":
            done(request, _("账实相符，已收点"))
        return redirect("desk:session", one.id)
    tubes = list(lab_reads.session_tubes(visit.scope, one.id))
    own = [t for t in tubes if t.pool_id is None]
    context = {
        "header": Header(
            one.station.name,
            kind=station_kind(one.station.kind),
            chips=[Chip(_("已收点"), "plain") if one.closed_at else Chip(_("采样中"), "info")],
            facts=[
                (_("轮次"), Link(one.round.name, reverse("desk:round", args=[one.round_id]))),
                (_("属地"), one.station.area.name),
                (_("采样员"), one.samplers),
                (_("开点"), one.opened_at),
                (_("收点"), one.closed_at or "–"),
            ],
            actions=[Action(_("纸质登记"), reverse("desk:session_paper", args=[one.id]), "printer")],
            back=Link(one.round.name, reverse("desk:round", args=[one.round_id]), "chevron-left"),
        ),
        "session": one,
        "act_id": uuid7(),
        "people": sum(t.swabs for t in own),
        "tubes": len(own),
        "standing": sum(t.state in STANDING for t in own),
        "rows": [{"tube": t, "state": TubeState(t.state).label, "is_open": t.state == TubeState.OPEN} for t in tubes[:500]],
        "receipts": [
            {"receipt": r, "stage": stage_words(r.stage)} for r in lab_reads.receipts(visit.scope, session_id=one.id)
        ],
        "may_close": visit.actor.may("close_session") and one.closed_at is None,
    }  # fmt: skip
    return render(request, "desk/lab/session.html", context)

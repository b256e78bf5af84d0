"""点对点转运: journeys under way, and one journey with its seats and both confirmations."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, as_whole, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Chip, Clock, Event, Header, Link, Timeline, Tone
from bihuan.desk.sites.people import masked_name
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import TransferKind, TransferState
from bihuan.ledgers.staff import reads as staff_reads

TONES: dict[str, Tone] = {
    TransferState.PLANNED: "wait",
    TransferState.ON_THE_WAY: "info",
    TransferState.ARRIVED: "risk",
    TransferState.CLOSED: "good",
    TransferState.CANCELLED: "plain",
}
VERBS = ("confirm_departure", "confirm_arrival", "disinfect_vehicle", "cancel_transfer")


@page("see_sites")
def transfers(request: Request) -> HttpResponse:
    """Every journey that leaves from or arrives in one's scope; those not closed yet come first."""
    visit = request.visit
    columns = (
        Column("kind", _("类别"), is_fixed=True),
        Column("from", _("起点")),
        Column("to", _("终点")),
        Column("people", _("人数"), is_number=True),
        Column("vehicle", _("车辆")),
        Column("state", _("状态")),
        Column("left_at", _("出发"), is_sortable=True),
        Column("arrived_at", _("到达"), is_sortable=True),
        Column("disinfected_at", _("车辆消毒")),
        Column("clock", _("时限"), is_sortable=True),
    )
    filters = (
        Filter("kind", _("类别"), "select", TransferKind.choices),
        Filter("all", _("含已闭环"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="clock")
    rows = stays_reads.transfers(visit.scope) if "all" in question.values else stays_reads.under_way(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    counts: dict[Any, int] = {}

    def prepare(part: list[Any]) -> None:
        counts.update(stays_reads.people_on(visit.scope, [t.id for t in part]))

    def line(move: Any) -> Row:
        return Row(
            id=str(move.id),
            href=reverse("desk:transfer", args=[move.id]),
            is_late=move.is_late(visit.at),
            cells={
                "kind": move.get_kind_display(),
                "from": ends(move)[0],
                "to": ends(move)[1],
                "people": counts.get(move.id, 0),
                "vehicle": move.vehicle,
                "state": Chip(str(move.state.label), TONES[move.state]),
                "left_at": move.left_at or "",
                "arrived_at": move.arrived_at or "",
                "disinfected_at": move.disinfected_at or "",
                "clock": Clock(move.due_at, visit.at, met_at=move.arrived_at) if move.cancelled_at is None else "",
            },
        )

    return listing.answer(
        request, question, rows, name="transfers", title=_("点对点转运"), line=line, prepare=prepare,
        orders={"left_at": "left_at", "arrived_at": "arrived_at", "clock": "due_at"},
        definition=_("从门到门、一车到底：出发和到达由两端不同的人确认，车辆消毒后才算闭环"),
        empty=_("没有进行中的转运"),
    )  # fmt: skip


def ends(move: Any) -> tuple[str, str]:
    """From where and to where, in words; a door of a home is not shown in a list."""
    source = move.from_facility.place.name if move.from_facility else _("住处")
    target = move.to_facility.place.name if move.to_facility else _("住处")
    return source, target


@page("see_sites", methods="GET HEAD POST")
def transfer(request: Request, id_: UUID) -> HttpResponse:
    """One journey: who sits where, and what each end has confirmed."""
    visit = request.visit
    move = found(stays_reads.transfer(visit.scope, id_))
    if request.method == "POST":
        return _do(request, move)
    people = list(stays_reads.passengers(visit.scope, move.id))
    source, target = ends(move)
    may = {verb for verb in VERBS if visit.actor.may(verb)}
    may_leave = move.state == TransferState.PLANNED and visit.scope.holds(move.path)
    may_arrive = (
        move.state == TransferState.ON_THE_WAY
        and visit.scope.holds(move.to_path)
        and move.left_by_id != visit.actor.member
    )
    context = {
        "header": Header(
            f"{source} → {target}",
            kind=move.get_kind_display(),
            chips=[Chip(str(move.state.label), TONES[move.state]), Clock(move.due_at, visit.at, met_at=move.arrived_at)],
            facts=[
                (_("起点"), move.from_words or source),
                (_("终点"), move.to_words or target),
                (_("车辆"), f"{move.vehicle} {_('%(n)d 座') % {'n': move.seats} if move.seats else ''}".strip()),
                (_("驾驶员"), move.driver),
                (_("出发"), move.left_at),
                (_("出发确认"), move.left_by.name if move.left_by else ""),
                (_("到达"), move.arrived_at),
                (_("到达确认"), move.arrived_by.name if move.arrived_by else ""),
                (_("车辆消毒"), move.disinfected_at),
            ],
            back=Link(_("点对点转运"), reverse("desk:transfers"), "chevron-left"),
        ),
        "move": move,
        "people": [{"seat": p, "name": masked_name(p)} for p in people],
        "may_leave": may_leave and "confirm_departure" in may,
        "may_arrive": may_arrive and "confirm_arrival" in may,
        "is_same_person": move.state == TransferState.ON_THE_WAY and move.left_by_id == visit.actor.member,
        "may_disinfect": move.state == TransferState.ARRIVED and "disinfect_vehicle" in may,
        "may_cancel": move.state == TransferState.PLANNED and "cancel_transfer" in may,
        "act_id": uuid7(),
        "timeline": Timeline(
            [Event(a.at, verb_label(a.verb), a.actor.name) for a in staff_reads.acts_about(
                visit.scope, [f"transfer:{move.id}"])[:40]],
            empty=_("尚无记录"),
        ),
    }  # fmt: skip
    return render(request, "desk/sites/transfer.html", context)


def _do(request: Request, move: Any) -> HttpResponse:
    given, what = request.POST, request.POST.get("what", "")
    picked = [i for i in (as_uuid(t) for t in given.getlist("pick")) if i]
    args: dict[str, dict[str, Any]] = {
        "confirm_departure": {
            "aboard": picked, "vehicle": given.get("vehicle", ""), "driver": given.get("driver", ""),
            "seats": as_whole(given.get("seats", "")),
        },
        "confirm_arrival": {"there": picked},
        "disinfect_vehicle": {},
        "cancel_transfer": {"reason": given.get("reason", "")},
    }  # fmt: skip
    if what in args and act(request, what, form_id(request), transfer=move.id, **args[what]).status != "refused":
        done(request, _("已记录：%(what)s") % {"what": verb_label(what)})
    return redirect("desk:transfer", move.id)


@page("start_transfer", methods="POST")
def new_transfer(request: Request) -> HttpResponse:
    """Plan a journey for people whose bed is held: one vehicle, one seat each."""
    visit, given = request.visit, request.POST
    stays = [s for s in (stays_reads.stay(visit.scope, i) for i in _picked(request)) if s is not None]
    if not stays or stays[0].facility_id is None:
        return redirect("desk:transfers")
    answer = act(
        request, "start_transfer", form_id(request), kind=TransferKind.TO_SITE, to_facility=stays[0].facility_id,
        from_words=given.get("from_words", ""),
        passengers=[{"order": s.order_id, "seat": n} for n, s in enumerate(stays, start=1)],
    )  # fmt: skip
    if answer.status == "refused" or not answer.result:
        return redirect("desk:site", stays[0].facility_id)
    done(request, _("已安排转运，等待起点确认出发"))
    return redirect("desk:transfer", answer.result["transfer"])


def _picked(request: Request) -> list[UUID]:
    return [i for i in (as_uuid(t) for t in request.POST.getlist("pick")) if i]

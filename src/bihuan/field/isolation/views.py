"""Today's checks of those I look after: one tap opens the person, one records that all is well. Works without script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, act, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import CheckResult, Measure
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import Need, Symptom
from bihuan.ledgers.people import reads as people_reads

MOST_SHOWN = 150
HOME_FORM = "home_suitability"


@page("record_check")
def checks(request: Request) -> HttpResponse:
    """Who has still to be checked in this half-day; where nobody is given to me, everybody of my place."""
    caller = request.caller
    scope = caller.actor.scope
    here = stays_reads.open_stays(scope)
    mine = list(here.filter(helper=caller.actor.member)[:MOST_SHOWN])
    shown = mine or list(here[:MOST_SHOWN])
    standing = stays_reads.next_checks(scope, [s.order_id for s in shown], caller.at)
    leaving = stays_reads.on_the_way_to_hospital(scope, [s.person_id for s in shown])
    lines = [_line(s, standing.get(s.order_id), caller.at, s.person_id in leaving) for s in shown]
    lines.sort(key=lambda line: (line["rank"], line["place"]))
    needs = command_reads.open_tasks(scope).filter(kind=TaskKind.NEED)[:MOST_SHOWN]
    homes = list(stays_reads.to_place(scope, caller.at, [Measure.HOME_QUARANTINE])[:MOST_SHOWN])
    context = {
        "homes": [
            (o, people_reads.masked_name(o.person.name), people_reads.masked_address(o.person.address))
            for o in homes
            if o.person
        ],
        "lines": lines,
        "waiting": sum(line["rank"] < DONE for line in lines),
        "is_mine": bool(mine),
        "needs": needs,
    }
    return render(request, "field/isolation/checks.html", context)


@page("record_check", methods="GET HEAD POST")
def one(request: Request, id_: UUID) -> HttpResponse:
    """One person: a button that all is well, a temperature, symptoms; and what they ask for."""
    stay = stays_reads.stay(request.caller.actor.scope, id_)
    if stay is None or stay.stay_until is not None:
        raise Http404
    if request.method == "POST":
        given = request.POST
        if given.get("what") == "need":
            answer = act(
                request, "request_need", _id(request), stay=stay.id, need=given.get("need", ""),
                words=given.get("words", ""),
            )  # fmt: skip
        else:
            celsius = given.get("celsius", "").strip().replace(",", ".")
            symptoms = [] if given.get("what") == "well" else given.getlist("symptoms")
            answer = act(
                request, "record_check", _id(request), stay=stay.id, celsius=celsius or None, symptoms=symptoms
            )
        if answer.status != "refused":
            messages.success(request, _("已记录"))
            return redirect("field:isolation")
    standing = stays_reads.next_checks(request.caller.actor.scope, [stay.order_id], request.caller.at)
    context = {
        "stay": stay,
        "line": _line(stay, standing.get(stay.order_id), request.caller.at),
        "symptoms": Symptom.choices,
        "needs": Need.choices,
        "given": request.POST,
        "act_id": request.POST.get("act") or uuid7(),
    }
    return render(request, "field/isolation/one.html", context)


@page("assess_home", methods="GET HEAD POST")
def home(request: Request, id_: UUID) -> HttpResponse:
    """Is this home fit? Asked at the door, before somebody is entered in the home register."""
    order = orders_reads.order(request.caller.actor.scope, id_)
    if order is None or order.person is None or order.measure not in (Measure.HOME_QUARANTINE, Measure.HOME_MONITORING):
        raise Http404
    form, language = forms.form(HOME_FORM), get_language() or ""
    given = form.written(request.POST)
    if request.method == "POST":
        answer = act(request, "assess_home", _id(request), order=order.id, answers=given)
        if answer.status != "refused":
            failed = (answer.result or {}).get("failed", ())
            said = _("不适合居家隔离：已转另定隔离地点") if failed else _("适合居家隔离")
            messages.success(request, said)
            return redirect("field:isolation")
    past = next(
        (v for v in command_reads.visits(request.caller.actor.scope, f"order:{order.id}") if v.form == HOME_FORM), None
    )
    context = {
        "name": people_reads.masked_name(order.person.name),
        "order": order,
        "past": past,
        "is_unfit": bool(past and form.failed_musts("assessed", past.answers)),
        "fields": form.questions("assessed", language, given),
        "act_id": request.POST.get("act") or uuid7(),
    }
    return render(request, "field/isolation/home.html", context)


@page("deliver_need", methods="POST")
def deliver(request: Request, id_: UUID) -> HttpResponse:
    """What was asked for is in their hands."""
    if act(request, "deliver_need", None, task=id_, receipt=request.POST.get("receipt", "")).status != "refused":
        messages.success(request, _("已登记送达"))
    return redirect("field:isolation")


UNWELL, MISSED, DUE, DONE, LATER = range(5)


def _line(stay: Any, standing: dict[str, Any] | None, at: Any, is_leaving: bool = False) -> dict[str, Any]:
    """One person of the list: masked name, where, and how the check stands, the most pressing first."""
    rank, words = LATER, _("此刻不用检查")
    if standing:
        if standing["due"]:
            rank = MISSED if standing["late"] else DUE
            words = _("待检，上次漏检") if standing["late"] else _("待检")
        elif standing["late"]:
            rank, words = MISSED, _("漏检 %(n)d 次") % {"n": standing["late"]}
        elif standing["done_at"]:
            rank, words = DONE, _("已检")
        if standing["result"] in (CheckResult.FEVER, CheckResult.SYMPTOMS):
            rank, words = UNWELL, _("有症状")
    if is_leaving:
        rank, words = UNWELL, _("待转送医院")
    if stay.freed_at is not None and stay.freed_at <= at:
        words = _("期满，可以离开")
    return {
        "stay": stay,
        "name": people_reads.masked_name(stays_reads.opened(stay.sealed)["name"]),
        "place": f"{stay.facility.place.name} {stay.room.number}" if stay.facility else stay.address,
        "rank": rank,
        "words": words,
        "is_late": rank in (UNWELL, MISSED),
    }


def _id(request: Request) -> UUID | None:
    """The act's id the form carried: a double tap is one act."""
    try:
        return UUID(request.POST.get("act", ""))
    except ValueError:
        return None

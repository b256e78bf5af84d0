"""One stay: who, where, until when, the checks, what they need, and what can be done."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Timeline, Tone
from bihuan.desk.people.reveal import reveal
from bihuan.desk.sites.people import check_chip, masked_part, need_chips
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import CheckResult, DutyKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import Need, ReceiptHow, StayEnd, Symptom
from bihuan.ledgers.people import cipher
from bihuan.ledgers.resources import bridge as resources_bridge
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.staff import reads as staff_reads

CHECKS_SHOWN = 40
# What the table of checks says already.
IN_THE_TABLE = ("record_check", "record_duty", "miss_duty")
VERBS = {"record_check", "request_need", "confirm_rules", "check_in", "move_stay", "end_stay", "report_symptoms"}


@page("see_sites", methods="GET HEAD POST")
def stay(request: Request, id_: UUID) -> HttpResponse:
    """One stay, with the forms of what may be done now."""
    visit = request.visit
    asked = found(stays_reads.stay(visit.scope, id_))
    if request.method == "POST":
        return _do(request, asked)
    words = stays_reads.opened(asked.sealed)
    order = orders_reads.order(visit.scope, asked.order_id)
    standing = stays_reads.next_checks(visit.scope, [asked.order_id], visit.at).get(asked.order_id)
    is_here = visit.scope.holds(asked.path)
    is_open = is_here and asked.stay_until is None
    subjects = [f"stay:{asked.id}", *([f"order:{order.id}"] if order else [])]
    duties = orders_reads.duties(visit.scope, asked.order_id).filter(kind=DutyKind.CHECK, due_from__lte=visit.at)
    forms = {v.id: v for v in command_reads.visits(visit.scope, f"stay:{asked.id}").filter(form="daily_check")[:200]}
    context = {
        "header": _header(asked, words, order, standing, visit.at),
        "stay": asked,
        "is_open": is_open,
        "may": {verb for verb in VERBS if visit.actor.may(verb)} if is_open else set(),
        "checks": [_check(d, forms, visit.at) for d in duties.order_by("-due_from")[:CHECKS_SHOWN]],
        "needs": [_need(t, is_open) for t in command_reads.tasks(visit.scope).filter(
            kind=TaskKind.NEED, subject=f"stay:{asked.id}")[:20]],
        "need_kinds": Need.choices,
        "symptoms": Symptom.choices,
        "receipts": ReceiptHow.choices,
        "beds": _other_beds(request, asked) if is_open and visit.actor.may("move_stay") else (),
        "is_free": asked.freed_at is not None and asked.freed_at <= visit.at,
        "act_id": uuid7(),
        "may_deliver": visit.actor.may("deliver_need"),
        "timeline": Timeline(
            [
                Event(a.at, verb_label(a.verb), a.actor.name, recorded_at=a.recorded_at if a.recorded_at > a.at else None)
                for a in staff_reads.acts_about(visit.scope, subjects).exclude(verb__in=IN_THE_TABLE)[:60]
            ],
            empty=_("尚无记录"),
        ),
    }  # fmt: skip
    return render(request, "desk/sites/stay.html", context)


@page("reveal_person", methods="GET HEAD POST")
def stay_reveal(request: Request, id_: UUID, field: str) -> HttpResponse:
    """Look behind the mask of somebody who stays here, whatever township they are from."""
    asked = found(stays_reads.stay(request.visit.scope, id_))
    words = stays_reads.opened(asked.sealed)
    openers = {"name": lambda: words["name"], "phones": lambda: "、".join(words["phones"])}  # data
    found(openers.get(field))
    return reveal(request, f"stay:{asked.id}", openers[field], back=reverse("desk:stay", args=[asked.id]))


@page("see_sites")
def rules(request: Request, id_: UUID) -> HttpResponse:
    """The rule sheet for stay, disinfection and waste, on one page to be printed and signed."""
    asked = found(stays_reads.stay(request.visit.scope, id_))
    return render(request, "desk/sites/rules.html", {"stay": asked, "at": request.visit.at})


@page("deliver_need", methods="POST")
def deliver(request: Request, id_: UUID) -> HttpResponse:
    """Say that what was asked for has been brought."""
    task = found(command_reads.task(request.visit.scope, id_))
    if act(request, "deliver_need", task=task.id, receipt=request.POST.get("receipt", "")).status != "refused":
        done(request, _("已登记送达"))
    kind, _colon, stay_id = task.subject.partition(":")
    return redirect("desk:stay", stay_id) if kind == "stay" else redirect("desk:tasks")


def _do(request: Request, asked: Any) -> HttpResponse:
    given, what = request.POST, request.POST.get("what", "")
    if what not in VERBS:
        return redirect("desk:stay", asked.id)
    celsius = given.get("celsius", "").strip().replace("，", ".").replace(",", ".")  # data
    args: dict[str, dict[str, Any]] = {
        "record_check": {"celsius": celsius or None, "symptoms": given.getlist("symptoms")},
        "request_need": {"need": given.get("need", ""), "words": given.get("words", "")},
        "confirm_rules": {"how": given.get("how", "")},
        "check_in": {},
        "move_stay": {"bed": as_uuid(given.get("bed", "")), "reason": given.get("reason", "")},
        "end_stay": {"reason": StayEnd.CANCELLED if asked.arrived_at is None else StayEnd.RELEASED},
        "report_symptoms": {},
    }
    target = {"order": asked.order_id} if what == "report_symptoms" else {"stay": asked.id}
    answer = act(request, what, form_id(request), **target, **args[what])
    if answer.status != "refused":
        done(request, _("已记录：%(what)s") % {"what": verb_label(what)})
        if what == "move_stay" and answer.result:
            return redirect("desk:stay", answer.result["stay"])
    return redirect("desk:stay", asked.id)


def _header(asked: Any, words: dict[str, Any], order: Any, standing: Any, at: Any) -> Header:
    place = f"{asked.facility.place.name} {asked.room.number}" if asked.facility else asked.address
    chips: list[Chip] = [check_chip(standing, at)] if asked.stay_until is None else []
    if asked.stay_until is not None:
        chips.append(Chip(asked.get_end_reason_display(), "plain"))
    elif asked.freed_at is not None and asked.freed_at <= at:
        chips.append(Chip(_("期满未走"), "late"))
    elif asked.arrived_at is None:
        chips.append(Chip(_("已留待到"), "wait"))
    back = (reverse("desk:site", args=[asked.facility_id]), asked.facility.place.name) if asked.facility else (
        reverse("desk:monitoring"), _("健康监测"))  # fmt: skip
    return Header(
        masked_part(asked, words, "name").text,
        kind=f"{asked.get_kind_display()} · {place}",
        chips=[*chips, *need_chips(words)],
        facts=[
            (_("姓名"), masked_part(asked, words, "name")),
            (_("电话"), masked_part(asked, words, "phones")),
            (_("出生年"), words.get("born", "")[:4]),
            (_("决定书"), order.notice_number if order else _("属地持有")),
            (_("入住"), asked.arrived_at or asked.stay_from),
            (_("期满"), asked.planned_until),
            (_("离开"), asked.stay_until),
            (_("服务人"), asked.helper.name if asked.helper else ""),
            (_("告知单"), asked.rules_at or Chip(_("告知单未签收"), "risk")),
        ],
        actions=[Action(_("隔离告知单"), reverse("desk:stay_rules", args=[asked.id]), "printer")],
        back=Link(back[1], back[0], "chevron-left"),
    )


def _check(duty: Any, forms: dict[UUID, Any], at: Any) -> dict[str, Any]:
    """One check: its window, what was found, how warm."""
    kind, _colon, id_ = duty.evidence.partition(":")
    form = forms.get(as_uuid(id_) or duty.id) if kind == "visit" else None
    if duty.done_at:
        tone: Tone = "good" if duty.result == CheckResult.WELL else "late"
        chip = Chip(str(CheckResult(duty.result).label) if duty.result in CheckResult.values else duty.result, tone)
    elif duty.void_at:
        chip = Chip(_("不再需要"), "plain")
    else:
        chip = Chip(_("漏检"), "late") if duty.due_until <= at else Chip(_("待检"), "risk")
    return {
        "from": duty.due_from,
        "until": duty.due_until,
        "chip": chip,
        "done_at": duty.done_at,
        "who": duty.done_by.name if duty.done_by else "",
        "celsius": form.answers.get("celsius") if form else None,
        "is_late": bool(duty.done_at and duty.done_at >= duty.due_until),
    }


def _need(task: Any, is_open: bool) -> dict[str, Any]:
    """One request; what exactly is opened for those who look after the person only."""
    words = cipher.unseal_json(bytes.fromhex(task.detail["sealed"]))["words"] if is_open and task.detail else ""
    need = task.detail.get("need", "")
    return {
        "task": task,
        "need": str(Need(need).label) if need in Need.values else need,
        "words": words,
        "href": reverse("desk:task", args=[task.id]),
    }


def _other_beds(request: Request, asked: Any) -> list[tuple[str, str]]:
    """Free beds of ready rooms in the same house that nobody else lives in."""
    if asked.facility_id is None:
        return []
    here = stays_reads.stays_in(request.visit.scope, asked.facility_id, request.visit.at)
    taken = {s.bed_id: s.party for s in here if s.bed_id}
    rooms = resources_bridge.free_rooms(resources_reads.beds(asked.facility_id), taken)
    return [(r.beds[0], r.number) for r in rooms if r.party in ("", str(asked.party)) and r.id != str(asked.room_id)]

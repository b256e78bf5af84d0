"""Making a site ready: who stands behind it, the check against the standard, opening and closing."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.parts import Action, Header, Link
from bihuan.desk.sites.words import readiness_chip, state_chip
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityState, Seat

CHECKS_SHOWN = 8


@page("see_sites", methods="GET HEAD POST")
def check(request: Request, id_: UUID) -> HttpResponse:
    """One facility's readiness: its six seats, its checks, and the form of the next one."""
    visit = request.visit
    facility = found(resources_reads.facility(visit.scope, id_))
    language = get_language() or ""
    form = forms.form(facility.form) if facility.form else None
    given = form.written(request.POST) if form else {}
    if request.method == "POST":
        answer = act(request, "check_site", form_id(request), facility=facility.id, answers=given)
        if answer.status != "refused":
            failed = (answer.result or {}).get("failed", ())
            words = _("检查已记录：合格") if not failed else _("检查已记录：%(n)d 项必备项不合格") % {"n": len(failed)}
            done(request, words)
            return redirect("desk:site_check", facility.id)
    empty = resources_reads.empty_seats([facility.id])[facility.id]
    seats = {s.seat: s for s in facility.seats.all()}
    context = {
        "header": _header(request, facility, empty),
        "facility": facility,
        "seats": [(seat.value, seat.label, seats.get(seat.value)) for seat in Seat],
        "may_name": visit.actor.may("name_facility_seat"),
        "may_check": bool(form) and visit.actor.may("check_site"),
        "form_title": form.title.in_language(language) if form else "",
        "items": form.questions("checked", language, given) if form else (),
        "checks": [_told(v, form, language) for v in _checks(visit.scope, facility)] if form else (),
        "act_id": request.POST.get("act") or uuid7(),
    }
    return render(request, "desk/sites/check.html", context)


@page("name_facility_seat", methods="POST")
def seats(request: Request, id_: UUID) -> HttpResponse:
    """Say who stands behind a facility in one seat."""
    facility = found(resources_reads.facility(request.visit.scope, id_))
    given = request.POST
    answer = act(
        request, "name_facility_seat", form_id(request), facility=facility.id, seat=given.get("seat", ""),
        name=given.get("name", ""), phone=given.get("phone", ""),
    )  # fmt: skip
    if answer.status != "refused":
        done(request, _("已更新责任人"))
    return redirect("desk:site_check", facility.id)


@page("open_site", methods="POST")
def open_or_close(request: Request, id_: UUID) -> HttpResponse:
    """Open a facility, or close it."""
    facility = found(resources_reads.facility(request.visit.scope, id_))
    verb = "close_site" if request.POST.get("what") == "close" else "open_site"
    if act(request, verb, facility=facility.id).status != "refused":
        done(request, _("已关闭") if verb == "close_site" else _("已启用"))
    return redirect("desk:site_check", facility.id)


def _header(request: Request, facility: Any, empty: list[Seat]) -> Header:
    actions = []
    if request.visit.actor.may("open_site"):
        address = reverse("desk:site_open", args=[facility.id])
        if facility.state == FacilityState.OPEN:
            ask = _("关闭后不再收人，重新启用须重新检查。确定关闭？")
            actions.append(Action(_("关闭"), address, "lock", is_post=True, confirm=ask, values={"what": "close"}))
        else:
            actions.append(Action(_("启用"), address, "check", is_main=True, is_post=True, values={"what": "open"}))
    return Header(
        facility.place.name,
        kind=facility.kind_words,
        chips=[state_chip(facility), readiness_chip(facility, empty)],
        facts=[
            (_("属地"), facility.place.area.name),
            (_("地址"), facility.place.address),
            (_("层级"), facility.get_level_display()),
            (_("启用时间"), facility.opened_at),
            (_("最近检查"), facility.checked_at),
            (_("下次检查"), facility.check_due_at),
        ],
        actions=actions,
        back=Link(facility.place.name, reverse("desk:site", args=[facility.id]), "chevron-left"),
    )


def _checks(scope: Any, facility: Any) -> list[Any]:
    return [v for v in command_reads.visits(scope, f"facility:{facility.id}")[:CHECKS_SHOWN] if v.form == facility.form]


def _told(visit: Any, form: Any, language: str) -> dict[str, Any]:
    """One past check: who, when, and which must-items failed, in words."""
    failed = [form.fields[n].label.in_language(language) for n in form.failed_musts("checked", visit.answers)]
    return {"at": visit.at, "who": visit.member.name, "failed": failed, "note": visit.answers.get("note", "")}

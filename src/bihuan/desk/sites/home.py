"""居家隔离: is this home fit, and who stays there in which room, looked after by whom (R082, R085)."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.orders.words import state_chip, subject_words
from bihuan.desk.parts import Chip, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import LIVE_STATES, Measure, OrderState
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import CareNeed
from bihuan.ledgers.staff import reads as staff_reads

FORM = "home_suitability"
AT_HOME = (Measure.HOME_QUARANTINE, Measure.HOME_MONITORING)
CHECKS_SHOWN = 5


@page("assess_home", methods="GET HEAD POST")
def home(request: Request, id_: UUID) -> HttpResponse:
    """One person who is to stay at home: the assessment first, then the entry in the home register."""
    visit = request.visit
    order = found(orders_reads.order(visit.scope, id_))
    found(order if order.person_id and order.measure in AT_HOME else None)
    form, language = forms.form(FORM), get_language() or ""
    given = form.written(request.POST)
    if request.method == "POST" and _do(request, order, given):
        return redirect("desk:order_home", order.id)
    past = [v for v in command_reads.visits(visit.scope, f"order:{order.id}")[:50] if v.form == FORM][:CHECKS_SHOWN]
    stay = stays_reads.stays_of_orders(visit.scope, [order.id], visit.at).get(order.id)
    failed = form.failed_musts("assessed", past[0].answers) if past else []
    needs_check = order.measure == Measure.HOME_QUARANTINE
    is_live = order.state in LIVE_STATES and order.ends_at > visit.at and not visit.is_past
    may_settle = is_live and stay is None and order.state != OrderState.PROPOSED and visit.actor.may("settle_at_home")
    context = {
        "header": _header(order, stay, past, failed, visit.at),
        "order": order,
        "stay": stay,
        "title": form.title.in_language(language),
        "items": form.questions("assessed", language, given),
        "past": [_told(v, form, language) for v in past],
        "may_assess": is_live and stay is None,
        "may_settle": may_settle and (bool(past) or not needs_check),
        "waits_for_check": may_settle and needs_check and not past,
        "is_unfit": needs_check and bool(failed),
        "helpers": staff_reads.members_in(visit.scope, visit.at) if may_settle else (),
        "needs": CareNeed.choices,
        "given": request.POST,
        "given_needs": request.POST.getlist("needs"),
        "act_id": form_id(request) or uuid7(),
    }
    return render(request, "desk/sites/home.html", context)


def _do(request: Request, order: Any, answers: dict[str, str]) -> bool:
    """Assess the home, or enter the register; True when it was done."""
    post = request.POST
    if post.get("what") == "settle":
        helper = as_uuid(post.get("helper", "")) or UUID(int=0)
        answer = act(
            request, "settle_at_home", form_id(request), order=order.id, helper=helper, room=post.get("room", ""),
            needs=post.getlist("needs"), exception_reason=post.get("exception_reason", ""),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已登记居家隔离"))
        return answer.status != "refused"
    answer = act(request, "assess_home", form_id(request), order=order.id, answers=answers)
    if answer.status == "refused":
        return False
    failed = (answer.result or {}).get("failed", ())
    done(request, _("不适合居家隔离：已转另定隔离地点") if failed else _("适合居家隔离"))
    return True


def _header(order: Any, stay: Any, past: list[Any], failed: list[str], at: Any) -> Header:
    chips = [state_chip(order, at)]
    if stay is not None:
        chips.append(Chip(_("已在居家名册"), "good"))
    elif past:
        chips.append(Chip(_("不适合居家"), "late") if failed else Chip(_("适合居家"), "good"))
    else:
        chips.append(Chip(_("尚未评估"), "risk"))
    return Header(
        subject_words(order),
        kind=_("居家隔离"),
        chips=chips,
        facts=[(_("措施"), order.measure_words), (_("属地"), order.area.name), (_("止"), order.ends_at)],
        back=Link(_("管控措施"), reverse("desk:order", args=[order.id]), "chevron-left"),
    )


def _told(visit: Any, form: forms.Form, language: str) -> dict[str, Any]:
    failed = form.failed_musts("assessed", visit.answers)
    return {
        "at": visit.at,
        "who": visit.member.name,
        "failed": [form.fields[name].label.in_language(language) for name in failed],
        "note": visit.answers.get("note", ""),
    }

"""The phone: my visits today, what to ask, whom I must hand over to. Everything works without script."""

from datetime import datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, act, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads

FORM = "pushed_row_visit"
# A row nobody has ended after a day is late on every page.
DUE_AFTER = timedelta(hours=24)
REVISIT_AFTER = timedelta(hours=4)
MOST_ROWS = 200


@page("report_visit")
def home(request: Request) -> HttpResponse:
    """The open rows given to me; where none are, those of my area."""
    caller = request.caller
    shown, is_mine = visits_of(request)
    groups = [
        (area, [to_visit(r, caller.at) for r in several]) for area, several in groupby(shown, key=lambda r: r.area.name)
    ]
    unread = command_reads.notices(caller.actor.member, unread_only=True).count()
    context = {"groups": groups, "is_mine": is_mine, "count": len(shown), "unread": unread, "caller": caller}
    return render(request, "field/home.html", context)


@page("report_visit", methods="GET HEAD POST")
def visit(request: Request, id_: UUID) -> HttpResponse:
    """One visit: first what was found, then only the questions that outcome asks."""
    row = _row(request, id_)
    form, language = forms.form(FORM), get_language() or ""
    outcome = request.POST.get("outcome") or request.GET.get("outcome", "")
    if outcome not in form.asks:
        outcome = ""
    if request.method == "POST" and outcome:
        answers = {n: words for n, words in form.written(request.POST).items() if n in form.asks[outcome]}
        again = _instant(request.POST.get("revisit_at", "")) if outcome == "revisit" else None
        answer = act(
            request, "report_visit", _id(request),
            row=row.id, outcome=outcome, form=FORM, answers=answers, revisit_at=again,
        )  # fmt: skip
        if answer.status != "refused":
            messages.success(request, _("已记录"))
            return redirect("field:home")
    context = {
        "row": row,
        "name": people_reads.masked_name(row.name),
        "title": form.title.in_language(language),
        "outcomes": [(key, words.in_language(language)) for key, words in form.outcomes],
        "outcome": outcome,
        "fields": form.questions(outcome, language, form.written(request.POST)),
        "visits": command_reads.visits(request.caller.actor.scope, f"row:{row.id}")[:5],
        "act_id": request.POST.get("act") or uuid7(),
        "revisit_at": timezone.localtime(request.caller.at + REVISIT_AFTER),
    }
    return render(request, "field/visit.html", context)


@page("reveal_person", methods="GET HEAD POST")
def who(request: Request, id_: UUID) -> HttpResponse:
    """Name, address and phone of the person to visit, shown once; the look and its reason are journalled."""
    row = _row(request, id_)
    told: dict[str, Any] | None = None
    if request.method == "POST":
        reason = request.POST.get("reason", "").strip()
        if act(request, "reveal_person", None, subject=f"row:{row.id}", reason=reason).status != "refused":
            words = cipher.unseal_json(row.sealed)
            told = {"name": row.name, "address": row.address, "phones": words.get("phones", ())}
    response = render(request, "field/who.html", {"row": row, "told": told})
    response.headers["Cache-Control"] = "no-store"
    return response


@page("add_off_list", methods="GET HEAD POST")
def off_list(request: Request) -> HttpResponse:
    """A person found who is on no list: added and reported in the same minute."""
    scope = request.caller.actor.scope
    if request.method == "POST":
        phone = request.POST.get("phone", "").strip()
        person = {
            "row_number": 1,
            "name": request.POST.get("name", "").strip(),
            "id_number": request.POST.get("id_number", "").strip(),
            "id_kind": "resident_identity_card" if request.POST.get("id_number") else "",
            "phones": (phone,) if phone else (),
            "address": request.POST.get("address", "").strip(),
        }
        found = request.POST.get("how_found", "")
        area = request.POST.get("area", "")
        answer = act(request, "add_off_list", _id(request), person=person, area=area, how_found=found)
        if answer.status != "refused":
            messages.success(request, _("已登记并上报"))
            return redirect("field:home")
    areas = territory_reads.areas(scope).filter(level__in=["township", "village"])
    context = {"areas": areas, "given": request.POST, "act_id": request.POST.get("act") or uuid7()}
    return render(request, "field/off_list.html", context)


@page("mark_read", methods="GET HEAD POST")
def notices(request: Request) -> HttpResponse:
    """What I was told."""
    mine = list(command_reads.notices(request.caller.actor.member)[:50])
    if request.method == "POST":
        act(request, "mark_read", None, notices=[n.id for n in mine])
        return redirect("field:notices")
    return render(request, "field/notices.html", {"notices": mine})


def manifest(_request: Request) -> JsonResponse:
    """What a phone needs to keep the page on its home screen."""
    return JsonResponse(
        {
            "name": "闭环 Bihuan",
            "short_name": "闭环",  # data
            "start_url": reverse("field:home"),
            "display": "standalone",
            "icons": [{"src": static("desk/logo.svg"), "sizes": "any", "type": "image/svg+xml"}],
        },
        content_type="application/manifest+json",
    )


def visits_of(request: Request) -> tuple[list[Any], bool]:
    """The open rows given to me; where none are, those of my area. And whether they are mine."""
    actor = request.caller.actor
    rows = intake_reads.open_rows(actor.scope).exclude(dispatch=None)
    mine = list(rows.filter(assignee=actor.member).order_by("path", "opened_at")[:MOST_ROWS])
    return mine or list(rows.order_by("path", "opened_at")[:MOST_ROWS]), bool(mine)


def to_visit(row: Any, at: datetime) -> dict[str, Any]:
    """A line of my visits: whom, where as far as the group of houses, until when."""
    due_at = row.revisit_at or row.opened_at + DUE_AFTER
    return {
        "row": row,
        "name": people_reads.masked_name(row.name),
        "where": people_reads.masked_address(row.address),
        "due_at": due_at,
        "is_late": due_at <= at,
    }


def _row(request: Request, id_: UUID) -> Any:
    row = intake_reads.row(request.caller.actor.scope, id_)
    if row is None:
        raise Http404
    return row


def _id(request: Request) -> UUID | None:
    """The act's id the form carried: a double tap is one act."""
    try:
        return UUID(request.POST.get("act", ""))
    except ValueError:
        return None


def _instant(text: str) -> datetime | None:
    """A time typed on the phone, in the county's own clock; nothing where none was chosen."""
    try:
        return timezone.make_aware(datetime.fromisoformat(text))
    except ValueError:
        return None

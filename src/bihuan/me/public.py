"""What everybody may see without being let in: figures and measures, questions and their answers; and how to ask or report."""

import hashlib
from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from limits import RateLimitItemPerDay, RateLimitItemPerHour

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.public import guides as public_guides
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public.choices import EnquiryKind, standard
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door
from bihuan.me.inside import form_id, limited

SHOWN, EARLIER = 20, 30
# A page everybody opens at once is asked for once a minute by whatever stands before the house.
FRESH_SECONDS = 60
_asks = (RateLimitItemPerHour(6), RateLimitItemPerDay(20))


def _language() -> str:
    return "en" if (get_language() or "").startswith("en") else "zh"


def _county() -> Any:
    """The county this house serves: the one that has a headquarters."""
    unit = staff_reads.units(Scope(EVERYWHERE), [UnitKind.HEADQUARTERS]).order_by("path").first()
    return territory_reads.county_of(unit.path) if unit else None


def bulletin(request: HttpRequest) -> HttpResponse:
    """The latest bulletin with its table, those before it, and answered questions. Light: the same for everybody."""
    with scoped(Scope(EVERYWHERE)):
        found = list(public_reads.bulletins(Scope(EVERYWHERE))[:EARLIER])
        answered = list(public_reads.shown(Scope(EVERYWHERE))[:SHOWN])
    mark = ":".join([_language(), *(str(b.id) for b in found[:1]), *(str(q.id) for q in answered)])
    tag = f'"{hashlib.sha256(mark.encode()).hexdigest()[:20]}"'
    if request.headers.get("If-None-Match") == tag:
        response = HttpResponse(status=304)
    else:
        corrected = {b.corrects_id: b for b in found if b.corrects_id}
        lines = [(b, corrected.get(b.id)) for b in found]
        context = {
            "latest": lines[0] if lines else None,
            "earlier": lines[1:],
            "answered": answered,
            "table": _table(found),
        }
        response = render(request, "me/bulletin.html", context)
    response.headers["ETag"] = tag
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response


def _table(found: list[Any]) -> dict[str, Any] | None:
    if not found:
        return None
    told = found[0].figures
    return {
        "columns": [c[_language()] for c in told["columns"]], "rows": told["rows"], "total": told["total"],
        "threshold": told["threshold"],
    }  # fmt: skip


def ask(request: HttpRequest) -> HttpResponse:
    """Ask, report or tell; the receipt is shown once. What may be reported stands beside the form."""
    now = datetime.now(UTC)
    context: dict[str, Any] = {"receipt": None}
    status = 200
    with scoped(Scope(EVERYWHERE)):
        county = _county()
        towns = territory_reads.townships(Scope(county.path)) if county else []
    if request.method == "POST":
        given = request.POST
        if limited(request, _asks):
            messages.error(request, _("提交过于频繁，请稍后再试，或直接打电话"))
            status = 429
        else:
            args = {"area": given.get("area", ""), "kind": given.get("kind", ""), "words": given.get("words", ""),
                    "contact": given.get("contact", "")}  # fmt: skip
            answer = door.by_rule("receive_enquiry", args, at=now, id_=form_id(request) or uuid7())
            if answer.status == "refused":
                messages.error(request, answer.reason)
                status = 422
            else:
                context["receipt"] = answer.result
    told = standard()
    context |= {
        "kinds": EnquiryKind.choices, "towns": towns, "county": county, "typed": request.POST if status != 200 else {},
        "may": [m[_language()] for m in told["may"]], "not_taken": told["not_taken"][_language()], "act_id": uuid7(),
    }  # fmt: skip
    response = render(request, "me/ask.html", context, status=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def asked(request: HttpRequest) -> HttpResponse:
    """What became of it: by the code on the receipt."""
    code, one = request.POST.get("code", "").strip(), None
    if code:
        if limited(request, _asks):
            messages.error(request, _("提交过于频繁，请稍后再试，或直接打电话"))
        else:
            with scoped(Scope(EVERYWHERE)):
                one = public_reads.enquiry_of_code(Scope(EVERYWHERE), code)
            if one is None:
                messages.error(request, _("没有查到。请核对后再试"))
    response = render(request, "me/asked.html", {"one": one})
    response.headers["Cache-Control"] = "no-store"
    return response


def guides(request: HttpRequest) -> HttpResponse:
    """For whom there are plain words."""
    told = [
        {"name": g.name, "group": g.group.in_language(_language()), "title": g.title.in_language(_language())}
        for g in public_guides.guides()
    ]
    return _for_everybody(render(request, "me/guides.html", {"guides": told}))


def guide(request: HttpRequest, name: str) -> HttpResponse:
    """One group's plain words, large and printable."""
    asked = public_guides.guide(name)
    if asked is None:
        raise Http404
    context = {
        "title": asked.title.in_language(_language()),
        "group": asked.group.in_language(_language()),
        "reviewed_on": asked.reviewed_on,
        "lines": [line.in_language(_language()) for line in asked.lines],
    }
    return _for_everybody(render(request, "me/guide.html", context))


def _for_everybody(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = f"public, max-age={FRESH_SECONDS}"
    return response

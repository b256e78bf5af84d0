"""Looking behind a mask: the reason is asked, the look is journalled, the words are shown once."""

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act

REASONS = ("contact", "match", "investigate", "hand_over", "other")


def reveal(request: Request, subject: str, words: Callable[[], str], *, back: str) -> HttpResponse:
    """Ask why, journal it, show the words.

    subject: `person:<id>` or `row:<id>`, already found inside the scope. words: opens what is hidden, once allowed.
    """
    if request.method != "POST":
        return render(request, "desk/reveal.html", {"back": back})
    reason, note = request.POST.get("reason", ""), request.POST.get("note", "").strip()
    is_partial = bool(request.headers.get("HX-Request"))
    if reason not in REASONS or (reason == "other" and not note):
        fault = _("请写明理由")
        return render(request, "desk/reveal.html", {"back": back, "fault": fault}, status=422)
    answer = act(request, "reveal_person", subject=subject, reason=f"{reason} {note}".strip())
    if answer.status == "refused":
        return render(request, "desk/reveal.html", {"back": back, "fault": answer.reason}, status=422)
    template = "desk/_parts/revealed.html" if is_partial else "desk/reveal.html"
    response = render(request, template, {"value": words() or "–", "back": back})
    response.headers["Cache-Control"] = "no-store"
    return response

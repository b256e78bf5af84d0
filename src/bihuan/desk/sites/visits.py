"""突击核查: doors drawn by lot, who goes, what was found (R081). Neither the site nor the township sees the draw before."""

import secrets
from typing import Any
from uuid import UUID

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, as_whole, done, form_id, found, page
from bihuan.desk.parts import Chip, Clock, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.staff import reads as staff_reads

FORM = "unannounced_visit"
MOST_SHOWN = 100
USUAL_COUNT = 5


@page("report_unannounced", methods="GET HEAD POST")
def visits(request: Request) -> HttpResponse:
    """What was drawn, what came of it; whoever may draws the next ones, with a seed that anybody can repeat."""
    visit = request.visit
    may_draw = visit.actor.may("draw_visits") and not visit.is_past
    if request.method == "POST" and may_draw:
        post = request.POST
        answer = act(
            request, "draw_visits", form_id(request), count=as_whole(post.get("count", "")),
            seed=as_whole(post.get("seed", ""), -1), inspector=as_uuid(post.get("inspector", "")) or UUID(int=0),
        )  # fmt: skip
        if answer.status != "refused":
            told = answer.result or {}
            done(request, _("已从 %(of)d 处抽取 %(n)d 处") % {"of": told["of"], "n": len(told["drawn"])})
            return redirect("desk:unannounced")
    asked = command_reads.tasks(visit.scope).filter(kind=TaskKind.UNANNOUNCED_VISIT, opened_at__lte=visit.at)
    shown = list(asked.order_by(F("closed_at").desc(nulls_first=True), "clock__due_at")[:MOST_SHOWN])
    outcomes = _outcomes(visit.scope, shown)
    lines = [_line(t, visit.at, outcomes) for t in shown]
    lasting = stays_reads.stays_now(visit.scope, visit.at).filter(arrived_at__isnull=False).count()
    context = {
        "lines": lines,
        "lasting": lasting,
        "may_draw": may_draw,
        "inspectors": _inspectors(request) if may_draw else (),
        "seed": request.POST.get("seed") or secrets.randbelow(10**6),
        "count": request.POST.get("count") or USUAL_COUNT,
        "given": request.POST,
        "act_id": form_id(request) or uuid7(),
    }
    return render(request, "desk/sites/unannounced.html", context)


@page("report_unannounced", methods="GET HEAD POST")
def visited(request: Request, id_: UUID) -> HttpResponse:
    """One door: say what was found there."""
    visit = request.visit
    task = found(command_reads.task(visit.scope, id_))
    found(task if task.kind == TaskKind.UNANNOUNCED_VISIT else None)
    if task.closed_at and request.method != "POST":
        return redirect(_address(task))
    form, language = forms.form(FORM), get_language() or ""
    outcome = request.POST.get("outcome") or request.GET.get("outcome", "")
    answers = form.written(request.POST)
    if request.method == "POST":
        answer = act(
            request, "report_unannounced", form_id(request), task=task.id, outcome=outcome, answers=answers
        )  # fmt: skip
        if answer.status != "refused":
            number = (answer.result or {}).get("number", "")
            words = _("已上报，问题台账 %(number)s") % {"number": number} if number else _("已上报")
            done(request, words)
            return redirect("desk:unannounced")
    context = {
        "header": Header(
            task.title,
            kind=form.title.in_language(language),
            facts=[
                (_("核查人"), task.responsible.name if task.responsible else ""),
                (_("时限"), Clock(task.clock.due_at, visit.at)),
            ],
            back=Link(_("突击核查"), reverse("desk:unannounced"), "chevron-left"),
        ),
        "task": task,
        "outcome": outcome if outcome in form.asks else "",
        "outcomes": [(key, words.in_language(language)) for key, words in form.outcomes],
        "items": form.questions(outcome, language, answers),
        "act_id": form_id(request) or uuid7(),
    }
    return render(request, "desk/sites/visited.html", context)


def _inspectors(request: Request) -> list[tuple[UUID, str]]:
    """Whoever may go and report what they found, with their posts."""
    seats = staff_reads.holders(request.visit.scope, "report_unannounced", request.visit.at)
    told = {p.member_id: f"{p.member.name} · {p.post.title}" for p in seats}
    return sorted(told.items(), key=lambda pair: pair[1])


def _outcomes(scope: Any, tasks: list[Any]) -> dict[str, str]:
    """What the latest form about each door says."""
    told: dict[str, str] = {}
    for one in command_reads.visits_about(scope, {t.subject for t in tasks}).filter(form=FORM):
        told.setdefault(f"visit:{one.id}", one.outcome)
    return told


def _address(task: Any) -> str:
    """Where the visit is reported, or what it found."""
    kind, _colon, id_ = task.outcome.partition(":")
    return reverse("desk:filled", args=[id_]) if kind == "visit" else reverse("desk:visited", args=[task.id])


def _line(task: Any, at: Any, outcomes: dict[str, str]) -> dict[str, Any]:
    words = dict(forms.form(FORM).outcomes)
    outcome = outcomes.get(task.outcome, "")
    tone = {"kept": "good", "not_kept": "late"}.get(outcome, "plain")
    return {
        "href": _address(task),
        "place": task.title,
        "who": task.responsible.name if task.responsible else "",
        "closed_at": task.closed_at,
        "clock": Clock(task.clock.due_at, at, met_at=task.clock.stopped_at),
        "chip": Chip(words[outcome].in_language(get_language() or ""), tone) if outcome else None,  # type: ignore[arg-type]
    }

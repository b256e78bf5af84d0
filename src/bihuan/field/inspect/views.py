"""Checklists on the phone, drawn by the server, working without script."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, act, page
from bihuan.field.tasks import drawn_doors
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import FillKind, ProofKind

MOST_PLACES = 300


@page("fill_checklist")
def inspect(request: Request) -> HttpResponse:
    """My stops still to be visited, the doors drawn for me, and every checklist."""
    caller = request.caller
    stops = []
    if caller.actor.may("raise_problem"):
        stops = list(command_reads.open_stops(caller.actor.scope, caller.at)[:MOST_PLACES])
    lists = [(c.name, c.title.in_language(_language())) for c in checklists.checklists()]
    doors = drawn_doors(request) if caller.actor.may("report_unannounced") else []
    return render(request, "field/inspect/home.html", {"stops": stops, "doors": doors, "lists": lists})


@page("fill_checklist")
def places(request: Request, name: str) -> HttpResponse:
    """Where a checklist can be filled."""
    asked = _asked(name)
    found = command_reads.inspectable(request.caller.actor.scope, asked)[:MOST_PLACES]
    context = {"title": asked.title.in_language(_language()), "name": asked.name, "places": found}
    return render(request, "field/inspect/places.html", context)


@page("fill_checklist", methods="GET HEAD POST")
def fill(request: Request, name: str) -> HttpResponse:
    """Answer line by line; a «no» becomes a problem at once."""
    asked, caller = _asked(name), request.caller
    told = request.POST if request.method == "POST" else request.GET
    at = command_reads.subject(caller.actor.scope, told.get("subject", ""))
    if at is None:
        raise Http404
    may_inspect = caller.actor.may("raise_problem")
    kind = told.get("kind") or (FillKind.INSPECTION if may_inspect else FillKind.SELF_CHECK)
    stop = _uuid(told.get("stop", ""))
    if request.method == "POST":
        answer = act(
            request, "fill_checklist", _uuid(told.get("act", "")), checklist=asked.name, subject=at.key, kind=kind,
            answers=_answers(asked, request), **({"stop": stop} if stop else {}),
        )  # fmt: skip
        if answer.status != "refused":
            messages.success(request, _("已填报"))
            return redirect("field:inspect_filled", id_=(answer.result or {})["visit"])
    kinds = [k for k in FillKind.choices if k[0] != FillKind.DISPATCH or asked.register]
    if not may_inspect:
        kinds = [k for k in kinds if k[0] in (FillKind.SELF_CHECK, FillKind.DISPATCH)]
    lines = [
        {
            "item": i, "words": i.words.in_language(_language()), "value": request.POST.get(i.name, ""),
            "note": request.POST.get(f"{i.name}.note", ""),
        }
        for i in asked.items
    ]  # fmt: skip
    context = {
        "title": asked.title.in_language(_language()), "name": asked.name, "at": at, "kind": kind, "kinds": kinds,
        "lines": lines, "stop": stop or "", "act_id": request.POST.get("act") or uuid7(),
    }  # fmt: skip
    return render(request, "field/inspect/fill.html", context)


@page("add_proof", methods="GET HEAD POST")
def filled(request: Request, id_: UUID) -> HttpResponse:
    """What was found there: photos of before and after, and what was mended on the spot."""
    scope = request.caller.actor.scope
    visit = command_reads.visit(scope, id_)
    if visit is None or not visit.form.startswith("checklist/"):
        raise Http404
    if request.method == "POST":
        _act(request)
        return redirect("field:inspect_filled", id_=visit.id)
    problems = list(command_reads.problems(scope).filter(found_in=f"visit:{visit.id}"))
    shown: dict[str, list[Any]] = {}
    for proof in command_reads.proofs(scope, [f"problem:{p.id}" for p in problems]):
        shown.setdefault(proof.subject, []).append(proof)
    context = {
        "visit": visit, "title": _asked(visit.form.removeprefix("checklist/")).title.in_language(_language()),
        "problems": [(p, _words(p), shown.get(f"problem:{p.id}", ())) for p in problems],
        "photos": sum(bool(p.media) for p in command_reads.proofs(scope, [f"visit:{visit.id}"])),
        "kinds": ProofKind.choices, "may_fix": request.caller.actor.may("fix_problem"),
    }  # fmt: skip
    return render(request, "field/inspect/filled.html", context)


def _act(request: Request) -> None:
    told = request.POST
    problem = _uuid(told.get("problem", ""))
    if problem is None:
        return
    if told.get("do") == "fix":
        answer = act(request, "fix_problem", None, problem=problem, words=told.get("words", ""))
    else:
        sent = request.FILES.get("photo")
        photo = {"photo": sent.read()} if sent else {}
        given = {"kind": told.get("kind", ""), "words": told.get("words", ""), **photo}
        answer = act(request, "add_proof", None, subject=f"problem:{problem}", **given)
    if answer.status != "refused":
        messages.success(request, _("已记录"))


def _answers(asked: checklists.Checklist, request: Request) -> dict[str, dict[str, str]]:
    return {
        i.name: {"answer": said, "note": request.POST.get(f"{i.name}.note", "").strip()}
        for i in asked.items
        if (said := request.POST.get(i.name, "").strip())
    }


def _words(problem: Any) -> str:
    name, _slash, line = problem.item.partition("/")
    item = _asked(name).item(line)
    return item.words.in_language(_language()) if item else str(problem.words)


def _asked(name: str) -> checklists.Checklist:
    try:
        return checklists.checklist(name)
    except ValueError:
        raise Http404 from None


def _language() -> str:
    return get_language() or ""


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""Checklists: the shelf, one of them, filling it on the desk, what was filled, self-check beside inspection."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.parts import Chip, Header, Link
from bihuan.desk.problems.words import language, problem_state, problem_words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import checklists, forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import FillKind, OwnerLevel, ProofKind
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory.choices import PlaceKind

MOST_SUBJECTS = 500
FORMS_WITH_FINDINGS = ("unannounced_visit",)
# What was asked, what was answered, what was added, whether it does not hold.
Line = tuple[str, str, str, bool]


@page("fill_checklist")
def catalogue(request: Request) -> HttpResponse:
    """Every checklist, where it is asked, how many lines it has."""
    lines = [
        {
            "name": c.name, "title": c.title.in_language(language()), "items": len(c.items),
            "must": sum(i.is_must for i in c.items), "where": " · ".join(_where(c)), "window_days": c.window_days,
        }
        for c in checklists.checklists()
    ]  # fmt: skip
    return render(request, "desk/problems/checklists.html", {"lines": lines})


def _where(asked: checklists.Checklist) -> list[str]:
    named = [str(PlaceKind(k).label) for k in asked.place_kinds] + [str(UnitKind(k).label) for k in asked.unit_kinds]
    of = checklists.register(asked.register) if asked.register else None
    return named + ([of.title.in_language(language())] if of else [])


@page("fill_checklist")
def checklist(request: Request, name: str) -> HttpResponse:
    """One checklist: its lines, what a «no» becomes, and where it can be filled."""
    asked = _asked(name)
    lines = [(i, i.words.in_language(language()), OwnerLevel(i.owner).label, _bounds(i)) for i in asked.items]
    context = {
        "header": Header(
            asked.title.in_language(language()), kind=_("检查表"),
            facts=[(_("适用"), " · ".join(_where(asked))), (_("再现期限（天）"), asked.window_days)],
            back=Link(_("检查表"), reverse("desk:checklists"), "chevron-left"),
        ),
        "checklist": asked, "lines": lines, **_standing(request, asked),
        "may_inspect": request.visit.actor.may("raise_problem"),
    }  # fmt: skip
    return render(request, "desk/problems/checklist.html", context)


@page("fill_checklist", methods="GET HEAD POST")
def fill(request: Request, name: str) -> HttpResponse:
    """Fill a checklist at one place, unit or entry."""
    visit = request.visit
    asked = _asked(name)
    told = request.POST if request.method == "POST" else request.GET
    at = found(command_reads.subject(visit.scope, told.get("subject", "")))
    kind = told.get("kind") or (FillKind.INSPECTION if visit.actor.may("raise_problem") else FillKind.SELF_CHECK)
    if request.method == "POST":
        stop = as_uuid(told.get("stop", ""))
        answer = act(
            request, "fill_checklist", form_id(request), checklist=asked.name, subject=at.key, kind=kind,
            answers=answers_of(asked, request), **({"stop": stop} if stop else {}),
        )  # fmt: skip
        if answer.status != "refused":
            n = (answer.result or {}).get("found", 0)
            done(request, _("已填报，发现 %(n)d 个问题") % {"n": n} if n else _("已填报，未发现问题"))
            return redirect("desk:filled", id_=(answer.result or {})["visit"])
    kinds = [k for k in FillKind.choices if k[0] != FillKind.DISPATCH or asked.register]
    if not visit.actor.may("raise_problem"):
        kinds = [k for k in kinds if k[0] in (FillKind.SELF_CHECK, FillKind.DISPATCH)]
    context = {
        "title": asked.title.in_language(language()), "asked": asked, "at": at, "kind": kind, "kinds": kinds,
        "lines": lines_of(asked, request), "stop": told.get("stop", ""), "act_id": request.POST.get("act") or uuid7(),
    }  # fmt: skip
    return render(request, "desk/problems/fill.html", context)


def answers_of(asked: checklists.Checklist, request: Any) -> dict[str, dict[str, Any]]:
    """A form's fields as the act takes them."""
    return {
        i.name: {
            "answer": told, "note": request.POST.get(f"{i.name}.note", "").strip(),
            "fixed": bool(request.POST.get(f"{i.name}.fixed")),
        }
        for i in asked.items
        if (told := request.POST.get(i.name, "").strip())
    }  # fmt: skip


def lines_of(asked: checklists.Checklist, request: Any) -> list[dict[str, Any]]:
    """A checklist's lines as a page draws them, with what was filled in before."""
    return [
        {
            "item": i, "words": i.words.in_language(language()), "bounds": _bounds(i), "value": request.POST.get(i.name, ""),
            "note": request.POST.get(f"{i.name}.note", ""), "fixed": bool(request.POST.get(f"{i.name}.fixed")),
        }
        for i in asked.items
    ]  # fmt: skip


def _standing(request: Request, asked: checklists.Checklist) -> dict[str, Any]:
    """Where it is asked, when each was last filled and what was wrong: what does not hold first, then what waits today."""
    visit = request.visit
    midnight = timezone.localtime(visit.at).replace(hour=0, minute=0, second=0, microsecond=0)
    last = {v.subject: (v, photos) for v, photos in command_reads.last_fills(visit.scope, asked.name, visit.at)}
    rows: list[dict[str, Any]] = []
    for subject in command_reads.inspectable(visit.scope, asked)[:MOST_SUBJECTS]:
        filled, photos = last.get(subject.key, (None, 0))
        is_today = filled is not None and filled.at >= midnight
        wrong = checklists.findings(asked, filled.answers.get("items", {})) if filled else []
        chip = Chip(_("今天未填"), "plain") if not is_today else None
        if filled is None:
            chip = Chip(_("从未填报"), "risk")
        elif wrong:
            chip = Chip(_("%(n)d 项不合格") % {"n": len(wrong)}, "late")
        elif is_today:
            chip = Chip(_("合格"), "good")
        words = "；".join(f.item.words.in_language(language()) for f in wrong)
        rows.append(
            {"subject": subject, "filled": filled, "photos": photos, "chip": chip, "is_today": is_today, "wrong": words}
        )
    rows.sort(key=lambda r: (not r["wrong"], bool(r["is_today"])))
    return {"rows": rows, "today": sum(r["is_today"] for r in rows)}


def _bounds(item: checklists.Item) -> str:
    low, high = item.at_least, item.at_most
    if low is None and high is None:
        return ""
    words = f"≤ {high:g}" if low is None else f"≥ {low:g}" if high is None else f"{low:g}–{high:g}"
    return f"{words} {item.unit}".strip()


@page("fill_checklist", methods="GET HEAD POST")
def filled(request: Request, id_: UUID) -> HttpResponse:
    """One filled checklist, its photos, and the problems that came of it."""
    visit = request.visit
    asked = found(command_reads.visit(visit.scope, id_))
    if request.method == "POST":
        photo = request.FILES.get("photo")
        answer = act(
            request, "add_proof", form_id(request), subject=f"visit:{asked.id}", kind=ProofKind.EVIDENCE,
            words=request.POST.get("words", ""), photo=photo.read() if photo else b"",
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("照片已存"))
            return redirect("desk:filled", id_=asked.id)
    title, kind, lines = found(_filled_checklist(asked) if asked.form.startswith("checklist/") else _filled_form(asked))
    wrong = sum(is_wrong for _words, _answer, _note, is_wrong in lines)
    problems = command_reads.problems(visit.scope).filter(found_in=f"visit:{asked.id}")
    context = {
        "header": Header(
            title, kind=kind,
            chips=[Chip(_("未发现问题"), "good") if not wrong else Chip(_("发现 %(n)d 个问题") % {"n": wrong}, "risk")],
            facts=[(_("检查对象"), asked.answers.get("name", "")), (_("填报人"), asked.member.name), (_("时间"), asked.at)],
        ),
        "lines": lines, "problems": [(p, problem_words(p), problem_state(p)) for p in problems],
        "proofs": command_reads.proofs(visit.scope, [f"visit:{asked.id}"]), "act_id": uuid7(),
        "may_prove": visit.actor.may("add_proof") and not visit.is_past,
    }  # fmt: skip
    return render(request, "desk/problems/filled.html", context)


def _filled_checklist(asked: Any) -> tuple[str, str, list[Line]]:
    form = _asked(asked.form.removeprefix("checklist/"))
    told, kind = asked.answers.get("items", {}), asked.answers.get("kind", "")
    wrong = {f.item.name for f in checklists.findings(form, told)}
    lines = [
        (
            i.words.in_language(language()),
            _said(i, told.get(i.name, {})),
            told.get(i.name, {}).get("note", ""),
            i.name in wrong,
        )
        for i in form.items
    ]
    return form.title.in_language(language()), str(FillKind(kind).label) if kind in FillKind.values else "", lines


def _filled_form(asked: Any) -> tuple[str, str, list[Line]] | None:
    """A form that problems come from as they do from checklists; others are about people and are read elsewhere."""
    if asked.form not in FORMS_WITH_FINDINGS:
        return None
    form = forms.form(asked.form)
    yes_no = {"yes": _("是"), "no": _("否")}
    lines = [
        (q.label, yes_no.get(q.value, q.value) if q.kind == "yes_no" else q.value, "", q.value == "no")
        for q in form.questions(asked.outcome, language(), asked.answers)
    ]
    return form.title.in_language(language()), dict(form.outcomes)[asked.outcome].in_language(language()), lines


def _said(item: checklists.Item, told: dict[str, Any]) -> str:
    answer = str(told.get("answer", ""))
    words = {"yes": _("是"), "no": _("否"), "na": _("不适用")}
    return words.get(answer, answer) if item.kind == "yes_no" else f"{answer} {item.unit}".strip() if answer else ""


@page("see_problems")
def gaps(request: Request, name: str) -> HttpResponse:
    """What units say of themselves beside what inspections found (自查与检查的差距)."""
    asked = _asked(name)
    lines = [
        (subject, own, seen, [i.words.in_language(language()) for i in wrong])
        for _key, subject, own, seen, wrong in command_reads.gaps(request.visit.scope, asked)
    ]
    context = {"title": asked.title.in_language(language()), "lines": lines, "name": asked.name}
    return render(request, "desk/problems/gaps.html", context)


def _asked(name: str) -> checklists.Checklist:
    return found(next((c for c in checklists.checklists() if c.name == name), None))

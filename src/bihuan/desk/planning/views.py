"""测算: what is needed and what is short, from the county's own numbers, and what other numbers would bring."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, as_uuid, found, page
from bihuan.desk.planning.drawing import drawn
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.reports import Page, Section, _plans
from bihuan.reports._plans import Asked, Figure, Slider, plain

FORMATS = ("xlsx", "csv")
# Where the number beside a slider stands in the house, and the right to look there.
ROOMS = {
    "rounds": ("desk:rounds", "see_lab"), "stations": ("desk:stations", "see_lab"), "sites": ("desk:sites", "see_sites"),
    "roster": ("desk:roster", "see_desk"), "territory": ("desk:territory", "see_desk"),
    "protocols": ("desk:protocols", "see_protocols"), "supplies": ("desk:register", "see_problems"),
}  # fmt: skip
ICONS = {
    "testing": "test-pipe", "laboratories": "microscope", "pools": "chart-line", "couriers": "truck",
    "isolation": "bed", "stock": "package", "chain": "route",
}  # fmt: skip
# A task's words may be no longer than an address can carry.
MOST_WORDS = 300


@page("see_plans")
def plans(request: Request) -> HttpResponse:
    """Every plan with its sentence as things are now."""
    visit = request.visit
    lines, county = [], _plans.County(visit.scope, visit.at)
    for one in _plans.PLANS.values():
        asked = _plans.ask(one, county, {})
        lines.append(
            {"title": one.title, "summary": one.summary, "icon": ICONS[one.name], "answer": asked.now,
             "href": reverse("desk:plan", args=[one.name])}
        )  # fmt: skip
    return render(request, "desk/planning/plans.html", {"plans": lines})


@page("see_plans")
def plan(request: Request, name: str) -> HttpResponse:
    """One plan: as things are now beside what the numbers asked for would bring, or its tables as a file."""
    visit, given = request.visit, request.GET
    one = found(_plans.PLANS.get(name))
    of_round = as_uuid(given.get("round", ""))
    asked = _plans.ask(one, _plans.County(visit.scope, visit.at, of_round), given.dict())
    if given.get("export") in FORMATS:
        return listing.paper(_paper(request, asked, str(one.title)), given["export"], str(one.title))
    behind: list[Any] = list(asked.now.pictures) if asked.is_changed else []
    same = len(behind) == len(asked.answer.pictures)
    rounds = _plans.rounds(visit.scope) if name in _plans.OF_A_ROUND else []
    top = territory_reads.area_at(visit.scope.path)
    task = asked.answer.task[:MOST_WORDS]
    context = {
        "plan": one,
        "plans": [(p.title, reverse("desk:plan", args=[p.name]), p.name == name) for p in _plans.PLANS.values()],
        "asked": asked,
        "figures": _figures(asked),
        "sliders": [_control(request, s, asked) for s in asked.sliders],
        "pictures": [
            drawn(picture, behind[n] if same else None) for n, picture in enumerate(asked.answer.pictures)
        ],
        "tables": asked.answer.sections,
        "formats": FORMATS,
        "rounds": rounds if len(rounds) > 1 else [],
        "of_round": str(of_round or ""),
        "task_href": f"{reverse('desk:new_task')}?{urlencode({'title': task, 'area': top.code if top else ''})}"
        if task and visit.actor.may("open_task") else "",
    }  # fmt: skip
    return render(request, "desk/planning/plan.html", context)


def _control(request: Request, one: Slider, asked: Asked) -> dict[str, Any]:
    value = asked.values[one.key]
    return {
        "slider": one,
        "value": _number(value),
        "shown": plain(value),
        "now": _number(one.now),
        "now_words": dict(one.choices).get(one.now, plain(one.now)),
        "low": _number(one.low),
        "high": _number(one.high),
        "step": _number(one.step),
        "is_changed": value != one.now,
        "choices": [(_number(v), words, v == value) for v, words in one.choices],
        "href": _room(request, one.room),
    }


def _room(request: Request, room: str) -> str:
    """The page on which a number is kept, for whoever may open it."""
    address, needs = ROOMS.get(room, ("", ""))
    if not address or not request.visit.actor.may(needs):
        return ""
    return reverse(address, args=[room] if address == "desk:register" else [])


def _number(value: float) -> str:
    """A number as a form writes it."""
    return str(int(value)) if value == int(value) else repr(value)


def _figures(asked: Asked) -> list[dict[str, Any]]:
    """Each figure as it is now and as asked, and whether that is better."""
    lines = []
    for now, then in zip(asked.now.figures, asked.answer.figures, strict=False):
        verdict = ""
        if then.less is not None and asked.is_changed and now.value != then.value:
            # A figure without an end is the worst there is.
            before, after = _or_endless(now.value), _or_endless(then.value)
            verdict = "better" if (after < before) == then.less else "worse"
        lines.append(
            {
                "label": then.label,
                "definition": then.definition,
                "now": _words(now),
                "then": _words(then),
                "verdict": verdict,
            }
        )
    return lines or [
        {"label": f.label, "definition": f.definition, "now": "–", "then": _words(f), "verdict": ""}
        for f in asked.answer.figures
    ]


def _or_endless(value: float | None) -> float:
    return float("inf") if value is None else value


def _words(figure: Figure) -> str:
    return _("无尽头") if figure.value is None else f"{plain(figure.value)} {figure.unit}"


def _paper(request: Request, asked: Asked, title: str) -> Page:
    """The answer as a paper: its sentence, its notes, the numbers it was asked with, its tables."""
    numbers = [
        _("%(label)s：%(value)s%(unit)s") % {
            "label": s.label, "value": dict(s.choices).get(asked.values[s.key], plain(asked.values[s.key])), "unit": s.unit
        }
        for s in asked.sliders
    ]  # fmt: skip
    said = Section(paragraphs=(asked.answer.sentence, *asked.answer.notes, "；".join(numbers)))
    visit = request.visit
    top = territory_reads.area_at(visit.scope.path)
    area = top.name if top else visit.actor.unit
    return Page(title=title, as_of=visit.at, area_name=area, sections=(said, *asked.answer.sections))

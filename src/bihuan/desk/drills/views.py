"""推演: a protocol with other numbers is tried on a county of the computer before it binds anybody of life."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.safestring import mark_safe
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.drills import jobs, words
from bihuan.desk.inside import Request, act, as_uuid, as_whole, commit_first, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Header, Link, Progress
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.protocols import bridge as protocols
from bihuan.ledgers.orders.rehearsals import bridge
from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState

# So many curves can still be told apart in one picture.
MOST_COMPARED = 6
NUMBERS_OF_ONE = tuple(words.FIGURES)


@page("see_protocols")
def rehearsals(request: Request) -> HttpResponse:
    """Rehearsals of the county, the latest first."""
    visit = request.visit
    columns = (
        Column("title", _("推演"), is_fixed=True),
        Column("protocol", _("方案")),
        Column("changes", _("改动"), is_number=True),
        Column("runs", _("次数"), is_number=True),
        Column("infected", _("感染人数"), is_number=True),
        Column("restricted", _("受限人日"), is_number=True),
        Column("waits", _("卡在")),
        Column("asked_at", _("时间"), is_sortable=True),
        Column("by", _("推演人")),
        Column("state", _("状态")),
    )
    filters = (Filter("state", _("状态"), "select", RehearsalState.choices),)
    question = ask(request.GET, columns=columns, filters=filters, sort="-asked_at")
    rows = rehearsal_reads.rehearsals(visit.scope)
    if "state" in question.values:
        rows = rows.filter(state=question.values["state"])
    titles = _titles()

    def line(one: Any) -> Row:
        return Row(
            id=str(one.id),
            href=reverse("desk:rehearsal", args=[one.id]),
            cells={
                "title": one.title,
                "protocol": words.protocol_words(one.protocol, titles),
                "changes": len(one.changes),
                "runs": one.runs,
                "infected": _mean(one, "total_infections"),
                "restricted": _mean(one, "restricted_person_days"),
                "waits": str(words.WAITS.get(one.waits_for, "")),
                "asked_at": one.asked_at,
                "by": one.asked_by.name,
                "state": words.state_chip(one.state),
            },
        )

    actions = [Action(_("比较"), reverse("desk:rehearsal_compare"), "git-compare")]
    if visit.actor.may("start_rehearsal"):
        actions.insert(0, Action(_("新推演"), reverse("desk:rehearsal_new"), "plus", is_main=True))
    return listing.answer(
        request,
        question,
        rows,
        name="rehearsals",
        title=_("推演"),
        line=line,
        orders={"asked_at": "asked_at"},
        definition=_("在计算机里的县上试一试方案的数字：不涉及任何真实的人，不改变任何措施"),
        empty=_("还没有推演过"),
        actions=actions,
    )


@page("start_rehearsal", methods="GET HEAD POST")
def new(request: Request) -> HttpResponse:
    """Choose a scenario and an edition, change numbers, and let it run."""
    visit = request.visit
    if request.method == "POST":
        return _start(request)
    given = request.GET
    source = rehearsal_reads.rehearsal(visit.scope, id_) if (id_ := as_uuid(given.get("from", ""))) else None
    offered = {o.name: o for o in bridge.offered()}
    chosen = offered.get(given.get("scenario", source.scenario if source else ""), next(iter(offered.values())))
    shelf = protocols.shelf()
    response = command_reads.response_at(visit.scope.path, visit.at)
    editions = {e.id: e.title for e in shelf}
    asked = given.get("protocol", source.protocol if source else "")
    if asked not in {*editions, "none"}:
        asked = chosen.protocol if "scenario" in given or response is None else response.protocol
    protocol = asked if asked in editions else "none" if asked == "none" else chosen.protocol
    now = bridge.numbers_now(chosen.name, protocol)
    changes = source.changes if source and source.protocol == protocol else {}
    context = {
        "offered": [(o.name, words.scenario_words(o.name, o.title)) for o in offered.values()],
        "editions": [(e.id, f"{e.title} · {e.valid_from:%Y-%m-%d}") for e in shelf],
        "no_measure": str(words.NO_MEASURE),
        "chosen": chosen,
        "protocol": protocol,
        "source": source,
        "title": source.title if source else "",
        "people": source.people if source else chosen.people,
        "days": source.days if source else chosen.days,
        "runs": source.runs if source else 5,
        "seed": source.first_seed if source else 1,
        "parts": [
            {"title": title, "numbers": [_field(f"{part}.{key}", now, changes) for key in bridge.CHANGEABLE[part]]}
            for part, title in words.PARTS.items()
        ],
        "stays": [(s, words.value_words(s)) for s in bridge.STAYS],
        "act_id": uuid7(),
    }
    return render(request, "desk/drills/new.html", context)


def _field(name: str, now: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    is_stay = name.endswith("_mode")
    return {
        "name": name, "label": words.NUMBERS[name], "is_stay": is_stay, "now": words.value_words(now[name]),
        "value": changes.get(name, ""), "step": "any" if name.startswith("delays.") else "1",
    }  # fmt: skip


def _start(request: Request) -> HttpResponse:
    given = request.POST
    changes: dict[str, float | str] = {}
    for part, keys in bridge.CHANGEABLE.items():
        for name in (f"{part}.{key}" for key in keys):
            text = given.get(name, "").strip()
            if text:
                changes[name] = text if name.endswith("_mode") else _as_number(text)
    answer = act(
        request, "start_rehearsal", form_id(request), title=given.get("title", ""), scenario=given.get("scenario", ""),
        protocol=given.get("protocol", ""), people=as_whole(given.get("people", "")), days=as_whole(given.get("days", "")),
        runs=as_whole(given.get("runs", "")), seed=as_whole(given.get("seed", "")), changes=changes,
    )  # fmt: skip
    if answer.status == "refused" or not answer.result:
        kept = urlencode({name: given.get(name, "") for name in ("scenario", "protocol")})
        return redirect(f"{reverse('desk:rehearsal_new')}?{kept}")
    made = str(answer.result["rehearsal"])
    if answer.status == "done":
        commit_first(lambda: jobs.rehearse.defer(rehearsal=made))
    return redirect("desk:rehearsal", made)


def _as_number(text: str) -> float:
    """A number from a form; what is none becomes one that the act refuses with its name."""
    try:
        value = float(text)
    except ValueError:
        return -1.0
    if not abs(value) < 1e9:  # nan, too
        return -1.0
    return int(value) if value == int(value) else value


@page("see_protocols", methods="GET HEAD POST")
def rehearsal(request: Request, id_: UUID) -> HttpResponse:
    """One rehearsal: how far it is, its curves, what it cost, and what was changed."""
    visit = request.visit
    one = found(rehearsal_reads.rehearsal(visit.scope, id_))
    if request.method == "POST":
        return _step(request, one)
    is_under_way = one.state in (RehearsalState.QUEUED, RehearsalState.RUNNING)
    progress = Progress(
        _("正在推演") if one.state == RehearsalState.RUNNING else _("排队等候"), one.days_done, one.all_days,
        text=_("第一次推演要先编译，约需一分钟；可以离开本页"),
    ) if is_under_way else None  # fmt: skip
    curves = one.daily
    context = {
        "one": one,
        "progress": progress,
        "curve": mark_safe(bridge.picture(one.title, curves, get_language() or "zh-hans")) if curves else "",  # noqa: S308 - drawn by the engine, which escapes its words
    }
    if request.headers.get("HX-Request"):
        answer = render(request, "desk/drills/_running.html", context)
        if not is_under_way:
            answer["HX-Refresh"] = "true"
        return answer
    titles = _titles()
    context |= {
        "header": Header(
            one.title,
            kind=_("推演"),
            chips=[words.state_chip(one.state)],
            facts=[
                (pgettext("drill", "情景"), words.scenario_words(one.scenario)),
                (_("方案"), words.protocol_words(one.protocol, titles)),
                (_("人口"), f"{one.people:,}"),
                (_("天数"), one.days),
                (_("次数"), one.runs),
                (_("随机种子"), one.first_seed),
                (_("推演人"), one.asked_by.name),
                (_("时间"), one.asked_at),
            ],
            back=Link(_("推演"), reverse("desk:rehearsals"), "chevron-left"),
        ),
        "waits_for": str(words.WAITS.get(one.waits_for, "")),
        "numbers": [(words.FIGURES[f], *_spread(one, f)) for f in NUMBERS_OF_ONE] if one.figures else [],
        "diff": _diff(one),
        "may_stop": is_under_way and visit.actor.may("stop_rehearsal"),
        "may_again": visit.actor.may("start_rehearsal"),
        "may_propose": one.state == RehearsalState.DONE and one.changes and one.proposed_at is None
        and visit.actor.may("propose_protocol"),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/drills/rehearsal.html", context)


def _step(request: Request, one: Any) -> HttpResponse:
    if request.POST.get("step") == "stop":
        if act(request, "stop_rehearsal", form_id(request), rehearsal=one.id).status != "refused":
            done(request, _("已停止"))
    elif request.POST.get("step") == "propose":
        given = {"rehearsal": one.id, "words": request.POST.get("words", "")}
        if act(request, "propose_protocol", form_id(request), **given).status != "refused":
            done(request, _("建议已送指挥长决定；在决定之前什么也不改变"))
    return redirect("desk:rehearsal", one.id)


@page("see_protocols")
def compare(request: Request) -> HttpResponse:
    """Rehearsals of one scenario side by side: the first picked is what the others are held against."""
    visit = request.visit
    picked = [p for p in map(as_uuid, request.GET.getlist("pick")) if p][:MOST_COMPARED]
    several = [r for r in rehearsal_reads.several(visit.scope, picked) if r.state == RehearsalState.DONE]
    base = several[0] if several else None
    fits = [r for r in several if base and _ground_of(r) == _ground_of(base)]
    rows = [_compared(r, base) for r in fits] if len(fits) > 1 else []
    panels = [(str(label), {r.title: r.daily[name] for r in fits}) for name, label in words.CURVES.items()]
    context = {
        "every": rehearsal_reads.rehearsals(visit.scope).filter(state=RehearsalState.DONE)[:60],
        "picked": {str(p) for p in picked},
        "rows": rows,
        "figures": [
            {"label": words.FIGURES[name], "cells": [(row["mean"][name], words.apart_words(row["apart"][name]) if n else "")
             for n, row in enumerate(rows)]}
            for name in NUMBERS_OF_ONE
        ],
        "left_out": [r.title for r in several if r not in fits],
        "verdict": words.verdict(rows),
        "curve": mark_safe(bridge.overlay(words.scenario_words(base.scenario), panels)) if base and rows else "",  # noqa: S308 - as above
        "protocols": _titles(),
    }  # fmt: skip
    return render(request, "desk/drills/compare.html", context)


def _ground_of(one: Any) -> tuple[Any, ...]:
    """Only what had the same people, days and luck can be compared."""
    return one.scenario, one.people, one.days, one.first_seed


def _compared(one: Any, base: Any) -> dict[str, Any]:
    return {
        "id": one.id, "title": one.title, "diff": _diff(one), "waits": str(words.WAITS.get(one.waits_for, "")),
        "mean": {name: _mean(one, name) for name in NUMBERS_OF_ONE},
        "apart": {name: bridge.apart(one.figures, base.figures, name) for name in NUMBERS_OF_ONE},
    }  # fmt: skip


def _diff(one: Any) -> list[tuple[str, str, str]]:
    return [
        (str(words.NUMBERS[name]), words.value_words(one.before.get(name, "")), words.value_words(value))
        for name, value in one.changes.items()
    ]


def _mean(one: Any, name: str) -> int | None:
    return round(sum(f[name] for f in one.figures) / len(one.figures)) if one.figures else None


def _spread(one: Any, name: str) -> tuple[int | None, int, int]:
    values = [f[name] for f in one.figures]
    return _mean(one, name), round(min(values)), round(max(values))


def _titles() -> dict[str, str]:
    return {e.id: e.title for e in protocols.shelf()}

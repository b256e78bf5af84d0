"""The page one works on during the call: what the case says on the left, the days in the middle, doubts on the right.

Every field is an act of its own, saved when it is left; the answer is the panels anew, so that the window, the
contradictions and the steps are always those of what was just said. Without script each part is a form with its button.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk.cases.words import (
    FINDINGS,
    case_chip,
    for_input,
    instant,
    kind_words,
    relation_words,
    step_words,
    window_words,
)
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.people.words import masked_person, person_fields
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import (
    COUNTING,
    Outcome,
    Protection,
    Relation,
    Severity,
    SourceKind,
    VisitSource,
)
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads

TIMES = ("onset_at", "sampled_at", "confirmed_at", "last_negative_at", "isolated_at", "admitted_at", "outcome_at")
CODES = ("classification", "severity", "outcome", "source_kind")
WORDS = ("hospital", "occupation", "workplace", "source_words", "summary")
VISIT_TIMES, VISIT_CODES, VISIT_WORDS = ("from_at", "until_at"), ("protection", "source"), ("words", "activity")
SYMPTOMS = ("fever", "cough", "sore_throat", "fatigue", "diarrhoea", "rash", "smell", "breath")
MINUTES_A_DAY = 1440
MINUTES_A_LETTER = 36  # about as wide as one Chinese letter on the narrowest screen the page is made for
NARROW_MINUTES = 240  # a shorter bar has no room for its words: they stand beside it
MOST_DAYS = 21


@page("add_case_visit")
def investigation(request: Request, id_: UUID) -> HttpResponse:
    """The whole page."""
    asked = found(cases_reads.case(request.visit.scope, id_))
    if asked.is_refuted:
        return redirect("desk:case", asked.id)
    return render(request, "desk/cases/investigation.html", _context(request, asked))


@page("revise_case", methods="POST")
def save_case(request: Request, id_: UUID) -> HttpResponse:
    """One field of the case (or all of them, without script)."""
    asked = found(cases_reads.case(request.visit.scope, id_))
    given = request.POST
    changes: dict[str, Any] = {name: _time(given[name]) for name in TIMES if name in given}
    changes |= {name: given[name] for name in CODES if name in given}
    if "routinely_tested" in given:
        changes["routinely_tested"] = given["routinely_tested"] in ("on", "true", "1")
    if "symptoms" in given:
        changes["symptoms"] = [s for s in given.getlist("symptoms") if s]
    words = {name: given[name].strip() for name in WORDS if name in given}
    answer = act(request, "revise_case", form_id(request), case=asked.id, changes=changes, words=words)
    return _answered(request, id_, answer)


@page("add_case_visit", methods="POST")
def add_visit(request: Request, id_: UUID) -> HttpResponse:
    """A new stay."""
    given = request.POST
    start = instant(given.get("from_at", "")) or _moment(given, "from")
    until = instant(given.get("until_at", "")) or _moment(given, "until")
    companions = [{"person": i, "relation": Relation.HOUSEHOLD} for i in given.getlist("with") if as_uuid(i)]
    if given.get("with_name", "").strip():
        companions.append({"name": given["with_name"].strip(), "relation": given.get("with_relation", Relation.OTHER)})
    args: dict[str, Any] = {"case": id_, "words": given.get("words", ""), "activity": given.get("activity", "")}
    args |= {"protection": given.get("protection") or "unknown", "source": given.get("source") or "interview"}
    args |= {"from_at": start, "until_at": until, "companions": companions, "place": as_uuid(given.get("place", ""))}
    if start is None:
        return _refused(request, id_, _("请填写到达时间"))
    return _answered(request, id_, act(request, "add_case_visit", form_id(request), **args))


@page("add_case_visit", methods="POST")
def save_visit(request: Request, id_: UUID, visit_id: UUID) -> HttpResponse:
    """One field of a stay, or its bar moved on the timeline; `void` takes it out."""
    given = request.POST
    if "void" in given:
        answer = act(request, "void_case_visit", form_id(request), visit=visit_id, reason=given.get("reason", ""))
        return _answered(request, id_, answer)
    changes: dict[str, Any] = {name: _time(given[name]) for name in VISIT_TIMES if name in given}
    changes |= {name: given[name] for name in VISIT_CODES if name in given}
    if "place" in given:
        changes["place"] = as_uuid(given["place"])
    if "flags" in given:
        changes["flags"] = [f for f in given.getlist("flags") if f]
    words = {name: given[name] for name in VISIT_WORDS if name in given}
    answer = act(request, "revise_case_visit", form_id(request), visit=visit_id, changes=changes, words=words)
    return _answered(request, id_, answer)


@page("add_case_visit", methods="POST")
def copy_visits(request: Request, id_: UUID) -> HttpResponse:
    """The stays of somebody of the household."""
    who = as_uuid(request.POST.get("from_person", ""))
    if who is None:
        return _refused(request, id_, _("请选择同住人"))
    return _answered(request, id_, act(request, "copy_household_visits", form_id(request), case=id_, from_person=who))


@page("add_contact", methods="POST")
def name_contact(request: Request, id_: UUID) -> HttpResponse:
    """Somebody the case names, on record or not."""
    given = request.POST
    told = {
        "row_number": 1, "name": given.get("name", "").strip(), "phones": [p for p in [given.get("phone", "").strip()] if p],
        "id_number": given.get("id_number", "").strip().upper(), "address": given.get("address", "").strip(),
    }  # fmt: skip
    if told["id_number"]:
        told["id_kind"] = "resident_identity_card"
    answer = act(
        request, "add_contact", form_id(request), case=id_, who={"told": told, "area": given.get("area", "")},
        relation=given.get("relation") or "other", first_at=instant(given.get("first_at", "")),
        last_at=instant(given.get("last_at", "")), note=given.get("note", ""),
    )  # fmt: skip
    return _answered(request, id_, answer)


@page("add_exposure", methods="POST")
def add_exposure(request: Request, id_: UUID) -> HttpResponse:
    """A ride or another event, with who sat where: one person a line, «name phone row»."""
    given = request.POST
    people = []
    for line in given.get("people", "").splitlines():
        parts = line.split()
        if not parts:
            continue
        phones = [p for p in parts[1:] if len(p) >= 7 and p.isdigit()]
        seat = next((p for p in parts[1:] if p not in phones), "")
        told = {"row_number": 1, "name": parts[0], "phones": phones}
        people.append(
            {"told": told, "seat": {given.get("seat_by", "row"): seat} if seat else {}, "relation": "fellow_traveller"}
        )
    seat = given.get("seat", "").strip()
    answer = act(
        request, "add_exposure", form_id(request), case=id_, kind=given.get("kind", ""), run=given.get("run", ""),
        role=given.get("role") or "infecting", from_at=instant(given.get("from_at", "")),
        until_at=instant(given.get("until_at", "")), seat={given.get("seat_by", "row"): seat} if seat else {}, people=people,
    )  # fmt: skip
    return _answered(request, id_, answer)


@page("add_case_visit")
def places(request: Request) -> HttpResponse:
    """Places whose name or address holds these letters: for the look-up while one listens."""
    words = request.GET.get("q", "").strip()[:40]
    hits = territory_reads.places_named(request.visit.scope, words)[:12] if words else []
    return JsonResponse(
        {"places": [{"id": str(p.id), "name": p.name, "kind": p.kind_words, "area": p.area.name} for p in hits]}
    )


def _answered(request: Request, id_: UUID, answer: Any) -> HttpResponse:
    """The panels anew; a refusal says why and keeps what was typed."""
    if answer.status == "refused":
        return _refused(request, id_, answer.reason, told=True)
    if request.headers.get("X-Bihuan") == "save":
        asked = found(cases_reads.case(request.visit.scope, id_))
        return render(request, "desk/cases/_answer.html", _context(request, asked))
    done(request, _("已保存"))
    return redirect("desk:investigation", id_)


def _refused(request: Request, id_: UUID, reason: str, *, told: bool = False) -> HttpResponse:
    if request.headers.get("X-Bihuan") == "save":
        list(messages.get_messages(request))  # said here, not again on the next page
        return HttpResponse(reason, status=422, content_type="text/plain; charset=utf-8")
    if not told:
        messages.error(request, reason)
    return redirect("desk:investigation", id_)


def _context(request: Request, asked: Any) -> dict[str, Any]:
    visit = request.visit
    window = cases_bridge.window_of(asked)
    stays = list(cases_reads.visits(visit.scope, asked.id))
    own = [s for s in stays if s.person_id == asked.person_id]
    findings = cases_bridge.findings(visit.scope, asked)
    marked = {i for f in findings for i in f.stays}
    household = list(people_reads.household_members(visit.scope, asked.person))
    having = {v.person_id for v in cases_reads.visits_of_persons(visit.scope, [p.id for p in household])}
    kinds = cases_bridge.exposure_kinds(asked.protocol)
    days = _days(asked, window, own, visit.at, marked)
    numbers = people_reads.numbers([asked.person_id])[asked.person_id]
    return {
        "case": asked,
        "name": masked_person(asked.person),
        "person": person_fields(asked.person, numbers),
        "chip": case_chip(asked),
        "clock": clock_part(asked.task.clock, visit.at) if asked.task else None,
        "window": window_words(window.start, window.until),
        "window_reason": window.reason,
        "is_dated": window.is_dated,
        "times": [(name, str(label), for_input(getattr(asked, name))) for name, label in _labels()],
        "classes": [(c.value, c.label) for c in COUNTING],
        "severities": Severity.choices,
        "outcomes": Outcome.choices,
        "sources": SourceKind.choices,
        "symptoms": [(key, _symptom(key), key in asked.symptoms) for key in SYMPTOMS],
        "days": days,
        "visits": [_visit(s, marked) for s in own],
        "findings": [_finding(f, {s.id.hex: s for s in own}) for f in findings],
        "household": [{"id": p.id, "name": masked_person(p), "has_visits": p.id in having} for p in household],
        "protections": Protection.choices,
        "visit_sources": VisitSource.choices,
        "relations": Relation.choices,
        "vehicles": [(k, kind_words(k)) for k in kinds["vehicle"]],
        "kinds": [(k, kind_words(k)) for name, several in kinds.items() if name != "vehicle" for k in several],
        "exposures": [
            {"kind": kind_words(e.kind), "run": e.run or e.words, "from_at": e.from_at, "n": len(e.people.all())}
            for e in cases_reads.exposures(visit.scope, asked.id)
        ],
        "named": [
            {
                "href": reverse("desk:contact", args=[c.id]), "name": masked_person(c.person),
                "relation": relation_words(c.relation),
            }
            for c in cases_reads.contacts_of(visit.scope, asked.id).filter(extra__by_hand=True)[:30]
        ],
        "areas": list(territory_reads.areas(visit.scope).filter(level__in=["township", "village"]))[:400],
        "steps": [
            {"words": step_words(s.step), "step": s.step, "done_at": s.done_at, "due_at": s.due_at,
             "is_late": s.done_at is None and s.due_at <= visit.at, "member": s.member.name if s.member else ""}
            for s in cases_reads.steps(visit.scope, asked.id)
        ],
        "act_ids": [uuid7() for _n in range(8)],
        "hours": [(_percent(60 * h), h) for h in range(0, 25, 3)],
        "day_choices": [d["day"] for d in days],
    }  # fmt: skip


def _labels() -> list[tuple[str, Any]]:
    return [
        ("onset_at", _("发病")), ("sampled_at", _("首次阳性采样")), ("confirmed_at", _("确诊")),
        ("last_negative_at", _("末次阴性")), ("isolated_at", _("隔离")), ("admitted_at", _("入院")),
        ("outcome_at", _("转归时间")),
    ]  # fmt: skip


def _symptom(key: str) -> str:
    return {
        "fever": _("发热"), "cough": _("咳嗽"), "sore_throat": _("咽痛"), "fatigue": _("乏力"),
        "diarrhoea": _("腹泻"), "rash": _("皮疹"), "smell": _("嗅觉味觉减退"), "breath": _("呼吸困难"),
    }[key]  # fmt: skip


def _days(asked: Any, window: Any, stays: list[Any], at: datetime, marked: set[Any]) -> list[dict[str, Any]]:
    """The days to ask about, from the window's first to its last (or today), each with the bars that fall on it."""
    first = [s.from_at for s in stays] + ([window.start] if window.start else []) + [asked.reported_at]
    last = [s.until_at or s.from_at for s in stays] + [window.until or at]
    begin, end = timezone.localdate(min(first)), timezone.localdate(min(max(last), max(at, *last)))
    days = []
    for number in range(min((end - begin).days + 1, MOST_DAYS)):
        day = begin + timedelta(days=number)
        midnight = timezone.make_aware(datetime.combine(day, datetime.min.time()))
        bars = [bar for s in stays if (bar := _bar(s, midnight, s.id.hex in marked))]
        lanes = _lanes(bars)
        days.append(
            {
                "day": day, "iso": day.isoformat(), "bars": bars, "height": 26 * max(1, lanes) + 4,
                "in_window": _share(window, midnight), "is_onset": asked.onset_at and timezone.localdate(asked.onset_at) == day,
            }
        )  # fmt: skip
    return days


def _percent(minutes: int) -> str:
    """A place in the day as SVG wants it: no style attribute, so that nothing inline has to be allowed."""
    return f"{100 * minutes / MINUTES_A_DAY:.3f}%"


def _bar(stay: Any, midnight: datetime, is_marked: bool) -> dict[str, Any] | None:
    start = int((stay.from_at - midnight).total_seconds() // 60)
    until = int(((stay.until_at or stay.from_at + timedelta(minutes=30)) - midnight).total_seconds() // 60)
    if until <= 0 or start >= MINUTES_A_DAY:
        return None
    here = max(0, start)
    width = max(10, min(MINUTES_A_DAY, until) - here)
    return {
        "id": stay.id, "left": _percent(here), "share": _percent(width), "x": here, "width": width, "lane": 0,
        "is_marked": is_marked, "is_narrow": width < NARROW_MINUTES,
        "is_whole": start >= 0 and until <= MINUTES_A_DAY, "from_at": stay.from_at,
        "until_at": stay.until_at, "words": stay.place.name if stay.place else stay.words,
    }  # fmt: skip


def _lanes(bars: list[dict[str, Any]]) -> int:
    """Bars that overlap stand under each other: a contradiction is seen before it is read."""
    ends: list[int] = []
    for bar in sorted(bars, key=lambda b: b["x"]):
        lane = next((n for n, end in enumerate(ends) if end <= bar["x"]), len(ends))
        if lane == len(ends):
            ends.append(0)
        ends[lane] = bar["x"] + bar["width"]
        bar["lane"], bar["y"] = lane, 3 + 26 * lane
    for bar in bars:  # words stand beside a narrow bar only as far as the next bar of its lane leaves room
        after = [b["x"] for b in bars if b["lane"] == bar["lane"] and b["x"] > bar["x"]]
        room = min(after, default=MINUTES_A_DAY) - bar["x"] - bar["width"]
        letters = room // MINUTES_A_LETTER
        bar["label"] = (
            "" if letters < 2 else bar["words"] if len(bar["words"]) <= letters else bar["words"][: letters - 1] + "…"
        )
    return len(ends)


def _share(window: Any, midnight: datetime) -> dict[str, str] | None:
    """The part of a day that lies in the infectious window."""
    if window.start is None:
        return None
    start = max(0, int((window.start - midnight).total_seconds() // 60))
    until = (
        MINUTES_A_DAY
        if window.until is None
        else min(MINUTES_A_DAY, int((window.until - midnight).total_seconds() // 60))
    )
    return {"left": _percent(start), "share": _percent(until - start)} if until > start else None


def _visit(stay: Any, marked: set[Any]) -> dict[str, Any]:
    return {
        "id": stay.id, "place": stay.place, "words": stay.words, "from_at": for_input(stay.from_at),
        "until_at": for_input(stay.until_at), "activity": stay.activity, "protection": stay.protection,
        "source": stay.source, "flags": stay.flags, "is_marked": stay.id.hex in marked, "n_with": len(stay.companions),
        "act_id": uuid7(),
    }  # fmt: skip


def _finding(finding: Any, stays: dict[str, Any]) -> dict[str, Any]:
    about = [stays[i] for i in finding.stays if i in stays]
    return {
        "kind": str(FINDINGS.get(finding.kind, finding.kind)),
        "start": finding.start,
        "end": finding.end,
        "about": [s.place.name if s.place else s.words for s in about],
        "stay": about[0].id if about else None,
        "is_grave": finding.kind in ("overlap", "record_against_word", "companion_elsewhere", "too_fast"),
    }


def _time(text: str) -> datetime | None:
    return instant(text) if text.strip() else None


def _moment(given: Any, end: str) -> datetime | None:
    """A day and an hour typed apart: quicker than a date field during a call."""
    day, hour = given.get("day", ""), given.get(f"{end}_time", "").strip().replace("：", ":")  # data
    if not day or not hour:
        return None
    if hour.isdigit():
        hour = f"{int(hour):02d}:00" if len(hour) <= 2 else f"{hour[:-2].zfill(2)}:{hour[-2:]}"
    return instant(f"{day}T{hour}")

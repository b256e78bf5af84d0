"""What I have to do today, fetched ahead and drawn on the phone: visits, checks and homes of people in isolation, inspections,
doors drawn for an unannounced visit.

One page draws them all from what stands in the pack: a title, lines, questions. Another kind of task is one more section.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, page
from bihuan.field.views import FORM, REVISIT_AFTER, to_visit, visits_of
from bihuan.field.words import tasks_words
from bihuan.ledgers.command import checklists, forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import FillKind, TaskKind
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import Symptom
from bihuan.ledgers.people import reads as people_reads

MOST = 300
# Lists fetched ahead are gone from the phone after a shift.
WIPE_AFTER = timedelta(hours=12)
UNANNOUNCED_FORM = "unannounced_visit"
HOME_FORM = "home_suitability"
# With what was found at a stop or a door; more are added at the desk.
MOST_PHOTOS = 3


def tasks(request: HttpRequest) -> HttpResponse:
    """The page that draws what was fetched; it holds nobody, so the phone may keep it."""
    return render(request, "field/tasks.html", {"words": tasks_words()})


@page("mark_read")
def pack(request: Request) -> JsonResponse:
    """My day as data: sections of lines with what is asked at each."""
    caller = request.caller
    actor, at = caller.actor, caller.at
    sections = []
    if actor.may("report_visit"):
        sections.append(_visits(request))
    if actor.may("record_check"):
        sections.append(_checks(request))
    if actor.may("assess_home"):
        sections.append(_homes(request))
    if actor.may("report_unannounced"):
        sections.append(_doors(request))
    if actor.may("raise_problem"):
        sections += _inspections(request)
    response = JsonResponse(
        {
            "member": str(actor.member),
            "as_of": at.isoformat(),
            "wipe_at": (at + WIPE_AFTER).isoformat(),
            "sections": [s for s in sections if s["rows"]],
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _visits(request: Request) -> dict[str, Any]:
    form, language = forms.form(FORM), get_language() or ""
    rows, _is_mine = visits_of(request)
    lines = [to_visit(r, request.caller.at) for r in rows[:MOST]]
    return {
        "key": "visits",
        "title": form.title.in_language(language),
        "act": "report_visit",
        "subject": "row",
        "fixed": {"form": FORM},
        "again_hours": REVISIT_AFTER / timedelta(hours=1),
        "outcomes": _asked(form, language),
        "rows": [
            _line(str(one["row"].id), one["name"], one["where"], one["row"].pushed_list.purpose, one["due_at"])
            for one in lines
        ],
    }  # fmt: skip


def _checks(request: Request) -> dict[str, Any]:
    caller = request.caller
    here = stays_reads.open_stays(caller.actor.scope)
    mine = list(here.filter(helper=caller.actor.member)[:MOST]) or list(here[:MOST])
    standing = stays_reads.next_checks(caller.actor.scope, [s.order_id for s in mine], caller.at)
    waiting = [s for s in mine if standing.get(s.order_id, {}).get("due")]
    return {
        "key": "checks",
        "title": _("登记检查"),
        "act": "record_check",
        "subject": "stay",
        "symptoms": [[value, str(words)] for value, words in Symptom.choices],
        "rows": [
            _line(
                str(s.id), people_reads.masked_name(stays_reads.opened(s.sealed)["name"]),
                f"{s.facility.place.name} {s.room.number}" if s.facility and s.room else people_reads.masked_address(s.address),
            )
            for s in waiting
        ],
    }  # fmt: skip


def _homes(request: Request) -> dict[str, Any]:
    """Homes to be looked at before somebody is entered in the home register."""
    form, language = forms.form(HOME_FORM), get_language() or ""
    orders = stays_reads.to_place(request.caller.actor.scope, request.caller.at, [Measure.HOME_QUARANTINE])[:MOST]
    return {
        "key": "homes",
        "title": form.title.in_language(language),
        "act": "assess_home",
        "subject": "order",
        "questions": [asdict(q) for q in form.questions("assessed", language)],
        "rows": [
            _line(
                str(o.id), people_reads.masked_name(o.person.name),
                people_reads.masked_address(o.person.address) or o.area.name,
            )
            for o in orders
            if o.person
        ],
    }  # fmt: skip


def drawn_doors(request: Request) -> list[Any]:
    """Doors drawn for me that I have not reported yet, the most pressing first: nobody else's, whatever may be seen."""
    caller = request.caller
    asked = command_reads.open_tasks(caller.actor.scope)
    return list(asked.filter(kind=TaskKind.UNANNOUNCED_VISIT, responsible=caller.actor.member)[:MOST])


def _doors(request: Request) -> dict[str, Any]:
    form, language = forms.form(UNANNOUNCED_FORM), get_language() or ""
    return {
        "key": "unannounced",
        "title": form.title.in_language(language),
        "act": "report_unannounced",
        "subject": "task",
        "photos": _photos(request),
        "outcomes": _asked(form, language),
        "rows": [_line(str(t.id), t.title, "", "", t.clock.due_at) for t in drawn_doors(request)],
    }


def _asked(form: forms.Form, language: str) -> list[dict[str, Any]]:
    return [
        {
            "key": key,
            "words": words.in_language(language),
            "questions": [asdict(q) for q in form.questions(key, language)],
        }
        for key, words in form.outcomes
    ]


def _photos(request: Request) -> int:
    """How many photos may go with one form."""
    return MOST_PHOTOS if request.caller.actor.may("add_proof") else 0


def _inspections(request: Request) -> list[dict[str, Any]]:
    """One section a checklist that a stop of mine asks for."""
    caller, language = request.caller, get_language() or ""
    sections: dict[str, dict[str, Any]] = {}
    for stop in command_reads.open_stops(caller.actor.scope, caller.at)[:MOST]:
        asked = checklists.checklist(stop.inspection.checklist)
        section = sections.setdefault(
            asked.name,
            {
                "key": f"checklist:{asked.name}",
                "title": asked.title.in_language(language),
                "act": "fill_checklist",
                "subject": "stop",
                "fixed": {"checklist": asked.name, "kind": FillKind.INSPECTION},
                "photos": _photos(request),
                "items": [
                    {"name": i.name, "kind": i.kind, "label": i.words.in_language(language), "is_must": i.is_must}
                    for i in asked.items
                ],
                "rows": [],
            },
        )
        line = _line(str(stop.id), stop.name, stop.inspection.title, "", stop.inspection.planned_until)
        section["rows"].append({**line, "given": {"subject": stop.subject}})
    return list(sections.values())


def _line(id_: str, title: str, where: str, note: str = "", due_at: datetime | None = None) -> dict[str, Any]:
    return {"id": id_, "title": title, "where": where, "note": note, "due_at": due_at.isoformat() if due_at else None}

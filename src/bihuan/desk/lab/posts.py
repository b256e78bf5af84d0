"""重点岗位: who is overdue, by employer; markets and halls overdue for environment samples; platforms that were away."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, Visit, act, as_uuid, done, form_id, page
from bihuan.desk.lab.words import value_chip
from bihuan.desk.people.words import masked_person
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind

# R101 says «regularly»: the county's own rhythm until its protocol names one.
ENVIRONMENT_DAYS = 7
ENVIRONMENT_KINDS = (PlaceKind.MARKET, PlaceKind.VENUE, PlaceKind.COLD_STORE)
SHOWN_PEOPLE = 500


@page("see_lab")
def posts(request: Request) -> HttpResponse:
    """Due and overdue by employer; an employer nobody of whose staff is overdue stands below those with some."""
    visit = request.visit
    workers = list(lab_figures.key_workers(visit.scope, visit.at))
    last = lab_figures.last_sampled(visit.scope, [w.person_id for w in workers], visit.at)
    employers: dict[Any, dict[str, Any]] = {}
    overdue: list[dict[str, Any]] = []
    for worker in workers:
        line = employers.setdefault(
            worker.employer_id,
            {"name": worker.employer.name, "area": worker.employer.area.name, "people": 0, "due": 0, "overdue": 0},
        )
        line["people"] += 1
        since = last.get(worker.person_id)
        window = lab_bridge.sample_due(worker.post, since or worker.held_from)
        if window is None:
            continue
        due_from, due_until = (worker.held_from, worker.held_from + timedelta(days=1)) if since is None else window
        if visit.at >= due_until:
            line["overdue"] += 1
            overdue.append({"who": masked_person(worker.person), "employer": worker.employer.name, "post": worker.post,
                            "last": since, "days": (visit.at - due_until).days})  # fmt: skip
        elif visit.at >= due_from:
            line["due"] += 1
    overdue.sort(key=lambda o: -o["days"])
    context = {
        "employers": sorted(employers.values(), key=lambda e: (-e["overdue"], e["name"])),
        "overdue": overdue[:SHOWN_PEOPLE],
        "more": max(0, len(overdue) - SHOWN_PEOPLE),
        "places": _environment(visit),
        "environment_days": ENVIRONMENT_DAYS,
        "total": len(workers),
    }
    return render(request, "desk/lab/posts.html", context)


def _environment(visit: Visit) -> list[dict[str, Any]]:
    last = lab_figures.last_environment(visit.scope, visit.at)
    rows: list[dict[str, Any]] = []
    for place in territory_reads.places(visit.scope, ENVIRONMENT_KINDS):
        when, value = last.get(place.id, (None, ""))
        late = when is None or visit.at - when > timedelta(days=ENVIRONMENT_DAYS)
        chip = value_chip(value) if when else None
        rows.append({"place": place, "last": when, "value": chip, "is_late": late})
    rows.sort(key=lambda r: (not r["is_late"], r["last"] or visit.at - timedelta(days=9999), r["place"].name))
    return rows[:200]


@page("see_lab", methods="GET HEAD POST")
def outages(request: Request) -> HttpResponse:
    """When a platform was away, and which late results that explains."""
    visit = request.visit
    if request.method == "POST":
        given: dict[str, Any] = {"system": request.POST.get("system", ""), "note": request.POST.get("note", "")}
        ending = as_uuid(request.POST.get("outage", ""))
        answer = act(request, "log_outage", form_id(request), **({"outage": ending} if ending else given))
        if answer.status != "refused":
            done(request, _("已记录"))
        return redirect("desk:outages")
    spans = list(lab_reads.outages(visit.scope)[:100])
    late: dict[str, int] = defaultdict(int)
    for opened, released in lab_figures.late_results(visit.scope, visit.at - timedelta(days=7), visit.at):
        over = (released - opened).total_seconds() / 60 - lab_figures.FEVER_LIMIT_MINUTES
        late["platform" if lab_reads.outage_minutes(opened, released, spans) >= over else "people"] += 1
    context = {
        "spans": spans,
        "act_id": uuid7(),
        "may_log": visit.actor.may("log_outage"),
        "late_platform": late["platform"],
        "late_people": late["people"],
    }
    return render(request, "desk/lab/outages.html", context)

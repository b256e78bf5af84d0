"""Before contacts are recorded: who, why, how long, and what the protocol would ask of them."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.cases.words import (
    area_words,
    basis_words,
    class_words,
    kind_words,
    overlap_words,
    relation_words,
    towns_of,
    window_words,
)
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.parts import Chip, Header, Link
from bihuan.desk.people.words import masked_person
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind

OWN_NOTES = ("no_secondary", "refuted")
DEPTHS = (1, 2, 3)


@page("derive_contacts", methods="GET HEAD POST")
def derive(request: Request, id_: UUID) -> HttpResponse:
    """The preview, and with POST the act."""
    visit = request.visit
    asked = found(cases_reads.case(visit.scope, id_))
    depth = int(request.GET.get("depth", request.POST.get("depth", "2")) or 2)
    depth = depth if depth in DEPTHS else 2
    if request.method == "POST":
        kept = {i for i in (as_uuid(t) for t in request.POST.getlist("pick")) if i}
        shown = {i for i in (as_uuid(t) for t in request.POST.getlist("shown")) if i}
        answer = act(
            request, "derive_contacts", form_id(request), case=asked.id, depth=depth,
            leave_out=tuple(sorted(shown - kept)), leave_out_reason=request.POST.get("reason", ""),
        )  # fmt: skip
        if answer.status != "refused":
            result = answer.result or {}
            done(
                request,
                _("新增 %(added)d 人，改变 %(changed)d 人，撤销 %(dropped)d 人；已派 %(townships)d 个乡镇")
                % {"townships": 0, **result},
            )
            return redirect("desk:case", asked.id)
    traced = cases_bridge.trace_case(visit.scope, asked, at=visit.at, depth=depth)
    known = people_reads.persons_by_id(visit.scope, [c.person for c in traced.candidates])
    before = {c.person_id: c for c in cases_reads.contacts_of(visit.scope, asked.id)}
    titles = cases_bridge.class_titles(asked.protocol)
    places = _place_names(traced)
    towns = towns_of(visit.scope)
    rows = [
        _row(c, known[c.person], before.get(c.person), titles, places, towns)
        for c in traced.candidates
        if c.person in known
    ]
    found_now = {c.person for c in traced.candidates}
    gone = [
        {"name": masked_person(c.person), "class": class_words(c.class_name, titles), "last_at": c.last_exposure_at}
        for p, c in before.items()
        if p not in found_now and c.ended_at is None and not c.external_id
    ]
    numbers = cases_reads.case_numbers(visit.scope, [case for case, _seconds in traced.cases_met])
    context = {
        "header": Header(
            _("判定接触者"), kind=asked.number,
            facts=[
                (_("传染期"), window_words(traced.window.start, traced.window.until)),
                (_("依据"), traced.window.reason),
                (_("已知轨迹"), traced.stays),
                (_("密接"), sum(c.level == 1 for c in traced.candidates)),
                (_("次密接"), sum(c.level > 1 for c in traced.candidates)),
            ],
            back=Link(asked.number, reverse("desk:case", args=[asked.id])),
        ),
        "case": asked,
        "is_dated": traced.window.is_dated,
        "rows": rows,
        "gone": gone,
        "depth": depth,
        "depths": DEPTHS,
        "wide": [{"name": places.get(place, place), "n": n} for place, n in traced.wide],
        "met": [
            {"id": case, "number": numbers[case], "overlap": overlap_words(seconds)}
            for case, seconds in traced.cases_met if case in numbers
        ],
        "no_secondary": "no_secondary" in traced.notes,
        "notes": [n for n in traced.notes if n not in OWN_NOTES],
        "by_kind": _by_kind(traced),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/cases/derive.html", context)


def _row(
    found_: Any, person: Any, before: Any, titles: dict[str, str], places: dict[str, str], towns: dict[str, str]
) -> dict[str, Any]:
    change = Chip(_("新增"), "info")
    if before is not None:
        same = (before.level, before.class_name, before.last_day) == (found_.level, found_.class_name, found_.last_day)
        change = Chip(_("不变"), "plain") if same else Chip(_("改变"), "risk")
        if before.state == ContactState.DROPPED:
            change = Chip(_("恢复"), "info") if not before.extra.get("left_out") else Chip(_("已人工撤销"), "plain")
    return {
        "person": person.id,
        "name": masked_person(person),
        "area": area_words(person, towns),
        "level": found_.level,
        "class": class_words(found_.class_name, titles),
        "why": [
            {
                "basis": basis_words(e.basis),
                "kind": kind_words(e.kind) if e.kind else "",
                "relation": relation_words(e.relation),
                "first_at": e.first_at,
                "last_at": e.last_at,
                "overlap": overlap_words(e.overlap_s),
                "places": [places.get(p, p) for p in e.places],
                "certain": e.certain,
            }
            for e in found_.evidence
        ],
        "overlap": overlap_words(found_.overlap_s),
        "last_at": found_.last_at,
        "last_day": found_.last_day,
        "refusal": found_.refusal,
        "change": change,
        "kept": before is None or not before.extra.get("left_out"),
    }


def _place_names(traced: Any) -> dict[str, str]:
    ids = {p for c in traced.candidates for e in c.evidence for p in e.places} | {p for p, _n in traced.wide}
    wanted = [i for i in (as_uuid(p) for p in ids) if i]
    return {str(p.id): p.name for p in territory_reads.places_by_id(wanted)}


def _by_kind(traced: Any) -> list[tuple[str, int]]:
    words = dict(PlaceKind.choices)
    counts = traced.by_place_kind.get("close", {})
    return [(str(words.get(kind, kind)), n) for kind, n in sorted(counts.items(), key=lambda item: -item[1])]

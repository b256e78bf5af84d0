"""Sampling slots on the phone: whom a table expects this half hour, who missed it; when a workplace's staff are to come."""

from datetime import timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render

from bihuan.field.inside import Request, page
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads

# Whoever is asked to come soon may be there already.
SOON = timedelta(minutes=30)


@page("draw_swab")
def expected(request: Request, id_: UUID) -> HttpResponse:
    """Who is due at a table now, who comes next, who missed theirs; masked, the last four of the document beside."""
    caller = request.caller
    session = lab_reads.session(caller.actor.scope, id_)
    if session is None:
        raise Http404
    found = slot_reads.expected(caller.actor.scope, session.round_id, session.station_id)
    shown = [e for e in found if e.missed or (not e.came and not e.excuse and e.slot_from <= caller.at + SOON)]
    tails = _tails([e.person for e in shown])
    lines = {"now": [], "next": [], "over": []}  # type: dict[str, list[Any]]
    for one in shown:
        when = "over" if one.slot_until <= caller.at else "now" if one.slot_from <= caller.at else "next"
        lines[when].append(_line(one) | {"tail": tails.get(one.person, "")})
    context = {
        "session": session, "lines": lines, "as_of": caller.at, "asked": len(found), "came": sum(e.came for e in found),
    }  # fmt: skip
    return _private(render(request, "field/expected.html", context))


@page("fill_checklist")
def slots(request: Request) -> HttpResponse:
    """Where and when the staff of one's own workplace are to be sampled."""
    caller = request.caller
    scope = caller.actor.scope
    posts = [p.post.place_id for p in staff_reads.postings(scope, caller.at).filter(member=caller.actor.member)]
    places = [p for p in posts if p is not None]
    found = slot_reads.expected_of_places(scope, places, caller.at - timedelta(hours=12)) if places else []
    groups = [
        {"station": station, "from": begin, "until": several[0].slot_until, "lines": [_line(e) for e in several]}
        for (station, begin), part in groupby(found, key=lambda e: (e.station, e.slot_from))
        if (several := list(part))
    ]
    names = [p.name for p in territory_reads.places_by_id(places)]
    return _private(render(request, "field/slots.html", {"groups": groups, "names": names, "has_place": bool(places)}))


def _line(one: slot_reads.Expected) -> dict[str, Any]:
    return {
        "name": people_reads.masked_name(one.name), "village": one.village, "from": one.slot_from, "until": one.slot_until,
        "came": one.came, "missed": one.missed,
    }  # fmt: skip


def _tails(persons: list[UUID]) -> dict[UUID, str]:
    """The last four of each one's document, by which a sampler knows two of one surname apart."""
    found = people_reads.numbers(persons)
    return {id_: told.documents[0][1][-4:] for id_, told in found.items() if told.documents}


def _private(response: HttpResponse) -> HttpResponse:
    response.headers["Cache-Control"] = "no-store"
    return response

"""The sampling table on the phone: a tube, then person after person; goes on without a network.

The page holds nobody. What it needs to recognise people is fetched for one table, sealed on the phone, and names no one:
a surname with stars, the last four of the document, and digests by which a scanned number or a typed name is found.
"""

import hashlib
import secrets
import unicodedata
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from bihuan.field.checkpoint import POLICY
from bihuan.field.inside import Request, act, page
from bihuan.field.words import sampling_words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import TubeState
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import Scope

# A village or a community; at a larger table whoever is not on the phone is told by document, and found by the server.
MOST_PEOPLE = 5000
MOST_TABLES = 20
# A list fetched ahead is gone from the phone after a shift.
WIPE_AFTER = timedelta(hours=12)
LAST_SHOWN = 10


@page("draw_swab", methods="GET HEAD POST")
def sampling(request: Request) -> HttpResponse:
    """The table. With script it asks nobody; without, one form binds one person."""
    scope, given = request.caller.actor.scope, request.POST
    if request.method == "POST":
        if given.get("do") == "open":
            _open(request)
        elif _drawn(request):
            return redirect(f"{request.path}?table={given.get('session', '')}&tube={given.get('tube', '')}")
    response = render(
        request,
        "field/sampling.html",
        {
            "tables": lab_reads.open_sessions(scope)[:MOST_TABLES],
            "rounds": lab_reads.rounds(scope).filter(closed_at__isnull=True)[:MOST_TABLES],
            "stations": lab_reads.stations(scope)[:100],
            "given": given or request.GET,
            "chosen": given.get("session") or request.GET.get("table", ""),
            "act_id": uuid7(),
            "words": sampling_words(),
        },
    )
    response.headers["Content-Security-Policy"] = POLICY
    return response


@page("draw_swab")
def pack(request: Request, id_: UUID) -> JsonResponse:
    """What one table's phone needs without a network."""
    caller = request.caller
    session = lab_reads.session(caller.actor.scope, id_)
    if session is None or session.closed_at is not None:
        raise Http404
    salt = secrets.token_hex(8)
    response = JsonResponse(
        {
            "id": str(session.id),
            "member": str(caller.actor.member),
            "as_of": caller.at.isoformat(),
            "wipe_at": (caller.at + WIPE_AFTER).isoformat(),
            "station": session.station.name,
            "round": session.round.name,
            "pool_size": session.round.pool_size,
            "is_standing": session.round.is_standing,
            "tubes": [
                {"code": t.code, "swabs": t.swabs, "capacity": t.capacity, "is_open": t.state == TubeState.OPEN}
                for t in lab_reads.session_tubes(caller.actor.scope, session.id).filter(
                    state__in=[TubeState.OPEN, TubeState.CLOSED]
                )
            ],
            "salt": salt,
            "people": _people(request, session, salt),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _people(request: Request, session: Any, salt: str) -> list[list[Any]]:
    """[id, masked name, last four, digest of the number, digest of the name, pass pseudonyms, sampled already]."""
    caller = request.caller
    here = Scope(session.path)
    told = dict(people_reads.living_here(here, MOST_PEOPLE))
    numbers = people_reads.numbers(list(told))
    sampled = lab_figures.sampled_people(here, session.round_id)
    days = (caller.at, caller.at - timedelta(days=1))
    found = []
    for id_, name in told.items():
        documents = numbers[id_].documents
        number = documents[0][1] if documents else ""
        subjects = [pass_bridge.subject_of(id_, day) for day in days]
        found.append(
            [
                str(id_), people_reads.masked_name(name), number[-4:], digest(salt, number) if number else "",
                digest(salt, name), subjects, id_ in sampled,
            ]
        )  # fmt: skip
    return found


def digest(salt: str, text: str) -> str:
    """As packs.js makes it: the first eight bytes of SHA-256 over salt and text, width and spaces and case aside."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    return hashlib.sha256((salt + plain).encode()).hexdigest()[:16]


def _open(request: Request) -> None:
    """Put up a table from the phone."""
    given = request.POST
    told = {"of_round": given.get("round", ""), "station": given.get("station", "")}
    if act(request, "open_session", _id(request), **told).status != "refused":
        messages.success(request, _("已开点"))


def _drawn(request: Request) -> bool:
    given = request.POST
    who = {
        "row_number": 1, "name": given.get("name", "").strip(), "id_number": given.get("id_number", "").strip(),
        "id_kind": "resident_identity_card",
    }  # fmt: skip
    told = {"session": given.get("session", ""), "tube": given.get("tube", "").strip(), "who": who}
    is_done = act(request, "draw_swab", _id(request), **told).status != "refused"
    if is_done:
        messages.success(request, _("已登记"))
    return is_done


def _id(request: Request) -> UUID | None:
    try:
        return UUID(request.POST.get("act", ""))
    except ValueError:
        return None

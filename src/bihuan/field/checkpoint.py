"""The post: what the code says, what is to be done, a number for who passes clear, a record for who is stopped.

Everything works without script by asking the server; with script the page asks nobody: it verifies on the phone, from
keys, revocation slices and risk areas it fetched when it last could.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.field.inside import Request, act, page
from bihuan.field.words import checkpoint_words, reason_words
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake.sightings import landing
from bihuan.ledgers.intake.sightings import reads as sighting_reads
from bihuan.ledgers.intake.sightings.choices import Colour, Decision, RedStep, StopReason
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter

KINDS = (PlaceKind.CHECKPOINT, PlaceKind.STATION)
# How far back a stay in a risk area is asked about at a post: the longest look-back of the protocols.
LOOK_BACK = timedelta(days=7)
# The reader of codes is WebAssembly of our own; nothing inline, nothing from elsewhere.
POLICY = (
    "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; img-src 'self' data:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)
STOPPED = ("origin", "destination", "destination_area", "name", "id_number", "phone", "vehicle", "note")


@page("record_stop", methods="GET HEAD POST")
def checkpoint(request: Request) -> HttpResponse:
    """The page of the post: one answer in a few seconds, few inputs."""
    caller, given = request.caller, request.POST
    posts = _posts(request)
    post = next((p for p in posts if str(p.id) in (given.get("place"), request.GET.get("post"))), None)
    post = post or (posts[0] if posts else None)
    said: dict[str, Any] | None = None
    if request.method == "POST" and post is not None:
        what = given.get("do", "")
        if what == "ask":
            said = _ask(request)
        elif _done(request, what, post):
            return redirect(f"{reverse('field:checkpoint')}?post={post.id}")
        else:
            said = _ask(request)  # refused: what was filled in stays
    hours = sighting_reads.clear_by_hour(caller.actor.scope, post.id, caller.at, 12) if post else []
    reds = command_reads.open_tasks(caller.actor.scope).filter(kind=TaskKind.RED_CODE)
    context = {
        "posts": posts,
        "post": post,
        "given": given,
        "said": said,
        "clear_today": sum(n for _hour, n in hours),
        "standing": command_bridge.risk_standing(caller.actor.scope.path, caller.at),
        "colours": Colour.choices,
        "decisions": Decision.choices,
        "reasons": StopReason.choices,
        "areas": _destinations(request),
        "devices": territory_reads.devices(caller.actor.scope, [post.id]) if post else (),
        "reds": [(t, next((s for s in RedStep if f"{s}_at" not in t.detail), None)) for t in reds[:10]],
        "act_id": given.get("act") or uuid7(),
        "words": checkpoint_words(),
    }
    response = render(request, "field/checkpoint.html", context)
    response.headers["Content-Security-Policy"] = POLICY
    return response


@page("record_stop")
def pack(request: Request) -> JsonResponse:
    """What the page needs to answer without a network: keys, slices, risk areas, rules. Nobody stands in it."""
    caller = request.caller
    county = territory_reads.county_of(caller.actor.scope.path)
    standing = command_bridge.risk_standing(caller.actor.scope.path, caller.at)
    areas = risk.listed_between(caller.actor.scope.path, caller.at - LOOK_BACK, caller.at, caller.at)
    enter(Scope(county.path if county else EVERYWHERE))  # slices speak of the whole county; entries are digests
    slices = [m.hex() for m in pass_bridge.slices(county.path, caller.at)] if county else []
    keys = pass_bridge.key_list(county.path) if county else {"keys": []}
    enter(caller.actor.scope)
    current = standing.current
    response = JsonResponse(
        {
            "as_of": caller.at.isoformat(),
            "county": county.code if county else "",
            "keys": keys,
            "slices": slices,
            "risk": {
                "id": str(current.id) if current else None,
                "number": current.number if current else 0,
                "effective_from": current.effective_from.isoformat() if current else None,
                "checked_at": (caller.at - timedelta(minutes=standing.age_minutes)).isoformat() if current else None,
                "limit_minutes": standing.limit_minutes,
                "areas": [{"name": a.name, "code": a.code, "level": a.level} for a in areas],
            },
            "landing": landing.table(),
        }
    )
    response.headers["Cache-Control"] = "no-store"
    return response


def _posts(request: Request) -> list[Any]:
    """The posts inside my scope, those I stand at now first."""
    caller = request.caller
    places = list(territory_reads.places(caller.actor.scope, KINDS)[:100])
    mine = {
        d["post"].place_id
        for d in staff_reads.duty_now(caller.actor.scope, caller.at)
        if d["shift"] and d["shift"].member_id == caller.actor.member
    }
    return sorted(places, key=lambda p: p.id not in mine)


def _destinations(request: Request) -> list[Any]:
    """Where in the county somebody may be going: townships, everywhere in it."""
    county = territory_reads.county_of(request.caller.actor.scope.path)
    return territory_reads.townships(Scope(county.path)) if county else []


def _ask(request: Request) -> dict[str, Any]:
    """What the server says of a code and a journey."""
    caller, given = request.caller, request.POST
    county = territory_reads.county_of(caller.actor.scope.path)
    code, colour, verdict = given.get("code", "").strip(), given.get("colour", ""), None
    if code and county:
        enter(Scope(county.path))
        verdict = pass_bridge.check(code, county.path, caller.at)
        enter(caller.actor.scope)
        colour = verdict.shown.status if verdict.valid and verdict.shown else Colour.NONE
    if colour not in Colour.values:
        colour = Colour.NONE
    listed = risk.listed_between(caller.actor.scope.path, caller.at - LOOK_BACK, caller.at, caller.at)
    area = risk.gravest(listed, given.get("origin", ""))
    answer = landing.answer(
        colour=colour, level=area.level if area else "", is_starred="is_starred" in given,
        is_landing="is_landing" in given,
    )  # fmt: skip
    decision = answer.action if answer.action in Decision.values else Decision.PASSED
    return {
        "colour": Colour(colour), "verdict": verdict, "area": area, "answer": answer, "decision": decision,
        "reason_words": reason_words(verdict.reason) if verdict and not verdict.valid else "",
        "words": answer.words(get_language() or ""),
        "tubes": [_("单采") if n == 1 else _("%(n)d合1混采") % {"n": n} for n in answer.tubes],
    }  # fmt: skip


def _done(request: Request, what: str, post: Any) -> bool:
    """Do what a button of the page asks; False when it was refused."""
    given = request.POST
    if what == "clear":
        args: dict[str, Any] = {"place": post.id, "hour": request.caller.at, "clear": 1}
        return _told(request, "count_crossings", args, _("放行，已计数"))
    if what == "stop":
        args = {
            "place": post.id, "colour": given.get("colour", ""), "level": given.get("level", ""),
            "decision": given.get("decision", ""), "reason": given.get("reason", ""),
            "is_starred": "is_starred" in given, "is_landing": "is_landing" in given,
            **{name: given.get(name, "") for name in STOPPED},
        }  # fmt: skip
        return _told(request, "record_stop", args, _("已登记"))
    if what == "red":
        args = {"task": given.get("task", ""), "step": given.get("step", ""), "note": given.get("note", "")}
        return _told(request, "advance_red_code", args, _("已登记"))
    if what == "device":
        args = {"device": given.get("device", ""), "works": given.get("works") == "1"}
        return _told(request, "check_device", args, _("已登记"))
    return False


def _told(request: Request, verb: str, args: dict[str, Any], words: str) -> bool:
    try:
        id_ = UUID(request.POST.get("act", ""))
    except ValueError:
        id_ = None
    is_done = act(request, verb, id_, **args).status != "refused"
    if is_done:
        messages.success(request, words)
    return is_done

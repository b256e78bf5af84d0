"""Who waits for a place: the bed proposed for each, who should not be in a plain room, and the assignment."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, done, form_id, page
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import CareNeed
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.resources import bridge as resources_bridge
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityKind, FacilityState

MOST_SHOWN = 50


@page("assign_bed", methods="GET HEAD POST")
def waiting(request: Request) -> HttpResponse:
    """安排床位: those bound to stay away from home who have no bed yet, and what is proposed at one site."""
    visit = request.visit
    if request.method == "POST":
        given = request.POST
        order, bed = as_uuid(given.get("order", "")), as_uuid(given.get("bed", ""))
        if order and bed:
            answer = act(
                request, "assign_bed", form_id(request), order=order, bed=bed, needs=given.getlist("needs"),
                exception_reason=given.get("exception_reason", ""), is_here="is_here" in given,
            )  # fmt: skip
            if answer.status != "refused" and answer.result:
                done(request, _("已安排 %(room)s 室") % {"room": answer.result["room"]})
        return redirect(f"{reverse('desk:waiting')}?site={given.get('site', '')}")
    houses = [
        f
        for f in resources_reads.facilities(
            visit.scope, [FacilityKind.ISOLATION_SITE, FacilityKind.DESIGNATED_HOSPITAL]
        )
        if f.state == FacilityState.OPEN
    ]
    houses.sort(key=lambda f: f.kind != FacilityKind.ISOLATION_SITE)
    asked = as_uuid(request.GET.get("site", ""))
    house = next((f for f in houses if f.id == asked), houses[0] if houses else None)
    orders = stays_reads.to_place(visit.scope, visit.at)
    total, shown = orders.count(), list(orders[:MOST_SHOWN])
    free = _free_rooms(request, house) if house else []
    guests = [_guest(o, visit.at) for o in shown]
    offers = resources_bridge.offers(guests, free)
    exceptions = resources_bridge.exceptions(guests)
    numbers = {r.id: r.number for r in free}
    choices = [(r.number, r.beds[0], r.party) for r in sorted(free, key=lambda r: (r.floor, r.number))]
    context = {
        "houses": houses,
        "house": house,
        "total": total,
        "shown": len(shown),
        "lines": [
            {
                "order": o,
                "name": people_reads.masked_name(o.person.name) if o.person else "",
                "age": g.age,
                "needs": g.needs,
                "offer": offers.get(g.id),
                "offer_room": numbers.get(offers[g.id].room) if g.id in offers else "",
                "why": _why(offers.get(g.id)),
                "exceptions": [str(resources_bridge.Instead(e.instead).label) for e in exceptions.get(g.id, ())],
                "beds": [(n, b) for n, b, party in choices if party in ("", g.party)],
                "act_id": uuid7(),
            }
            for o, g in zip(shown, guests, strict=True)
        ],
        "need_kinds": CareNeed.choices,
        "free": sum(len(r.beds) for r in free),
    }
    return render(request, "desk/sites/waiting.html", context)


def _why(offer: Any) -> str:
    """Why this bed is proposed."""
    return "、".join(str(resources_bridge.Why(w).label) for w in offer.reasons) if offer else ""  # data


def _free_rooms(request: Request, house: Any) -> list[Any]:
    here = stays_reads.stays_in(request.visit.scope, house.id, request.visit.at)
    taken = {s.bed_id: s.party for s in here if s.bed_id}
    return resources_bridge.free_rooms(resources_reads.beds(house.id), taken)


def _guest(order: Any, at: Any) -> Any:
    """Somebody who waits, with what the order already says of them."""
    person = order.person
    born = person.birth_on
    age = at.year - born.year - ((at.month, at.day) < (born.month, born.day)) if born else None
    needs = frozenset(n for n in CareNeed.values if order.facts.get(n))
    return resources_bridge.Guest(str(order.id), str(person.household_id or person.id), age, needs)

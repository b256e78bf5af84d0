"""Measures on places: what is closed, on what ground, until when, how an ambulance gets in; and what the public is told."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.orders.words import state_chip
from bihuan.desk.parts import Action, Chip
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import notice
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import PLACE_MEASURES, Measure
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped


@page("see_orders")
def closures(request: Request) -> HttpResponse:
    """场所措施: closures and lockdowns of points, irregular ones first seen."""
    visit = request.visit
    columns = (
        Column("place", _("场所"), is_fixed=True),
        Column("kind", _("类别")),
        Column("measure", _("措施")),
        Column("state", _("状态")),
        Column("regular", _("规范")),
        Column("starts_at", _("起"), is_sortable=True),
        Column("ends_at", _("止"), is_sortable=True),
        Column("review_at", _("复核"), is_sortable=True),
        Column("area", _("属地")),
        Column("emergency_access", _("应急通道"), is_default=False),
        Column("detour", _("绕行"), is_default=False),
    )
    filters = (
        Filter("irregular", _("只看不规范的"), "check"),
        Filter("all", _("含已结束"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-starts_at")
    rows = orders_reads.orders(visit.scope).filter(place__isnull=False)
    if "all" not in question.values:
        rows = rows.filter(state__in=["proposed", "signed", "in_force"], ends_at__gt=visit.at)
    if "irregular" in question.values:
        rows = rows.filter(orders_reads.IRREGULAR)

    def line(order: Any) -> Row:
        return Row(
            id=str(order.id),
            href=reverse("desk:order", args=[order.id]),
            is_late=order.is_irregular,
            cells={
                "place": order.place.name,
                "kind": order.place.kind_words,
                "measure": order.measure_words,
                "state": state_chip(order, visit.at),
                "regular": Chip(_("不规范"), "late") if order.is_irregular else Chip(_("规范"), "good"),
                "starts_at": order.starts_at,
                "ends_at": order.ends_at,
                "review_at": order.review_at or "",
                "area": order.area.name,
                "emergency_access": order.emergency_access,
                "detour": order.detour,
            },
        )

    new = Action(_("提出场所措施"), reverse("desk:new_closure"), "plus", is_main=True)
    public = Action(_("公告页"), reverse("desk:public_measures"), "external-link")
    return listing.answer(
        request,
        question,
        rows,
        name="closures",
        title=_("场所措施"),
        line=line,
        orders={n: n for n in ("starts_at", "ends_at", "review_at")},
        definition=_("封控只到点，其余照常；缺应急通道、绕行路线或复核日期的标为不规范"),
        empty=_("没有正在执行的场所措施"),
        actions=(new, public) if visit.actor.may("propose_closure") else (public,),
    )


@page("propose_closure", methods="GET HEAD POST")
def new_closure(request: Request) -> HttpResponse:
    """Propose to close one place: ground, end, emergency access, detour, review."""
    visit = request.visit
    if request.method == "POST":
        post = request.POST
        starts, ends = _instant(post.get("starts_at", "")), _instant(post.get("ends_at", ""))
        place = as_uuid(post.get("place", ""))
        if starts and ends and place:
            answer = act(
                request, "propose_closure", form_id(request), place=place, measure=post.get("measure", ""),
                ground=post.get("ground", "").strip() or f"place:{place}", ground_words=post.get("ground_words", ""),
                starts_at=starts, ends_at=ends, emergency_access=post.get("emergency_access", ""),
                detour=post.get("detour", ""), review_at=_instant(post.get("review_at", "")),
                contact=post.get("contact", ""),
            )  # fmt: skip
            if answer.status != "refused":
                done(request, _("已提出，等待签批"))
                return redirect("desk:order", UUID((answer.result or {})["orders"][0]))
    kind = request.GET.get("kind", PlaceKind.VENUE)
    return render(
        request,
        "desk/orders/new_closure.html",
        {
            "places": territory_reads.places(visit.scope, [kind]),
            "kinds": PlaceKind.choices,
            "kind": kind,
            "measures": [(m.value, m.label) for m in PLACE_MEASURES],
            "act_id": uuid7(),
            "given": request.POST,
        },
    )


def public_measures(request: HttpRequest) -> HttpResponse:
    """The public notices: every measure on a place in force, with authority, ground, area, period, contact. For everybody."""
    at = datetime.now(UTC)
    with scoped(Scope(EVERYWHERE)):
        told = [
            {
                "title": notice.title(o),
                "place": o.place.name if o.place else "",
                "area": o.area.name,
                "measure": str(Measure(o.measure).label),
                "number": o.notice_number,
                "issuer": o.issuer_post.split(" ")[0],
                "signed_at": o.signed_at,
                "paragraphs": notice.paragraphs(o, tests=0),
            }
            for o in orders_reads.public_notices(at)
        ]
    return render(request, "desk/orders/public.html", {"notices": told, "at": at})


def _instant(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)

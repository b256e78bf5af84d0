"""What waits for a signature: like ones together, each person's own ground and the lighter measure beside it."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.orders.words import (
    class_words,
    ground_link,
    lighter_conditions,
    lighter_words,
    number,
    place_words,
    subject_words,
)
from bihuan.desk.parts import Action, Chip
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import Measure, OrderState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

MOST_PICKED = 500
# A measure borne on one shared ground by so many persons of one area is shown as one-size-fits-all (R062).
ONE_SIZE = 5
GROUPS_SHOWN = 12


@page("see_orders")
def proposals(request: Request) -> HttpResponse:
    """待签批: proposals, the oldest first, and how many are alike."""
    visit = request.visit
    groups = orders_reads.proposal_groups(visit.scope)
    towns = {a.path: a.name for a in territory_reads.townships(visit.scope)}
    columns = (
        Column("who", _("对象"), is_fixed=True),
        Column("measure", _("拟采取措施")),
        Column("ground", _("本人依据")),
        Column("area", _("属地"), is_sortable=True),
        Column("period", _("期限")),
        Column("days", _("限制人日"), is_number=True),
        Column("lighter", _("较轻措施")),
        Column("bound", _("已受约束")),
        Column("proposed_at", _("提出时间"), is_sortable=True),
        Column("article", _("法律依据"), is_default=False),
    )
    filters = (
        Filter("like", _("同类"), "select", [(_key(g), _group_words(g)) for g in groups]),
        Filter("area", _("乡镇"), "select", list(towns.items())),
        Filter("check", _("只看须留意的"), "select", (("unverified", _("条文未核对")), ("lighter", _("有较轻措施")))),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="proposed_at")
    asked = question.values
    rows = orders_reads.proposals(visit.scope)
    if "like" in asked:
        protocol, class_name, measure = asked["like"].split("|")
        rows = rows.filter(protocol=protocol, class_name=class_name, measure=measure)
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if asked.get("check") == "unverified":
        rows = rows.filter(is_verified=False)
    elif asked.get("check") == "lighter":
        rows = rows.filter(lighter__has_key="measure")
    bound: dict[UUID, list[Any]] = {}

    def prepare(part: list[Any]) -> None:
        people = [o.person_id for o in part if o.person_id]
        bound.update(orders_reads.binding_at(visit.scope, people, visit.at))

    def line(order: Any) -> Row:
        others = bound.get(order.person_id, [])
        return Row(
            id=str(order.id),
            href=reverse("desk:order", args=[order.id]),
            is_late=order.ends_at <= visit.at,
            cells={
                "who": subject_words(order),
                "measure": order.measure_words if order.is_verified else Chip(order.measure_words, "risk"),
                "ground": order.ground_words if order.is_individual else Chip(order.ground_words, "risk"),
                "area": place_words(order, towns),
                "period": _period(order),
                "days": number(order.person_days),
                "lighter": lighter_words(order),
                "bound": others[0].measure_words if others else "",
                "proposed_at": order.proposed_at,
                "article": order.article_words,
            },
        )

    bulk = [Action(_("签批所选"), reverse("desk:sign_orders"), "signature", is_main=True)]
    return listing.answer(
        request,
        question,
        rows,
        name="proposals",
        title=_("待签批的管控措施"),
        line=line,
        orders={"area": "path", "proposed_at": "proposed_at"},
        prepare=prepare,
        template="desk/orders/proposals.html",
        bulk=bulk if visit.actor.may("sign_order") else (),
        definition=_("规则只提出建议，由有权的人签批后才约束人；每人的依据各自列明，较轻的措施和人日并列"),
        empty=_("没有待签批的建议"),
        context={
            "groups": [
                (_group_words(g), g["n"], number(g["person_days"] or 0), _key(g)) for g in groups[:GROUPS_SHOWN]
            ],
            "shared": [
                g | {"words": str(Measure(g["measure"]).label)}
                for g in orders_reads.shared_grounds(visit.scope, visit.at, ONE_SIZE)
            ],
            "like": asked.get("like", ""),
        },
    )


@page("sign_order", methods="POST")
def sign(request: Request) -> HttpResponse:
    """First shows what is to be signed, person by person, then signs it."""
    visit = request.visit
    picked = [i for i in (as_uuid(t) for t in request.POST.getlist("pick")[:MOST_PICKED]) if i]
    if not picked:
        return redirect("desk:proposals")
    if request.POST.get("signed"):
        lighter = [i for i in (as_uuid(t) for t in request.POST.getlist("lighter")) if i in picked]
        answer = act(
            request, "sign_order", form_id(request), orders=picked, lighter=lighter,
            override_reason=request.POST.get("override_reason", ""),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已签批 %(n)d 件，请安排送达决定书") % {"n": (answer.result or {}).get("signed", 0)})
            return redirect(f"{reverse('desk:orders')}?state=signed")
    ready = [o for o in orders_reads.orders_by_id(visit.scope, picked).values() if o.state == OrderState.PROPOSED]
    if not ready:
        return redirect("desk:proposals")
    ready.sort(key=lambda o: (o.proposed_at, o.id))
    towns = {a.path: a.name for a in territory_reads.townships(visit.scope)}
    later: dict[UUID, list[str]] = {}
    for stage in orders_reads.orders(visit.scope).filter(chain__in=[o.chain for o in ready], stage__gt=0):
        later.setdefault(stage.chain, []).append(stage.measure_words)
    return render(
        request,
        "desk/orders/sign.html",
        {
            "rows": [
                {
                    "id": o.id,
                    "who": subject_words(o),
                    "measure": o.measure_words,
                    "then": later.get(o.chain, []),
                    "ground": o.ground_words,
                    "ground_link": ground_link(o.ground),
                    "is_shared": not o.is_individual and o.person_id is not None,
                    "is_irregular": o.is_irregular,
                    "area": place_words(o, towns),
                    "period": _period(o),
                    "days": number(o.person_days),
                    "lighter": lighter_words(o),
                    "may_lighter": bool(o.lighter.get("measure")),
                    "conditions": lighter_conditions(o),
                    "article": o.article_words,
                    "is_verified": o.is_verified,
                    "basis": o.basis,
                }
                for o in ready
            ],
            "unverified": sum(not o.is_verified for o in ready),
            "person_days": number(sum(o.person_days for o in ready)),
            "act_id": uuid7(),
            "override_reason": request.POST.get("override_reason", ""),
        },
    )


def _key(group: Any) -> str:
    return f"{group['protocol']}|{group['class_name']}|{group['measure']}"


def _group_words(group: Any) -> str:
    return f"{Measure(group['measure']).label} · {class_words(group['protocol'], group['class_name'])}"


def _period(order: Any) -> str:
    return f"{localtime(order.starts_at):%m-%d %H:%M} – {localtime(order.ends_at):%m-%d %H:%M}"

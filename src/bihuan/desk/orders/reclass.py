"""Second looks: what a changed fact or edition means for each order, before anybody signs it, and the undo."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, done, form_id, found, page
from bihuan.desk.lists import Column, Row, ask
from bihuan.desk.orders.words import number, state_chip, subject_words
from bihuan.desk.parts import Action, Chip, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import Measure, ReclassCause

ROWS_SHOWN = 200
DAY_SECONDS = 86400


@page("see_orders")
def reclasses(request: Request) -> HttpResponse:
    """重新研判: second looks, the latest first."""
    visit = request.visit
    columns = (
        Column("cause", _("原因"), is_fixed=True),
        Column("reason", _("说明")),
        Column("state", _("状态")),
        Column("n", _("改动"), is_number=True),
        Column("proposed_at", _("提出时间"), is_sortable=True),
        Column("by", _("提出人")),
    )
    question = ask(request.GET, columns=columns, sort="-proposed_at")

    def line(one: Any) -> Row:
        return Row(
            id=str(one.id),
            href=reverse("desk:reclass", args=[one.id]),
            cells={
                "cause": str(ReclassCause(one.cause).label),
                "reason": one.reason,
                "state": _state(one),
                "n": len(one.after) if one.signed_at else "",
                "proposed_at": one.proposed_at,
                "by": one.proposed_by.name,
            },
        )

    new = Action(_("提请重新研判"), reverse("desk:new_reclass"), "plus", is_main=True)
    return listing.answer(
        request,
        question,
        orders_reads.reclasses(visit.scope).filter(proposed_at__lte=visit.at),
        name="reclasses",
        title=_("重新研判"),
        line=line,
        orders={"proposed_at": "proposed_at"},
        definition=_("依据变了，措施跟着变：先预览，再签批，可撤回"),
        empty=_("没有重新研判"),
        actions=(new,) if visit.actor.may("propose_reclass") else (),
    )


@page("propose_reclass", methods="GET HEAD POST")
def new_reclass(request: Request) -> HttpResponse:
    """Ask for a second look: another edition for all of a disease, or a corrected fact for one ground."""
    if request.method == "POST":
        post = request.POST
        grounds = [g for g in post.get("grounds", "").split() if g]
        last = _instant(post.get("last_exposure", ""))
        cause = post.get("cause", "")
        given: dict[str, Any] = {"cause": cause, "reason": post.get("reason", ""), "grounds": grounds}
        if cause == ReclassCause.EDITION:
            given |= {"protocol": post.get("protocol", ""), "grounds": []}
        elif cause == ReclassCause.ANCHOR:
            given |= {"anchors": {"last_exposure": last} if last else {}}
        answer = act(request, "propose_reclass", form_id(request), **given)
        if answer.status != "refused":
            made = (answer.result or {}).get("reclass")
            if made:
                return redirect("desk:reclass", UUID(made))
            done(request, _("没有涉及的措施"))
    return render(
        request,
        "desk/orders/new_reclass.html",
        {
            "causes": [c for c in ReclassCause.choices if c[0] != ReclassCause.WITHDRAWN],
            "editions": orders_bridge.edition_ids(),
            "act_id": uuid7(),
            "given": {"grounds": request.GET.get("ground", ""), **request.POST.dict()},
        },
    )


@page("see_orders", methods="GET HEAD POST")
def reclass(request: Request, id_: UUID) -> HttpResponse:
    """The preview, order by order; then what was done, and its undo."""
    visit = request.visit
    asked = found(orders_reads.reclass(visit.scope, id_))
    if request.method == "POST":
        return _decide(request, asked)
    looks = []
    if asked.signed_at is None and asked.dropped_at is None:
        looks = orders_bridge.second_look(visit.scope, asked.cause, asked.change, visit.at)
        lines = [
            _line(order, look.effect, look.ends_at, str(look.why), look.measure, visit.at) for order, look in looks
        ]
    else:
        stands = orders_reads.orders_by_id(visit.scope, [UUID(a["order"]) for a in asked.after])
        lines = [
            _line(stands[UUID(a["order"])], a["effect"], datetime.fromisoformat(a["ends_at"]), "", "", visit.at)
            for a in asked.after
            if UUID(a["order"]) in stands
        ]
        for told, was in zip(lines, asked.before, strict=False):
            told["ends_before"] = datetime.fromisoformat(was["ends_at"])
    counts = Counter(told["effect"] for told in lines)
    saved = sum(told["seconds"] for told in lines) / DAY_SECONDS
    may = visit.actor.may("reclass_orders") and not visit.is_past
    header = Header(
        str(ReclassCause(asked.cause).label),
        kind=_("重新研判"),
        chips=[_state(asked)],
        facts=[
            (_("说明"), asked.reason),
            (_("新方案"), asked.change.get("protocol") or "–"),
            (_("提出"), f"{asked.proposed_by.name}"),
            (_("提出时间"), asked.proposed_at),
            (_("签批人"), asked.issuer.name if asked.issuer else "–"),
        ],
        back=Link(_("重新研判"), reverse("desk:reclasses")),
    )
    effects = dict(_effects())
    return render(
        request,
        "desk/orders/reclass.html",
        {
            "header": header,
            "lines": [told | {"effect_words": effects[told["effect"]]} for told in lines[:ROWS_SHOWN]],
            "more": max(0, len(lines) - ROWS_SHOWN),
            "counts": [(words, counts[effect]) for effect, words in _effects() if counts[effect]],
            "saved": number(saved),
            "may_sign": may and asked.signed_at is None and asked.dropped_at is None,
            "may_undo": may and asked.signed_at is not None and asked.undone_at is None,
            "act_id": uuid7(),
        },
    )


def _decide(request: Request, asked: Any) -> HttpResponse:
    what = request.POST.get("do", "")
    verbs = {"sign": "reclass_orders", "undo": "undo_reclass", "drop": "drop_reclass"}
    found(verbs.get(what))
    given = {"reclass": asked.id} | ({} if what == "sign" else {"reason": request.POST.get("reason", "")})
    if act(request, verbs[what], form_id(request), **given).status != "refused":
        done(request, {"sign": _("已签批执行"), "undo": _("已撤回"), "drop": _("维持原状，已记录")}[what])
    return redirect("desk:reclass", asked.id)


def _line(order: Any, effect: str, ends_at: datetime, why: str, measure: str, at: datetime) -> dict[str, Any]:
    after = at if effect == "end" else ends_at
    return {
        "href": reverse("desk:order", args=[order.id]),
        "who": subject_words(order),
        "measure": order.measure_words,
        "lighter": str(Measure(measure).label) if measure and measure != order.measure else "",
        "state": state_chip(order, at),
        "effect": effect,
        "tone": {"end": "good", "shorten": "good", "move": "info", "extend": "risk", "keep": "plain"}[effect],
        "ends_before": order.ends_at,
        "ends_after": None if effect == "end" else ends_at,
        "why": why,
        "seconds": 0 if effect == "keep" else (order.ends_at - after).total_seconds(),
    }


def _effects() -> tuple[tuple[str, str], ...]:
    return (
        ("end", _("结束")), ("shorten", _("缩短")), ("move", _("移动")), ("extend", _("延长（须另行送达）")), ("keep", _("不变")),
    )  # fmt: skip


def _state(one: Any) -> Chip:
    if one.undone_at:
        return Chip(_("已撤回"), "plain")
    if one.dropped_at:
        return Chip(_("维持原状"), "plain")
    return Chip(_("已执行"), "good") if one.signed_at else Chip(_("待签批"), "wait")


def _instant(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)

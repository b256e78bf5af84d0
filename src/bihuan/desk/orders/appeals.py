"""Objections: what the ones bound say, until when an answer is due, and the answer."""

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
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.orders.words import deadline, state_chip, subject_words
from bihuan.desk.parts import Chip, Header, Link
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import AppealDecision


@page("see_orders")
def appeals(request: Request) -> HttpResponse:
    """异议: open ones by when an answer is due, then the decided."""
    visit = request.visit
    columns = (
        Column("who", _("对象"), is_fixed=True),
        Column("measure", _("措施")),
        Column("received_at", _("收到时间"), is_sortable=True),
        Column("clock", _("答复时限"), is_sortable=True),
        Column("decision", _("结论")),
        Column("area", _("属地")),
        Column("decided_by", _("答复人"), is_default=False),
    )
    filters = (
        Filter("state", _("状态"), "select", (("open", _("待答复")), ("late", _("超时")), ("done", _("已答复")))),
    )
    question = ask(request.GET, columns=columns, filters=filters)
    rows = orders_reads.appeals(visit.scope).filter(received_at__lte=visit.at)
    state = question.values.get("state")
    if state in ("open", "late"):
        rows = rows.filter(decided_at__isnull=True)
    if state == "late":
        rows = rows.filter(due_at__lte=visit.at)
    elif state == "done":
        rows = rows.filter(decided_at__isnull=False)

    def line(appeal_: Any) -> Row:
        return Row(
            id=str(appeal_.id),
            href=reverse("desk:appeal", args=[appeal_.id]),
            is_late=appeal_.decided_at is None and appeal_.due_at <= visit.at,
            cells={
                "who": subject_words(appeal_.order),
                "measure": appeal_.order.measure_words,
                "received_at": appeal_.received_at,
                "clock": deadline(appeal_.due_at, visit.at, appeal_.decided_at),
                "decision": AppealDecision(appeal_.decision).label if appeal_.decision else Chip(_("待答复"), "wait"),
                "area": appeal_.order.area.name,
                "decided_by": appeal_.decided_by.name if appeal_.decided_by else "",
            },
        )

    return listing.answer(
        request,
        question,
        rows,
        name="appeals",
        title=_("异议"),
        line=line,
        orders={"received_at": "received_at", "clock": "due_at"},
        definition=_("异议不停止措施的执行；答复有时限，由原签批人以外的人作出"),
        empty=_("没有异议"),
    )


@page("see_orders", methods="GET HEAD POST")
def appeal(request: Request, id_: UUID) -> HttpResponse:
    """One objection with the order it is about; whoever may, answers it here."""
    visit = request.visit
    asked = found(orders_reads.appeal(visit.scope, id_))
    if request.method == "POST":
        answer = act(
            request, "decide_appeal", form_id(request), appeal=asked.id, decision=request.POST.get("decision", ""),
            reason=request.POST.get("reason", ""), ends_at=_instant(request.POST.get("ends_at", "")),
        )  # fmt: skip
        if answer.status != "refused":
            done(request, _("已答复"))
        return redirect("desk:appeal", id_)
    order = asked.order
    facts = [
        (_("措施"), Link(f"{order.measure_words} {order.notice_number}", reverse("desk:order", args=[order.id]))),
        (_("依据"), order.ground_words),
        (_("期限至"), order.ends_at),
        (_("收到时间"), asked.received_at),
    ]
    if asked.decided_at:
        facts += [
            (_("结论"), str(AppealDecision(asked.decision).label)),
            (_("理由"), asked.reason),
            (_("答复"), f"{asked.decided_by.name if asked.decided_by else ''}"),
        ]
    header = Header(
        subject_words(order),
        kind=_("异议"),
        chips=[deadline(asked.due_at, visit.at, asked.decided_at), state_chip(order, visit.at)],
        facts=facts,
        back=Link(_("异议"), reverse("desk:appeals")),
    )
    may = asked.decided_at is None and visit.actor.may("decide_appeal") and order.issuer_id != visit.actor.member
    return render(
        request,
        "desk/orders/appeal.html",
        {
            "header": header,
            "appeal": asked,
            "may_decide": may,
            "is_own": order.issuer_id == visit.actor.member and asked.decided_at is None,
            "decisions": AppealDecision.choices,
            "act_id": uuid7(),
        },
    )


def _instant(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)

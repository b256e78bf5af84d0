"""Orders in all states, one line an order."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.orders.words import ground_link, number, place_words, state_chip, subject_words
from bihuan.desk.parts import Action, Chip
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import Measure, OrderState
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

ENDS_SOON = timedelta(hours=24)


@page("see_orders")
def orders(request: Request) -> HttpResponse:
    """管控措施: everything ordered or proposed, the latest first."""
    visit = request.visit
    columns = (
        Column("who", _("对象"), is_fixed=True),
        Column("measure", _("措施"), is_sortable=True),
        Column("state", _("状态")),
        Column("area", _("属地"), is_sortable=True),
        Column("ground", _("依据")),
        Column("starts_at", _("起"), is_sortable=True),
        Column("ends_at", _("止"), is_sortable=True),
        Column("number", _("文号")),
        Column("issuer", _("签批人")),
        Column("proposed_at", _("提出时间"), is_sortable=True, is_default=False),
        Column("served_at", _("送达时间"), is_sortable=True, is_default=False),
        Column("protocol", _("防控方案"), is_default=False),
        Column("article", _("法律依据"), is_default=False),
        Column("days", _("限制人日"), is_number=True, is_default=False),
    )
    states = (
        ("binding", _("此刻执行中")),
        ("ends_soon", _("24 小时内到期")),
        ("undecided", _("到期未作决定")),
        *OrderState.choices,
    )
    towns = {a.path: a.name for a in territory_reads.townships(visit.scope)}
    filters = (
        Filter("state", _("状态"), "select", states),
        Filter("measure", _("措施"), "select", Measure.choices),
        Filter("area", _("乡镇"), "select", list(towns.items())),
        Filter("what", _("对象"), "select", (("person", _("人员")), ("place", _("场所")))),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-proposed_at")

    def line(order: Any) -> Row:
        chip = state_chip(order, visit.at)
        return Row(
            id=str(order.id),
            href=reverse("desk:order", args=[order.id]),
            cells={
                "who": subject_words(order),
                "measure": order.measure_words,
                "state": Chip(_("不规范"), "late") if order.is_irregular and order.binds_at(visit.at) else chip,
                "area": place_words(order, towns),
                "ground": ground_link(order.ground) if not order.is_individual else order.ground_words,
                "starts_at": order.starts_at,
                "ends_at": order.ends_at,
                "number": order.notice_number or "",
                "issuer": order.issuer.name if order.issuer else "",
                "proposed_at": order.proposed_at,
                "served_at": order.served_at or "",
                "protocol": order.protocol,
                "article": order.article_words,
                "days": number(order.person_days),
            },
        )

    may = visit.actor.may("propose_closure")
    return listing.answer(
        request,
        question,
        _asked(request, question.values),
        name="orders",
        title=_("管控措施"),
        line=line,
        orders={n: n for n in ("measure", "starts_at", "ends_at", "proposed_at", "served_at")} | {"area": "path"},
        definition=_("每项措施一行：有依据、有签批人、有期限、有书面决定书；到期自行终止"),
        empty=_("没有符合条件的措施"),
        actions=(
            Action(_("待签批"), reverse("desk:proposals"), "signature"),
            *((Action(_("场所措施"), reverse("desk:closures"), "building"),) if may else ()),
        ),
    )


def _asked(request: Request, asked: Any) -> Any:
    visit = request.visit
    rows = orders_reads.orders(visit.scope).filter(proposed_at__lte=visit.at)
    state = asked.get("state")
    if state == "binding":
        rows = rows.filter(orders_reads.in_force(visit.at))
    elif state == "ends_soon":
        rows = rows.filter(orders_reads.in_force(visit.at), ends_at__lte=visit.at + ENDS_SOON)
    elif state == "undecided":
        rows = orders_reads.undecided(visit.scope, visit.at)
    elif state:
        rows = rows.filter(state=state)
    if "measure" in asked:
        rows = rows.filter(measure=asked["measure"])
    if "area" in asked:
        rows = rows.filter(Scope(asked["area"]).inside())
    if asked.get("what") == "person":
        rows = rows.filter(person__isnull=False)
    elif asked.get("what") == "place":
        rows = rows.filter(place__isnull=False)
    return rows

"""健康监测: checks due now and checks missed, wherever people stay; and who leaves today."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Clock, Tile
from bihuan.desk.sites.people import masked_name
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports import leaving_today

MOST_LEAVING = 100


@page("see_sites")
def monitoring(request: Request) -> HttpResponse:
    """Every check that is due and not done, the longest over first."""
    visit = request.visit
    columns = (
        Column("name", _("姓名"), is_fixed=True),
        Column("place", _("住处")),
        Column("kind", _("方式")),
        Column("helper", _("服务人")),
        Column("window_from", _("检查时段起"), is_sortable=True),
        Column("clock", _("时段止"), is_sortable=True),
        Column("state", _("状态")),
    )
    filters = (
        Filter("state", _("状态"), "select", (("due", _("待检")), ("missed", _("漏检")))),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="clock")
    scope = Scope(question.values["area"]) if "area" in question.values else visit.scope
    rows = stays_reads.checks_open(scope, visit.at)
    if question.values.get("state") == "due":
        rows = rows.filter(due_until__gt=visit.at)
    elif question.values.get("state") == "missed":
        rows = rows.filter(due_until__lte=visit.at)
    stays: dict[Any, Any] = {}
    orders: dict[Any, Any] = {}

    def prepare(part: list[Any]) -> None:
        ids = [d.order_id for d in part]
        stays.update(stays_reads.stays_of_orders(visit.scope, ids, visit.at))
        orders.update(orders_reads.orders_by_id(visit.scope, [i for i in ids if i not in stays]))

    def line(duty: Any) -> Row:
        stay, order = stays.get(duty.order_id), orders.get(duty.order_id)
        is_late = duty.due_until <= visit.at
        if stay is not None:
            name, href = masked_name(stay), reverse("desk:stay", args=[stay.id])
            place = f"{stay.facility.place.name} {stay.room.number}" if stay.facility else stay.address
        else:
            name = people_reads.masked_name(order.person.name) if order and order.person else ""
            href, place = "", order.area.name if order else ""
        return Row(
            id=str(duty.id),
            href=href,
            is_late=is_late,
            cells={
                "name": name,
                "place": place,
                "kind": stay.get_kind_display() if stay else (order.measure_words if order else ""),
                "helper": stay.helper.name if stay and stay.helper else "",
                "window_from": duty.due_from,
                "clock": Clock(duty.due_until, visit.at),
                "state": Chip(_("漏检"), "late") if is_late else Chip(_("待检"), "risk"),
            },
        )

    return listing.answer(
        request, question, rows, name="monitoring", title=_("健康监测"), line=line, prepare=prepare,
        orders={"window_from": "due_from", "clock": "due_until"}, template="desk/sites/monitoring.html",
        definition=_("早晚各一次，最后一天也算；时段过了没做的是漏检，立即告知服务人并逐级上报"),
        empty=_("此刻没有待做或漏做的检查"), context={"tiles": _tiles(request, scope)},
        actions=(Action(_("今天谁离开"), reverse("desk:leaving"), "door-exit"),),
    )  # fmt: skip


def _tiles(request: Request, scope: Scope) -> list[Tile]:
    at = request.visit.at
    midnight = timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)
    told = stays_reads.checks_met(scope, midnight, at)
    waiting = told["total"] - told["done"] - told["missed"]
    href = reverse("desk:monitoring")
    return [
        Tile(_("今天应检"), told["total"], _("今天已开始的检查时段数，一人一时段算一次"), at, "", _("次")),
        Tile(_("已检"), told["done"], _("其中已做的，含补做"), at, "", _("次"), tone="good"),
        Tile(_("待检"), waiting, _("时段未过、尚未做的"), at, f"{href}?state=due", _("次"), tone="risk" if waiting else "good"),
        Tile(_("漏检"), told["missed"], _("时段已过仍没做的"), at, f"{href}?state=missed", _("次"),
             tone="late" if told["missed"] else "good"),
    ]  # fmt: skip


@page("see_sites")
def leaving(request: Request) -> HttpResponse:
    """Who leaves today, who cannot and why, who should have left before."""
    visit = request.visit
    lines: list[dict[str, Any]] = [
        {
            "href": reverse("desk:stay", args=[one.stay.id]),
            "name": masked_name(one.stay),
            "place": one.place,
            "kind": one.stay.get_kind_display(),
            "ends_at": one.ends_at,
            "clock": Clock(one.ends_at, visit.at),
            "chip": _may(one.may_leave),
            "missing": " · ".join(one.missing),
            "is_over": one.is_over,
        }
        for one in leaving_today.leavers(visit.scope, visit.at, MOST_LEAVING)
    ]
    total = len(lines) if len(lines) < MOST_LEAVING else leaving_today.ending(visit.scope, visit.at).count()
    context = {
        "lines": lines,
        "total": total,
        "is_cut": total > len(lines),
        "go": sum(x["chip"].tone == "good" for x in lines),
        "stuck": sum(x["chip"].tone == "risk" for x in lines),
        "over": sum(x["is_over"] for x in lines),
        "report": reverse("desk:report", args=["leaving_today"]),
    }
    return render(request, "desk/sites/leaving.html", context)


def _may(may_leave: bool | None) -> Chip:
    if may_leave is None:
        return Chip(_("待隔离点填报"), "plain")
    return Chip(_("可以离开"), "good") if may_leave else Chip(_("不能离开"), "risk")

"""Isolation as of an hour: who is bound by what, every site's day in a line that adds up, and who is past their end."""

from collections import Counter
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.orders.choices import PLACE_MEASURES, Measure
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.stays.choices import StayKind
from bihuan.ledgers.orders.stays.models import Stay
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityKind, RoomState
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import by_township, midnight, summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("隔离管控报表")
summary = gettext_lazy("各类措施在管人数，各隔离点当日进出和床位，各乡镇在管人数，期满未离开")

MOVES = ("opening", "came", "left", "now")


def build(scope: Scope, as_of: datetime) -> Page:
    """Measures in force, sites with opening + came − left = now, townships, and stays past their end."""
    since = midnight(as_of)
    measures, sites = in_force(scope, since, as_of), moves(scope, since, as_of)
    over = Stay.objects.filter(scope.inside(), _lasting(as_of), arrived_at__lte=as_of, planned_until__lte=as_of).count()
    bound = sum(m["now"] for m in measures)
    words = _(
        "在管 %(bound)d 人，其中集中隔离 %(central)d 人；今日新管 %(new)d 人，终止 %(ended)d 人；期满未离开 %(over)d 人。"
    )
    words %= {
        "bound": bound, "over": over, "new": sum(m["new"] for m in measures), "ended": sum(m["ended"] for m in measures),
        "central": next((m["now"] for m in measures if m["key"] == Measure.CENTRAL_QUARANTINE), 0),
    }  # fmt: skip
    return Page(
        title=_("隔离管控报表"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=(words,)),
            Section(_("按措施"), table=_measures(measures)),
            Section(_("按隔离点"), table=_sites(sites)),
            Section(_("按乡镇"), table=_towns(scope, as_of)),
        ),
        signatures=(_("填报人"), _("审核人")),
    )


def _lasting(at: datetime) -> Q:
    return Q(stay_from__lte=at) & (Q(stay_until__isnull=True) | Q(stay_until__gt=at))


def binding(at: datetime) -> Q:
    """Orders on persons that bound somebody at `at`: begun, not ended, not past their own end."""
    lasts = Q(ended_at__isnull=True) | Q(ended_at__gt=at)
    return Q(person__isnull=False, signed_at__lte=at, starts_at__lte=at, ends_at__gt=at) & lasts


def in_force(scope: Scope, since: datetime, as_of: datetime) -> list[dict[str, Any]]:
    """Persons under each measure at `as_of`, and how many began and ended since `since`."""
    mine = Order.objects.filter(scope.inside()).order_by()

    def count(condition: Q) -> Counter[str]:
        return Counter(dict(mine.filter(condition).values_list("measure").annotate(n=Count("person", distinct=True))))

    now = count(binding(as_of))
    new = count(Q(person__isnull=False, signed_at__lte=as_of, starts_at__gt=since, starts_at__lte=as_of))
    began = Q(person__isnull=False, signed_at__isnull=False, starts_at__lte=as_of)
    by_act = Q(ended_at__gt=since, ended_at__lte=as_of)
    by_time = Q(ends_at__gt=since, ends_at__lte=as_of) & (Q(ended_at__isnull=True) | Q(ended_at__gte=F("ends_at")))
    ended = count(began & (by_act | by_time))
    return [
        {"key": m.value, "measure": str(m.label), "now": now[m], "new": new[m], "ended": ended[m]}
        for m in Measure
        if m not in PLACE_MEASURES and (now[m] or new[m] or ended[m])
    ]


def moves(scope: Scope, since: datetime, as_of: datetime) -> list[dict[str, Any]]:
    """Each open facility of the scope: who was there at `since`, came, left, is there now; its beds."""
    mine = Stay.objects.filter(scope.inside(), facility__isnull=False).order_by()

    def count(condition: Q) -> dict[Any, int]:
        return dict(mine.filter(condition).values_list("facility").annotate(n=Count("id")))

    opening, now = count(_lasting(since)), count(_lasting(as_of))
    came = count(Q(stay_from__gt=since, stay_from__lte=as_of))
    left = count(Q(stay_until__gt=since, stay_until__lte=as_of))
    facilities = [
        f for f in resources_reads.facilities(scope).filter(opened_at__lte=as_of)
        if f.closed_at is None or f.closed_at > as_of or now.get(f.id)
    ]  # fmt: skip
    beds = resources_reads.capacity([f.id for f in facilities])
    rows = []
    for f in facilities:
        usable = sum(n for state, n in beds[f.id].items() if state != RoomState.OUT_OF_USE)
        told = {"opening": opening.get(f.id, 0), "came": came.get(f.id, 0), "left": left.get(f.id, 0)}
        here = now.get(f.id, 0)
        rows.append(
            {"site": f.place.name, "kind": str(FacilityKind(f.kind).label), **told, "now": here, "beds": usable,
             "share": here / usable if usable else None}
        )  # fmt: skip
    return [r for r in rows if r["beds"] or r["now"]]


def _measures(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column("measure", _("措施"), width_mm=50),
        Column("now", _("在管"), "number", 20, _("统计时刻受该措施约束的人数，一人同时受两项措施约束时各计一次")),
        Column("new", _("今日新管"), "number", 24, _("今日零时后开始执行的人数")),
        Column("ended", _("今日终止"), "number", 24, _("今日零时后到期、解除、撤销或替代的人数")),
    )
    return Table(columns, rows, summed(rows, ("now", "new", "ended"), measure=_("合计")))


def _sites(rows: list[dict[str, Any]]) -> Table:
    columns = (
        Column("site", _("隔离点"), width_mm=50),
        Column("kind", _("类别"), width_mm=26),
        Column("opening", _("零时在住"), "number", 20),
        Column("came", _("入住"), "number", 16),
        Column("left", _("离开"), "number", 16),
        Column("now", _("现在住"), "number", 18, _("零时在住 + 入住 − 离开；已分配床位、正在路上的计在内")),
        Column("beds", _("可用床位"), "number", 20, _("不含停用房间")),
        Column("share", _("占用率"), "share", 18),
    )
    return Table(columns, rows, summed(rows, (*MOVES, "beds"), site=_("合计")))


def _towns(scope: Scope, as_of: datetime) -> Table:
    kinds = (StayKind.HOME, Measure.CENTRAL_QUARANTINE, "other")
    found = Order.objects.filter(scope.inside(), binding(as_of)).order_by().values_list("path", "measure")
    home = {Measure.HOME_QUARANTINE, Measure.HOME_MONITORING, Measure.SELF_MONITORING}
    counts = [
        (path, StayKind.HOME if m in home else m if m == Measure.CENTRAL_QUARANTINE else "other", n)
        for path, m, n in found.annotate(n=Count("person", distinct=True))
    ]
    rows = by_township(scope, counts, kinds)
    columns = (
        Column("area", _("乡镇"), width_mm=40),
        Column(Measure.CENTRAL_QUARANTINE, _("集中隔离"), "number", 24, _("按居住地统计")),
        Column(StayKind.HOME, _("居家"), "number", 24, _("居家隔离、居家健康监测和自我健康监测")),
        Column("other", _("其他"), "number", 20, _("住院、暂停上班上学等")),
    )
    return Table(columns, rows, summed(rows, kinds, area=_("合计")))

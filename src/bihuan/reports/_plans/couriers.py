"""Couriers: runs of at most two hours that fetch every table's tubes, with few vehicles."""

import math
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans import _county
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Bar, Bars, Figure, Slider, Ways, listed, plain, slider

name = "couriers"
title = gettext_lazy("送样车次")
summary = gettext_lazy("两小时内取遍各采样点要几辆车，各走哪条线，哪个点到不了")

LIMIT_MINUTES, SPEED_KMH, SERVICE_MINUTES, CAPACITY_TUBES, USUAL_TUBES = 120, 40, 5, 250, 20
# The search stops here: more tries find little, and the page waits for each.
ITERATIONS = 120
# With more tables than these the page shows the fullest ones; the command plans them all.
MOST_STOPS = 60


@dataclass(frozen=True)
class Found:
    """Tables with their tubes and where they stand, laboratories, couriers on duty, and outlines to draw on."""

    at: datetime
    stops: tuple[tuple[str, int, _county.Point | None], ...]
    left_out: int
    labs: list[_county.Laboratory]
    couriers: int
    areas: list[Any]
    is_at_work: bool


def gather(county: County) -> Found:
    """The numbers of the scope as they stand: tables at work, or every registered one while none is."""
    scope, at = county.scope, county.at
    standing = lab_figures.standing_tubes(scope)
    stations = list(lab_reads.stations(scope).select_related("area", "place"))
    working = {s.station_id for s in lab_reads.open_sessions(scope).select_related(None)}
    chosen = [s for s in stations if s.id in working] or stations
    areas = territory_reads.townships(scope)
    centres = {a.path: p for a in areas if (p := _county.centres_of([a]).get(a.code))}
    by_path: dict[str, int] = {}
    for one in chosen:
        by_path[one.path] = by_path.get(one.path, 0) + 1
    stops, names = [], set[str]()
    for one in chosen:
        name_ = one.name if one.name not in names else f"{one.name}（{one.area.name}）"
        names.add(name_)
        here = _county.point(one) or _county.point(one.place) or centres.get(territory_reads.township_path(one.path))
        # Tables on one spot share what stands there.
        stops.append((name_, math.ceil(standing.get(one.path, 0) / by_path[one.path]), here))
    stops.sort(key=lambda s: (-s[1], s[0]))
    return Found(
        at, tuple(stops[:MOST_STOPS]), max(0, len(stops) - MOST_STOPS), county.laboratories,
        staff_reads.postings(scope, at).filter(post__role=Role.COURIER).order_by().count(), areas, bool(working),
    )  # fmt: skip


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    waiting = sum(n for _name, n, _at in found.stops)
    usual = _("惯常值，可改")
    told = _("%(n)d 个采样点现有 %(tubes)d 管待取") % {"n": len(found.stops), "tubes": waiting}
    return (
        slider("cars", _("每家实验室的车"), math.ceil(found.couriers / max(1, len(found.labs))) or 1, 0, 20, unit=_("辆"),
               source=_("%(n)d 名送样员在岗") % {"n": found.couriers}, at=found.at, room="roster"),
        slider("more", _("每点另加"), 0 if waiting else USUAL_TUBES, 0, 200, 5, unit=pgettext("unit", "管"), source=told,
               at=found.at, room="stations"),
        slider("limit", _("一趟最多"), LIMIT_MINUTES, 30, 240, 5, unit=_("分"), source=_("规定：2 小时内送到"), at=found.at,
               room="protocols"),
        slider("speed", _("平均车速"), SPEED_KMH, 10, 90, unit=_("公里/时"), source=usual),
        slider("service", _("每点交接"), SERVICE_MINUTES, 0, 30, unit=_("分"), source=usual),
        slider("capacity", _("一车最多"), CAPACITY_TUBES, 10, 600, 10, unit=pgettext("unit", "管"), source=usual),
    )  # fmt: skip


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """The runs, the sites no run reaches, and whether the vehicles suffice."""
    if not found.labs:
        return Answer(_("没有登记实验室，不知送往何处。"), "late")
    if not found.stops:
        return Answer(_("没有登记采样点。"), "wait")
    known = tuple((n, tubes + int(asked["more"]), at) for n, tubes, at in found.stops if at is not None)
    depots = tuple((lab.name, lab.at) for lab in found.labs if lab.at is not None)
    blind = [n for n, _tubes, at in found.stops if at is None] + [lab.name for lab in found.labs if lab.at is None]
    notes = [_("没有坐标，排不进线路：%(where)s。") % {"where": listed(blind)}] if blind else []
    if found.left_out:
        notes.append(_("另有 %(n)d 个采样点管数较少，未画；用命令 bihuan plan couriers 全排。") % {"n": found.left_out})
    notes.append(_("路程按直线的 1.3 倍估算；线路由固定步数的搜索得出，同样的数得同样的线路。"))
    if not found.is_at_work:
        notes.append(_("现在没有采样点在采样，按全部登记的采样点排。"))
    if not depots or not known:
        return Answer(_("采样点或实验室没有坐标，排不出线路。"), "late", notes=tuple(notes))
    plan = _planned(
        known, depots, int(asked["cars"]), int(asked["capacity"]), asked["service"], asked["limit"], asked["speed"]
    )
    served = {stop for run in plan.runs for stop in run.stops}
    lost = [u.name for u in plan.unreachable]
    longest = max((run.minutes for run in plan.runs), default=0.0)
    tubes = sum(n for _name, n, _at in known)
    if not tubes:
        words, tone = _("没有管要取。"), "good"
    elif not asked["cars"]:
        words, tone = _("没有车，%(n)d 管送不出去。") % {"n": tubes}, "late"
    elif not plan.feasible:
        words = _("%(cars)d 辆车不够，%(limit)s 分钟内取不完 %(stops)d 个采样点的 %(tubes)d 管。") % {
            "cars": int(asked["cars"]) * len(depots), "limit": plain(asked["limit"]), "stops": len(known), "tubes": tubes,
        }  # fmt: skip
        tone = "late"
    else:
        words = _("%(runs)d 趟取完 %(stops)d 个采样点的 %(tubes)d 管，最长一趟 %(minutes)d 分钟") % {
            "runs": len(plan.runs), "stops": len(served), "tubes": sum(r.tubes for r in plan.runs), "minutes": round(longest),
        }  # fmt: skip
        words += _("；%(n)d 个点到不了：%(where)s。") % {"n": len(lost), "where": listed(lost)} if lost else _("。")
        tone = "late" if lost else "good"
    where: dict[str, _county.Point] = dict(depots)
    where |= {n: at for n, _tubes, at in known if at is not None}
    runs = [
        {"run": n, "lab": run.lab, "stops": " → ".join(run.stops), "count": len(run.stops), "tubes": run.tubes,
         "minutes": round(run.minutes), "driving": round(run.driving_minutes)}
        for n, run in enumerate(plan.runs, 1)
    ]  # fmt: skip
    why = {u.name: _why(u, asked) for u in plan.unreachable}
    return Answer(
        words, tone,
        (
            Figure(_("车次"), len(plan.runs), pgettext("unit", "趟"), _("一趟从实验室出发，取完回到同一家")),
            Figure(_("最长一趟"), round(longest), _("分"), _("行车和各点交接之和")),
            Figure(_("行车合计"), round(plan.driving_minutes), _("分")),
            Figure(_("到不了的点"), len(lost), pgettext("unit", "个")),
        ),
        (
            Ways(
                _("线路示意图"), found.areas, [(n, *at) for n, at in depots if at is not None],
                [(n, *at, "late" if n in lost else "plain") for n, _tubes, at in known if at is not None],
                [(run.lab, [where[s] for s in (run.lab, *run.stops, run.lab)]) for run in plan.runs],
            ),
            Bars(_("每趟用时"), [
                Bar(_("第 %(n)d 趟") % {"n": n}, run.minutes, None, _("%(stops)d 点 %(tubes)d 管") % {
                    "stops": len(run.stops), "tubes": run.tubes}, "late" if run.minutes > asked["limit"] + 1 else "plain")
                for n, run in enumerate(plan.runs, 1)
            ], _("分"), _("用时"), limit=asked["limit"], limit_words=_("上限 %(n)s 分") % {"n": plain(asked["limit"])}),
        ),
        (
            Section(_("车次"), table=Table((
                Column("run", _("趟"), "number", 12), Column("lab", _("实验室"), width_mm=40),
                Column("stops", _("依次取样"), width_mm=80), Column("count", _("点数"), "number", 16),
                Column("tubes", _("管数"), "number", 18), Column("minutes", _("用时（分）"), "number", 22),
                Column("driving", _("行车（分）"), "number", 22),
            ), runs)),
            *((Section(_("到不了的采样点"), table=Table((
                Column("name", _("采样点"), width_mm=50), Column("tubes", _("管数"), "number", 20),
                Column("why", _("原因"), width_mm=80),
            ), [{"name": u.name, "tubes": u.tubes, "why": why[u.name]} for u in plan.unreachable])),) if lost else ()),
        ),
        tuple(notes),
        task=_("增派送样车，或就近增设接样点：%(where)s") % {"where": listed(lost)} if lost
        else _("增派送样车") if not plan.feasible and tubes else "",
    )  # fmt: skip


def _why(one: planning.Unreachable, asked: dict[str, float]) -> str:
    if not math.isfinite(one.minutes):
        return _("没有车的实验室到不了")
    if one.minutes > asked["limit"]:
        return _("单独一趟也要 %(n)d 分钟") % {"n": round(one.minutes)}
    return _("一车装不下，分两趟取")


@lru_cache(maxsize=64)
def _planned(
    stops: tuple[tuple[str, int, _county.Point], ...], depots: tuple[tuple[str, _county.Point], ...], cars: int,
    capacity: int, service: float, limit: float, speed: float,
) -> planning.CourierPlan:  # fmt: skip
    """The same question is thought about once: the search is a pure function of these numbers."""
    places = [*depots, *((n, at) for n, _tubes, at in stops)]
    return planning.plan_couriers(
        [planning.Stop(n, tubes, service) for n, tubes, _at in stops],
        depots=[planning.Depot(n, cars, capacity) for n, _at in depots],
        minutes=_county.ways(places, places, speed_kmh=speed, otherwise=0.0), max_run_minutes=limit,
        iterations=ITERATIONS,
    )  # fmt: skip

"""Laboratories: how each queue runs hour by hour, and which laboratory a township's tubes go to (R093)."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab.choices import RoundKind
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans import _county
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Chart, Figure, Line, Slider, clock, finite, listed, slider

name = "laboratories"
title = gettext_lazy("实验室排队")
summary = gettext_lazy("每家实验室的队要排到几点，最久一管等多久，哪个乡镇的管改送哪家")

# Where neither a round nor a road says otherwise.
USUAL_HOURS, USUAL_ARRIVAL_HOURS, SPEED_KMH, UNKNOWN_MINUTES = 24.0, 3, 40, 60.0
# More laboratories than these have no slider of their own.
MOST_SLIDERS = 6
AS_NOW, AS_PLANNED = 0, 1


@dataclass(frozen=True)
class Found:
    """Tubes that wait or are still to be filled, by township, and the laboratories."""

    at: datetime
    towns: list[_county.Town]
    labs: list[_county.Laboratory]
    round: _county.Round | None
    pool_size: int
    whole: bool


def gather(county: County) -> Found:
    """The numbers of the scope as they stand."""
    scope, at = county.scope, county.at
    found = county.round
    size = found.pool_size if found else lab_bridge.pool_rule(RoundKind.ALL_RESIDENTS, at).size
    towns = county.towns
    return Found(at, towns, county.laboratories, found, size, not scope.path.count("/") > 4)


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    now, one = found.at, found.round
    left = (one.due_at - now) / timedelta(hours=1) if one and one.is_open and one.due_at > now else USUAL_HOURS
    usual = _("惯常值，可改")
    told = [
        Slider("route", _("去向"), AS_NOW, 0, 1, source=_("采样点登记的实验室"), at=now, room="stations",
               choices=((AS_NOW, _("按登记")), (AS_PLANNED, _("按预案改送")))),
        slider("tubes", _("送来的管数"), 100, 0, 400, 5, unit="%",
               source=_("待送 %(waiting)d 管，本轮未采折 %(left)d 管") % {
                   "waiting": sum(t.waiting for t in found.towns), "left": sum(_left(found, t) for t in found.towns)},
               at=now, room="rounds"),
        slider("arrival", _("陆续送到"), USUAL_ARRIVAL_HOURS, 1, 24, unit=_("小时"), source=usual),
        slider("hours", _("检完时限"), max(1.0, left), 1, 48, 0.5, unit=_("小时"),
               source=_("“%(round)s”的时限") % {"round": one.name} if one and one.is_open else usual,
               at=now if one and one.is_open else None, room="rounds" if one and one.is_open else ""),
    ]  # fmt: skip
    for n, lab in enumerate(found.labs[:MOST_SLIDERS]):
        more = _("，可调入 %(n)g") % {"n": lab.surge} if lab.surge else ""
        told.append(
            slider(f"lab-{n}", lab.name, lab.tubes_per_hour, 0, 300, 5, unit=pgettext("unit", "管/时"),
                   source=_("实验室登记") + more, at=now, room="rounds")
        )  # fmt: skip
    return tuple(told)


def _left(found: Found, town: _county.Town) -> int:
    is_open = found.round is not None and found.round.is_open
    return math.ceil(town.left / found.pool_size) if is_open else 0


@dataclass(frozen=True)
class Queues:
    """Where tubes go and how each queue then runs."""

    routes: list[tuple[str, str, int, float]]
    unplaced: int
    runs: dict[str, planning.Backlog]
    sent: dict[str, int]
    last: dict[str, float]

    @property
    def last_hours(self) -> float:
        """When the last of them is done."""
        return max(self.last.values(), default=0.0)

    @property
    def oldest(self) -> float:
        """The longest a tube waits."""
        return max((h.oldest_hours for run in self.runs.values() for h in run.hours), default=0.0)


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """The queues as tubes are sent, and what sending them otherwise would bring."""
    if not found.labs:
        return Answer(_("没有登记实验室，样本无处可检。"), "late")
    now, planned = _queues(found, asked, rerouted=False), _queues(found, asked, rerouted=True)
    one = planned if asked["route"] == AS_PLANNED else now
    # A queue that stands still on both sides is a tie, not a slower one.
    slowest = max(one.last, key=lambda lab: one.last[lab])
    late = one.last_hours > asked["hours"] + 1e-9
    words = _words(found, asked, one, slowest, late)
    moved = sum(n for town, lab, n, _m in planned.routes for t in found.towns if t.name == town and t.laboratory != lab)
    is_sooner = moved > 0 and planned.last_hours < now.last_hours - 0.1
    if asked["route"] == AS_NOW and is_sooner:
        words += _("；改送 %(n)d 管，%(clock)s 就能检完。") % {"n": moved, "clock": clock(found.at, planned.last_hours)}
    elif asked["route"] == AS_PLANNED:
        words += _("；改送 %(n)d 管。") % {"n": moved}
    else:
        words += _("；不用改送。")
    notes = []
    if one.unplaced:
        notes.append(_("%(n)d 管在时限内排不进任何实验室，仍按登记的去向送。") % {"n": one.unplaced})
    places = [*((t.name, t.at) for t in found.towns), *((lab.name, lab.at) for lab in found.labs)]
    blind = [place for place, where in places if where is None]
    if blind:
        notes.append(_("没有坐标，路程按 60 分钟算：%(where)s。") % {"where": listed(blind)})
    if not found.whole:
        notes.append(_("只看得到本辖区送去的样本；别的乡镇也在同一队里。"))
    step = max(1, math.ceil(max(len(r.hours) for r in one.runs.values()) / 8)) if one.runs else 1
    return Answer(
        words, "late" if late else "good",
        (
            Figure(_("全部检完"), finite(one.last_hours), _("小时"), _("从现在起，最后一管出结果")),
            Figure(_("最久一管等"), finite(one.oldest), _("小时"), _("到实验室后，轮到之前")),
            Figure(_("最长的队"), finite(max((r.longest_queue for r in one.runs.values()), default=0.0), 0),
                   pgettext("unit", "管")),
            Figure(_("排不进时限"), one.unplaced, pgettext("unit", "管")),
        ),
        tuple(
            Chart(
                lab.name,
                (Line(_("排队的管"), _points(one.runs[lab.name]), "area"),),
                tuple((float(h), _clock_hour(found.at, h)) for h in range(0, len(one.runs[lab.name].hours) + 1, step)),
                pgettext("unit", "管"),
            )
            for lab in found.labs
            if one.runs[lab.name].hours
        ),
        (
            Section(_("去向"), table=Table((
                Column("town", _("乡镇"), width_mm=36), Column("own", _("登记的实验室"), width_mm=44),
                Column("lab", _("送往"), width_mm=44), Column("tubes", _("管数"), "number", 20),
                Column("minutes", _("路程（分）"), "number", 22), Column("moved", _("改送"), width_mm=18),
            ), [
                {"town": town, "own": own or _("未定"), "lab": lab, "tubes": n, "minutes": round(m),
                 "moved": _("是") if own != lab else ""}
                for town, lab, n, m in one.routes
                for own in [next(t.laboratory for t in found.towns if t.name == town)]
            ])),
            Section(_("各实验室"), table=Table((
                Column("lab", _("实验室"), width_mm=44), Column("pace", _("能力（管/时）"), "number", 26),
                Column("queue", _("现在排队"), "number", 22), Column("sent", _("将送来"), "number", 20),
                Column("longest", _("最长的队"), "number", 22), Column("oldest", _("最久等（小时）"), "number", 26),
                Column("last", _("检完（小时）"), "number", 24),
            ), [
                {"lab": lab.name, "pace": _pace(asked, n, lab), "queue": lab.queue + lab.coming, "sent": one.sent[lab.name],
                 "longest": round(one.runs[lab.name].longest_queue),
                 "oldest": finite(max((h.oldest_hours for h in one.runs[lab.name].hours), default=0.0)),
                 "last": finite(one.last[lab.name])}
                for n, lab in enumerate(found.labs)
            ])),
        ),
        tuple(notes),
        task=_("样本改送：%(what)s") % {"what": listed(
            f"{town}→{lab} {n}" for town, lab, n, _m in planned.routes
            if any(t.name == town and t.laboratory != lab for t in found.towns)
        )} if moved and (is_sooner or asked["route"] == AS_PLANNED) else "",
    )  # fmt: skip


def _words(found: Found, asked: dict[str, float], one: Queues, slowest: str, late: bool) -> str:
    if not math.isfinite(one.last_hours):
        return _("%(lab)s没有检测能力，队里的样本检不完") % {"lab": slowest}
    if not one.last_hours:
        return _("没有样本在排队，也没有要送的")
    told = _("%(clock)s 全部检完，最晚的是%(lab)s") % {"clock": clock(found.at, one.last_hours), "lab": slowest}
    if one.oldest >= 0.05:
        told += _("，最久一管等 %(oldest).1f 小时") % {"oldest": one.oldest}
    return told + (_("，超过 %(n)g 小时的时限") % {"n": asked["hours"]} if late else "")


def _pace(asked: dict[str, float], n: int, lab: _county.Laboratory) -> float:
    return asked.get(f"lab-{n}", lab.tubes_per_hour)


def _queues(found: Found, asked: dict[str, float], *, rerouted: bool) -> Queues:
    tubes = {t.name: round((t.waiting + _left(found, t)) * asked["tubes"] / 100) for t in found.towns}
    tubes = {town: n for town, n in tubes.items() if n}
    labs = [
        planning.Lab(lab.name, _pace(asked, n, lab), lab.queue + lab.coming, lab.turnaround_hours)
        for n, lab in enumerate(found.labs)
    ]
    minutes = _county.ways([(t.name, t.at) for t in found.towns], [(lab.name, lab.at) for lab in found.labs],
                           speed_kmh=SPEED_KMH, otherwise=UNKNOWN_MINUTES)  # fmt: skip
    own = {t.name: t.laboratory or labs[0].name for t in found.towns}
    routes: list[tuple[str, str, int, float]] = []
    unplaced = dict(tubes)
    if rerouted:
        routing = planning.route_tubes(tubes, labs=labs, minutes=minutes, hours=asked["hours"])
        routes = [(r.site, r.lab, r.tubes, r.minutes) for r in routing.routes]
        unplaced = dict(routing.unplaced)
    for town, n in unplaced.items():  # what finds no hour in time is still tested, where it always was
        same = next((at for at, r in enumerate(routes) if r[:2] == (town, own[town])), None)
        if same is None:
            routes.append((town, own[town], n, minutes.get((town, own[town]), UNKNOWN_MINUTES)))
        else:
            routes[same] = (*routes[same][:2], routes[same][2] + n, routes[same][3])
    hours = int(asked["arrival"])
    runs, sent, last = {}, {}, {}
    for lab in labs:
        sent[lab.name] = sum(n for _town, to, n, _m in routes if to == lab.name)
        arrivals = [sent[lab.name] / hours] * hours if sent[lab.name] else []
        run = planning.backlog(arrivals, tubes_per_hour=lab.tubes_per_hour, queue_tubes=lab.queue_tubes)
        runs[lab.name] = run
        last[lab.name] = (
            run.cleared_hours + lab.turnaround_hours if run.hours or not math.isfinite(run.cleared_hours) else 0.0
        )
    return Queues(sorted(routes), sum(unplaced.values()) if rerouted else 0, runs, sent, last)


def _points(run: planning.Backlog) -> list[tuple[float, float]]:
    first = run.hours[0]
    start = first.waiting + first.finished - first.arrived
    return [(0.0, start), *((h.hour + 1.0, h.waiting) for h in run.hours)]


def _clock_hour(at: datetime, hours: int) -> str:
    return f"{localtime(at) + timedelta(hours=hours):%H:%M}"

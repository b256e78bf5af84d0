"""Isolation: rooms taken, in turnover, free and short by day, and the staff full rooms need."""

import math
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import RoomState
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Chart, Figure, Line, Slider, finite, plain, slider

name = "isolation"
title = gettext_lazy("隔离房间和人手")
summary = gettext_lazy("每天要多少房间，哪天起不够，各岗位要多少人")

# How long the average of arrivals looks back.
WINDOW_DAYS = 7
# What a stay lasts where nobody stays yet.
USUAL_STAY_DAYS = 7
# Fewer free rooms than this share of all are no reserve.
NARROW = 0.1


@dataclass(frozen=True)
class Found:
    """Rooms of open sites, who is there and when they leave, who waits for a bed, and who serves there."""

    at: datetime
    sites: int
    rooms: int
    ready: int
    lived: int
    leaving: tuple[float, ...]
    stay_days: float
    a_day: float
    waiting: int
    staff: int


def gather(county: County) -> Found:
    """The numbers of the scope as they stand."""
    scope, at = county.scope, county.at
    ids = list(
        resources_reads.sites(scope).filter(opened_at__lte=at, closed_at__isnull=True).order_by().values_list("id", flat=True)
    )  # fmt: skip
    counts = Counter[str]()
    for states in resources_reads.room_counts(ids).values():
        counts.update(states)
    full = stays_reads.occupancy(scope, ids, at - timedelta(days=WINDOW_DAYS), at)
    today = localtime(at).date()
    # Who ought to have left is still there: they leave today.
    ends = Counter(max(0, (localtime(end).date() - today).days) for end in full.leaving)
    return Found(
        at, len(ids), sum(n for state, n in counts.items() if state != RoomState.OUT_OF_USE), counts[RoomState.READY],
        full.rooms, tuple(float(ends[d]) for d in range(max(ends, default=-1) + 1)),
        sum(full.days) / len(full.days) if full.days else 0.0, len(full.came) / WINDOW_DAYS,
        stays_reads.to_place(scope, at, (Measure.CENTRAL_QUARANTINE,)).order_by().count(),
        staff_reads.postings(scope, at).filter(post__role=Role.SITE).order_by().count(),
    )  # fmt: skip


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    now = found.at
    here = sum(found.leaving)
    usual = _("惯常值，可改")
    return (
        slider("arrivals", _("每天新来"), found.a_day, 0, 200, 0.5, unit=_("人"),
               source=_("近 %(n)d 天平均入住") % {"n": WINDOW_DAYS}, at=now, room="sites"),
        slider("growth", _("每天增加"), 0, -30, 50, unit="%", source=_("每天一样多")),
        slider("days", _("来多少天"), 14, 1, 45, unit=pgettext("unit", "天"), source=usual),
        slider("stay", _("隔离天数"), round(found.stay_days) or USUAL_STAY_DAYS, 1, 28, unit=pgettext("unit", "天"),
               source=_("在住人员的平均期限") if found.stay_days else usual, at=now if found.stay_days else None,
               room="sites" if found.stay_days else ""),
        slider("turnover", _("消杀通风"), 1, 0, 5, unit=pgettext("unit", "天"), source=usual),
        slider("share", _("每间住"), here / found.lived if found.lived else 1.0, 0.5, 4, 0.1, unit=_("人"),
               source=_("在住人数 ÷ 在用房间") if found.lived else usual, at=now if found.lived else None,
               room="sites" if found.lived else ""),
        slider("rooms", _("可用房间"), found.rooms, 0, 400, unit=_("间"),
               source=_("%(n)d 处已启用隔离点，不含停用房间") % {"n": found.sites}, at=now, room="sites"),
        slider("nurse", _("一名医护照看"), 50, 5, 150, 5, unit=_("人"), source=usual),
        slider("cleaner", _("一名保洁消杀员负责"), 40, 5, 150, 5, unit=_("人"), source=usual),
        slider("guard", _("一名安保负责"), 60, 5, 150, 5, unit=_("人"), source=usual),
        slider("shifts", _("每天班次"), 3, 1, 4, unit=_("班"), source=usual),
    )  # fmt: skip


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """Rooms by day, the first day that lacks some, and the staff of the fullest day."""
    growth, rooms = 1 + asked["growth"] / 100, int(asked["rooms"])
    arrivals = [asked["arrivals"] * growth**d for d in range(int(asked["days"]))]
    if arrivals:
        arrivals[0] += found.waiting
    rules = planning.IsolationRules(
        stay_days=int(asked["stay"]), turnover_days=int(asked["turnover"]), persons_per_room=asked["share"],
        shifts=int(asked["shifts"]), residents_per_staff={k: asked[k] for k in ("nurse", "cleaner", "guard")},
    )  # fmt: skip
    days = planning.plan_isolation(arrivals, rules=rules, rooms=rooms, leaving=found.leaving)
    peak = max(days, key=lambda d: d.rooms_needed, default=None)
    short = next((d for d in days if d.rooms_short), None)

    def day(n: int) -> str:
        return f"{localtime(found.at) + timedelta(days=n):%m-%d}"

    if peak is None or not peak.rooms_needed:
        words, tone = _("没有人住，也没有人来。"), "good"
    elif short is None:
        words = _("房间够用：%(day)s 最满，用 %(need)d 间，还剩 %(free)d 间") % {
            "day": day(peak.day),
            "need": peak.rooms_needed,
            "free": peak.rooms_free,
        }
        tone = "good" if peak.rooms_free > NARROW * rooms else "risk"
    else:
        words = _("%(first)s 起缺房间，%(day)s 最多缺 %(short)d 间（要 %(need)d 间，有 %(rooms)d 间）") % {
            "first": day(short.day), "day": day(peak.day), "short": peak.rooms_short, "need": peak.rooms_needed,
            "rooms": rooms,
        }  # fmt: skip
        tone = "late"
    staff = sum(max(d.staff[k] for d in days) for k in ("nurse", "cleaner", "guard")) if days else 0
    if peak is not None and peak.rooms_needed:
        words += _("；最满时医护 %(nurse)d 人、保洁 %(cleaner)d 人、安保 %(guard)d 人。") % {
            k: max(d.staff[k] for d in days) for k in ("nurse", "cleaner", "guard")
        }
    notes = [_("在住的 %(n)d 人按各自到期日离开；已派未入住的 %(waiting)d 人算在今天。")
             % {"n": sum(found.leaving), "waiting": found.waiting}]  # fmt: skip
    if found.staff:
        notes.append(_("隔离点岗位现有 %(n)d 人在岗。") % {"n": found.staff})
    rows = [
        {"day": day(d.day), "arrivals": round(d.arrivals), "residents": round(d.residents), "taken": d.rooms_taken,
         "turnover": d.rooms_in_turnover, "free": d.rooms_free, "short": d.rooms_short, **d.staff}
        for d in days
    ]  # fmt: skip
    step = max(1, math.ceil(len(days) / 7))
    return Answer(
        words, tone,
        (
            Figure(_("最多要房间"), peak.rooms_needed if peak else 0, _("间"), _("有人住的和正在消杀的")),
            Figure(_("最多缺房间"), peak.rooms_short if peak else 0, _("间"), _("没有人被拒之门外：缺的也计")),
            Figure(_("最多在住"), finite(max((d.residents for d in days), default=0.0), 0), _("人")),
            Figure(_("最满时人手"), staff, _("人"), _("三类岗位各班之和")),
        ),
        (
            Chart(
                _("每天要的房间"),
                (
                    Line(_("有人住和消杀中"), [(float(d.day), float(d.rooms_needed)) for d in days], "asked"),
                    Line(_("有人住"), [(float(d.day), float(d.rooms_taken)) for d in days], "area"),
                    Line(_("可用房间"), [(0.0, float(rooms)), (float(max(1, len(days) - 1)), float(rooms))], "limit"),
                ),
                tuple((float(d.day), day(d.day)) for d in days if d.day % step == 0), _("间"),
            ),
        ) if days else (),
        (Section(_("逐日房间和人手"), table=Table((
            Column("day", _("日期"), width_mm=20), Column("arrivals", _("新来"), "number", 18),
            Column("residents", _("在住"), "number", 18), Column("taken", _("有人住"), "number", 18),
            Column("turnover", _("消杀中"), "number", 18), Column("free", _("空余"), "number", 18),
            Column("short", _("缺房间"), "number", 18), Column("nurse", _("医护"), "number", 16),
            Column("cleaner", _("保洁"), "number", 16), Column("guard", _("安保"), "number", 16),
        ), rows)),),
        tuple(notes),
        task=_("%(first)s 前增加隔离房间 %(n)s 间") % {"first": day(short.day), "n": plain(peak.rooms_short)}
        if short is not None and peak is not None else "",
    )  # fmt: skip

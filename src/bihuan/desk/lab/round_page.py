"""One round as it runs: how many stand where, at which table, in which laboratory, and which link holds it back."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from bihuan.desk import maps
from bihuan.desk.inside import Request, Visit, found, page
from bihuan.desk.lab.words import box_chip, link_words, round_kind, worker_words
from bihuan.desk.parts import Action, AreaMap, Chip, Clock, Funnel, Header, Link, Stage, Tile
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import BoxState, TubeState
from bihuan.ledgers.territory import reads as territory_reads

# The states a tube has passed when it is in each stage of the funnel.
PASSED = {
    "sampled": tuple(TubeState.values),
    "packed": ("packed", "on_the_way", "received", "tested", "reported"),
    "received": ("received", "tested", "reported"),
    "tested": ("tested", "reported"),
    "reported": ("reported",),
}
RATE_MINUTES = 30
BOXES_SHOWN = 60


@page("see_lab")
def round_page(request: Request, id_: UUID) -> HttpResponse:
    """The round's page, from a fixed number of questions however large the round is."""
    visit = request.visit
    one = found(lab_reads.round_(visit.scope, id_))
    stood = lab_figures.funnel(visit.scope, one.id)
    people = {stage: sum(stood.get(s, (0, 0))[1] for s in states) for stage, states in PASSED.items()}
    tubes = sum(n for n, _people in stood.values())
    tables = _tables(visit, one)
    minutes = lab_figures.swabs_by_minute(visit.scope, one.id, visit.at - timedelta(minutes=RATE_MINUTES))
    boxes = list(lab_reads.boxes(visit.scope).filter(round=one.id).order_by("received_at", "-packed_at")[:BOXES_SHOWN])
    times = {t.box: t for t in lab_figures.link_times(visit.scope, one.id)}
    paces = lab_figures.paces(visit.scope, one.id)
    slowest = lab_bridge.slowest_link(paces, tubes)
    context = {
        "header": _header(visit, one),
        "tiles": _tiles(visit, one, people, tables, minutes),
        "funnel": _funnel(people, one.people_expected),
        "balance": _balance(stood, one.people_expected),
        "tables": tables,
        "map": _map(visit, one),
        "laboratories": _queues(visit),
        "waiting_boxes": [b for b in boxes if b.state not in (BoxState.RECEIVED, BoxState.DONE)],
        "boxes": [
            {"box": b, "state": box_chip(b.state), "times": times.get(b.id),
             "slowest": link_words(times[b.id].slowest) if b.id in times else "–"}
            for b in boxes
        ],
        "links": [
            {"name": link_words(p.link), "workers": p.workers, "tubes": p.tubes, "minutes": round(p.tube_hours * 60),
             "is_slowest": slowest is not None and slowest.name == p.link}
            for p in paces
        ],
        "slowest": slowest and {
            "name": link_words(slowest.name),
            "pace": round(slowest.tubes_per_hour),
            "gains": [(worker_words(n), round(g), round(h * 60)) for n, g, h in slowest.gains],
        },
        "round": one,
        "may_reroute": visit.actor.may("reroute_box"),
        "may_close": visit.actor.may("close_round") and one.closed_at is None,
        "doubts": lab_reads.doubts(visit.scope).filter(round=one.id).count(),
    }  # fmt: skip
    return render(request, "desk/lab/round.html", context)


def _header(visit: Visit, one: Any) -> Header:
    clock: Any = Clock(due_at=one.due_at, as_of=visit.at, met_at=one.closed_at)
    return Header(
        one.name,
        kind=round_kind(one.kind),
        chips=[Chip(_("常设"), "plain") if one.is_standing and one.closed_at is None else clock],
        facts=[
            (_("编号"), one.number),
            (_("范围"), one.area.name),
            (_("每管人数"), one.pool_size),
            (_("依据"), f"{one.protocol} {one.pool_basis}"),
            (_("应采"), one.people_expected or "–"),
            (_("启动"), one.opened_at),
        ],
        actions=[
            *(
                []
                if one.is_standing
                else [Action(_("采样时段"), reverse("desk:new_slots", args=[one.id]), "calendar-time")]
            ),
            Action(_("混采阳性"), reverse("desk:pools"), "alert-triangle"),
            Action(_("结果文件"), reverse("desk:results"), "microscope"),
        ],
        back=Link(_("检测轮次"), reverse("desk:rounds"), "chevron-left"),
    )


def _tables(visit: Visit, one: Any) -> list[dict[str, Any]]:
    stood = lab_figures.by_session(visit.scope, one.id)
    rows = []
    for session in lab_reads.sessions(visit.scope, one.id):
        own = stood.get(session.id, {})
        oldest = own.get("oldest")
        rows.append(
            {
                "session": session,
                "href": reverse("desk:session", args=[session.id]),
                "people": own.get("people") or 0,
                "tubes": own.get("tubes") or 0,
                "waiting": own.get("waiting") or 0,
                "oldest_minutes": int((visit.at - oldest).total_seconds() // 60) if oldest else None,
                "state": Chip(_("已收点"), "plain") if session.closed_at else Chip(_("采样中"), "info"),
            }
        )
    return rows


def _tiles(
    visit: Visit, one: Any, people: dict[str, int], tables: list[dict[str, Any]], minutes: list[Any]
) -> list[Tile]:
    by_minute = dict(minutes)
    rate = sum(by_minute.values()) / RATE_MINUTES
    oldest = max((t["oldest_minutes"] for t in tables if t["oldest_minutes"] is not None), default=None)
    start = visit.at.replace(second=0, microsecond=0) - timedelta(minutes=RATE_MINUTES - 1)
    trend = [float(by_minute.get(start + timedelta(minutes=m), 0)) for m in range(RATE_MINUTES)]
    share = f"{100 * people['sampled'] / one.people_expected:.0f}%" if one.people_expected else ""
    limit = 120
    return [
        Tile(_("已采样"), people["sampled"], _("已与采样管绑定、未撤销的人数"), visit.at, unit=_("人"), note=share),
        Tile(_("已报告"), people["reported"], _("结果已经第二人复核发布的人数"), visit.at, unit=_("人")),
        Tile(_("采样速度"), f"{rate:.1f}", _("近 30 分钟每分钟采样人数"), visit.at, unit=_("人/分"), trend=trend),
        Tile(
            _("最久未送出"), oldest if oldest is not None else "–", _("仍在采样点的最早一管，自第一支拭子起"), visit.at,
            unit=_("分") if oldest is not None else "", tone="late" if (oldest or 0) >= limit else "plain",
        ),
        Tile(_("开点"), sum(t["session"].closed_at is None for t in tables), _("正在采样的点位"), visit.at, unit=_("个")),
    ]  # fmt: skip


def _funnel(people: dict[str, int], expected: int) -> Funnel:
    return Funnel(
        [
            Stage(pgettext("stage", "采样"), people["sampled"], tone="info"),
            Stage(pgettext("stage", "装箱"), people["packed"], tone="info"),
            Stage(pgettext("stage", "接收"), people["received"], tone="info"),
            Stage(pgettext("stage", "检测"), people["tested"], tone="info"),
            Stage(pgettext("stage", "报告"), people["reported"], tone="good"),
        ],
        whole=max(expected, people["sampled"]) or None,
    )


def _balance(stood: dict[str, tuple[int, int]], expected: int) -> dict[str, int]:
    """Every person sampled is in exactly one state; what is left of the target is not sampled yet."""
    sampled = sum(people for _tubes, people in stood.values())
    reported = stood.get("reported", (0, 0))[1]
    spoiled = stood.get("spoiled", (0, 0))[1]
    return {
        "sampled": sampled, "reported": reported, "spoiled": spoiled, "under_way": sampled - reported - spoiled,
        "missing": max(0, expected - sampled),
    }  # fmt: skip


def _queues(visit: Visit) -> list[dict[str, Any]]:
    queues = lab_figures.queues(visit.scope)
    rows = []
    for one in lab_reads.laboratories(visit.scope):
        own: dict[str, Any] = defaultdict(int, queues.get(one.id, {}))
        waits = own["queue"] + own["coming"]
        cleared = lab_bridge.backlog({"tubes_per_hour": one.tubes_per_hour, "queue": waits}).cleared_hours
        oldest = own["oldest"] or None
        rows.append(
            {
                "id": one.id,
                "name": one.place.name,
                "queue": own["queue"],
                "coming": own["coming"],
                "oldest_minutes": int((visit.at - oldest).total_seconds() // 60) if oldest else None,
                "tubes_per_hour": one.tubes_per_hour,
                "surge": one.surge_tubes_per_hour,
                "cleared_minutes": round(cleared * 60),
            }
        )
    return rows


def _map(visit: Visit, one: Any) -> AreaMap | None:
    townships = territory_reads.townships(visit.scope)
    sampled: Counter[str] = Counter()
    for path, people in lab_figures.by_path(visit.scope, one.id).items():
        sampled[territory_reads.township_path(path)] += people
    values = {a.code: float(sampled[a.path]) for a in townships}
    shapes, box = maps.shapes(townships, values, lambda a: f"{reverse('desk:stations')}?area={a.path}")
    if not shapes:
        return None
    is_schematic = any(a.outline_is_schematic for a in townships)
    title = _("各乡镇已采样（示意图）") if is_schematic else _("各乡镇已采样")
    return AreaMap(title, shapes, box, _("本轮已绑定采样管的人数，按采样点所在乡镇"), visit.at, _("人"))

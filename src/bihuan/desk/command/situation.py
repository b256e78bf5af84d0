"""The situation page's values: clocks by township, the late ones with their owners, the funnel, the map, who is on duty."""

from collections import Counter, defaultdict
from datetime import timedelta
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import maps
from bihuan.desk.command.words import clock_part
from bihuan.desk.inside import Visit
from bihuan.desk.parts import AreaMap, Chip, Funnel, LateLine, LateList, Stage, Tile
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import ClockState
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import OPEN_STATES, RowState
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads

# A row nobody has ended after this long is looked at by the county (R042); HQ sets it, this is the usual day.
AGEING_HOURS = 24


def situation_of(visit: Visit) -> dict[str, Any]:
    """Everything the page shows, from a fixed number of questions however large the county is."""
    townships = territory_reads.townships(visit.scope)
    running = command_reads.running(visit.scope, visit.at)
    stock = intake_reads.stock(visit.scope)
    by_state: Counter[str] = Counter()
    open_by_township: Counter[str] = Counter()
    for path, state, n in stock:
        by_state[state] += n
        if state in OPEN_STATES:
            open_by_township[path] += n
    clocks: dict[str, Counter[str]] = defaultdict(Counter)
    late = []
    for clock in running:
        state = command_reads.clock_state(clock, visit.at)
        clocks[territory_reads.township_path(clock.path)][state] += 1
        if state == ClockState.LATE:
            late.append(clock)
    open_rows = sum(open_by_township.values())
    ageing = intake_reads.ageing(visit.scope, visit.at - timedelta(hours=AGEING_HOURS))
    return {
        "tiles": _tiles(visit, late, running, open_rows, ageing, by_state),
        "late": _late(visit, late),
        "townships": [
            {
                "name": area.name,
                "href": f"{reverse('desk:tasks')}?area={area.path}",
                "rows_href": f"{reverse('desk:rows')}?area={area.path}",
                "open": open_by_township[area.path],
                **{state: clocks[area.path][state] for state in ("on_time", "at_risk", "late")},
            }
            for area in townships
        ],
        "unrouted": sum(n for path, n in open_by_township.items() if path.count("/") == 4),
        "funnel": _funnel(by_state),
        "map": _map(visit, townships, open_by_township),
        "duty": [(slot["post"], duty_chip(slot)) for slot in staff_reads.duty_now(visit.scope, visit.at)],
    }


def _tiles(
    visit: Visit, late: list[Any], running: list[Any], open_rows: int, ageing: int, by_state: Counter[str]
) -> list[Tile]:
    tasks, rows = reverse("desk:tasks"), reverse("desk:rows")
    at_risk = sum(command_reads.clock_state(c, visit.at) == ClockState.AT_RISK for c in running)
    longest = max((visit.at - c.due_at for c in late), default=None)
    note = _("最久 %(n)d 分") % {"n": longest.total_seconds() // 60} if longest else ""
    doubts = by_state[RowState.REVIEW]
    return [
        Tile(_("超时"), len(late), _("已过时限仍未完成的任务"), visit.at, f"{tasks}?state=late", _("项"), note,
             "late" if late else "good"),
        Tile(_("临近"), at_risk, _("时限已过半、尚未到期的任务"), visit.at, tasks, _("项"), tone="risk" if at_risk else "plain"),
        Tile(_("在办"), open_rows, _("已接收、尚无最终结果的名单行"), visit.at, rows, _("行")),
        Tile(_("超 24 时未办"), ageing, _("收到已满 24 小时、尚无最终结果的名单行"), visit.at,
             f"{rows}?age={AGEING_HOURS}", _("行"), tone="risk" if ageing else "plain"),
        Tile(_("待核对身份"), doubts, _("与档案疑似同一人、等人判定的行"), visit.at, reverse("desk:review"), _("对"),
             tone="wait" if doubts else "plain"),
    ]  # fmt: skip


def _late(visit: Visit, late: list[Any]) -> LateList:
    """One line an owner: how many are late, and the slowest of them."""
    owners: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for clock in late:
        task = clock.task
        owners[(task.area.name, task.responsible.name if task.responsible else "")].append(clock)
    lines = [
        LateLine(
            count=len(clocks),
            what=_("项任务"),
            area=area,
            owner=owner or _("未定责任人"),
            slowest=clock_part(min(clocks, key=lambda c: c.due_at), visit.at),
            href=reverse("desk:task", args=[clocks[0].task_id])
            if len(clocks) == 1
            else f"{reverse('desk:tasks')}?state=late&area={territory_reads.township_path(clocks[0].path)}",
            post=clocks[0].task.responsible_unit.name,
        )
        for (area, owner), clocks in owners.items()
    ]
    return LateList(lines, empty=_("没有超时事项"))


def _funnel(by_state: Counter[str]) -> Funnel:
    """Where all rows stand: received, routed, in hand, ended."""
    rows = reverse("desk:rows")
    total = sum(by_state.values())
    at_county = by_state[RowState.REVIEW] + by_state[RowState.UNROUTED]
    in_hand = by_state[RowState.DISPATCHED] + by_state[RowState.REVISIT]
    ended = total - at_county - in_hand
    return Funnel(
        [
            Stage(_("接收"), total, f"{rows}?all=1"),
            Stage(
                _("县级待定"),
                at_county,
                f"{rows}?state=unrouted",
                _("待核对身份或属地"),
                "wait" if at_county else "plain",
            ),
            Stage(_("乡镇在办"), in_hand, f"{rows}?state=dispatched", tone="info"),
            Stage(_("办结"), ended, f"{rows}?state=ended", tone="good"),
        ]
    )


def _map(visit: Visit, townships: list[Any], open_by_township: Counter[str]) -> AreaMap | None:
    values = {area.code: float(open_by_township[area.path]) for area in townships}
    shapes, box = maps.shapes(townships, values, lambda a: f"{reverse('desk:rows')}?area={a.path}")
    if not shapes:
        return None
    is_schematic = any(a.outline_is_schematic for a in townships)
    title = _("各乡镇在办（示意图）") if is_schematic else _("各乡镇在办")
    return AreaMap(title, shapes, box, _("尚无最终结果的名单行数"), visit.at, _("行"))


def duty_chip(slot: dict[str, Any]) -> Any:
    """Who is on duty, or that nobody is."""
    shift = slot["shift"]
    if shift is None or shift.member is None:
        return Chip(_("空缺"), "late")
    return Chip(shift.member.name, "good" if shift.acknowledged_at else "wait")

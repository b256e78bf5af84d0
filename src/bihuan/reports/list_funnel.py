"""The way of pushed lists as of an hour: read, accepted, sent, in hand of a team, ended and how; by list and by township."""

from datetime import datetime, timedelta
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.intake.models import Dispatch, ListRow
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import by_township, summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("名单核查漏斗")
summary = gettext_lazy("推送名单逐环节：读取、接收、派发、有人负责、办结及结果；各乡镇办结率和用时")

# How a row may end, as the funnel tells it; everything else that is an end stands under «other».
ENDS = {
    "found": (RowState.FOUND_MANAGED,), "free": (RowState.NO_MEASURE,), "left": (RowState.LEFT,),
    "away": (RowState.HANDED_OVER, RowState.RETURNED), "none": (RowState.NOT_FOUND,),
}  # fmt: skip
STEPS = ("read", "accepted", "sent", "in_hand", "ended")


def build(scope: Scope, as_of: datetime, *, days: int = 7) -> Page:
    """Lists received in the last `days`; each step counts the rows that had come that far by `as_of`."""
    since = as_of - timedelta(days=days)
    lists = list(intake_reads.lists(scope).filter(received_at__lte=as_of, received_at__gt=since))
    counts = {row["pushed_list"]: row for row in _counts(scope, [p.id for p in lists], as_of)}
    lines = [_line(p, counts.get(p.id, {})) for p in lists]
    towns = _towns(scope, since, as_of)
    total = summed(lines, (*STEPS, *ENDS, "other", "open"), number=_("合计"))
    words = _(
        "收到名单 %(lists)d 份，接收 %(accepted)d 行，派发 %(sent)d 行，有人负责 %(in_hand)d 行，办结 %(ended)d 行。"
    )
    words %= {**total, "lists": len(lists)}
    town_keys = ("sent", "ended", "open")
    return Page(
        title=_("名单核查漏斗"),
        subtitle=_("近 %(days)d 天收到的名单") % {"days": days},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=(words,)),
            Section(_("按名单"), table=Table(_list_columns(), lines, total)),
            Section(_("按乡镇"), table=Table(_town_columns(), towns, summed(towns, town_keys, area=_("合计")))),
        ),
        signatures=(_("填报人"), _("审核人")),
    )


def _counts(scope: Scope, lists: list[Any], as_of: datetime) -> Any:
    ended = Q(closed_at__lte=as_of)
    ends = {key: Count("id", filter=ended & Q(state__in=states)) for key, states in ENDS.items()}
    known = [state for states in ENDS.values() for state in states]
    return (
        ListRow.objects.filter(scope.inside(), pushed_list__in=lists)
        .values("pushed_list")
        .annotate(
            sent=Count("id", filter=Q(dispatch__sent_at__lte=as_of)),
            in_hand=Count("id", filter=Q(dispatch__task__closed_at__lte=as_of)),
            ended=Count("id", filter=ended),
            all=Count("id"),
            other=Count("id", filter=ended & ~Q(state__in=known)),
            **ends,
        )
        .order_by()
    )


def _line(pushed: Any, counts: dict[str, Any]) -> dict[str, Any]:
    told = {key: counts.get(key, 0) for key in ("sent", "in_hand", "ended", *ENDS, "other")}
    return {
        "number": pushed.number, "source": pushed.source, "received_at": pushed.received_at, "read": pushed.rows_read,
        "accepted": pushed.rows_accepted, **told, "open": counts.get("all", 0) - told["ended"],
        "share": told["ended"] / counts["all"] if counts.get("all") else None,
    }  # fmt: skip


def _towns(scope: Scope, since: datetime, as_of: datetime) -> list[dict[str, Any]]:
    """What each township was sent, has ended, and how long a team and an end took it (medians, minutes)."""
    counts: list[tuple[str, str, int]] = []
    times: dict[str, float] = {}
    with connection.cursor() as cursor:  # two hundred thousand rows are counted where they lie
        cursor.execute(
            """SELECT d.path, count(*), count(*) FILTER (WHERE r.closed_at <= %(as_of)s),
                      percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM r.closed_at - d.sent_at) / 60)
                        FILTER (WHERE r.closed_at <= %(as_of)s)
               FROM intake_listrow r JOIN intake_dispatch d ON d.id = r.dispatch_id
               WHERE r.path >= %(path)s AND r.path < %(path)s || '~' AND d.sent_at > %(since)s AND d.sent_at <= %(as_of)s
               GROUP BY d.path""",
            {"path": scope.path, "since": since, "as_of": as_of},
        )
        for path, sent, ended, minutes in cursor.fetchall():
            counts += [(path, "sent", sent), (path, "ended", ended), (path, "open", sent - ended)]
            if minutes is not None:
                times[path] = float(minutes)
    teams: dict[str, list[float]] = {}
    named = Dispatch.objects.filter(scope.inside(), sent_at__gt=since, task__closed_at__lte=as_of)
    closings: Any = named.values_list("path", "sent_at", "task__closed_at")
    for path, sent, closed in closings:
        teams.setdefault(path, []).append((closed - sent).total_seconds() / 60)
    lines = by_township(scope, counts, ("sent", "ended", "open"))
    names = {line["area"]: line for line in lines}
    for area, path in _paths(scope):
        line = names[area]
        line["team"] = median(teams[path]) if path in teams else None
        line["end"] = times.get(path)
    for line in lines:
        line["share"] = line["ended"] / line["sent"] if line["sent"] else None
    return sorted(lines, key=lambda r: (r["share"] if r["share"] is not None else 2.0, r["area"]))


def _paths(scope: Scope) -> list[tuple[str, str]]:
    return [(a.name, a.path) for a in territory_reads.townships(scope)]


def _list_columns() -> tuple[Column, ...]:
    return (
        Column("number", _("编号"), "identifier", 30),
        Column("source", _("来源"), width_mm=36),
        Column("received_at", _("收到时间"), "instant", 32),
        Column("read", _("读取"), "number", 14),
        Column("accepted", _("接收"), "number", 14, _("能够确定是谁的行")),
        Column("sent", _("派发"), "number", 14, _("已派到乡镇的行")),
        Column("in_hand", _("有人负责"), "number", 18, _("乡镇已组建三人小组的行")),
        Column("ended", _("办结"), "number", 14, _("有了最终结果的行；办结 = 后面各列之和")),
        Column("found", _("落实管控"), "number", 18),
        Column("free", _("无需管控"), "number", 18),
        Column("left", _("已离开"), "number", 16),
        Column("away", _("移交退回"), "number", 18),
        Column("none", _("查无此人"), "number", 18),
        Column("other", _("重复或有误"), "number", 20),
        Column("open", _("在办"), "number", 14),
        Column("share", _("办结率"), "share", 16),
    )


def _town_columns() -> tuple[Column, ...]:
    return (
        Column("area", _("乡镇"), width_mm=40),
        Column("sent", _("派发"), "number", 16),
        Column("ended", _("办结"), "number", 16),
        Column("open", _("在办"), "number", 16),
        Column("share", _("办结率"), "share", 18),
        Column("team", _("组建小组"), "minutes", 24, _("派发到三人小组组建的中位数")),
        Column("end", _("办结用时"), "minutes", 24, _("派发到有最终结果的中位数")),
    )

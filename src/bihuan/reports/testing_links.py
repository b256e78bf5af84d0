"""Time per link of the testing chain, batch by batch, as of an hour: where it waited, and the slowest link by name."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("采送检报环节用时")
summary = gettext_lazy("每轮检测、每批样本在采样、送样、检测、报告各环节用时，最慢环节")

LINKS = ("sampling", "transport", "testing", "reporting")
MOST_BATCHES = 500


def link_names() -> dict[str, str]:
    """What each link is called."""
    return {"sampling": _("采样"), "transport": _("送样"), "testing": _("检测"), "reporting": _("报告")}


def build(scope: Scope, as_of: datetime, *, hours: int = 48) -> Page:
    """Rounds that were open in the last `hours`, and their batches, with what had happened by `as_of`."""
    since = as_of - timedelta(hours=hours)
    rounds = [
        r for r in lab_reads.rounds(scope).filter(opened_at__lte=as_of).order_by("-opened_at", "-id")
        if r.closed_at is None or r.closed_at > since
    ]  # fmt: skip
    lines = [_round(r, funnel(scope, r.id, as_of)) for r in rounds]
    found = batches(scope, [r.id for r in rounds], as_of)
    slow = Counter(b["slowest"] for b in found if b["slowest"])
    names = link_names()
    words = _("采样 %(people)d 人 %(tubes)d 管，已报告 %(reported)d 管。") % summed(
        lines, ("people", "tubes", "reported")
    )
    paragraphs = [words]
    if slow:
        link, n = slow.most_common(1)[0]
        paragraphs.append(
            _("最慢环节：%(link)s（%(n)d 批中的 %(slow)d 批）。") % {"link": names[link], "n": len(found), "slow": n}
        )
    return Page(
        title=_("采送检报环节用时"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=tuple(paragraphs)),
            Section(_("各轮"), table=Table(_round_columns(), lines, summed(lines, _COUNTS, name=_("合计")))),
            Section(_("各批"), table=Table(_batch_columns(), [b | {"slowest": names.get(b["slowest"], "")} for b in found])),
        ),
        signatures=(_("填报人"), _("审核人")),
    )  # fmt: skip


_COUNTS = ("people", "tubes", "packed", "received", "tested", "reported")


def funnel(scope: Scope, round_id: UUID, as_of: datetime) -> dict[str, Any]:
    """People and tubes of a round by how far they had come; tubes that were taken apart again are not counted twice."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT coalesce(sum(t.swabs), 0), count(*), count(*) FILTER (WHERE b.packed_at <= %(at)s),
                      count(*) FILTER (WHERE b.received_at <= %(at)s), count(*) FILTER (WHERE t.tested_at <= %(at)s),
                      count(*) FILTER (WHERE t.released_at <= %(at)s), min(t.opened_at),
                      max(t.released_at) FILTER (WHERE t.released_at <= %(at)s)
               FROM lab_tube t LEFT JOIN lab_box b ON b.id = t.box_id
               WHERE t.round_id = %(round)s AND t.pool_id IS NULL AND t.opened_at <= %(at)s
                 AND t.path >= %(low)s AND t.path < %(high)s""",
            {"round": round_id, "at": as_of, "low": scope.path, "high": scope.path + "~"},
        )
        return dict(zip((*_COUNTS, "first", "last"), cursor.fetchone(), strict=True))


def batches(scope: Scope, rounds: list[UUID], as_of: datetime) -> list[dict[str, Any]]:
    """Minutes of each link of each box, the oldest that is not reported first; a link nobody had finished is empty."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT b.code, s.name, r.name, t.n, t.first,
                      extract(epoch FROM b.packed - t.opened) / 60, extract(epoch FROM b.received - b.packed) / 60,
                      extract(epoch FROM t.tested - b.received) / 60, extract(epoch FROM t.released - t.tested) / 60, t.left
               FROM (SELECT box_id, round_id, count(*) AS n, min(opened_at) AS first,
                            to_timestamp(avg(extract(epoch FROM opened_at))) AS opened,
                            to_timestamp(avg(extract(epoch FROM tested_at)) FILTER (WHERE tested_at <= %(at)s)) AS tested,
                            to_timestamp(avg(extract(epoch FROM released_at)) FILTER (WHERE released_at <= %(at)s)) AS released,
                            count(*) FILTER (WHERE released_at IS NULL OR released_at > %(at)s) AS left
                     FROM lab_tube WHERE round_id = ANY(%(rounds)s) AND box_id IS NOT NULL AND pool_id IS NULL
                       AND opened_at <= %(at)s AND path >= %(low)s AND path < %(high)s
                     GROUP BY box_id, round_id) AS t
               JOIN (SELECT id, code, session_id, CASE WHEN packed_at <= %(at)s THEN packed_at END AS packed,
                            CASE WHEN received_at <= %(at)s THEN received_at END AS received FROM lab_box) AS b
                 ON b.id = t.box_id
               JOIN lab_session e ON e.id = b.session_id JOIN lab_station s ON s.id = e.station_id
               JOIN lab_round r ON r.id = t.round_id
               WHERE b.packed IS NOT NULL ORDER BY t.left = 0, t.first LIMIT %(most)s""",
            {"rounds": rounds, "at": as_of, "low": scope.path, "high": scope.path + "~", "most": MOST_BATCHES},
        )
        found = cursor.fetchall()
    rows = []
    for code, station, round_, tubes, first, *minutes, left in found:
        times = {link: None if m is None else round(float(m), 1) for link, m in zip(LINKS, minutes, strict=True)}
        known = {link: m for link, m in times.items() if m is not None}
        slowest = max(known, key=lambda link: known[link]) if known else ""
        rows.append(
            {"code": code, "station": station, "round": round_, "tubes": tubes, "first": first, **times,
             "whole": round(sum(known.values()), 1) if len(known) == len(LINKS) and not left else None, "slowest": slowest}
        )  # fmt: skip
    return rows


def _round(one: Any, counts: dict[str, Any]) -> dict[str, Any]:
    done = counts["tubes"] and counts["reported"] == counts["tubes"]
    minutes = (counts["last"] - counts["first"]).total_seconds() / 60 if done else None
    return {"name": one.name, "opened_at": one.opened_at, "due_at": one.due_at, **counts, "minutes": minutes}


def _round_columns() -> tuple[Column, ...]:
    return (
        Column("name", _("轮次"), width_mm=44),
        Column("due_at", _("时限"), "instant", 32),
        Column("people", _("人数"), "number", 18),
        Column("tubes", _("采样管"), "number", 18, _("追查时另采的单管不计")),
        Column("packed", _("已装箱"), "number", 18),
        Column("received", _("已接收"), "number", 18),
        Column("tested", _("已检测"), "number", 18),
        Column("reported", _("已报告"), "number", 18),
        Column("minutes", _("全程"), "minutes", 22, _("第一管开采到最后一管报告；未全部报告的不计")),
    )


def _batch_columns() -> tuple[Column, ...]:
    names = link_names()
    return (
        Column("code", _("箱号"), "identifier", 26),
        Column("station", _("采样点"), width_mm=36),
        Column("round", _("轮次"), width_mm=36),
        Column("tubes", _("管数"), "number", 14),
        Column("sampling", names["sampling"], "minutes", 20, _("管的开采时刻平均值到装箱")),
        Column("transport", names["transport"], "minutes", 20, _("装箱到实验室接收")),
        Column("testing", names["testing"], "minutes", 20, _("接收到出结果")),
        Column("reporting", names["reporting"], "minutes", 20, _("出结果到复核发布")),
        Column("whole", _("合计"), "minutes", 22),
        Column("slowest", _("最慢环节"), width_mm=22),
    )

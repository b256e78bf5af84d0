"""Who reports and who does not: each unit's last weeks, in time, late, missing, and corrections that came after the sum."""

from collections import Counter, defaultdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import summed
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("日报告报送情况")
summary = gettext_lazy("各单位应报、按时、迟报、未报次数；自行更正不算差错，汇总后更正单列")

KEYS = ("owed", "in_time", "late", "missing", "running", "early", "after")


def build(scope: Scope, as_of: datetime, *, days: int = 30) -> Page:
    """Reports asked for in the last `days`: owed = in time + late + missing + not due yet. Early corrections are no fault."""
    since = as_of - timedelta(days=days)
    counts: dict[UUID, Counter[str]] = defaultdict(Counter)
    gaps: dict[UUID, list[str]] = defaultdict(list)
    for one in report_reads.owed_plain(scope, since, as_of):
        closed = one.closed_at if one.closed_at and one.closed_at <= as_of else None
        state = "missing" if closed is None and one.due_at <= as_of else "running" if closed is None else (
            "late" if closed > one.due_at else "in_time"
        )  # fmt: skip
        counts[one.unit][state] += 1
        counts[one.unit]["owed"] += 1
        if state == "missing":
            gaps[one.unit].append(f"{timezone.localtime(one.opened_at):%m-%d}")
    changed = report_reads.unit_reports(scope).filter(version__gt=1, signed_at__gt=since, signed_at__lte=as_of)
    for report in changed:
        counts[report.unit_id]["early" if report.is_early_correction else "after"] += 1
    units = staff_reads.units_by_id(counts)
    rows: list[dict[str, Any]] = [
        {"unit": units[u].name, **{k: counts[u][k] for k in KEYS}, "days": "、".join(sorted(gaps[u])[-10:])}
        for u in counts
    ]
    rows.sort(key=lambda r: (-r["missing"], -r["late"], r["unit"]))
    total = summed(rows, KEYS, unit=_("合计"))
    words = _("应报 %(owed)d 次，按时 %(in_time)d 次，迟报 %(late)d 次，未报 %(missing)d 次。") % total
    columns = (
        Column("unit", _("单位"), width_mm=50),
        Column("owed", _("应报"), "number", 16, _("应报 = 按时 + 迟报 + 未报 + 未到时限")),
        Column("in_time", _("按时"), "number", 16),
        Column("late", _("迟报"), "number", 16),
        Column("missing", _("未报"), "number", 16, _("已过时限仍未签字上报；从不按零计")),
        Column("running", _("未到时限"), "number", 20),
        Column("early", _("自行更正"), "number", 20, _("县里汇总前更正，不算差错")),
        Column("after", _("汇总后更正"), "number", 22),
        Column("days", _("未报日期"), width_mm=50),
    )
    return Page(
        title=_("日报告报送情况"),
        subtitle=_("近 %(days)d 天") % {"days": days},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(Section(paragraphs=(words,), table=Table(columns, rows, total)),),
        signatures=(_("填报人"), _("审核人")),
    )

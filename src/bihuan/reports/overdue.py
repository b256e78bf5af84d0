"""What is late: every running clock past its due time, and how long, with whoever answers for it."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("超时清单")
summary = gettext_lazy("已过时限仍未完成的任务，责任单位和责任人")


def build(scope: Scope, as_of: datetime) -> Page:
    """Tasks whose clock had run out at `as_of` and was not stopped by then, the longest first."""
    found = command_reads.tasks(scope).filter(
        Q(closed_at__isnull=True) | Q(closed_at__gt=as_of), clock__due_at__lte=as_of, opened_at__lte=as_of
    )
    rows = [
        {
            "title": t.title,
            "kind": t.kind_words,
            "area": t.area.name,
            "unit": t.responsible_unit.name,
            "person": t.responsible.name if t.responsible else "",
            "opened_at": t.opened_at,
            "due_at": t.clock.due_at,
            "late_minutes": int((as_of - t.clock.due_at).total_seconds() // 60),
        }
        for t in found
    ]
    columns = (
        Column("kind", _("事项"), width_mm=26),
        Column("title", _("内容"), width_mm=44),
        Column("area", _("属地"), width_mm=24),
        Column("unit", _("责任单位"), width_mm=34),
        Column("person", _("责任人"), width_mm=18),
        Column("opened_at", _("交办时间"), "instant", 32),
        Column("due_at", _("时限"), "instant", 32),
        Column("late_minutes", _("超时（分钟）"), "number", 22, _("统计时刻减去时限")),
    )
    return Page(
        title=_("超时清单"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(
                paragraphs=(_("超时 %(n)d 项。") % {"n": len(rows)},) if rows else (_("无超时事项。"),),
                table=Table(columns, rows),
            ),
        ),
        signatures=(_("填报人"), _("审核人")),
    )

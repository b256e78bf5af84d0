"""宣传覆盖: each campaign's channels, households reached of those to be reached, and when it was last heard of."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.command import checklists
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import summed
from bihuan.reports._dispatches import entries, filled, number, plain
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("宣传和爱国卫生活动")
summary = gettext_lazy("各项活动的渠道、应覆盖和已覆盖户数、播放和发送次数；没有按期登记的单列")

REGISTER = "campaigns"
TOLD = ("loudspeaker", "screens", "messages")


def build(scope: Scope, as_of: datetime) -> Page:
    """What every log up to `as_of` adds up to; a campaign never logged reached nobody and says so."""
    asked = checklists.register(REGISTER)
    assert asked is not None
    logs = filled(scope, asked.checklist, as_of)
    rows: list[dict[str, Any]] = []
    for entry in entries(scope, REGISTER, as_of):
        told = [answers for _at, answers in logs.get(entry.id, ())]
        last = logs[entry.id][0][0] if told else None
        wanted = number(entry.cells, "households")
        reached = min(sum(number(a, "reached") for a in told), wanted or float("inf"))
        rows.append(
            {
                "name": entry.name, "unit": entry.unit.name, "channels": entry.cells.get("channels", ""), "wanted": plain(wanted),
                "reached": plain(reached), "share": reached / wanted if wanted else None,
                **{key: plain(sum(number(a, key) for a in told)) for key in TOLD},
                "last": f"{localtime(last):%m-%d %H:%M}" if last else _("没有登记"),
                "late": as_of - (last or entry.added_at) > timedelta(days=asked.every_days, hours=asked.due_hours),
            }
        )  # fmt: skip
    rows.sort(key=lambda r: (not r["late"], r["share"] if r["share"] is not None else 1.0, r["name"]))
    total = summed(rows, ("wanted", "reached", *TOLD), name=_("合计"))
    total["share"] = total["reached"] / total["wanted"] if total["wanted"] else None
    late = sum(r["late"] for r in rows)
    words = _("%(n)d 项活动，应覆盖 %(wanted)d 户，已覆盖 %(reached)d 户；%(late)d 项没有按期登记。") % {
        **total, "n": len(rows), "late": late,
    }  # fmt: skip
    columns = (
        Column("name", _("活动"), width_mm=46),
        Column("unit", _("责任单位"), width_mm=38),
        Column("channels", _("渠道"), width_mm=40),
        Column("wanted", _("应覆盖户"), "number", 20),
        Column("reached", _("已覆盖户"), "number", 20, _("各次登记相加，不超过应覆盖户数")),
        Column("share", _("覆盖率"), "share", 18),
        Column("loudspeaker", _("播放"), "number", 16),
        Column("screens", _("屏和横幅"), "number", 18),
        Column("messages", _("信息"), "number", 18),
        Column("last", _("最近登记"), width_mm=28),
    )
    return Page(
        title=_("宣传和爱国卫生活动"), subtitle="", as_of=as_of, area_name=area_name(scope),
        sections=(Section(paragraphs=(words,), table=Table(columns, rows, total)),),
        signatures=(_("填报人"), _("审核人")),
    )  # fmt: skip

"""Every list received: what was read, accepted, rejected, where its rows stand, whether the sender was answered."""

from datetime import datetime, timedelta

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("名单台账")
summary = gettext_lazy("每份推送名单：接收、拒收、匹配、在办、办结、复函")


def build(scope: Scope, as_of: datetime, *, days: int = 30) -> Page:
    """The lists of the last `days` days, latest first, as known at `as_of`."""
    still_open = Q(rows__closed_at__isnull=True) | Q(rows__closed_at__gt=as_of)
    found = (
        intake_reads.lists(scope)
        .filter(received_at__lte=as_of, received_at__gt=as_of - timedelta(days=days))
        .annotate(open_rows=Count("rows", filter=still_open), all_rows=Count("rows"))
    )
    rows = [
        {
            "number": p.number,
            "source": p.source,
            "purpose": p.purpose,
            "received_at": p.received_at,
            "rows_read": p.rows_read,
            "accepted": p.rows_accepted,
            "rejected": p.rows_rejected,
            "duplicates": p.receipt.get("duplicate_in_list", 0),
            "matched": p.receipt.get("matched", 0),
            "created": p.receipt.get("created", 0),
            "open": p.open_rows,
            "closed": p.all_rows - p.open_rows,
            "replied_at": p.replied_at if p.replied_at and p.replied_at <= as_of else None,
        }
        for p in found
    ]
    numbers = ("rows_read", "accepted", "rejected", "duplicates", "matched", "created", "open", "closed")
    columns = (
        Column("number", _("编号"), "identifier", 26),
        Column("source", _("来源"), width_mm=32),
        Column("purpose", _("用途"), width_mm=26),
        Column("received_at", _("收到时间"), "instant", 32),
        Column("rows_read", _("读取"), "number", 14, _("读取 = 接收 + 拒收")),
        Column("accepted", _("接收"), "number", 14, _("接收 = 名单内重复 + 匹配 + 新建 + 待核对")),
        Column("rejected", _("拒收"), "number", 14, _("无法确定是谁的行，附原因退回修改")),
        Column("duplicates", _("重复"), "number", 14),
        Column("matched", _("匹配"), "number", 14),
        Column("created", _("新建"), "number", 14),
        Column("open", _("在办"), "number", 14),
        Column("closed", _("办结"), "number", 14),
        Column("replied_at", _("复函时间"), "instant", 32),
    )
    total = {"number": _("合计"), **{key: sum(r[key] for r in rows) for key in numbers}}
    return Page(
        title=_("名单台账"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(Section(table=Table(columns, rows, total)),),
        signatures=(_("填报人"), _("审核人")),
    )

"""物资: how long each supply lasts at full load, what is short of thirty days and to be ordered, which counts are old."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.engines.planning import Item, cover
from bihuan.ledgers.command import checklists
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._dispatches import entries, filled, number, plain
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("应急物资保障")
summary = gettext_lazy("各类物资满负荷可用天数，不足30天的缺口和订货建议；各库点清点时间、效期")

REGISTER = "supplies"
TARGET_DAYS = 30.0  # R175: thirty days at full load
# What is hardly used lasts for ever: written as so many days.
LONGEST_DAYS = 9999.0
EXPIRES_WITHIN = timedelta(days=60)


def build(scope: Scope, as_of: datetime) -> Page:
    """The latest count of each store up to `as_of`; what was never counted stands as the register says."""
    asked = checklists.register(REGISTER)
    assert asked is not None
    found = stores(scope, as_of)
    today = localtime(as_of).date()
    oldest = timedelta(days=asked.every_days)
    lines = [
        {
            "item": s.item, "store": s.store, "unit": s.unit, "stock": plain(s.stock),
            "counted": f"{localtime(s.counted_at):%m-%d}" if s.counted_at else "",
            "old": as_of - (s.counted_at or s.added_at) > oldest,
            "expires": f"{s.expires_on:%Y-%m-%d}" if s.expires_on else "",
            "soon": bool(s.expires_on and s.expires_on - today <= EXPIRES_WITHIN),
        }
        for s in found
    ]  # fmt: skip
    items = sorted((_line(i) for i in by_item(found, today)), key=lambda i: (i["days"], i["item"]))
    short = [i for i in items if i["missing"]]
    old = [s for s in lines if s["old"]]
    soon = [s for s in lines if s["soon"]]
    words = [
        _("%(n)d 种物资，%(short)d 种不足 %(days)d 天满负荷用量。")
        % {"n": len(items), "short": len(short), "days": TARGET_DAYS}
    ]
    if short:
        worst = short[0]
        words.append(_("最紧：%(item)s，可用 %(days).1f 天，缺 %(missing)d。") % worst)
    if old:
        words.append(
            _("%(n)d 处超过 %(days)d 天没有清点：%(where)s。")
            % {"n": len(old), "days": asked.every_days, "where": "、".join(f"{s['store']}" for s in old[:5])}
        )
    if soon:
        words.append(_("%(n)d 处将在 60 天内到期或已到期。") % {"n": len(soon)})
    return Page(
        title=_("应急物资保障"),
        subtitle=_("按满负荷运转 %(n)d 天") % {"n": TARGET_DAYS},
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=tuple(words)),
            Section(_("一、可用天数和订货建议"), table=Table(_item_columns(), items)),
            Section(_("二、各库点"), table=Table(_store_columns(), lines)),
        ),
        signatures=(_("清点人"), _("审核人")),
    )


@dataclass(frozen=True)
class Store:
    """One supply in one store: how much is fit for use, when it was counted, how fast it goes, how it comes."""

    item: str
    store: str
    unit: str
    path: str
    stock: float
    burn_per_day: float
    lead_days: float
    pack_size: int
    expires_on: date | None
    counted_at: datetime | None
    added_at: datetime


def stores(scope: Scope, as_of: datetime) -> list[Store]:
    """Every store with its latest count up to `as_of`; what was never counted stands as the register says."""
    asked = checklists.register(REGISTER)
    assert asked is not None
    counts = filled(scope, asked.checklist, as_of)
    told = []
    for entry in entries(scope, REGISTER, as_of):
        cells = entry.cells
        counted_at, answers = next(iter(counts.get(entry.id, ())), (None, {}))
        stock = number(answers, "counted") - number(answers, "expired") if counted_at else number(cells, "stock")
        told.append(
            Store(
                cells.get("item", entry.name), cells.get("place") or entry.name, entry.unit.name, entry.path, stock,
                number(cells, "burn_per_day"), number(cells, "lead_days"), max(1, int(number(cells, "pack_size", 1.0))),
                _day(cells.get("expires_on", "")), counted_at, entry.added_at,
            )
        )  # fmt: skip
    return told


def by_item(found: Iterable[Store], today: date) -> list[Item]:
    """Each supply over all its stores; what has expired does not count, the longest delivery does."""
    sums: dict[str, list[Store]] = defaultdict(list)
    for store in found:
        sums[store.item].append(store)
    return [
        Item(
            name, sum(s.stock for s in several if not (s.expires_on and s.expires_on < today)),
            sum(s.burn_per_day for s in several), 0.0, max(s.lead_days for s in several),
            max(s.pack_size for s in several),
        )
        for name, several in sums.items()
    ]  # fmt: skip


def _line(item: Item) -> dict[str, Any]:
    found = cover(item, target_days=TARGET_DAYS)
    within = found.order_within_days
    return {
        "item": item.name,
        "stock": plain(item.stock),
        "burn": plain(item.burn_per_day),
        "days": plain(min(found.days, LONGEST_DAYS)),
        "missing": plain(found.missing),
        "order": found.order_pieces,
        "within": "" if within is None else _("今天") if within <= 0 else _("%(n).0f 天内") % {"n": within},
        "gap": plain(found.gap_days),
    }


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.replace("/", "-").replace(".", "-"))
    except ValueError:
        return None


def _item_columns() -> tuple[Column, ...]:
    return (
        Column("item", _("品名"), width_mm=44),
        Column("stock", _("在期库存"), "number", 24, _("最近一次清点减去过期损坏；整批过期的不计")),
        Column("burn", _("满负荷日耗"), "number", 24),
        Column("days", _("可用天数"), "number", 22, _("库存 ÷ 满负荷日消耗")),
        Column("missing", _("缺口"), "number", 22, _("30 天用量减去库存")),
        Column("order", _("建议订货"), "number", 24, _("按整件补足缺口")),
        Column("within", _("何时下单"), width_mm=24, definition=_("可用天数减到货天数")),
        Column("gap", _("断档天数"), "number", 20, _("今天下单仍会断档的天数")),
    )


def _store_columns() -> tuple[Column, ...]:
    return (
        Column("item", _("品名"), width_mm=36),
        Column("store", _("库点"), width_mm=40),
        Column("unit", _("责任单位"), width_mm=40),
        Column("stock", _("库存"), "number", 20),
        Column("counted", _("清点日期"), width_mm=24),
        Column("old", _("该清点"), width_mm=18, definition=_("超过规定天数没有清点")),
        Column("expires", _("有效期至"), width_mm=26),
        Column("soon", _("临期"), width_mm=16),
    )

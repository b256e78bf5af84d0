"""Supplies: days of cover at full load against thirty, and what to order by when (R175)."""

from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.reports import supplies
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Bar, Bars, Figure, Slider, finite, listed, plain, slider

name = "stock"
title = gettext_lazy("物资储备")
summary = gettext_lazy("每种物资满负荷能用几天，不足 30 天的缺口，今天要订什么")

# Longer bars say no more.
LONGEST_DAYS = 90.0


@dataclass(frozen=True)
class Found:
    """Each supply over all its stores, and the oldest count among them."""

    at: datetime
    items: list[planning.Item]
    oldest: datetime | None
    stores: int


def gather(county: County) -> Found:
    """The numbers of the scope as they stand."""
    at = county.at
    found = county.stores
    oldest = min((s.counted_at or s.added_at for s in found), default=None)
    return Found(at, supplies.by_item(found, localtime(at).date()), oldest, len(found))


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    told = _("物资台账 %(n)d 处库点，最早的清点") % {"n": found.stores} if found.stores else _("物资台账还没有登记")
    return (
        slider("target", _("要够用"), supplies.TARGET_DAYS, 7, 90, unit=pgettext("unit", "天"),
               source=_("规定：满负荷 30 天"), at=found.at,
               room="supplies"),
        slider("load", _("消耗为满负荷的"), 100, 10, 400, 5, unit="%", source=told, at=found.oldest, room="supplies"),
        slider("lead", _("到货推迟"), 0, 0, 30, unit=pgettext("unit", "天"), source=_("物资台账的到货天数之外"), room="supplies"),
        slider("cut", _("库存损失"), 0, 0, 100, 5, unit="%", source=told, at=found.oldest, room="supplies"),
    )  # fmt: skip


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """Cover of each supply, the shortest first, and the order that closes the gaps."""
    if not found.items:
        return Answer(_("物资台账还没有登记物资；在“重点台账 › 应急物资”载入。"), "wait")
    target, load = asked["target"], asked["load"] / 100
    items = [
        replace(i, stock=i.stock * (1 - asked["cut"] / 100), burn_per_day=i.burn_per_day * load,
                lead_days=i.lead_days + asked["lead"])
        for i in found.items
    ]  # fmt: skip
    covers = sorted(
        ((planning.cover(i, target_days=target), i) for i in items), key=lambda pair: (pair[0].days, pair[0].name)
    )
    short = [c for c, _i in covers if c.missing]
    today = [c for c in short if c.order_within_days == 0]
    broken = [c for c in short if c.gap_days]
    if not short:
        words = _("%(n)d 种物资都够用 %(days)s 天。") % {"n": len(covers), "days": plain(target)}
    else:
        worst = short[0]
        words = _("%(n)d 种物资中 %(short)d 种不够用 %(days)s 天，最紧的是%(item)s，只够 %(left).1f 天") % {
            "n": len(covers), "short": len(short), "days": plain(target), "item": worst.name, "left": worst.days,
        }  # fmt: skip
        if broken:
            words += _("；今天下单，%(item)s仍要断档 %(gap).1f 天。") % {
                "item": max(broken, key=lambda c: c.gap_days).name,
                "gap": max(c.gap_days for c in broken),
            }
        elif today:
            words += _("；今天就要下单 %(n)d 种。") % {"n": len(today)}
        else:
            words += _("；最迟 %(days).0f 天内下单，不会断档。") % {
                "days": min(c.order_within_days or 0 for c in short)
            }
    rows = [
        {"item": c.name, "stock": round(i.stock), "burn": finite(i.burn_per_day), "days": finite(c.days),
         "missing": round(c.missing), "order": c.order_pieces, "packs": c.order_packs,
         "within": "" if c.order_within_days is None else _("今天") if c.order_within_days <= 0
         else _("%(n).0f 天内") % {"n": c.order_within_days}, "gap": finite(c.gap_days)}
        for c, i in covers
    ]  # fmt: skip
    return Answer(
        words, "late" if broken else "risk" if short else "good",
        (
            Figure(_("不足的物资"), len(short), _("种"), _("可用天数少于目标天数")),
            Figure(_("最紧的可用"), finite(covers[0][0].days), pgettext("unit", "天"), _("库存 ÷ 每日消耗"), less=False),
            Figure(_("今天要下单"), len(today), _("种"), _("可用天数不多于到货天数")),
            Figure(_("最长断档"), finite(max((c.gap_days for c, _i in covers), default=0.0)), pgettext("unit", "天"),
                   _("今天下单，到货前已用完的天数")),
        ),
        (
            Bars(_("各类物资可用天数"), [
                Bar(c.name, min(c.days, LONGEST_DAYS), None,
                    _("订 %(n)s") % {"n": plain(c.order_pieces)} if c.order_pieces else _("够用"),
                    "late" if c.gap_days else "risk" if c.short else "good")
                for c, _i in covers
            ], pgettext("unit", "天"), _("可用天数"), limit=target, limit_words=_("%(n)s 天线") % {"n": plain(target)}),
        ),
        (Section(_("可用天数和订货建议"), table=Table((
            Column("item", _("品名"), width_mm=40), Column("stock", _("在期库存"), "number", 22),
            Column("burn", _("每日消耗"), "number", 22), Column("days", _("可用天数"), "number", 20),
            Column("missing", _("缺口"), "number", 20), Column("order", _("建议订货"), "number", 22, _("按整件补足缺口")),
            Column("packs", _("件数"), "number", 16), Column("within", _("何时下单"), width_mm=22),
            Column("gap", _("断档天数"), "number", 20),
        ), rows)),),
        (_("整批过期的不计；到货天数取各库点最长的。"),),
        task=_("物资订货：%(what)s") % {"what": listed(f"{c.name} {c.order_pieces:,}" for c in short)} if short else "",
    )  # fmt: skip

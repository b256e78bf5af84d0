"""Testing: samplers, tubes, kits and hours of every township, what is short, and when the last result is out (R088, R099)."""

import math
from dataclasses import dataclass, replace
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab.choices import RoundKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.reports import supplies
from bihuan.reports._day import summed
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans import _county
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Bar, Bars, Figure, Slider, clock, finite, listed, plain, slider

name = "testing"
title = gettext_lazy("采样检测")
summary = gettext_lazy("各乡镇要多少采样员、采样管、拭子，几点采完，几点出齐结果，卡在哪一环")

# Where nothing was measured: one sampler with somebody who scans beside them, and the rule for couriers.
SWABS_PER_SAMPLER_HOUR, COURIER_HOURS = 100, 2.0
# Which supplies of the register are tubes and which are kits, by words of their names.
TUBE_WORDS, KIT_WORDS = ("采样管", "保存管", "病毒管", "tube"), ("拭子", "swab")  # data
# The last result may wait this long for the laboratory before it is the laboratory that holds it back.
SLACK_HOURS = 0.25
EVERYBODY, THE_ROUND = 0, 1


@dataclass(frozen=True)
class Found:
    """The townships with what they have, the laboratories, and the round so far."""

    at: datetime
    towns: list[_county.Town]
    stock: dict[str, tuple[int, int]]
    knows_tubes: bool
    knows_kits: bool
    labs: list[_county.Laboratory]
    round: _county.Round | None
    rule: lab_bridge.PoolRule
    limit_hours: float


def gather(county: County) -> Found:
    """The numbers of the scope as they stand."""
    at = county.at
    found = county.round
    stock: dict[str, tuple[int, int]] = {}
    stores = county.stores
    tubes, kits = _named(stores, TUBE_WORDS), _named(stores, KIT_WORDS)
    for several, place in ((tubes, 0), (kits, 1)):
        for one in several:
            had = list(stock.get(town := territory_reads.township_path(one.path), (0, 0)))
            had[place] += int(one.stock)
            stock[town] = (had[0], had[1])
    return Found(
        at, county.towns, stock, bool(tubes), bool(kits), county.laboratories, found,
        lab_bridge.pool_rule(RoundKind.ALL_RESIDENTS, at), lab_bridge.round_hours(at),
    )  # fmt: skip


def _named(stores: list[supplies.Store], words: tuple[str, ...]) -> list[supplies.Store]:
    """The stores of supplies whose name holds one of these words."""
    return [s for s in stores if any(word in s.item.lower() for word in words)]


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    one = found.round
    of_round = one is not None and one.is_open and any(t.target for t in found.towns)
    measured = one.swabs_per_sampler_hour if one else None
    carried = one.transport_hours if one else None
    usual = _("惯常值，未实测")
    here = _("“%(round)s”实测") % {"round": one.name} if one else ""
    sizes = [s for s in lab_bridge.SIZES if s <= found.rule.size]
    return (
        Slider(
            "who", _("采谁"), THE_ROUND if of_round else EVERYBODY, 0, 1, source=_("人口登记、检测轮次"), at=found.at,
            room="territory",
            choices=((EVERYBODY, _("全体居民")), *(((THE_ROUND, _("本轮未采的人")),) if of_round else ())),
        ),
        slider(
            "swabs", _("每名采样员每小时"), measured or SWABS_PER_SAMPLER_HOUR, 5, 300, unit=_("人"),
            source=here if measured else usual, at=found.at if measured else None, room="rounds" if measured else "",
        ),
        slider("hours", _("采样用时"), max(1.0, found.limit_hours / 2), 1, 24, 0.5, unit=_("小时"),
               source=_("方案 %(edition)s 时限的一半") % {"edition": found.rule.edition}, at=found.at, room="protocols"),
        slider("extra", _("增派采样员"), 0, 0, 200, unit=_("人"), source=_("派到最晚采完的乡镇"), room="rounds"),
        Slider("share", _("现有采样员"), 0, 0, 1, source=_("正在采样的采样点"), at=found.at, room="rounds",
               choices=((0, _("不动")), (1, _("各乡镇间调配")))),
        Slider(
            "pool", _("每管人数"), float(one.pool_size if one and of_round else found.rule.size), 1, 20,
            source=f"{found.rule.edition} {found.rule.basis}".strip(), at=found.at, room="protocols",
            choices=tuple((float(s), str(s)) for s in sorted({*sizes, *([one.pool_size] if one and of_round else [])})),
        ),
        slider("courier", _("送样用时"), carried or COURIER_HOURS, 0, 6, 0.25, unit=_("小时"),
               source=here if carried else usual, at=found.at if carried else None, room="rounds" if carried else ""),
        Slider("surge", _("检测能力"), 0, 0, 1, source=_("实验室登记"), at=found.at, room="rounds",
               choices=((0, pgettext("plan", "现有")), (1, _("加上可调入的")))),
        slider("limit", _("出齐结果时限"), found.limit_hours, 2, 72, unit=_("小时"),
               source=_("方案 %(edition)s") % {"edition": found.rule.edition}, at=found.at, room="protocols"),
    )  # fmt: skip


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """What these numbers mean: shortages, hours, and the link that holds the round back."""
    at, notes = found.at, []
    heads = {t.name: t.left if asked["who"] == THE_ROUND else t.heads for t in found.towns}
    sites = [
        planning.Site(t.name, heads[t.name], t.samplers, *found.stock.get(t.path, (0, 0))) for t in found.towns
    ]  # fmt: skip
    rates = planning.SamplingRates(asked["swabs"], asked["hours"], int(asked["pool"]))
    extra, there = int(asked["extra"]), sum(s.samplers for s in sites)
    given = planning.add_samplers(sites, extra=extra)
    if asked["share"]:
        try:
            given = planning.share_samplers(sites, rates=rates, samplers=there + extra)
        except planning.PlanFault:
            notes.append(_("%(n)d 名采样员不够每个乡镇一名，无法调配；请先增派。") % {"n": there + extra})
    sites = [replace(s, samplers=given[s.name]) for s in sites]
    labs = [
        planning.Lab(lab.name, lab.tubes_per_hour + (lab.surge if asked["surge"] else 0), lab.queue + lab.coming,
                     lab.turnaround_hours)
        for lab in found.labs
    ]  # fmt: skip
    plan = planning.plan_all_residents(
        sites, rates=rates, labs=labs, courier_hours=asked["courier"], deadline_hours=asked["limit"]
    )
    short = sum(p.samplers_short for p in plan.sites)
    tubes = sum(p.tubes_short for p in plan.sites) if found.knows_tubes else 0
    kits = sum(p.kits_short for p in plan.sites) if found.knows_kits else 0
    unserved = [s.name for s in sites if s.people and not s.samplers]
    waits = plan.last_result_hours - max((lab.turnaround_hours for lab in labs), default=0) - plan.last_delivery_hours
    in_lab = bool(labs) and math.isfinite(plan.last_result_hours) and waits > SLACK_HOURS
    words = _sentence(plan, at, (short, tubes, kits), unserved, in_lab, bool(labs))
    blind = [
        words
        for words, known in (
            (pgettext("supply", "采样管"), found.knows_tubes),
            (pgettext("supply", "拭子"), found.knows_kits),
        )
        if not known
    ]
    if blind:
        notes.append(_("物资台账里没有%(what)s，没有对照库存。") % {"what": listed(blind)})
    if unserved:
        notes.append(_("没有采样员的乡镇：%(where)s。") % {"where": listed(unserved)})
    if len({t.laboratory for t in found.towns if t.laboratory}) > 1:
        notes.append(_("各实验室合并按一条队列计算；哪个点送哪家见“实验室排队”。"))
    return Answer(
        words, "good" if plan.in_time and not (short or tubes or kits) else "late" if not plan.in_time else "risk",
        (
            Figure(_("缺采样员"), short, _("人"), _("各乡镇所需减去现有，不相抵")),
            Figure(_("采样完成"), finite(plan.sampling_hours), _("小时"), _("从现在起，最后一个乡镇采完")),
            Figure(_("结果出齐"), finite(plan.last_result_hours), _("小时"), _("从现在起，最后一管出结果")),
            Figure(_("所需检测能力"), finite(plan.lab_tubes_per_hour_needed, 0), pgettext("unit", "管/时"),
                   _("时限减去送样和单管用时之内检完")),
            Figure(_("现有检测能力"), finite(plan.lab_tubes_per_hour, 0), pgettext("unit", "管/时"), _("各实验室之和"),
                   less=False),
        ),
        (
            Bars(
                _("各乡镇采样员：需要与现有"),
                [Bar(p.name, p.samplers_needed, s.samplers, _hours(p.hours_needed), "late" if p.samplers_short else "good")
                 for p, s in zip(plan.sites, sites, strict=True) if p.people],
                _("人"), _("需要"), pgettext("plan", "现有"),
            ),
        ),
        (Section(_("各乡镇所需和缺口"), table=_table(plan, sites, found)),),
        tuple(notes),
        task=_("增派采样员 %(n)d 名：%(where)s") % {
            "n": short, "where": listed(f"{p.name}{p.samplers_short}" for p in plan.sites if p.samplers_short)
        } if short else "",
    )  # fmt: skip


def _sentence(
    plan: planning.RoundPlan,
    at: datetime,
    lacks: tuple[int, int, int],
    unserved: list[str],
    in_lab: bool,
    has_labs: bool,
) -> str:
    if not plan.people:
        return _("没有要采样的人。")
    short, tubes, kits = lacks
    told = [_("缺 %(n)d 名采样员") % {"n": short} if short else _("采样员够用")]
    if tubes:
        told.append(_("缺采样管 %(n)s 支") % {"n": plain(tubes)})
    if kits:
        told.append(_("缺拭子 %(n)s 支") % {"n": plain(kits)})
    if unserved:
        told.append(_("%(n)d 个乡镇没有采样员，采不完") % {"n": len(unserved)})
    else:
        told.append(_("最晚 %(clock)s 采完") % {"clock": clock(at, plan.sampling_hours)})
    if not has_labs:
        told.append(_("没有登记实验室"))
    elif math.isfinite(plan.last_result_hours):
        told.append(_("%(clock)s 出齐结果") % {"clock": clock(at, plan.last_result_hours)})
        told.append(_("卡在检测") if in_lab else _("卡在采样"))
    if has_labs and not plan.in_time:
        told.append(_("赶不上 %(n)g 小时的时限") % {"n": plan.deadline_hours})
    return _("，").join(told) + _("。")


def _hours(hours: float) -> str:
    return _("%(n).1f 小时") % {"n": hours} if math.isfinite(hours) else _("没有采样员")


def _table(plan: planning.RoundPlan, sites: list[planning.Site], found: Found) -> Table:
    columns = (
        Column("name", _("乡镇"), width_mm=34),
        Column("people", _("要采的人"), "number", 22),
        Column("samplers", _("采样员现有"), "number", 20, _("采样点登记的采样员，加上增派和调配")),
        Column("needed", _("采样员需要"), "number", 20),
        Column("short", _("缺采样员"), "number", 18),
        Column("hours", _("采完用时（小时）"), "number", 24, _("以现有采样员")),
        Column("tubes", _("采样管需要"), "number", 22, _("含5%损耗")),
        Column("tubes_short", _("缺采样管"), "number", 20, _("物资台账中名称含“采样管”“保存管”的品目")),
        Column("kits", _("拭子需要"), "number", 22, _("含5%损耗")),
        Column("kits_short", _("缺拭子"), "number", 20, _("物资台账中名称含“拭子”的品目")),
    )
    rows = [
        {"name": p.name, "people": p.people, "samplers": s.samplers, "needed": p.samplers_needed,
         "short": p.samplers_short, "hours": finite(p.hours_needed), "tubes": p.tubes_needed,
         "tubes_short": p.tubes_short if found.knows_tubes else None, "kits": p.kits_needed,
         "kits_short": p.kits_short if found.knows_kits else None}
        for p, s in zip(plan.sites, sites, strict=True)
    ]  # fmt: skip
    keys = ["people", "samplers", "needed", "short", "tubes", "kits"]
    keys += ["tubes_short"] * found.knows_tubes + ["kits_short"] * found.knows_kits
    return Table(columns, rows, summed(rows, keys, name=_("合计")))

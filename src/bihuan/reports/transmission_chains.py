"""Chains of transmission: how many, how deep, in how many days from case to case, and who infected how many."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.territory.scope import Scope
from bihuan.reports import _chains
from bihuan.reports._chains import told
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("传播链分析")
summary = gettext_lazy("传播链条数、代次、代间距、潜伏期、再生数R和离散系数k，各带95%区间")

MOST_SPREADERS = 20


def build(scope: Scope, as_of: datetime, *, disease: str = "") -> Page:
    """The figures, the generations, those who infected most and the chains, from the links on record at `as_of`."""
    found = _chains.chains_of(scope, as_of, disease=disease)
    return Page(
        title=_("传播链分析"),
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=tuple(sentences(found))),
            Section(_("关键指标"), table=_figures(found)),
            Section(_("各代病例"), table=_generations(found)),
            Section(_("感染他人最多的病例"), table=_spreaders(found)),
            Section(_("传播链"), table=_heads(found)),
        ),
        definitions={
            "R": _("平均每个病例感染的人数，由负二项分布极大似然估计，区间为轮廓似然95%区间"),
            "k": _("离散系数：越小，感染越集中在少数病例"),
            _("代间距"): _("传染源发病到被感染者发病的天数，多个可能传染源按可能性加权，区间由重抽样得出"),
            _("潜伏期"): _("感染到发病的天数，由暴露时间窗按伽马分布极大似然估计，区间由重抽样得出"),
        },
        signatures=(_("填报人"), _("审核人")),
    )


def sentences(found: _chains.Chains) -> list[str]:
    """What a commander should know, in words."""
    forest = found.forest
    if not forest.cases:
        return [_("没有病例。")]
    sizes = forest.sizes()
    heads = forest.heads
    words = [
        _("%(cases)d 例中 %(linked)d 例连成 %(chains)d 条传播链，最长 %(depth)d 代，最大一条 %(largest)d 例。")
        % {
            "cases": len(forest.cases),
            "linked": sum(sizes[h] for h in heads),
            "chains": len(heads),
            "depth": forest.depth,
            "largest": max(sizes.values()),
        }
    ]
    if found.unknown_source > len(heads):
        words.append(_("%(alone)d 例来源不明，也没有发现续发。") % {"alone": sum(1 for n in sizes.values() if n == 1)})
    if found.uncertain:
        words.append(_("%(n)d 例有不止一个可能的传染源，图中画可能性最大的一个。") % {"n": found.uncertain})
    spread = found.offspring
    if spread is not None and spread.infections:
        words.append(
            _("每例平均感染 %(r)s 人；%(none)d%% 的病例没有感染他人，感染最多的五分之一占全部感染的 %(top)d%%。")
            % {
                "r": f"{spread.r.value:.2f}",
                "none": round(100 * spread.share_without),
                "top": round(100 * spread.top_share),
            }
        )
    if found.serial is not None:
        words.append(_("代间距平均 %(days)s 天。") % {"days": told(found.serial.mean)})
    elif heads:
        words.append(_("已知发病日期的传播对不足 3 对，暂不能估计代间距。"))
    return words


def _figures(found: _chains.Chains) -> Table:
    rows = []
    spread = found.offspring
    if spread is not None:
        rows += [
            {"name": "R", "value": told(spread.r, 2), "n": spread.cases, "basis": _("病例数")},
            {"name": "k", "value": told(spread.k, 2), "n": spread.cases, "basis": _("病例数")},
        ]
    for name, days, basis in (
        (_("代间距（天）"), found.serial, _("传播对")),
        (_("潜伏期（天）"), found.incubation, _("有暴露时间窗的病例")),
    ):
        if days is not None:
            rows += [
                {"name": f"{name} · {_('平均')}", "value": told(days.mean), "n": days.n, "basis": basis},
                {"name": f"{name} · {_('中位')}", "value": told(days.median), "n": days.n, "basis": basis},
                {"name": f"{name} · {_('第95百分位')}", "value": told(days.p95), "n": days.n, "basis": basis},
            ]
    columns = (
        Column("name", _("指标"), width_mm=50),
        Column("value", _("估计（95%区间）"), width_mm=44),
        Column("n", _("依据数"), "number", 20),
        Column("basis", _("依据"), width_mm=44),
    )
    return Table(columns, rows)


def _generations(found: _chains.Chains) -> Table:
    columns = (
        Column("number", _("代次"), "number", 16, _("0为链首或来源不明的病例")),
        Column("cases", _("病例数"), "number", 18),
        Column("first_on", _("首例发病"), "date", 26),
        Column("last_on", _("末例发病"), "date", 26),
        Column("infected", _("感染他人合计"), "number", 26),
        Column("mean", _("平均感染"), "text", 20, _("本代每例平均感染的人数")),
    )
    rows = [
        {
            "number": g.number,
            "cases": g.cases,
            "first_on": g.first_on,
            "last_on": g.last_on,
            "infected": g.infected,
            "mean": f"{g.mean_infected:.2f}",
        }
        for g in found.generations
    ]
    total = {
        "cases": sum(g.cases for g in found.generations),
        "infected": sum(g.infected for g in found.generations),
    }
    return Table(columns, rows, total)


def _spreaders(found: _chains.Chains) -> Table:
    forest = found.forest
    infected = sorted(forest.offspring().items(), key=lambda pair: (-pair[1], found.ids[pair[0]]))
    columns = (
        Column("number", _("病例编号"), "identifier", 34),
        Column("area", _("乡镇"), width_mm=30),
        Column("onset", _("发病日"), "date", 26),
        Column("generation", _("代次"), "number", 16),
        Column("infected", _("感染人数"), "number", 20),
    )
    rows = [
        {
            "number": found.ids[id_],
            "area": forest.cases[id_].group,
            "onset": forest.cases[id_].onset_on,
            "generation": forest.generation[id_],
            "infected": n,
        }
        for id_, n in infected[:MOST_SPREADERS]
        if n
    ]
    return Table(columns, rows)


def _heads(found: _chains.Chains) -> Table:
    forest = found.forest
    sizes = forest.sizes()
    depth: dict[str, int] = {}
    for id_, head in forest.head.items():
        depth[head] = max(depth.get(head, 0), forest.generation[id_])
    columns = (
        Column("number", _("链首病例"), "identifier", 34),
        Column("area", _("乡镇"), width_mm=30),
        Column("onset", _("链首发病"), "date", 26),
        Column("cases", _("病例数"), "number", 18),
        Column("depth", _("代数"), "number", 16),
    )
    rows = [
        {
            "number": found.ids[head],
            "area": forest.cases[head].group,
            "onset": forest.cases[head].onset_on,
            "cases": sizes[head],
            "depth": depth[head],
        }
        for head in forest.heads
    ]
    return Table(columns, rows)

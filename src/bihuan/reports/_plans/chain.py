"""The chain sample – carry – test – report: which link holds it back as measured, and what one more of each brings."""

import math
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from bihuan.engines import planning
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans import _county
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Bar, Bars, Figure, Slider, finite, listed, plain, slider
from bihuan.reports.testing_links import LINKS

name = "chain"
title = gettext_lazy("全链条瓶颈")
summary = gettext_lazy("采、送、检、报哪一环最慢，多一名采样员、一辆车、一台仪器各快多少")


@dataclass(frozen=True)
class Found:
    """What each link has done in the round, and how many tubes are still to come."""

    at: datetime
    round: _county.Round | None
    paces: dict[str, lab_figures.Pace]
    nominal: float
    tubes_left: int


def gather(county: County) -> Found:
    """The numbers of the scope as they stand."""
    at = county.at
    found = county.round
    labs = county.laboratories
    instruments = sum(lab.instruments for lab in labs)
    towns = county.towns if found else []
    left = sum(math.ceil(t.left / found.pool_size) + t.waiting for t in towns) if found else 0
    left += sum(lab.queue + lab.coming for lab in labs)
    nominal = sum(lab.tubes_per_hour for lab in labs) / instruments if instruments else 0.0
    return Found(at, found, dict(found.paces) if found else {}, nominal, left)


def link_names() -> dict[str, str]:
    """What each link is called in a sentence."""
    return {
        "sampling": pgettext("link", "采样"), "transport": pgettext("link", "送样"), "testing": pgettext("link", "检测"),
        "reporting": pgettext("link", "报告"),
    }  # fmt: skip


def pace_names() -> dict[str, str]:
    """What one of each link does an hour."""
    return {
        "sampling": _("每名采样员每小时采"), "transport": _("每名送样员每小时送"), "testing": _("每台仪器每小时检"),
        "reporting": _("每名复核员每小时报"),
    }  # fmt: skip


def one_more() -> dict[str, str]:
    """One more of whoever or whatever works in each link."""
    return {
        "sampling": _("多 1 名采样员"), "transport": _("多 1 名送样员"), "testing": _("多 1 台检测仪器"),
        "reporting": _("多 1 名复核员"),
    }  # fmt: skip


def workers() -> dict[str, str]:
    """Who or what works in each link."""
    return {
        "sampling": pgettext("link", "采样员"),
        "transport": _("送样员"),
        "testing": _("检测仪器"),
        "reporting": _("复核员"),
    }


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise: how many work in each link, how fast each of them is, and how many tubes come."""
    who = workers()
    here = _("“%(round)s”实测") % {"round": found.round.name} if found.round else ""
    told = []
    for link in LINKS:
        pace = found.paces.get(link)
        told.append(
            slider(f"n-{link}", who[link], pace.workers if pace else 0, 0, 40, unit=_("台") if link == "testing" else _("人"),
                   source=here or _("没有检测轮次"), at=found.at if pace else None, room="rounds")
        )  # fmt: skip
    for link in LINKS:
        speed, is_measured = _speed(found, link)
        source = here if is_measured else _("实验室登记的能力") if speed else _("还没有实测，不计入")
        told.append(
            slider(f"v-{link}", pace_names()[link], speed, 0, 60, 0.1,
                   unit=pgettext("unit", "管"), source=source, at=found.at if is_measured else None, room="rounds")
        )  # fmt: skip
    told.append(
        slider("tubes", _("还要走完的管数"), found.tubes_left, 0, 500, unit=pgettext("unit", "管"),
               source=_("本轮未采、在途、在检"), at=found.at, room="rounds")
    )  # fmt: skip
    return tuple(told)


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """The slowest link, and what one more of each brings."""
    names, who, tubes = link_names(), workers(), asked["tubes"]
    known = [link for link in LINKS if asked[f"v-{link}"] > 0]
    unknown = [names[link] for link in LINKS if link not in known]
    notes = [_("%(links)s没有实测，未计入。") % {"links": listed(unknown)}] if unknown else []
    notes.append(_("每人的速度是本轮开始到现在的实际产量，等待也算在内；同样慢的两环，只加一环不会更快。"))
    if not known:
        return Answer(_("采、送、检、报都还没有实测，先跑起来再看瓶颈。"), "wait", notes=tuple(notes))
    plan = planning.plan_chain(
        [
            planning.Stage(link, int(asked[f"n-{link}"]), asked[f"v-{link}"],
                           found.paces[link].tube_hours if link in found.paces else 0.0)
            for link in known
        ],
        items=tubes,
    )  # fmt: skip
    slow = listed(names[link] for link in plan.bottlenecks)
    best = max(plan.stages, key=lambda s: (s.hours_saved, s.gain_items_per_hour))
    if not plan.items_per_hour:
        words = _("%(link)s没有人手，走不动。") % {"link": slow}
    else:
        words = _("卡在%(link)s：每小时只走 %(pace)s 管，%(tubes)s 管要 %(hours).1f 小时") % {
            "link": slow, "pace": plain(round(plan.items_per_hour, 1)), "tubes": plain(tubes), "hours": plan.hours,
        }  # fmt: skip
        if best.gain_items_per_hour > 1e-9:
            words += _("；%(more)s每小时多 %(gain)s 管，省 %(saved).1f 小时。") % {
                "more": one_more()[best.name], "gain": plain(round(best.gain_items_per_hour, 1)), "saved": best.hours_saved
            }  # fmt: skip
        else:
            words += _("；几环同样慢，要一起加。")
    rows = [
        {"link": names[s.name], "workers": int(asked[f"n-{s.name}"]), "who": who[s.name],
         "pace": round(s.items_per_hour, 1), "used": s.share_used, "gain": round(s.gain_items_per_hour, 1),
         "saved": finite(s.hours_saved), "slow": _("最慢") if s.bottleneck else ""}
        for s in plan.stages
    ]  # fmt: skip
    return Answer(
        words, "risk" if plan.items_per_hour else "late",
        (
            Figure(_("全链条每小时"), finite(plan.items_per_hour), pgettext("unit", "管"), _("最慢一环的能力"), less=False),
            Figure(_("走完用时"), finite(plan.hours), _("小时"), _("管数 ÷ 最慢一环的能力 + 一管走完各环的时间")),
            Figure(_("多 1 个最多省"), finite(best.hours_saved), _("小时"),
                   _("最值得加的：%(more)s") % {"more": one_more()[best.name]}, less=None),
        ),
        (
            Bars(_("各环能力"), [
                Bar(names[s.name], s.items_per_hour, None,
                    _("+1：每小时多 %(n)s 管") % {"n": plain(round(s.gain_items_per_hour, 1))},
                    "late" if s.bottleneck else "plain")
                for s in plan.stages
            ], pgettext("unit", "管/时"), _("每小时能走"), limit=plan.items_per_hour or None, limit_words=_("全链条")),
        ),
        (Section(_("各环能力和加一个的收益"), table=Table((
            Column("link", _("环节"), width_mm=24), Column("who", _("人或设备"), width_mm=26),
            Column("workers", _("数量"), "number", 18), Column("pace", _("能力（管/时）"), "number", 26),
            Column("used", _("用了几成"), "share", 22, _("全链条的速度 ÷ 本环能力")),
            Column("gain", _("加一个多走（管/时）"), "number", 32), Column("saved", _("加一个省（小时）"), "number", 30),
            Column("slow", _("瓶颈"), width_mm=18),
        ), rows)),),
        tuple(notes),
        task=_("%(more)s：%(link)s是最慢一环") % {"more": one_more()[best.name], "link": names[best.name]}
        if best.gain_items_per_hour > 1e-9 else "",
    )  # fmt: skip


def _speed(found: Found, link: str) -> tuple[float, bool]:
    """Tubes one worker of a link finished an hour, and whether that was measured."""
    pace = found.paces.get(link)
    if pace and pace.tubes and pace.hours > 0 and pace.workers:
        return pace.tubes / pace.hours / pace.workers, True
    return (found.nominal, False) if link == "testing" else (0.0, False)

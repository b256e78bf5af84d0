"""Pools: how many people share a tube when the aim is the fewest tests, at the prevalence the pools themselves show."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.engines import planning
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab.choices import RoundKind
from bihuan.reports._page import Column, Section, Table
from bihuan.reports._plans import _county
from bihuan.reports._plans._county import County
from bihuan.reports._plans._value import Answer, Chart, Figure, Line, Mark, Slider, plain, slider

name = "pools"
title = gettext_lazy("混采人数")
summary = gettext_lazy("按现在的阳性率，几人一管用的检测最少，能省多少")

# Where no pool has been read yet: one in a thousand.
USUAL_PER_100_000 = 100
LARGEST_DRAWN = 32


@dataclass(frozen=True)
class Found:
    """How many there are to test, what the pools said, and what the rule allows."""

    at: datetime
    people: int
    prevalence: planning.Prevalence | None
    rule: lab_bridge.PoolRule
    tubes_per_hour: float


def gather(county: County) -> Found:
    """The numbers of the scope as they stand: pools released in the last fourteen days."""
    scope, at = county.scope, county.at
    read = lab_figures.pools_read(scope, at - _county.RECENT, at)
    return Found(
        at, sum(t.heads for t in county.towns), planning.prevalence_from_pools(read) if read else None,
        lab_bridge.pool_rule(RoundKind.ALL_RESIDENTS, at), sum(lab.tubes_per_hour for lab in county.laboratories),
    )  # fmt: skip


def sliders(found: Found) -> tuple[Slider, ...]:
    """What may be asked otherwise."""
    seen = found.prevalence
    if seen is None:
        told, now = _("惯常值，近 14 天没有已报告的管"), float(USUAL_PER_100_000)
    else:
        told = _("近 14 天已报告 %(pools)d 管 %(persons)d 人，阳性 %(positive)d 管") % {
            "pools": seen.pools, "persons": seen.persons, "positive": seen.positive
        }  # fmt: skip
        # No positive pool does not say that nobody is: the highest share it allows is the careful one.
        now = 100_000 * (seen.share if seen.positive else seen.highest)
    return (
        slider("per", _("每十万人阳性"), max(1.0, min(now, 50_000)), 1, 3000, unit=_("人"), source=told,
               at=found.at if seen else None, room="rounds" if seen else ""),
        slider("people", _("要检的人"), found.people, 0, 20_000, 10, unit=_("人"), source=_("人口登记"), at=found.at,
               room="territory"),
        Slider("size", _("每管人数"), float(found.rule.size), 1, 20, source=f"{found.rule.edition} {found.rule.basis}".strip(),
               at=found.at, room="protocols", choices=tuple((float(s), str(s)) for s in lab_bridge.SIZES)),
    )  # fmt: skip


def answer(found: Found, asked: dict[str, float]) -> Answer:
    """The cheapest size, what the chosen one costs beside it, and the curve between."""
    share, people, size = asked["per"] / 100_000, asked["people"], int(asked["size"])
    best = planning.best_pool_size(share, allowed=lab_bridge.SIZES)
    chosen = planning.dorfman_tests_per_person(share, pool_size=size)
    rows = [
        {"size": k, "tests": round(people * t), "per": round(t, 3), "spared": 1 - t,
         "hours": round(people * t / found.tubes_per_hour, 1) if found.tubes_per_hour else None,
         "rule": _("可用") if k <= found.rule.size else _("方案只许 %(n)d 人一管") % {"n": found.rule.size}}
        for k in lab_bridge.SIZES
        for t in [planning.dorfman_tests_per_person(share, pool_size=k)]
    ]  # fmt: skip
    words = _("阳性率十万分之 %(per)s 时 %(best)d 人一管最省，%(people)s 人约做 %(tests)s 次检测，比单采省 %(share)d%%") % {
        "per": plain(asked["per"]), "best": best.pool_size, "people": plain(people),
        "tests": plain(round(people * best.tests_per_person)), "share": round(100 * best.share_spared),
    }  # fmt: skip
    if best.pool_size == 1:
        words = _("阳性率十万分之 %(per)s 时混采不省检测，应单采") % {"per": plain(asked["per"])}
    if size != best.pool_size:
        words += _("；现定 %(n)d 人一管多做 %(more)s 次") % {
            "n": size,
            "more": plain(round(people * (chosen - best.tests_per_person))),
        }
    notes = [_("两段检测：先检混管，阳性管逐人再检。按检测无误、各人互不相关计算；一家人同管、多轮检测时会有出入。")]
    if best.pool_size > found.rule.size:
        notes.append(
            _("最省的 %(best)d 人一管超过方案许可的 %(rule)d 人，不能采用。")
            % {"best": best.pool_size, "rule": found.rule.size}
        )
    seen = found.prevalence
    if seen is not None:
        notes.append(
            _("近 14 天估计每十万人 %(share)s 人阳性，95%% 的把握不高于 %(highest)s 人。")
            % {"share": plain(round(1e5 * seen.share, 1)), "highest": plain(round(1e5 * seen.highest, 1))}
        )
    curve = [(float(k), planning.dorfman_tests_per_person(share, pool_size=k)) for k in range(1, LARGEST_DRAWN + 1)]
    marks = [
        Mark(
            float(k), planning.dorfman_tests_per_person(share, pool_size=k), str(k), "chosen" if k == size else "plain"
        )
        for k in lab_bridge.SIZES
    ]
    return Answer(
        words + _("。"), "good" if size == best.pool_size else "risk",
        (
            Figure(_("最省的每管人数"), best.pool_size, _("人"), _("1、5、10、20 人中检测次数最少的"), less=None),
            Figure(_("选定每管人数的检测"), round(people * chosen), _("次"), _("混管和逐人复检之和")),
            Figure(_("每人平均检测"), round(chosen, 3), _("次"), "1/k + 1 − (1 − p)^k"),
            Figure(_("检测用时"), round(people * chosen / found.tubes_per_hour, 1) if found.tubes_per_hour else None,
                   _("小时"), _("检测次数 ÷ 各实验室每小时管数")),
        ),
        (
            Chart(_("每人平均检测次数，按每管人数"), (Line(_("每人检测次数"), curve),),
                  tuple((float(k), str(k)) for k in (1, 5, 10, 15, 20, 25, 30)), _("次"), marks,
                  _("圈出的为选定的每管人数；1 次即单采")),
        ),
        (Section(_("各种每管人数"), table=Table((
            Column("size", _("每管人数"), "number", 24), Column("tests", _("检测次数"), "number", 28),
            Column("per", _("每人次数"), "number", 24), Column("spared", _("比单采省"), "share", 24),
            Column("hours", _("检测用时（小时）"), "number", 28), Column("rule", _("方案"), width_mm=40),
        ), rows)),),
        tuple(notes),
    )  # fmt: skip

"""Numbers, figures and states of a rehearsal as words a commander reads."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bihuan.desk.parts import Chip, Tone
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.orders.rehearsals.choices import RehearsalState

PARTS: dict[str, Promise] = {
    "measures": gettext_lazy("方案的数字"), "delays": gettext_lazy("各环节用时（天）"),
    "capacities": gettext_lazy("全县的能力"),
}  # fmt: skip
NUMBERS: dict[str, Promise] = {
    "measures.traced_levels": gettext_lazy("追踪几层（1密接，2次密接）"),
    "measures.window_days": gettext_lazy("追溯发病前几天"),
    "measures.case_days": gettext_lazy("病例隔离天数"),
    "measures.close_mode": gettext_lazy("密接如何管控"), "measures.close_days": gettext_lazy("密接管控天数"),
    "measures.second_mode": gettext_lazy("次密接如何管控"), "measures.second_days": gettext_lazy("次密接管控天数"),
    "measures.mass_on_detected": gettext_lazy("发现几例起全员检测"),
    "measures.mass_round_days": gettext_lazy("全员检测几天一轮"), "measures.mass_pool": gettext_lazy("混采几人一管"),
    "measures.lock_on_cases": gettext_lazy("一村几例起封控"), "measures.lock_days": gettext_lazy("封控天数"),
    "delays.clinic_days": gettext_lazy("发病到就诊"), "delays.result_days": gettext_lazy("采样到出结果"),
    "delays.isolation_days": gettext_lazy("结果到隔离"), "delays.notify_days": gettext_lazy("判定到通知密接"),
    "capacities.samplers": gettext_lazy("采样人员"), "capacities.lab_tubes_per_day": gettext_lazy("实验室每日管数"),
    "capacities.tracers": gettext_lazy("流调人员"), "capacities.beds": gettext_lazy("床位"),
    "capacities.rooms": gettext_lazy("隔离房间"),
}  # fmt: skip
FIGURES: dict[str, Promise] = {
    "total_infections": gettext_lazy("感染人数"), "restricted_person_days": gettext_lazy("受限人日"),
    "tests": gettext_lazy("检测人次"), "tests_late": gettext_lazy("超时的检测"),
    "contacts_found": gettext_lazy("追到的接触者"), "tracer_hours": gettext_lazy("流调工时"),
    "peak_beds": gettext_lazy("床位最多占用"), "peak_rooms": gettext_lazy("隔离房间最多占用"),
    "rooms_short": gettext_lazy("缺房间人次"), "cost": gettext_lazy("费用（元，按假定单价）"),
}  # fmt: skip
CURVES: dict[str, Promise] = {
    "new_infections": gettext_lazy("每日新增感染"), "person_days_restricted": gettext_lazy("受限人数"),
    "tests": gettext_lazy("每日检测人次"),
}  # fmt: skip
WAITS: dict[str, Promise] = {
    "laboratory": gettext_lazy("实验室"), "tracers": gettext_lazy("流调人员"), "beds": gettext_lazy("床位"),
    "rooms": gettext_lazy("隔离房间"),
}  # fmt: skip
TITLES: dict[str, Promise] = {
    "county-omicron": gettext_lazy("30万人的县，返乡人员带来奥密克戎"),
    "county-delta": gettext_lazy("30万人的县，德尔塔隐匿传播"),
    "contained-800k": gettext_lazy("80万人的县，原始株，早发现早控制"),
    "school-measles": gettext_lazy("30万人的县，麻疹，接种有缺口"),
}  # fmt: skip
TONES: dict[str, Tone] = {"queued": "wait", "running": "info", "done": "good", "stopped": "plain", "failed": "risk"}
NO_MEASURE = pgettext_lazy("protocol", "不采取任何措施")
NO_STAY = pgettext_lazy("stay", "不管控")


def state_chip(state: str) -> Chip:
    """Its state in words."""
    return Chip(str(RehearsalState(state).label), TONES[state])


def scenario_words(name: str, title: str = "") -> str:
    """A scenario by its name; one that has no words here keeps its own title."""
    return str(TITLES.get(name, title or name))


def protocol_words(protocol: str, titles: dict[str, str]) -> str:
    """An edition by its title."""
    return str(NO_MEASURE) if protocol == "none" else titles.get(protocol, protocol)


def value_words(value: Any) -> str:
    """A number, or the measure that a word names."""
    if isinstance(value, str):
        return str(NO_STAY) if value == "none" else str(Measure(value).label) if value in Measure.values else value
    return f"{value:g}" if isinstance(value, float) else str(value)


def apart_words(apart: tuple[float, float, float]) -> str:
    """A difference, with its interval where more than one run tells it."""
    difference, low, high = apart
    return f"{difference:+,.0f}" if low != low else f"{difference:+,.0f} ({low:+,.0f} – {high:+,.0f})"


def verdict(rows: list[dict[str, Any]]) -> list[str]:
    """What the comparison says, one sentence a rehearsal after the first."""
    told = []
    for one in rows[1:]:
        difference, low, high = one["apart"]["total_infections"]
        kept = one["apart"]["restricted_person_days"][0]
        words = {
            "name": one["title"],
            "base": rows[0]["title"],
            "n": f"{abs(difference):,.0f}",
            "kept": f"{kept:+,.0f}",
        }
        if low != low:
            told.append(_("“%(name)s”只推演了一次：分不清是措施还是运气，请多推演几次") % words)
        elif low <= 0 <= high:
            told.append(_("“%(name)s”与“%(base)s”感染人数分不出高下，受限人日 %(kept)s") % words)
        elif difference < 0:
            told.append(_("“%(name)s”比“%(base)s”少感染 %(n)s 人，受限人日 %(kept)s") % words)
        else:
            told.append(_("“%(name)s”比“%(base)s”多感染 %(n)s 人，受限人日 %(kept)s") % words)
    return told

"""Codes of risk areas and measures as words a person reads."""

from datetime import datetime
from typing import Any

from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.ledgers.orders.choices import Measure

CODES = {
    "red": gettext_lazy("红码"),
    "yellow": gettext_lazy("黄码"),
    "green": gettext_lazy("绿码"),
    "none": gettext_lazy("不赋码"),
}
NO = {
    "never": gettext_lazy("本方案明确不采取措施"),
    "not_yet": gettext_lazy("本方案尚未核实"),
    "not_implemented": gettext_lazy("本方案没有这一类"),
}


def mode_words(mode: str) -> str:
    """A mode of the protocol in the words of the orders."""
    return str(Measure(mode).label) if mode in Measure.values else mode or _("无")


def day_of(instant: datetime) -> str:
    """An instant as day and time in civil time."""
    return f"{localtime(instant):%Y-%m-%d %H:%M}"


def measure_facts(measure: Any, at: datetime) -> list[tuple[str, str]]:
    """What a measure asks, line by line."""
    if measure.no:
        return [(_("措施"), f"{NO.get(measure.no, measure.no)}（{measure.protocol}）"), (_("人员类别"), measure.title)]
    facts = [(_("人员类别"), measure.title)]
    if measure.until and measure.until <= at:
        facts.append((_("措施"), _("期限已过，无须管控")))
    else:
        facts.append((_("措施"), mode_words(measure.mode)))
    if measure.until:
        facts.append((_("到何时为止"), day_of(measure.until)))
    if measure.tests:
        days = " · ".join(f"{localtime(start):%m-%d}" for start, _end in measure.tests)
        facts.append((_("检测安排"), _("%(n)d 次：%(days)s") % {"n": len(measure.tests), "days": days}))
    if measure.checks_per_day:
        facts.append((_("每日监测"), _("%(n)d 次") % {"n": measure.checks_per_day}))
    facts += [(_("码色"), str(CODES.get(measure.code, measure.code))), (_("依据"), measure.basis)]
    if not measure.binds:
        facts.append((_("注意"), _("条款未核实，须经签批才能约束个人")))
    return facts

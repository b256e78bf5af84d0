"""Colours and values in a resident's words."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

COLOURS = ("red", "yellow", "green")
HEADINGS = {
    "red": gettext_lazy("红码：您现在正在隔离管控"),
    "yellow": gettext_lazy("黄码：您现在正在健康监测或居家管控"),
    "green": gettext_lazy("绿码：没有任何决定约束您"),
}


def value_words(result: Any) -> str:
    """What a sample said; a pool only says that all in it are negative, or that each is looked at singly."""
    if result.released_at is None or not result.value:
        return _("尚未出结果")
    if result.value == "negative":
        return _("阴性")
    if result.capacity > 1:
        return _("混采异常，正在逐人复核")
    return {"positive": _("阳性"), "invalid": _("无效，需重采")}.get(result.value, result.value)

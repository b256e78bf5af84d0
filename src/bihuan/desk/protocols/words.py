"""A protocol's anchors, tests and confidences as words a commander reads."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from bihuan.desk.parts import Chip
from bihuan.ledgers.orders.choices import Measure, condition_words
from bihuan.ledgers.orders.notice import comma
from bihuan.ledgers.orders.protocols.bridge import Class, Stage, Tests

ANCHORS: dict[str, Promise] = {
    "onset": gettext_lazy("发病"), "rash_onset": gettext_lazy("出疹"), "positive_sample": gettext_lazy("阳性采样"),
    "last_negative": gettext_lazy("末次阴性"), "first_exposure": gettext_lazy("首次暴露"),
    "last_exposure": gettext_lazy("末次暴露"), "identified": gettext_lazy("判定"), "arrived": gettext_lazy("抵达"),
    "left_area": gettext_lazy("离开风险区"), "stage_start": gettext_lazy("本阶段开始"),
    "stage_end": gettext_lazy("上一阶段结束"), "isolated": gettext_lazy("隔离"),
    "linked_positive": gettext_lazy("关联人员阳性"), "treated": gettext_lazy("开始治疗"),
    "recovered": gettext_lazy("痊愈"),
}  # fmt: skip
UNITS: dict[str, Promise] = {
    "d": pgettext_lazy("offset", "天"), "h": pgettext_lazy("offset", "小时"), "min": pgettext_lazy("offset", "分钟"),
}  # fmt: skip
CONFIDENCES: dict[str, Promise] = {
    "read": gettext_lazy("已读原文"), "secondary": gettext_lazy("转引"), "memory": gettext_lazy("凭记忆"),
    "assumed": gettext_lazy("系统初始值"),
}  # fmt: skip
NO: dict[str, Promise] = {
    "never": gettext_lazy("方案规定不采取"), "not_yet": gettext_lazy("原文未读到"),
    "not_implemented": gettext_lazy("方案未涉及"),
}  # fmt: skip
DIRECTIONS = {
    "stricter": (gettext_lazy("收紧"), "late"),
    "lighter": (gettext_lazy("放宽"), "good"),
    "other": (gettext_lazy("调整"), "info"),
}
LAYERS: dict[str, Promise] = {
    "national": gettext_lazy("国家"), "province": gettext_lazy("省级"), "county": gettext_lazy("县级"),
}  # fmt: skip


def moment(told: tuple[str, int, str]) -> str:
    """An anchor with its offset."""
    anchor, amount, unit = told
    words = str(ANCHORS.get(anchor, anchor))
    if not unit:
        return words
    back = _("%(anchor)s前 %(n)d %(unit)s") if amount < 0 else _("%(anchor)s后 %(n)d %(unit)s")
    return back % {"anchor": words, "n": abs(amount), "unit": UNITS.get(unit, unit)}


def stage_line(stage: Stage) -> str:
    """One stage in one line: what, from when until when."""
    measure, (anchor, amount, unit) = Measure(stage.measure).label, stage.until
    if stage.start == (anchor, 0, "") and unit:
        length = {"measure": measure, "n": amount, "unit": UNITS.get(unit, unit), "start": moment(stage.start)}
        if anchor == "stage_end":
            return _("%(measure)s：随后 %(n)d %(unit)s") % length
        return _("%(measure)s：自%(start)s起 %(n)d %(unit)s") % length
    return _("%(measure)s：%(start)s至%(until)s") % {
        "measure": measure, "start": moment(stage.start), "until": moment(stage.until),
    }  # fmt: skip


def test_line(tests: Tests) -> str:
    """Which tests of a stage."""
    kind = {"pcr": _("核酸"), "antigen": _("抗原")}.get(tests.kind, tests.kind)
    pool = _("单采") if tests.pool == 1 else _("%(n)d 混 1") % {"n": tests.pool}
    if tests.days:
        days = comma().join(str(d) for d in tests.days)
        return _("第 %(days)s 天%(kind)s（%(pool)s）") % {"days": days, "kind": kind, "pool": pool}
    return _("%(n)d 次%(kind)s（%(pool)s）") % {"n": tests.count, "kind": kind, "pool": pool}


def class_words(one: Class | None) -> list[str]:
    """A class under one edition, in a few lines."""
    if one is None or one.no:
        return [str(NO.get(one.no, one.no)) if one else _("无此分类")]
    lines = [stage_line(stage) for stage in one.stages]
    tests = [test_line(t) for stage in one.stages for t in stage.tests]
    if tests:
        lines.append(_("检测：%(tests)s") % {"tests": "；".join(tests)})  # data
    return lines


def release_words(one: Class) -> str:
    """What release waits for."""
    return comma().join(condition_words(text) for text in one.release)


def confidence_chip(confidence: str, *, binds: bool) -> Chip:
    """How far a number was verified; what is not cannot bind without a signed override."""
    return Chip(str(CONFIDENCES.get(confidence, confidence)), "plain" if binds else "risk")

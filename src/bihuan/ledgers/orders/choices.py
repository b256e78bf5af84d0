"""The words of the orders room: measures, how an order stands, what is owed under it, how it ends."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Measure(TextChoices):
    """What an order binds to: the modes of the control protocols."""

    HOSPITAL = "hospital", _("住院隔离治疗")
    CENTRAL_QUARANTINE = "central_quarantine", _("集中隔离医学观察")
    HOME_QUARANTINE = "home_quarantine", _("居家隔离医学观察")
    HOME_MONITORING = "home_monitoring", _("居家健康监测")
    SELF_MONITORING = "self_monitoring", _("自我健康监测")
    EXCLUSION = "exclusion", _("暂停上班上学")
    PROPHYLAXIS = "prophylaxis", _("应急接种或预防服药")
    AREA_LOCKDOWN = "area_lockdown", _("区域封控")
    AREA_CLOSED = "area_closed", _("场所封闭或停业")


# Measures that take a person's freedom to come and go, from the heaviest to the lightest.
RESTRICTING = (
    Measure.HOSPITAL,
    Measure.CENTRAL_QUARANTINE,
    Measure.HOME_QUARANTINE,
    Measure.EXCLUSION,
    Measure.HOME_MONITORING,
)
PLACE_MEASURES = (Measure.AREA_LOCKDOWN, Measure.AREA_CLOSED)


class OrderState(TextChoices):
    """How far an order has come. Whether it binds at an instant is a question of its times, not of this word."""

    PROPOSED = "proposed", _("待签批")
    SIGNED = "signed", _("已签批待送达")
    IN_FORCE = "in_force", _("已送达执行")
    ENDED = "ended", _("已结束")
    REFUSED = "refused", _("不予采取")
    WITHDRAWN = "withdrawn", _("已撤销")


# States whose order was signed and may bind or have bound somebody.
SIGNED_STATES = (OrderState.SIGNED, OrderState.IN_FORCE, OrderState.ENDED)
LIVE_STATES = (OrderState.PROPOSED, OrderState.SIGNED, OrderState.IN_FORCE)


class EndReason(TextChoices):
    """Why an order ended or never began."""

    EXPIRED = "expired", _("到期自行终止")
    RELEASED = "released", _("解除")
    WITHDRAWN = "withdrawn", _("撤销")
    APPEAL = "appeal", _("异议成立")
    GROUND_GONE = "ground_gone", _("依据不再成立")
    REPLACED = "replaced", _("由新的措施替代")
    NOT_SERVED = "not_served", _("未在期内送达")


class DutyKind(TextChoices):
    """What the one bound owes, or is owed, under an order."""

    CHECK = "check", _("体温和症状监测")
    TEST = "test", _("检测")
    PROPHYLAXIS = "prophylaxis", _("接种或服药")


class CheckResult(TextChoices):
    """What a check found."""

    WELL = "well", _("无症状")
    SYMPTOMS = "symptoms", _("有症状")
    FEVER = "fever", _("发热")


class TestResult(TextChoices):
    """What a test said; `drawn` while its result is not yet known."""

    __test__ = False

    DRAWN = "drawn", _("已采样待出结果")
    NEGATIVE = "negative", _("阴性")
    POSITIVE = "positive", _("阳性")
    INVALID = "invalid", _("无效需重采")


class AppealDecision(TextChoices):
    """What came of an appeal."""

    UPHELD = "upheld", _("维持")
    CHANGED = "changed", _("变更")
    ENDED = "ended", _("撤销该措施")


class ReclassCause(TextChoices):
    """Why orders are looked at again."""

    EDITION = "edition", _("防控方案变更")
    ANCHOR = "anchor", _("末次暴露时间更正")
    REFUTED = "refuted", _("复核阴性")
    WITHDRAWN = "withdrawn", _("上游措施撤销")


# Grounds that name one person's own reason. Any other ground (an area, a group, a list as a whole) is shared.
INDIVIDUAL_GROUNDS = frozenset(
    {"contact", "row", "case", "visit", "result", "tube", "swab", "arrival", "sighting", "exposure", "order", "post"}
)

"""The words of the orders room: measures, how an order stands, what is owed under it, how it ends."""

import re

from django.db.models import TextChoices
from django.utils.translation import get_language
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
    NOT_SERVED = "not_served", _("期内未签批或未送达")


class ServedHow(TextChoices):
    """How a notice reached the one bound."""

    HANDED = "handed", _("当面送达")
    READ_ALOUD = "read_aloud", _("当面宣读")
    LEFT_AT_DOOR = "left_at_door", _("留置送达")
    MESSAGE = "message", _("电子送达")
    POSTED = "posted", _("现场张贴公告")


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


class Condition(TextChoices):
    """What a release waits for, or what lets a lighter measure stand in: the named conditions of the protocols."""

    STAGES_DONE = "stages_done", _("期限届满")
    TESTS_DONE = "tests_done", _("规定的检测全部完成")
    TESTS_NEGATIVE = "tests_negative", _("检测全部阴性")
    NO_SYMPTOMS = "no_symptoms", _("最近一次监测无症状")
    NO_FEVER = "no_fever", _("最近一次监测不发热")
    NO_FEVER_FOR = "no_fever_for", _("持续不发热达到规定时间")
    SKIN_HEALED = "skin_healed", _("皮损愈合")
    DRUGS_STOPPED = "drugs_stopped", _("停药")
    TREATMENT_DONE = "treatment_done", _("疗程结束")
    BY_DECISION = "by_decision", _("由机构决定")
    LINKED = "linked", _("关联密切接触者的检测结果")
    NEGATIVES_IN_A_ROW = "negatives_in_a_row", _("连续阴性次数")
    CT_AT_LEAST = "ct_at_least", _("核酸Ct值达到要求")
    AGE_BELOW_YEARS = "age_below_years", _("年龄（岁）小于")
    AGE_FROM_YEARS = "age_from_years", _("年龄（岁）不小于")
    AGE_BELOW_MONTHS = "age_below_months", _("月龄小于")
    AGE_FROM_MONTHS = "age_from_months", _("月龄不小于")
    PREGNANT = "pregnant", _("孕产妇")
    DIALYSIS = "dialysis", _("血液透析")
    SERIOUS_ILLNESS = "serious_illness", _("患严重疾病")
    NEEDS_CARE = "needs_care", _("生活不能自理")
    CARER = "carer", _("须照护他人")
    HOME_UNFIT = "home_unfit", _("不具备居家条件")
    IMMUNE = "immune", _("有免疫力")
    VACCINATED_IN_TIME = "vaccinated_in_time", _("已按时接种")
    RECOVERED = "recovered", _("已康复")
    TREATED = "treated", _("已治疗")


def condition_words(text: str) -> str:
    """A condition in the reader's language; its numbers, and what we have no word for, stay as the protocol writes them."""
    name = text.split(";")[0].split()[0].strip(":") if text.strip() else text
    if name not in Condition.values:
        return text
    words, rest = str(Condition(name).label), text.removeprefix(name).strip(" ;:")
    return f"{words} {rest}".strip()


_ARTICLE = re.compile(r"《(?P<law>[^》(]+)(?:\((?P<year>\d{4})\))?》第(?P<numbers>[\d、]+)条")  # data
# Names of laws and of remedies as the protocols write them: their English is the interface's.
_LAWS = {"传染病防治法": _("传染病防治法")}
_REMEDIES = {
    "行政复议": _("行政复议"),
    "行政诉讼": _("行政诉讼"),
    "县级以上地方人民政府": _("县级以上地方人民政府"),
}


def article_words(text: str) -> str:
    """An article of law in the reader's language; a law we have no name for stays as the protocol writes it."""
    told = _ARTICLE.fullmatch(text)
    if told is None or not (get_language() or "").startswith("en"):
        return text
    law, year, numbers = told["law"], told["year"], told["numbers"].replace("、", ", ")  # data
    return f"{_LAWS.get(law, law)}{f' ({year})' if year else ''}, Art. {numbers}"


def remedy_words(text: str) -> str:
    """Whom one can turn to against an order, in the reader's language."""
    return str(_REMEDIES.get(text, text))

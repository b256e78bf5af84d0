"""The words of cases: how sure, how ill, how met, how followed, how it ended."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Classification(TextChoices):
    """What a case is held to be, by the case definition of its protocol."""

    SUSPECTED = "suspected", _("疑似病例")
    PROBABLE = "probable", _("可能病例")
    CLINICAL = "clinical", _("临床诊断病例")
    CONFIRMED = "confirmed", _("确诊病例")
    ASYMPTOMATIC = "asymptomatic", _("无症状感染者")
    RE_POSITIVE = "re_positive", _("复阳")
    EXCLUDED = "excluded", _("已排除")


# Whose contacts are looked for. An excluded case has none; one that tests positive again is judged by a person.
COUNTING = (
    Classification.SUSPECTED,
    Classification.PROBABLE,
    Classification.CLINICAL,
    Classification.CONFIRMED,
    Classification.ASYMPTOMATIC,
    Classification.RE_POSITIVE,
)


class Severity(TextChoices):
    """Clinical type of the course."""

    NONE = "none", _("无症状")
    MILD = "mild", _("轻型")
    MODERATE = "moderate", _("普通型")
    SEVERE = "severe", _("重型")
    CRITICAL = "critical", _("危重型")
    UNKNOWN = "unknown", _("不详")


class Outcome(TextChoices):
    """How the illness ended."""

    OPEN = "open", _("在治")
    RECOVERED = "recovered", _("治愈")
    DISCHARGED = "discharged", _("出院")
    DIED = "died", _("死亡")
    TRANSFERRED = "transferred", _("转出")
    UNKNOWN = "unknown", _("不详")


class SourceKind(TextChoices):
    """Where the infection is held to come from."""

    IMPORTED_ABROAD = "imported_abroad", _("境外输入")
    IMPORTED_DOMESTIC = "imported_domestic", _("省外（县外）输入")
    LINKED = "linked", _("本地关联")
    GOODS = "goods", _("物品或环境")
    UNKNOWN = "unknown", _("来源不明")


class VisitSource(TextChoices):
    """How we know that somebody was there."""

    INTERVIEW = "interview", _("询问")
    SCAN = "scan", _("扫码")
    TICKET = "ticket", _("票据")
    RECORD = "record", _("就诊（考勤）记录")
    HOUSEHOLD = "household", _("同住人陈述")
    LETTER = "letter", _("协查函")
    IMPORT = "import", _("导入")


class Protection(TextChoices):
    """What the case wore there."""

    NONE = "none", _("无防护")
    MASK = "mask", _("戴口罩")
    FULL = "full", _("全程防护")
    UNKNOWN = "unknown", _("不详")


class Certainty(TextChoices):
    """How sure a contact is, in the words of Go.Data's levels."""

    CERTAIN = "certain", _("确定")
    PROBABLE = "probable", _("很可能")
    POSSIBLE = "possible", _("可能，需再核")


class Relation(TextChoices):
    """What a contact is to the case."""

    HOUSEHOLD = "household", _("同住家人")
    FAMILY = "family", _("亲属")
    COLLEAGUE = "colleague", _("同事")
    CLASSMATE = "classmate", _("同学（师生）")
    CARER = "carer", _("照护者")
    PATIENT = "patient", _("同病区患者")
    FELLOW_TRAVELLER = "fellow_traveller", _("同乘")
    SAME_PLACE = "same_place", _("同场所")
    FRIEND = "friend", _("亲友往来")
    OTHER = "other", _("其他")


class ContactBasis(TextChoices):
    """What says that the two met."""

    TRACE = "trace", _("轨迹时空交集")
    HOUSEHOLD = "household", _("同住")
    SEAT = "seat", _("同乘座位")
    INTERVIEW = "interview", _("询问陈述")
    LETTER = "letter", _("协查函")
    IMPORT = "import", _("导入")


class ContactState(TextChoices):
    """Where a contact stands. The second half are ends."""

    IDENTIFIED = "identified", _("已判定")
    FOLLOWED = "followed", _("随访中")
    COMPLETED = "completed", _("随访期满")
    BECAME_CASE = "became_case", _("转为病例")
    LOST = "lost", _("失访")
    HANDED_OVER = "handed_over", _("已移交外地")
    DIED = "died", _("死亡")
    DROPPED = "dropped", _("已撤销判定")


OPEN_CONTACT = (ContactState.IDENTIFIED, ContactState.FOLLOWED)


class FollowUpOutcome(TextChoices):
    """What one follow-up of a day found."""

    SEEN_OK = "seen_ok", _("已联系，无异常")
    SEEN_NOT_OK = "seen_not_ok", _("已联系，有症状")
    MISSED = "missed", _("未联系上")
    NOT_ATTEMPTED = "not_attempted", _("未随访")


class ExposureRole(TextChoices):
    """On which side of an exposure the case stood."""

    INFECTING = "infecting", _("可能感染他人")
    INFECTED = "infected", _("可能在此被感染")


class Step(TextChoices):
    """The steps of an investigation, in their order."""

    INTERVIEW = "interview", _("询问病例")
    TIMELINE = "timeline", _("核实轨迹")
    CONTACTS = "contacts", _("判定接触者")
    ORDERS = "orders", _("提请管控")
    LETTERS = "letters", _("发出协查")
    PLACES = "places", _("场所消毒封闭")
    REPORT = "report", _("核心流调报告")
    ALL_FOUND = "all_found", _("接触者全部管控")


class Direction(TextChoices):
    """Which way a letter of assistance went."""

    IN = "in", _("来函")
    OUT = "out", _("发函")


class AssistanceOutcome(TextChoices):
    """What became of one person in a letter of assistance."""

    OPEN = "open", _("核查中")
    MANAGED = "managed", _("已管控")
    NO_MEASURE = "no_measure", _("排除，无需管控")
    LEFT = "left", _("已离开，移交下一地")
    NOT_FOUND = "not_found", _("查无此人")
    DUPLICATE = "duplicate", _("与前函重复")


class ReclassKind(TextChoices):
    """Why everything that hangs on a case was judged again."""

    REFUTED = "refuted", _("病例排除")
    WINDOW_MOVED = "window_moved", _("传染期变动")

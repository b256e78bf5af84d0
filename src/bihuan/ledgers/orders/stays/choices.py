"""The words of stays and transfers."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StayKind(TextChoices):
    """Where somebody stays under an order."""

    SITE = "site", _("集中隔离")
    HOME = "home", _("居家隔离")
    HOSPITAL = "hospital", _("定点医院")


class StayEnd(TextChoices):
    """Why a stay ended; that an order ended is the order's to say."""

    RELEASED = "released", _("解除后离开")
    MOVED = "moved", _("换房间")
    OTHER_PLACE = "other_place", _("转往别处")
    HOSPITAL = "hospital", _("转送医院")
    CANCELLED = "cancelled", _("未入住")


class CareNeed(TextChoices):
    """What must be thought of before somebody is put into a room."""

    MINOR = "minor", _("未满14周岁")
    OLD = "old", _("高龄")
    PREGNANT = "pregnant", _("孕产妇")
    DIALYSIS = "dialysis", _("透析")
    SERIOUS_ILLNESS = "serious_illness", _("严重基础疾病")
    NEEDS_CARE = "needs_care", _("生活不能自理")
    CARER = "carer", _("照护他人")
    DISABLED = "disabled", _("行动不便")


class Need(TextChoices):
    """What somebody who may not go out asks to be brought."""

    FOOD = "food", _("食品")
    MEDICINE = "medicine", _("药品")
    CARE = "care", _("就医、照护")
    GOODS = "goods", _("生活用品")
    TALK = "talk", _("心理支持")


class Symptom(TextChoices):
    """What is asked at a check beside the temperature."""

    COUGH = "cough", _("干咳")
    WEAKNESS = "weakness", _("乏力")
    SORE_THROAT = "sore_throat", _("咽痛")
    BREATHLESS = "breathless", _("气促")
    DIARRHOEA = "diarrhoea", _("腹泻")
    SMELL = "smell", _("嗅味觉减退")
    OTHER = "other", _("其他")


class ReceiptHow(TextChoices):
    """How somebody signed for the rule sheet."""

    SIGNED = "signed", _("本人签收")
    READ_ALOUD = "read_aloud", _("宣读后确认")
    HOUSEHOLD = "household", _("同住家属签收")


class TransferKind(TextChoices):
    """From where to where a closed transfer goes."""

    TO_SITE = "to_site", _("转送隔离点")
    BETWEEN = "between", _("隔离点之间")
    TO_HOSPITAL = "to_hospital", _("转送定点医院")
    TO_HOME = "to_home", _("送返居家")


class TransferState(TextChoices):
    """How far a transfer has come; derived from its times, never stored."""

    PLANNED = "planned", _("待出发")
    ON_THE_WAY = "on_the_way", _("途中")
    ARRIVED = "arrived", _("已到达待消杀")
    CLOSED = "closed", _("已闭环")
    CANCELLED = "cancelled", _("已取消")

"""The words of sampling slots."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlanState(TextChoices):
    """How a plan of slots stands."""

    DRAFT = "draft", _("待确认")
    CONFIRMED = "confirmed", _("已确认")
    DROPPED = "dropped", _("已作废")


class WithoutSlot(TextChoices):
    """Why somebody of a target list has no slot."""

    NO_ROOM = "no_room", _("各点各时段已满，同户同单位不拆分")
    UNDER_ORDER = "under_order", _("在隔离管控中，须上门采样")
    SAMPLED = "sampled", _("本轮已采样")
    HAS_SLOT = "has_slot", _("本轮已有安排")
    TO_REVIEW = "to_review", _("名单身份待核对")
    ELSEWHERE = "elsewhere", _("不在本辖区")


class Excuse(TextChoices):
    """Why somebody need not come after all; whatever else was meant is said in words."""

    AWAY = "away", _("已离开本县")
    ILL = "ill", _("住院或不能行动，已安排上门")
    ELSEWHERE = "elsewhere", _("已在别处采样并有结果")
    REFUSED = "refused", _("拒绝采样，已告知后果")
    WRONG = "wrong", _("名单有误")

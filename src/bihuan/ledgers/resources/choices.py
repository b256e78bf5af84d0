"""The words of what stands ready: facilities, who answers for them, their zones and rooms."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class FacilityKind(TextChoices):
    """What a facility is for."""

    ISOLATION_SITE = "isolation_site", _("集中隔离点")
    DESIGNATED_HOSPITAL = "designated_hospital", _("定点医院")
    FEVER_CLINIC = "fever_clinic", _("发热门诊")
    LABORATORY = "laboratory", _("检测实验室")
    STORE = "store", _("物资仓库")


class FacilityState(TextChoices):
    """How a facility stands; derived from its dates and its last check, never stored."""

    PREPARING = "preparing", _("筹备")
    READY = "ready", _("可启用")
    OPEN = "open", _("已启用")
    CLOSED = "closed", _("已关闭")


class Seat(TextChoices):
    """What must stand behind a site before it may open; an empty one means it is not ready."""

    LEADER = "leader", _("责任领导")
    DEPUTY = "deputy", _("副职")
    MEDICAL = "medical", _("医疗负责人")
    FUNDING = "funding", _("经费保障")
    POLICE = "police", _("公安")
    FIRE = "fire", _("消防")


class ZoneKind(TextChoices):
    """The three zones of infection control."""

    CLEAN = "clean", _("清洁区")
    BUFFER = "buffer", _("缓冲区")
    ISOLATION = "isolation", _("隔离区")


class RoomKind(TextChoices):
    """What a room is made for."""

    SINGLE = "single", _("单人间")
    FAMILY = "family", _("家庭间")
    ACCESSIBLE = "accessible", _("无障碍间")
    WARD = "ward", _("病室")


class RoomState(TextChoices):
    """Whether a room may be given to somebody."""

    READY = "ready", _("可用")
    TO_DISINFECT = "to_disinfect", _("待消杀")
    OUT_OF_USE = "out_of_use", _("停用")

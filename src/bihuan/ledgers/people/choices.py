"""The words persons are described with."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """Administrative sex, as FHIR codes it."""

    MALE = "male", _("男")
    FEMALE = "female", _("女")
    UNKNOWN = "unknown", _("不详")


class IdentityKind(TextChoices):
    """What a number identifies somebody by: the document kinds a form may name, and the telephone."""

    RESIDENT_CARD = "resident_identity_card", _("居民身份证")
    HK_MACAO_PERMIT = "hk_macao_travel_permit", _("港澳居民来往内地通行证")
    TAIWAN_PERMIT = "taiwan_travel_permit", _("台湾居民来往大陆通行证")
    HMT_RESIDENCE = "hmt_residence_permit", _("港澳台居民居住证")
    FOREIGN_RESIDENCE = "foreign_permanent_resident_card", _("外国人永久居留身份证")
    PASSPORT = "passport", _("护照")
    OTHER = "other", _("其他证件")
    PHONE = "phone", _("电话")


class HelpKind(TextChoices):
    """What a resident asks for."""

    FOOD = "food", _("食品和生活用品")
    MEDICINE = "medicine", _("药品")
    DOCTOR = "doctor", _("就医")
    CARE = "care", _("老人、孩子或病人需要照料")
    PAPER = "paper", _("证明或通知书")
    OTHER = "other", _("其他困难")

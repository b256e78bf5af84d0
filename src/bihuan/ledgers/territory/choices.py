"""The words territory is described with."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """The steps of the tree, from the state's divisions down to a building."""

    PROVINCE = "province", _("省")
    CITY = "city", _("市")
    COUNTY = "county", _("县")
    TOWNSHIP = "township", _("乡镇")
    VILLAGE = "village", _("村（社区）")
    GRID = "grid", _("网格")
    BUILDING = "building", _("楼栋（胡同）")


class PlaceKind(TextChoices):
    """What a place is for; a checkpoint is a place with postings."""

    VENUE = "venue", _("场所")
    CHECKPOINT = "checkpoint", _("卡口")
    STATION = "station", _("车站")
    CLINIC = "clinic", _("诊所")
    FEVER_CLINIC = "fever_clinic", _("发热门诊")
    HOSPITAL = "hospital", _("医院")
    LABORATORY = "laboratory", _("检测实验室")
    PHARMACY = "pharmacy", _("药店")
    SCHOOL = "school", _("学校")
    COLD_STORE = "cold_store", _("冷库")
    MARKET = "market", _("市场")
    ISOLATION_SITE = "isolation_site", _("集中隔离点")
    WORKPLACE = "workplace", _("单位")
    CARE_HOME = "care_home", _("养老机构")
    CONSTRUCTION_SITE = "construction_site", _("建设工地")
    VACCINATION_SITE = "vaccination_site", _("接种点")
    SAMPLING_POINT = "sampling_point", _("采样点")
    POSTAL = "postal", _("快递邮政网点")
    SCENIC_PLACE = "scenic_place", _("旅游景点")
    GATHERING_PLACE = "gathering_place", _("聚集活动场所")


class RiskLevel(TextChoices):
    """How a superior list grades an area; the protocol says what follows for whoever was there."""

    HIGH = "high", _("高风险区")
    MEDIUM = "medium", _("中风险区")
    LOW = "low", _("低风险区")


# From the gravest down: of several levels that meet one stay, the first counts.
GRAVEST_FIRST = (RiskLevel.HIGH, RiskLevel.MEDIUM, RiskLevel.LOW)


class DeviceKind(TextChoices):
    """What an instrument is."""

    THERMOMETER = "thermometer", _("测温设备")
    SCANNER = "scanner", _("扫码设备")
    CARD_READER = "card_reader", _("身份证读卡器")
    PHONE = "phone", _("值守手机")

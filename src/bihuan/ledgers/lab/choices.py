"""The words of the testing chain."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RoundKind(TextChoices):
    """Why people are sampled."""

    ALL_RESIDENTS = "all_residents", _("全员检测")
    AREA = "area", _("区域检测")
    KEY_POSTS = "key_posts", _("重点岗位")
    ORDERS = "orders", _("管控人员")
    FEVER_CLINIC = "fever_clinic", _("发热门诊")
    CHECKPOINT = "checkpoint", _("卡口")
    ENVIRONMENT = "environment", _("环境采样")


# In these a person may be sampled again and again; in every other round once.
STANDING = frozenset({RoundKind.ORDERS, RoundKind.FEVER_CLINIC, RoundKind.CHECKPOINT, RoundKind.ENVIRONMENT})


class StationKind(TextChoices):
    """Where the table stands."""

    COMMUNITY = "community", _("社区采样点")
    CHECKPOINT = "checkpoint", _("卡口")
    FEVER_CLINIC = "fever_clinic", _("发热门诊")
    HOSPITAL = "hospital", _("医院")
    WORKPLACE = "workplace", _("单位")
    ISOLATION_SITE = "isolation_site", _("集中隔离点")
    HOME_VISIT = "home_visit", _("上门")


class TubeUse(TextChoices):
    """What a tube is for."""

    POOL = "pool", _("混采")
    SINGLE = "single", _("单采")
    RETAINED = "retained", _("留样单采")
    RECHECK = "recheck", _("复采单管")
    ENVIRONMENT = "environment", _("环境")


class TubeState(TextChoices):
    """How far a tube has come; it never goes back but by a correction that is on record."""

    OPEN = "open", _("采样中")
    CLOSED = "closed", _("已封管")
    PACKED = "packed", _("已装箱")
    ON_THE_WAY = "on_the_way", _("送样途中")
    RECEIVED = "received", _("实验室已接收")
    TESTED = "tested", _("已出结果待复核")
    REPORTED = "reported", _("已报告")
    SPOILED = "spoiled", _("作废重采")


class BoxState(TextChoices):
    """Where a box is."""

    PACKED = "packed", _("待取")
    ON_THE_WAY = "on_the_way", _("途中")
    RECEIVED = "received", _("已接收")
    DONE = "done", _("已检完")
    STOPPED = "stopped", _("数目不符，停收")


class Stage(TextChoices):
    """The hand-overs at which tubes are counted."""

    CLOSING = "closing", _("收点")
    PICK_UP = "pick_up", _("取样")
    DELIVERY = "delivery", _("交样")
    RECEIPT = "receipt", _("收样")


class Value(TextChoices):
    """What a test says of a tube."""

    NEGATIVE = "negative", _("阴性")
    POSITIVE = "positive", _("阳性")
    WEAK_POSITIVE = "weak_positive", _("弱阳性")
    INVALID = "invalid", _("无效（须重采）")


# These start a recall when they come from a pool, and a case when they come from a single.
FINDINGS = frozenset({Value.POSITIVE, Value.WEAK_POSITIVE})


class FileState(TextChoices):
    """How a laboratory's file stands."""

    CHECKED = "checked", _("已核对待入库")
    QUEUED = "queued", _("正在入库")
    TAKEN = "taken", _("待第二人复核")
    RELEASED = "released", _("已发布")
    DROPPED = "dropped", _("已放弃")


class FileKind(TextChoices):
    """What the laboratory says its file holds; the file is checked against it."""

    NEGATIVES = "negatives", _("仅阴性")
    FINDINGS = "findings", _("仅阳性、弱阳性")
    ALL = "all", _("全部结果")


class DoubtReason(TextChoices):
    """Why a swab that was drawn, and told of later, could not be bound."""

    TWICE_IN_ROUND = "twice_in_round", _("同轮重复采样")
    TUBE_FULL = "tube_full", _("管已满")
    TUBE_ELSEWHERE = "tube_elsewhere", _("管号已用于其他点位或轮次")
    TUBE_CLOSED = "tube_closed", _("管已封")


class Via(TextChoices):
    """What decides about one member of a positive pool."""

    RETAINED = "retained", _("留样复核")
    NEW_SWAB = "new_swab", _("重新单采")

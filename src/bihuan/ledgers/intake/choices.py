"""The words of a pushed list: how a row stands, how it ended, how it was matched."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class RowState(TextChoices):
    """Where a row is on its way. The second half are ends: a row that stands there is closed."""

    REVIEW = "review", _("待核对身份")
    UNROUTED = "unrouted", _("待定属地")
    DISPATCHED = "dispatched", _("已派发")
    REVISIT = "revisit", _("待回访")
    FOUND_MANAGED = "found_managed", _("已找到并落实管控")
    NO_MEASURE = "no_measure", _("无需管控")
    LEFT = "left", _("已离开")
    NOT_FOUND = "not_found", _("查无此人")
    DUPLICATE = "duplicate", _("重复")
    ERROR = "error", _("信息有误")
    HANDED_OVER = "handed_over", _("已移交外地")
    RETURNED = "returned", _("已退回推送方")


OPEN_STATES = (RowState.REVIEW, RowState.UNROUTED, RowState.DISPATCHED, RowState.REVISIT)
FINAL_STATES = tuple(s for s in RowState if s not in OPEN_STATES)


class MatchState(TextChoices):
    """What became of the question «do we know this person?»."""

    MATCHED = "matched", _("已匹配")
    CREATED = "created", _("新建档案")
    TO_REVIEW = "to_review", _("待人工核对")
    DUPLICATE_IN_LIST = "duplicate_in_list", _("名单内重复")


class ReturnReason(TextChoices):
    """Why a row goes back to whoever sent it."""

    NO_SUCH_ADDRESS = "no_such_address", _("地址不存在")
    WRONG_PHONE = "wrong_phone", _("电话有误")
    WRONG_IDENTITY = "wrong_identity", _("证件信息有误")
    INCOMPLETE = "incomplete", _("信息不全")
    OTHER_COUNTY = "other_county", _("非本县人员")


class EventKind(TextChoices):
    """What moved a row in or out of an area's open stock."""

    OPENED = "opened", _("新增")
    MOVED_IN = "moved_in", _("转入")
    MOVED_OUT = "moved_out", _("转出")
    CLOSED = "closed", _("办结")
    REOPENED = "reopened", _("重开")

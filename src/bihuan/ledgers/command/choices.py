"""The words of command: what a task, a clock, a letter can be."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class TaskKind(TextChoices):
    """What a task asks for."""

    NAME_TEAM = "name_team", _("组建三人小组")
    SETTLE_MATCH = "settle_match", _("核对疑似同一人")
    ROUTE_ROW = "route_row", _("确定属地")
    SIGN = "sign", _("待签批")
    SEND_SAMPLES = "send_samples", _("按时送样")
    FEVER_RESULT = "fever_result", _("发热门诊出结果")
    RECALL_POOL = "recall_pool", _("混采阳性追查")
    FINISH_ROUND = "finish_round", _("按时完成一轮检测")
    TUBES_MISSING = "tubes_missing", _("样本数目不符")
    INVESTIGATE_CASE = "investigate_case", _("病例流调")
    FIND_CONTACTS = "find_contacts", _("落实接触者")
    ASSISTANCE = "assistance", _("办理协查函")
    GENERAL = "general", _("交办事项")
    SITE_CHECK = "site_check", _("隔离点定期检查")
    SITE_FAULT = "site_fault", _("隔离点整改")
    RENEW_RISK_LIST = "renew_risk_list", _("更新风险地区清单")
    CORRECT_CODE = "correct_code", _("核实码色异议")
    RESIDENT_HELP = "resident_help", _("群众求助")
    REPAIR_DEVICE = "repair_device", _("维修设备")
    POST_PRESENCE = "post_presence", _("卡口在岗问题")
    RED_CODE = "red_code", _("红码处置")


# Kinds that end by evidence and a second pair of eyes; the others end with the act they wait for.
CLOSED_BY_HAND = frozenset({TaskKind.GENERAL, TaskKind.SITE_FAULT})
CLOSED_BY_HAND |= {TaskKind.CORRECT_CODE, TaskKind.RESIDENT_HELP, TaskKind.POST_PRESENCE, TaskKind.RED_CODE}


class ClockState(TextChoices):
    """How a clock stands at an instant; derived, never stored."""

    ON_TIME = "on_time", _("正常")
    AT_RISK = "at_risk", _("临近")
    LATE = "late", _("超时")
    MET = "met", _("按时完成")
    MET_LATE = "met_late", _("超时完成")


class LetterKind(TextChoices):
    """Why a letter leaves the county."""

    HAND_OVER = "hand_over", _("移交函")
    REPLY = "reply", _("复函")
    ASSISTANCE = "assistance", _("协查函")
    ASSISTANCE_IN = "assistance_in", _("协查来函")
    ASSISTANCE_REPLY = "assistance_reply", _("协查复函")


class Role4(TextChoices):
    """The three seats of a verification team."""

    HEAD = "head", _("组长")
    DEPUTY = "deputy", _("副组长")
    WORKER = "worker", _("工作人员")

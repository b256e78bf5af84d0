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
    MISSED_SLOT = "missed_slot", _("未按时段采样")
    FINISH_ROUND = "finish_round", _("按时完成一轮检测")
    TUBES_MISSING = "tubes_missing", _("样本数目不符")
    POSITIVE_FOUND = "positive_found", _("单采阳性待处置")
    POSITIVE_PLACE = "positive_place", _("环境样本阳性待处置")
    INVESTIGATE_CASE = "investigate_case", _("病例流调")
    FIND_CONTACTS = "find_contacts", _("落实接触者")
    ASSISTANCE = "assistance", _("办理协查函")
    SERVE_NOTICE = "serve_notice", _("决定书待送达")
    DECIDE_RELEASE = "decide_release", _("决定解除或延长")
    MISSED_DUTY = "missed_duty", _("漏检漏测补做")
    DECIDE_APPEAL = "decide_appeal", _("答复异议")
    GENERAL = "general", _("交办事项")
    SITE_CHECK = "site_check", _("隔离点定期检查")
    SITE_FAULT = "site_fault", _("隔离点整改")
    PLACE_STAY = "place_stay", _("另定隔离地点")
    TRANSFER = "transfer", _("点对点转运")
    SYMPTOMS = "symptoms", _("有症状待送诊")
    MISSING_PERSON = "missing_person", _("转运人员未到")
    NEED = "need", _("生活物资和医疗需求")
    UNANNOUNCED_VISIT = "unannounced_visit", _("突击核查")
    INCIDENT = "incident", _("交叉感染处置")
    RENEW_RISK_LIST = "renew_risk_list", _("更新风险地区清单")
    CORRECT_CODE = "correct_code", _("核实码色异议")
    RESIDENT_HELP = "resident_help", _("群众求助")
    REPAIR_DEVICE = "repair_device", _("维修设备")
    POST_PRESENCE = "post_presence", _("卡口在岗问题")
    RED_CODE = "red_code", _("红码处置")
    ARRIVAL = "arrival", _("落地检人员衔接")
    DIRECTIVE = "directive", _("文件会议交办")
    PROBLEM = "problem", _("问题整改")
    DRILL_GAP = "drill_gap", _("演练差距整改")
    PROTOCOL_PROPOSAL = "protocol_proposal", _("方案数字调整建议")
    UNIT_REPORT = "unit_report", _("日报告、零报告")
    URGENT_REPORT = "urgent_report", _("紧急报告待回复")
    ENQUIRY = "enquiry", _("群众咨询举报")


# A rhythm of this kind opens no task: at its hour a report is there, and whoever serves in the unit is told.
REPORT_DELIVERY = "report_delivery"

# Kinds that end by evidence and a second pair of eyes; the others end with the act they wait for.
CLOSED_BY_HAND = frozenset(
    {
        TaskKind.GENERAL,
        TaskKind.SITE_FAULT,
        TaskKind.PLACE_STAY,
        TaskKind.SYMPTOMS,
        TaskKind.MISSING_PERSON,
        TaskKind.INCIDENT,
    }
)
CLOSED_BY_HAND |= {TaskKind.CORRECT_CODE, TaskKind.RESIDENT_HELP, TaskKind.POST_PRESENCE, TaskKind.ARRIVAL}
CLOSED_BY_HAND |= {TaskKind.DIRECTIVE, TaskKind.PROBLEM, TaskKind.DRILL_GAP, TaskKind.PROTOCOL_PROPOSAL}


class UrgentKind(TextChoices):
    """What cannot wait for the evening's report."""

    ILLNESS = "illness", _("多人同时发病")
    POSITIVE = "positive", _("发现阳性或疑似病例")
    LEFT = "left", _("被隔离人员擅自离开")
    SHORTAGE = "shortage", _("物资断供")
    MEDICAL = "medical", _("群众急救就医受阻")
    ACCIDENT = "accident", _("安全事故")
    ORDER = "order", _("聚集冲突")
    OTHER = "other", _("其他紧急情况")


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


class DirectiveKind(TextChoices):
    """What sort of text orders things."""

    POLICY = "policy", _("上级政策")
    NOTICE = "notice", _("通知")
    SPEECH = "speech", _("讲话")
    MEETING = "meeting", _("调度会议")
    REVIEW = "review", _("研判复盘")


class ItemState(TextChoices):
    """What became of one thing a text orders."""

    DRAFT = "draft", _("待确认")
    DISPATCHED = "dispatched", _("已交办")
    MERGED = "merged", _("已合并")
    DROPPED = "dropped", _("不列入")


class ItemType(TextChoices):
    """What an order is about, as the reader of texts names it."""

    SCREENING = "screening", _("人员排查")
    TESTING = "testing", _("核酸检测")
    ISOLATION = "isolation", _("隔离管控")
    CHECKPOINT = "checkpoint", _("卡口")
    TRACING = "tracing", _("流调溯源")
    VENUE = "venue", _("场所")
    COLD_CHAIN = "cold_chain", _("冷链")
    HOSPITAL = "hospital", _("医疗机构")
    SUPPLIES = "supplies", _("物资保障")
    VACCINATION = "vaccination", _("疫苗接种")
    REPORTING = "reporting", _("信息报送")
    SUPERVISION = "supervision", _("督导检查")
    PUBLICITY = "publicity", _("宣传引导")
    COMMAND = "command", _("指挥值守")
    INSTITUTION = "institution", _("学校养老等机构")
    PROJECT = "project", _("项目")
    OTHER = "other", _("其他")


class InspectionKind(TextChoices):
    """How a round is made up."""

    DAILY = "daily", _("日常督导")
    JOINT = "joint", _("联合检查")
    RANDOM = "random", _("随机暗访")


class FillKind(TextChoices):
    """Why a checklist is filled."""

    INSPECTION = "inspection", _("检查")
    SELF_CHECK = "self_check", _("自查")
    RECHECK = "recheck", _("复查")
    DISPATCH = "dispatch", _("调度")


class ProblemSource(TextChoices):
    """Where a problem comes from."""

    INSPECTION = "inspection", _("检查")
    SELF_CHECK = "self_check", _("自查")
    RECHECK = "recheck", _("复查")
    DISPATCH = "dispatch", _("调度")
    MEETING = "meeting", _("会议")
    TIP_OFF = "tip_off", _("群众反映")
    OTHER = "other", _("其他")


class OwnerLevel(TextChoices):
    """Who mends a problem, from the village up."""

    VILLAGE = "village", _("村级")
    TOWNSHIP = "township", _("乡镇级")
    SECTOR = "sector", _("县级部门")
    HEADQUARTERS = "headquarters", _("县指挥部")


class ChangeKind(TextChoices):
    """What must change so that a problem does not come a third time."""

    RULE = "rule", _("改制度")
    STAFF = "staff", _("调人员")
    TOOL = "tool", _("换工具")


class ProofKind(TextChoices):
    """What a proof shows."""

    BEFORE = "before", _("整改前")
    AFTER = "after", _("整改后")
    EVIDENCE = "evidence", _("佐证")


class HearingKind(TextChoices):
    """How somebody who answered for a problem is spoken to."""

    REMINDER = "reminder", _("提醒")
    TALK = "talk", _("约谈")
    REFERRAL = "referral", _("移交")


class HearingDecision(TextChoices):
    """How a hearing ends."""

    NO_FURTHER = "no_further", _("不再处理")
    SENT = "sent", _("移交有权机关")
    TALKED = "talked", _("已谈话")

"""The left menu of the desk, one line a page; `key` goes with `g`."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from bihuan.desk.parts import MenuItem
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.orders import reads as orders_reads


def _late(request: HttpRequest) -> int | None:
    visit = getattr(request, "visit", None)
    return command_reads.open_tasks(visit.scope).filter(clock__due_at__lte=visit.at).count() if visit else None


def _doubts(request: HttpRequest) -> int | None:
    visit = getattr(request, "visit", None)
    return intake_reads.review_queue(visit.scope).order_by().count() if visit else None


def _unread(request: HttpRequest) -> int | None:
    visit = getattr(request, "visit", None)
    return command_reads.notices(visit.actor.member, unread_only=True).count() if visit else None


def _to_sign(request: HttpRequest) -> int | None:
    visit = getattr(request, "visit", None)
    if visit is None or not visit.actor.may("sign_order"):
        return None
    return orders_reads.proposals(visit.scope).order_by().count()


def _open_pools(request: HttpRequest) -> int | None:
    visit = getattr(request, "visit", None)
    return lab_reads.recalls(visit.scope).order_by().filter(closed_at__isnull=True).count() if visit else None


MENU: tuple[MenuItem, ...] = (
    MenuItem(_("态势"), "desk:situation", "layout-dashboard", None, "s"),
    MenuItem(_("任务"), "desk:tasks", "checklist", _late, "t"),
    MenuItem(_("通知"), "desk:notices", "bell", _unread, "n"),
    MenuItem(_("推送名单"), "desk:lists", "file-import", None, "l", _("名单")),
    MenuItem(_("逐人核查"), "desk:rows", "list-check", None, "r", _("名单")),
    MenuItem(_("疑似同一人"), "desk:review", "arrows-join", _doubts, "d", _("名单")),
    MenuItem(_("函件"), "desk:letters", "mail", None, "m", _("名单")),
    MenuItem(_("待签批"), "desk:proposals", "signature", _to_sign, "q", _("管控")),
    MenuItem(_("管控措施"), "desk:orders", "shield-check", None, "c", _("管控")),
    MenuItem(_("异议"), "desk:appeals", "hand-stop", None, "", _("管控")),
    MenuItem(_("场所措施"), "desk:closures", "building", None, "", _("管控")),
    MenuItem(_("重新研判"), "desk:reclasses", "refresh", None, "", _("管控")),
    MenuItem(_("防控方案"), "desk:protocols", "gavel", None, "", _("管控")),
    MenuItem(_("推演"), "desk:rehearsals", "chart-line", None, "", _("管控")),
    MenuItem(_("隔离点"), "desk:sites", "bed", None, "i", _("管控")),
    MenuItem(_("健康监测"), "desk:monitoring", "thermometer", None, "", _("管控")),
    MenuItem(_("今天谁离开"), "desk:leaving", "door-exit", None, "", _("管控")),
    MenuItem(_("突击核查"), "desk:unannounced", "eye", None, "", _("管控")),
    MenuItem(_("点对点转运"), "desk:transfers", "ambulance", None, "", _("管控")),
    MenuItem(_("文件会议"), "desk:directives", "file-text", None, "w", _("督办")),
    MenuItem(_("日报告"), "desk:unit_reports", "writing", None, "", _("督办")),
    MenuItem(_("紧急报告"), "desk:urgent", "alert-octagon", None, "", _("督办")),
    MenuItem(_("问题台账"), "desk:problems", "clipboard-list", None, "k", _("督办")),
    MenuItem(_("检查计划"), "desk:inspections", "calendar-due", None, "", _("督办")),
    MenuItem(_("检查表"), "desk:checklists", "checkbox", None, "", _("督办")),
    MenuItem(_("重点台账"), "desk:registers", "table", None, "", _("督办")),
    MenuItem(_("过程监督"), "desk:process", "clock", None, "", _("督办")),
    MenuItem(_("群众咨询举报"), "desk:enquiries", "user-question", None, "", _("督办")),
    MenuItem(_("公告"), "desk:bulletins", "message", None, "", _("督办")),
    MenuItem(_("病例"), "desk:cases", "virus", None, "v", _("流调")),
    MenuItem(_("接触者"), "desk:contacts", "users-group", None, "f", _("流调")),
    MenuItem(_("协查函"), "desk:assistances", "mail", None, "", _("流调")),
    MenuItem(_("聚集性疫情"), "desk:clusters", "hexagon", None, "", _("流调")),
    MenuItem(_("传播链"), "desk:chains", "binary-tree", None, "", _("流调")),
    MenuItem(_("流调方案"), "desk:tracing_plan", "calendar-user", None, "", _("流调")),
    MenuItem(_("检测轮次"), "desk:rounds", "test-pipe", None, "e", _("采送检报")),
    MenuItem(_("结果文件"), "desk:results", "microscope", None, "", _("采送检报")),
    MenuItem(_("混采阳性"), "desk:pools", "alert-triangle", _open_pools, "", _("采送检报")),
    MenuItem(_("重点岗位"), "desk:key_posts", "id-badge-2", None, "", _("采送检报")),
    MenuItem(_("测算"), "desk:plans", "calculator", None, "", _("采送检报")),
    MenuItem(_("人员"), "desk:people", "users", None, "p", _("台账")),
    MenuItem(_("疑似重复档案"), "desk:doubles", "git-merge", None, "", _("台账")),
    MenuItem(_("指挥体系"), "desk:roster", "sitemap", None, "o", _("台账")),
    MenuItem(_("值班"), "desk:duty", "calendar-time", None, "y", _("台账")),
    MenuItem(_("现场手机"), "desk:phones", "device-mobile", None, "", _("台账")),
    MenuItem(_("区划"), "desk:territory", "map-2", None, "a", _("台账")),
    MenuItem(_("卡口"), "desk:checkpoints", "hand-stop", None, "", _("台账")),
    MenuItem(_("码"), "desk:codes", "qrcode", None, "", _("台账")),
    MenuItem(_("风险地区"), "desk:risk", "map-pin", None, "", _("台账")),
    MenuItem(_("报表"), "desk:reports", "report", None, "b", _("台账")),
    MenuItem(_("操作日志"), "desk:journal", "history", None, "j", _("台账")),
)

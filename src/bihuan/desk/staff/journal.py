"""操作日志: everything anybody did, when it happened and when it was learned, and every look at a person with its reason."""

from datetime import datetime, time, timedelta
from typing import Any

from django.db.models import F, Q
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Chip
from bihuan.desk.verbs import LABELS, verb_label
from bihuan.ledgers.staff import reads as staff_reads

# What is learned within a minute was learned at once.
AT_ONCE = timedelta(minutes=1)
PAGES = {"row": "desk:row", "task": "desk:task", "person": "desk:person", "letter": "desk:letter", "post": "desk:post"}


@page("see_journal")
def journal(request: Request) -> HttpResponse:
    """The acts inside one's scope, the latest learned first."""
    visit = request.visit
    columns = (
        Column("verb", _("操作"), is_fixed=True),
        Column("actor", _("操作人")),
        Column("at", _("发生时间"), is_sortable=True),
        Column("recorded_at", _("记录时间"), is_sortable=True),
        Column("late", _("补录")),
        Column("subject", _("对象")),
        Column("reason", _("理由")),
        Column("by", _("来源")),
        Column("word", _("结果"), is_default=False),
    )
    filters = (
        Filter("verb", _("操作"), "select", sorted(((v, str(w)) for v, w in LABELS.items()), key=lambda c: c[1])),
        Filter("actor", _("操作人"), hint=_("姓名或账号")),
        Filter("day", _("日期"), "date"),
        Filter("subject", _("对象"), hint=_("对象编号")),
        Filter("looks", _("只看查看个人信息"), "check"),
        Filter("late", _("只看补录"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-recorded_at")
    asked = question.values
    acts = staff_reads.acts(visit.scope).filter(recorded_at__lte=visit.at)
    if "verb" in asked:
        acts = acts.filter(verb=asked["verb"])
    if "looks" in asked:
        acts = acts.filter(verb="reveal_person")
    if "late" in asked:
        acts = acts.filter(recorded_at__gt=F("at") + AT_ONCE)
    if "actor" in asked:
        acts = acts.filter(Q(actor__name__icontains=asked["actor"]) | Q(actor__username=asked["actor"]))
    if "subject" in asked:
        acts = acts.filter(subject__contains=asked["subject"])
    day = _day(asked.get("day", ""))
    if day:
        acts = acts.filter(recorded_at__gte=day, recorded_at__lt=day + timedelta(days=1))
    return listing.answer(
        request,
        question,
        acts,
        name="journal",
        title=_("操作日志"),
        line=_line,
        orders={"at": "at", "recorded_at": "recorded_at"},
        definition=_("每个动作一条，写后不改；姓名、证件、电话不入日志。补录：发生之后超过一分钟系统才得知"),
        empty=_("没有符合条件的记录"),
    )


def _line(one: Any) -> Row:
    is_late = one.recorded_at - one.at > AT_ONCE
    kind, _colon, id_ = one.subject.partition(":")
    return Row(
        id=str(one.id),
        href=_address(kind, id_),
        cells={
            "verb": verb_label(one.verb),
            "actor": one.actor.name,
            "at": one.at,
            "recorded_at": one.recorded_at,
            "late": Chip(_("补录"), "wait") if is_late else "",
            "subject": f"{_kinds().get(kind, kind)} {id_[-8:]}" if kind else "",
            "reason": one.args.get("reason", ""),
            "by": _("按规则") if one.because_id else one.device,
            "word": one.word or "",
        },
    )


def _kinds() -> dict[str, str]:
    return {
        "row": _("名单行"), "task": _("任务"), "person": _("人员"), "list": _("名单"), "letter": _("函件"),
        "post": _("岗位"), "posting": _("任岗"), "member": _("账号"), "unit": _("单位"), "shift": _("班次"),
        "token": _("设备"), "merge": _("合并"), "clock": _("时限"), "upload": _("上传"), "area": _("区划"),
    }  # fmt: skip


def _address(kind: str, id_: str) -> str:
    try:
        return reverse(PAGES[kind], args=[id_])
    except (KeyError, NoReverseMatch):
        return ""


def _day(text: str) -> datetime | None:
    """The civil day's first instant."""
    try:
        day = parse_date(text)
    except ValueError:
        return None
    return datetime.combine(day, time(), tzinfo=timezone.get_current_timezone()) if day else None

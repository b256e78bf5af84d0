"""Codes of the command room as words a person reads."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bihuan.desk.inside import as_uuid
from bihuan.desk.parts import Clock, Tone
from bihuan.ledgers.intake.choices import FINAL_STATES, RowState


def notice_words(kind: str, words: dict[str, str]) -> str:
    """What a notice says."""
    due = parse_datetime(words.get("due_at", "")) if words.get("due_at") else None
    hour = f"{localtime(due):%m-%d %H:%M}" if due else ""
    where = words.get("area", "")
    if kind == "list_arrived":
        return _("新名单 %(list)s 到达：请在时限内组建三人小组") % {"list": words.get("list", "")}
    if kind == "reminder":
        return _("%(where)s：“%(title)s”时限过半（%(due)s 到期）") % {
            "where": where, "title": words.get("title", ""), "due": hour,
        }  # fmt: skip
    if kind == "order_task":
        return _("%(where)s：%(title)s，请于 %(due)s 前办理") % {
            "where": where, "title": words.get("title", ""), "due": hour,
        }  # fmt: skip
    if kind == "slots_set":
        return _("%(where)s：%(title)s已排采样时段，%(people)s 人，%(from)s 起") % {
            "where": where, "title": words.get("title", ""), "people": words.get("people", ""), "from": words.get("from", ""),
        }  # fmt: skip
    if kind == "code_disputed":
        return _("%(where)s：有人对码色提出异议，请于 %(due)s 前核实答复") % {"where": where, "due": hour}
    titled = {
        "red_code": _("%(where)s：发现红码，请于 %(due)s 前弄清、上报、移交"),
        "arrival": _("%(where)s：有落地检人员前来，请于 %(due)s 前衔接"),
        "device_broken": _("%(where)s：“%(title)s”损坏，请于 %(due)s 前修好"),
        "post_presence": _("%(where)s：“%(title)s”，请于 %(due)s 前整改"),
        "departure_missed": _("%(where)s：“%(title)s”到点没有发车，请立即联系送样（应于 %(due)s 发出）"),
        "resident_help": _("%(where)s：群众求助，请于 %(due)s 前回应"),
    }
    if kind in titled:
        return titled[kind] % {"where": where, "title": words.get("title", ""), "due": hour}
    if kind == "old_risk_list":
        return _("%(where)s：%(title)s，请载入最新清单") % {"where": where, "title": words.get("title", "")}
    told = _supervision_words(kind, where, words, hour)
    return told or _("%(where)s：“%(title)s”已超时（应于 %(due)s 完成）") % {
        "where": where, "title": words.get("title", ""), "due": hour,
    }  # fmt: skip


def _supervision_words(kind: str, where: str, words: dict[str, str], hour: str) -> str:
    """What a notice about a text, a problem or a closed task says; nothing for the others."""
    told = {"where": where, "title": words.get("title", ""), "due": hour, "number": words.get("number", "")}
    sort = kind.partition("_")[0]
    if kind == "task_given":
        return _("%(where)s：“%(title)s”交办给您，%(due)s 前办结") % told
    if kind == "problem_raised":
        return _("%(number)s %(where)s：“%(title)s”，%(due)s 前整改") % told
    if kind == "problem_again":
        return _("%(number)s %(where)s：“%(title)s”再次发现，已上提一级，%(due)s 前从根源整改") % told
    if kind == "urgent_report":
        return _("紧急报告 %(where)s：“%(title)s”，请于 %(due)s 前回复") % told
    if kind == "enquiry":
        return _("%(where)s：“%(title)s”，请于 %(due)s 前答复") % told
    if kind == "urgent_heard":
        return _("您的紧急报告“%(title)s”已收到（%(by)s）：%(where)s") % {**told, "by": words.get("by", "")}
    if kind == "phone_silent":
        since = f"{localtime(datetime.fromisoformat(words['since'])):%H:%M}"
        return _("%(title)s的手机 %(since)s 起没有消息，有 %(n)s 条未上传：请打电话 %(phone)s") % {
            **told, "since": since, "n": words.get("n", 0), "phone": words.get("phone", ""),
        }  # fmt: skip
    if kind == "report_ready":
        return _("%(where)s《%(title)s》已出，统计至 %(as_of)s") % {
            **told, "as_of": f"{localtime(datetime.fromisoformat(words['as_of'])):%m-%d %H:%M}",
        }  # fmt: skip
    if kind == "feed_silent":
        return _("“%(title)s”平常约 %(hours)s 小时来一次名单，自 %(since)s 起没有来：请联系核实") % {
            **told, "hours": words.get("hours", ""),
            "since": f"{localtime(datetime.fromisoformat(words['since'])):%m-%d %H:%M}",
        }  # fmt: skip
    if kind == "report_restated":
        return _("%(title)s 汇总后又更正，请核对") % told
    if sort == "reply":
        return _("%(where)s：“%(title)s”已办结：%(reply)s") % {**told, "reply": words.get("reply", "")}
    if sort == "reopened":
        return _("%(where)s：“%(title)s”被退回：%(why)s") % {**told, "why": words.get("why", "")}
    if sort == "directive":
        return _("新文件《%(title)s》第 %(n)s 版：请学习并签收") % {**told, "n": words.get("version", "")}
    if sort == "hearing":
        return _("%(where)s：“%(title)s”需要您在 %(due)s 前说明情况") % told
    return ""


def notice_address(notice: Any) -> str:
    """Where what a notice speaks of is found: its task, or the report as of its hour; nothing for the others."""
    if notice.task_id:
        return reverse("desk:task", args=[notice.task_id])
    if notice.kind == "report_ready":
        asked = {"as_of": notice.words["as_of"], "area": notice.words["code"]}
        return f"{reverse('desk:report', args=[notice.words['report']])}?{urlencode(asked)}"
    return ""


def instant(text: str) -> datetime | None:
    """An instant from a form's field, in the county's time unless it says a zone."""
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)


def state_tone(state: str) -> Tone:
    """The tone of a row's state."""
    if state in FINAL_STATES:
        return "good" if state in (RowState.FOUND_MANAGED, RowState.NO_MEASURE) else "plain"
    return "wait" if state == RowState.DISPATCHED else "risk"


def clock_part(clock: Any, as_of: datetime, href: str = "") -> Clock:
    """A room's clock as the component that counts down."""
    return Clock(due_at=clock.due_at, as_of=as_of, risk_at=clock.warn_at, met_at=clock.stopped_at, href=href)


# Where the thing a task is about is dealt with: its page, or a list of what lies at its path.
PAGES = {"order": "desk:order", "appeal": "desk:appeal", "reclass": "desk:reclass", "row": "desk:row"}
LISTS = {"proposals": ("desk:proposals", ""), "to_serve": ("desk:orders", "state=signed&")}


def subject_address(subject: str) -> str:
    """Where one deals with what a task is about, or nothing where the task itself is the place."""
    kind, _colon, text = subject.partition(":")
    if kind in LISTS:
        name, query = LISTS[kind]
        return f"{reverse(name)}?{query}area={text}"
    there = as_uuid(text)
    return reverse(PAGES[kind], args=[there]) if kind in PAGES and there else ""

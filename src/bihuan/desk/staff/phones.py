"""现场手机: whose phone was heard when, what it still keeps, and whose clock is wrong."""

from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Chip
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.staff import reads as staff_reads

# A clock so far off makes times on paper and times here disagree; the phone corrects what it sends.
CLOCK_OFF = timedelta(minutes=2)


@page()
def phones(request: Request) -> HttpResponse:
    """Phones in the field, the silent ones with something unsent first to be called."""
    visit = request.visit
    limit = timedelta(minutes=command_bridge.limit("phone_silence", visit.at).minutes)
    columns = (
        Column("member", _("持有人"), is_fixed=True),
        Column("phone", _("电话")),
        Column("heard", _("最近消息"), is_sortable=True),
        Column("waiting", _("未上传"), is_sortable=True),
        Column("oldest", _("最早一条")),
        Column("clock", _("手机时钟")),
    )
    filters = (Filter("state", _("状态"), "select", [("waiting", _("有未上传")), ("silent", _("失联"))]),)
    question = ask(request.GET, columns=columns, filters=filters, sort="-heard")
    rows = staff_reads.phones(visit.scope)
    if question.values.get("state") == "waiting":
        rows = rows.filter(waiting__gt=0)
    if question.values.get("state") == "silent":
        rows = rows.filter(heard_at__lt=visit.at - limit, waiting__gt=0)

    def line(one: Any) -> Row:
        off = timedelta(seconds=one.skew_seconds)
        is_silent = one.waiting and visit.at - one.heard_at > limit
        heard = f"{localtime(one.heard_at):%m-%d %H:%M}"
        cells = {
            "member": one.member.name,
            "phone": one.member.phone or "–",
            "heard": Chip(_("%(at)s 失联") % {"at": heard}, "late") if is_silent else heard,
            "waiting": one.waiting,
            "oldest": f"{localtime(one.oldest_at):%m-%d %H:%M}" if one.oldest_at and one.waiting else "–",
            "clock": _clock(off) if abs(off) > CLOCK_OFF else _("准"),
        }
        return Row(id=str(one.id), cells=cells)

    return listing.answer(
        request,
        question,
        rows,
        name="phones",
        title=_("现场手机"),
        line=line,
        orders={"heard": "heard_at", "waiting": "waiting"},
        empty=_("还没有手机报到：打开手机页面后自动报到"),
    )


def _clock(off: timedelta) -> Chip:
    """By how much; the phone is behind when the server is ahead of it."""
    minutes = round(abs(off) / timedelta(minutes=1))
    words = _("慢 %(n)d 分") if off > timedelta(0) else _("快 %(n)d 分")
    return Chip(words % {"n": minutes}, "risk")

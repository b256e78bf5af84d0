"""值班: who is on duty now, which slots are empty, which hand-overs nobody acknowledged, and the week's rota."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from bihuan.desk.inside import Request, act, as_uuid, done, form_id, page
from bihuan.desk.parts import Chip, Tile
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.staff import reads as staff_reads

DAYS_SHOWN = 7
# A day of duty is handed over in the morning unless a shift says otherwise.
HANDED_OVER_AT_HOUR = 8


@dataclass(frozen=True)
class Slot:
    """One day of one post on the rota: the shifts that begin in it, or that nobody is named."""

    day_from: datetime
    shifts: tuple[Any, ...]
    is_past: bool
    fill_href: str


@page(methods="GET HEAD POST")
def duty(request: Request) -> HttpResponse:
    """Round-the-clock posts: now, and from a day on."""
    visit = request.visit
    if request.method == "POST":
        _do(request)
        return redirect(request.get_full_path())
    first = _first_day(request.GET.get("from", ""), visit.at)
    until = first + timedelta(days=DAYS_SHOWN)
    now = staff_reads.duty_now(visit.scope, visit.at)
    empty = [s for s in now if s["shift"] is None or s["shift"].member_id is None]
    waiting = [s for s in now if s["shift"] and s["shift"].member_id and not s["shift"].acknowledged_at]
    posts = [s["post"] for s in now]
    gaps = 0
    by_slot: dict[tuple[UUID, int], list[Any]] = defaultdict(list)
    gaps = 0
    for shift in staff_reads.shifts(visit.scope, first, until):
        by_slot[(shift.post_id, max(0, (shift.shift_from - first).days))].append(shift)
    may_fill = visit.actor.may("fill_shift")
    lines = []
    for post in posts:
        slots = []
        for number in range(DAYS_SHOWN):
            day = first + timedelta(days=number)
            shifts = tuple(by_slot.get((post.id, number), ()))
            gaps += not any(s.member_id for s in shifts)
            slots.append(Slot(day, shifts, day + timedelta(days=1) <= visit.at, _fill_href(request, post, day)))
        lines.append((post, slots))
    address = reverse("desk:duty")
    tiles = [
        Tile(_("值守岗位"), len(posts), _("须 24 小时有人的岗位"), visit.at, address, _("个")),
        Tile(_("此刻空缺"), len(empty), _("此刻无人值班的 24 小时岗位"), visit.at, address, _("个"),
             tone="late" if empty else "good"),
        Tile(_("未确认接班"), len(waiting), _("已排班、已到点，值班人尚未确认接班"), visit.at, address, _("个"),
             tone="risk" if waiting else "good"),
        Tile(_("本表未排"), gaps, _("下表所示各日没有排人的班次"), visit.at, address, _("班"),
             tone="wait" if gaps else "good"),
    ]  # fmt: skip
    asked_post = as_uuid(request.GET.get("post", ""))
    asked_day = _aware(request.GET.get("day", "")) or first
    context = {
        "tiles": tiles,
        "now": [(s["post"], s["shift"], _now_chip(s["shift"]), _is_mine(request, s["shift"])) for s in now],
        "days": [first + timedelta(days=n) for n in range(DAYS_SHOWN)],
        "lines": lines,
        "week_before": f"{address}?from={first - timedelta(days=DAYS_SHOWN):%Y-%m-%d}",
        "week_after": f"{address}?from={until:%Y-%m-%d}",
        "may_fill": may_fill and bool(posts),
        "may_acknowledge": visit.actor.may("acknowledge_shift"),
        "members": staff_reads.members_in(visit.scope, visit.at) if may_fill else (),
        "posts": posts,
        "asked_post": asked_post,
        "asked_from": timezone.localtime(asked_day),
        "asked_until": timezone.localtime(asked_day + timedelta(days=1)),
        "act_id": uuid7(),
    }
    return render(request, "desk/staff/duty.html", context)


def _do(request: Request) -> None:
    given = request.POST
    if given.get("what") == "acknowledge":
        answer = act(request, "acknowledge_shift", form_id(request), shift=as_uuid(given.get("shift", "")))
        words = _("已确认接班")
    else:
        answer = act(
            request,
            "fill_shift",
            form_id(request),
            post=as_uuid(given.get("post", "")),
            shift_from=_aware(given.get("shift_from", "")),
            shift_until=_aware(given.get("shift_until", "")),
            member=as_uuid(given.get("member", "")),
        )
        words = _("已排班")
    if answer.status != "refused":
        done(request, words)


def _now_chip(shift: Any) -> Chip:
    if shift is None or shift.member is None:
        return Chip(_("空缺"), "late")
    return Chip(_("已接班"), "good") if shift.acknowledged_at else Chip(_("未确认接班"), "risk")


def _is_mine(request: Request, shift: Any) -> bool:
    return bool(shift and shift.member_id == request.visit.actor.member and not shift.acknowledged_at)


def _fill_href(request: Request, post: Any, day: datetime) -> str:
    params = request.GET.copy()
    params["post"], params["day"] = str(post.id), f"{timezone.localtime(day):%Y-%m-%dT%H:%M}"
    return f"?{params.urlencode()}#fill"


def _first_day(text: str, at: datetime) -> datetime:
    """When the first shown day of duty begins: the asked day, or the one that `at` lies in."""
    local = timezone.localtime(at)
    try:
        asked = parse_date(text)
    except ValueError:
        asked = None
    if asked is None:
        asked = (local - timedelta(hours=HANDED_OVER_AT_HOUR)).date()
    return datetime.combine(asked, time(HANDED_OVER_AT_HOUR), tzinfo=timezone.get_current_timezone())


def _aware(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)

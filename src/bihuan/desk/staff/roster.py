"""指挥体系: every post by unit with its A and B, which are vacant, and which entries nobody has confirmed for too long."""

import secrets
from collections import defaultdict
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db.models import Exists, OuterRef, Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Event, Header, Link, Tile, Timeline
from bihuan.desk.staff.passwords import weakness
from bihuan.desk.verbs import verb_label
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import NEED_DEPUTY, Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope


@page()
def roster(request: Request) -> HttpResponse:
    """Posts by the tree of areas, with whoever holds them."""
    visit = request.visit
    columns = (
        Column("unit", _("单位"), is_fixed=True),
        Column("post", _("岗位"), is_fixed=True),
        Column("role", _("角色"), is_default=False),
        Column("holder", _("A 角")),
        Column("phone", _("A 角电话")),
        Column("deputy", _("B 角")),
        Column("deputy_phone", _("B 角电话"), is_default=False),
        Column("confirmed_at", _("确认时间")),
        Column("state", _("状态")),
    )
    states = (
        ("vacant", _("空缺")),
        ("no_deputy", _("缺 B 角")),
        ("stale", _("名录过期")),
        ("absent", _("离岗中")),
    )
    filters = (
        Filter("state", _("状态"), "select", states),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
        Filter("kind", _("单位类别"), "select", UnitKind.choices),
        Filter("q", _("查找"), hint=_("姓名、岗位或单位")),
    )
    question = ask(request.GET, columns=columns, filters=filters)
    held = staff_reads.postings(visit.scope, visit.at)
    stale = staff_reads.stale_postings(visit.scope, visit.at)
    absent = held.filter(absent_from__lte=visit.at).filter(Q(absent_until__isnull=True) | Q(absent_until__gt=visit.at))
    here = {"post": OuterRef("pk")}
    everything = staff_reads.roster(visit.scope, visit.at)
    conditions = {
        "vacant": Q(is_filled=False),
        "no_deputy": Q(role__in=NEED_DEPUTY) & ~Exists(held.filter(**here, is_deputy=True)),
        "stale": Exists(stale.filter(**here)),
        "absent": Exists(absent.filter(**here)),
    }
    posts = everything
    asked = question.values
    if "state" in asked:
        posts = posts.filter(conditions[asked["state"]])
    if "area" in asked:
        posts = posts.filter(Scope(asked["area"]).inside())
    if "kind" in asked:
        posts = posts.filter(unit__kind=asked["kind"])
    if "q" in asked:
        text = asked["q"]
        named = held.filter(**here, member__name__icontains=text)
        posts = posts.filter(Q(title__icontains=text) | Q(unit__name__icontains=text) | Exists(named))
    seats: dict[UUID, dict[bool, Any]] = defaultdict(dict)

    def prepare(part: list[Any]) -> None:
        for one in held.filter(post__in=[p.id for p in part]):
            seats[one.post_id][one.is_deputy] = one

    def line(asked_post: Any) -> Row:
        holder, deputy = (seats[asked_post.id].get(is_deputy) for is_deputy in (False, True))
        return Row(
            id=str(asked_post.id),
            href=reverse("desk:post", args=[asked_post.id]),
            is_late=holder is None,
            cells={
                "unit": asked_post.unit.name,
                "post": asked_post.title,
                "role": asked_post.role_words,
                "holder": _seat(holder, visit.at) or Chip(_("空缺"), "late"),
                "phone": _phone(holder),
                "deputy": _seat(deputy, visit.at),
                "deputy_phone": _phone(deputy),
                "confirmed_at": holder.confirmed_at if holder else "",
                "state": _standing(asked_post, holder, deputy, visit.at),
            },
        )

    may_name = visit.actor.may("name_posting")
    return listing.answer(
        request,
        question,
        posts,
        name="roster",
        title=_("指挥体系"),
        line=line,
        orders={},
        prepare=prepare,
        template="desk/staff/roster.html",
        context={"tiles": _tiles(visit.at, everything, conditions)},
        definition=_(
            "指挥、值守、专班、决定岗位设 A、B 角；A 角离岗，未办任务和提醒当即转给 B 角。名录按期确认，过期标出"
        ),
        empty=_("没有符合条件的岗位"),
        actions=(Action(_("登记单位、岗位、账号"), reverse("desk:roster_new"), "plus"),) if may_name else (),
    )


def _tiles(at: datetime, posts: Any, conditions: dict[str, Any]) -> list[Tile]:
    counts = {name: posts.filter(condition).count() for name, condition in conditions.items()}
    address = reverse("desk:roster")
    return [
        Tile(_("岗位"), posts.count(), _("本辖区登记的全部岗位"), at, address, _("个")),
        Tile(_("空缺"), counts["vacant"], _("此刻没有 A 角的岗位"), at, f"{address}?state=vacant", _("个"),
             tone="late" if counts["vacant"] else "good"),
        Tile(_("缺 B 角"), counts["no_deputy"], _("应设而此刻没有 B 角的岗位：A 角离岗时无人接替"), at,
             f"{address}?state=no_deputy", _("个"), tone="risk" if counts["no_deputy"] else "good"),
        Tile(_("名录过期"), counts["stale"], _("超过确认周期未确认，或账号已停用的任岗所在岗位"), at,
             f"{address}?state=stale", _("个"), tone="risk" if counts["stale"] else "good"),
        Tile(_("离岗中"), counts["absent"], _("A 角或 B 角已标记离岗的岗位"), at, f"{address}?state=absent", _("个")),
    ]  # fmt: skip


def _seat(posting: Any, at: datetime) -> Any:
    if posting is None:
        return ""
    if _is_absent(posting, at):
        return Chip(_("%(name)s · 离岗") % {"name": posting.member.name}, "risk")
    return posting.member.name


def _phone(posting: Any) -> Any:
    phone = posting.member.phone if posting else ""
    return Link(phone, f"tel:{phone}", "phone") if phone else ""


def _is_absent(posting: Any, at: datetime) -> bool:
    return bool(
        posting.absent_from
        and posting.absent_from <= at
        and (posting.absent_until is None or posting.absent_until > at)
    )


def _standing(asked: Any, holder: Any, deputy: Any, at: datetime) -> Chip:
    if holder is None:
        return Chip(_("空缺"), "late")
    if staff_reads.is_stale(holder, at) or (deputy and staff_reads.is_stale(deputy, at)):
        return Chip(_("名录过期"), "risk")
    return Chip(_("缺 B 角"), "wait") if deputy is None and asked.role in NEED_DEPUTY else Chip(_("在岗"), "good")


@page(methods="GET HEAD POST")
def post(request: Request, id_: UUID) -> HttpResponse:
    """One post: who sits on it, and what may be done about it."""
    visit = request.visit
    asked = found(staff_reads.post(visit.scope, id_))
    if request.method == "POST":
        _do(request, asked)
        return redirect(request.path)
    held = {p.is_deputy: p for p in staff_reads.postings(visit.scope, visit.at).filter(post=asked.id)}
    seats = [
        {
            "label": words,
            "posting": held.get(is_deputy),
            "is_deputy": is_deputy,
            "chip": _posting_chip(held.get(is_deputy), visit.at),
            "is_absent": bool(held.get(is_deputy) and _is_absent(held[is_deputy], visit.at)),
            "is_mine": bool(held.get(is_deputy) and held[is_deputy].member_id == visit.actor.member),
        }
        for is_deputy, words in ((False, _("A 角")), (True, _("B 角")))
    ]
    may_name = visit.actor.may("name_posting")
    context = {
        "header": Header(
            asked.title,
            kind=asked.unit.name,
            chips=[_standing(asked, held.get(False), held.get(True), visit.at)],
            facts=[
                (_("角色"), asked.role_words),
                (_("24 小时值守"), _("是") if asked.round_the_clock else _("否")),
                (_("确认周期"), _("%(n)d 天") % {"n": asked.confirm_every_days}),
            ],
            back=Link(_("指挥体系"), reverse("desk:roster"), "chevron-left"),
        ),
        "seats": seats,
        "act_id": uuid7(),
        "may_name": may_name,
        "may_mark": visit.actor.may("mark_absent"),
        "may_confirm": visit.actor.may("confirm_posting"),
        "nameable": staff_reads.nameable(visit.scope, visit.at) if may_name else (),
        "timeline": _history(visit.scope, asked, held.values()),
    }
    return render(request, "desk/staff/post.html", context)


def _posting_chip(posting: Any, at: datetime) -> Chip:
    if posting is None:
        return Chip(_("空缺"), "late")
    if not posting.member.is_active:
        return Chip(_("账号已停用"), "late")
    if _is_absent(posting, at):
        until = posting.absent_until
        return (
            Chip(_("离岗至 %(t)s") % {"t": f"{timezone.localtime(until):%m-%d %H:%M}"}, "risk")
            if until
            else Chip(_("离岗"), "risk")
        )
    if staff_reads.is_stale(posting, at):
        return Chip(_("超期未确认"), "risk")
    return Chip(_("在岗"), "good")


def _history(scope: Scope, asked: Any, held: Any) -> Timeline:
    subjects = [f"post:{asked.id}", *(f"posting:{p.id}" for p in held)]
    events = [
        Event(at=a.at, title=verb_label(a.verb), who=a.actor.name) for a in staff_reads.acts_about(scope, subjects)[:50]
    ]
    return Timeline(events, empty=_("尚无记录"))


def _do(request: Request, asked: Any) -> None:
    """What a form of the post's page asks for."""
    given = request.POST
    posting = as_uuid(given.get("posting", ""))
    what = given.get("what", "")
    if what == "name":
        member = as_uuid(given.get("member", ""))
        is_deputy = given.get("is_deputy") == "1"
        answer = act(request, "name_posting", form_id(request), post=asked.id, member=member, is_deputy=is_deputy)
        words = _("任岗已登记") if member else _("岗位已空出")
    elif what == "confirm":
        answer = act(request, "confirm_posting", form_id(request), posting=posting)
        words = _("已确认在岗")
    elif what == "absent":
        until = _instant(given.get("absent_until", ""))
        answer = act(request, "mark_absent", form_id(request), posting=posting, absent_until=until)
        moved = (answer.result or {}).get("tasks_moved", 0)
        words = _("已标记离岗，%(n)d 项未办任务已转交") % {"n": moved}
    elif what == "back":
        answer = act(request, "mark_absent", form_id(request), posting=posting, is_back=True)
        words = _("已返岗")
    elif what == "reset":
        fresh = secrets.token_urlsafe(9)
        member = as_uuid(given.get("member", ""))
        answer = act(request, "change_password", form_id(request), member=member, password_hash=make_password(fresh))
        words = _("新密码只显示这一次：%(password)s 请当面交给本人，登录后立即修改") % {"password": fresh}
    else:
        answer = act(request, "close_member", form_id(request), member=as_uuid(given.get("member", "")))
        words = _("账号已停用，其设备令牌同时失效")
    if answer.status != "refused":
        done(request, words)


@page("name_posting", methods="GET HEAD POST")
def new(request: Request) -> HttpResponse:
    """Register a unit, a post or an account."""
    visit = request.visit
    given = request.POST
    fault = ""
    if request.method == "POST":
        what = given.get("what", "")
        if what == "unit":
            args: dict[str, Any] = {name: given.get(name, "") for name in ("name", "kind", "area", "phone")}
            verb, words = "add_unit", _("单位已登记")
        elif what == "post":
            args = {"unit": as_uuid(given.get("unit", "")), "title": given.get("title", ""),
                    "role": given.get("role", ""), "round_the_clock": given.get("round_the_clock") == "1"}  # fmt: skip
            verb, words = "add_post", _("岗位已登记")
        else:
            password = given.get("password", "")
            fault = weakness(password)
            args = {name: given.get(name, "") for name in ("username", "name", "phone")}
            args["password_hash"] = make_password(password) if not fault else ""
            verb, words = "add_member", _("账号已开通；任岗之后才能查看和办理")
        if not fault and act(request, verb, form_id(request), **args).status != "refused":
            done(request, words)
            return redirect("desk:roster_new")
    context = {
        "act_ids": [uuid7() for _n in range(3)],
        "given": given,
        "fault": fault,
        "units": staff_reads.units(visit.scope),
        "areas": territory_reads.areas(visit.scope).filter(level__in=["county", "township", "village"]),
        "kinds": UnitKind.choices,
        "roles": [(r.value, r.label) for r in Role if r != Role.SYSTEM],
    }
    return render(request, "desk/staff/new.html", context)


def _instant(text: str) -> datetime | None:
    try:
        naive = datetime.fromisoformat(text)
    except ValueError:
        return None
    return naive if naive.tzinfo else timezone.make_aware(naive)

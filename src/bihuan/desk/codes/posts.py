"""卡口: the register of posts with hours, staff and devices; who was stopped and why; whether anybody is there."""

import hashlib
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.codes.words import colour_chip
from bihuan.desk.inside import Request, act, as_uuid, done, form_id, found, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip, Header, Link, Spark
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake.sightings import reads as sighting_reads
from bihuan.ledgers.intake.sightings.choices import Decision, StopReason
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import DeviceKind, PlaceKind

KINDS = (PlaceKind.CHECKPOINT, PlaceKind.STATION)
FORM = "post_presence"
CALLS_AN_HOUR = 3
DAY = timedelta(days=1)
MONTH = timedelta(days=30)


@page("see_checkpoints", methods="GET HEAD POST")
def checkpoints(request: Request) -> HttpResponse:
    """Every post: when it is manned and by whom now, what is broken, how many passed, whether it was found in order."""
    visit = request.visit
    if request.method == "POST":
        given = {n: request.POST.get(n, "") for n in ("area", "name", "hours", "address", "kind")}
        unit = as_uuid(request.POST.get("unit", ""))
        answer = act(request, "register_checkpoint", form_id(request), unit=unit or UUID(int=0), **given)
        if answer.status != "refused":
            done(request, _("卡口已登记"))
        return redirect("desk:checkpoints")
    places = list(territory_reads.places(visit.scope, KINDS))
    since = visit.at - DAY
    clear = sighting_reads.clear_by_place(visit.scope, since, visit.at)
    stops = sighting_reads.stops_by_place(visit.scope, since, visit.at)
    devices: dict[UUID, list[Any]] = {}
    for device in territory_reads.devices(visit.scope):
        devices.setdefault(device.place_id, []).append(device)
    on_duty = {
        d["post"].place_id: d["shift"] for d in staff_reads.duty_now(visit.scope, visit.at) if d["post"].place_id
    }
    looked = _presence(request, [p.id for p in places])
    called = _to_call(request, [p.id for p in places])
    lines = [
        {
            "place": p,
            "duty": _duty(on_duty, p.id),
            "broken": sum(d.works is False for d in devices.get(p.id, ())),
            "devices": len(devices.get(p.id, ())),
            "clear": clear.get(p.id, 0),
            "stops": stops.get(p.id, 0),
            "rate": looked.get(p.id),
            "is_called": p.id in called,
        }
        for p in places
    ]
    context = {
        "lines": lines,
        "may_register": visit.actor.may("register_checkpoint"),
        "may_check": visit.actor.may("check_presence"),
        "areas": territory_reads.areas(visit.scope).filter(level__in=["county", "township", "village"]),
        "units": staff_reads.units(visit.scope),
        "kinds": [(k.value, k.label) for k in KINDS],
        "act_id": uuid7(),
    }
    return render(request, "desk/codes/checkpoints.html", context)


@page("see_checkpoints", methods="GET HEAD POST")
def post(request: Request, id_: UUID) -> HttpResponse:
    """One post whole: staff, devices, the last hours, spot checks, stops."""
    visit = request.visit
    where = found(territory_reads.place(id_))
    found((where.kind in KINDS and visit.scope.holds(where.path)) or None)
    if request.method == "POST":
        _do(request, where)
        return redirect("desk:checkpoint", where.id)
    form, language = forms.form(FORM), get_language() or ""
    hours = sighting_reads.clear_by_hour(visit.scope, where.id, visit.at, 24)
    posts = list(staff_reads.posts_at(visit.scope, [where.id]))
    shifts = [
        s for s in staff_reads.shifts(visit.scope, visit.at - DAY, visit.at + DAY) if s.post_id in {p.id for p in posts}
    ]
    checks = command_reads.visits(visit.scope, f"place:{where.id}").filter(form=FORM)[:20]
    outcomes = {key: words.in_language(language) for key, words in form.outcomes}
    stops = sighting_reads.sightings(visit.scope).filter(place=where.id)
    context = {
        "header": Header(
            where.name,
            kind=where.kind_words,
            chips=[Chip(where.hours, "info")] if where.hours else [Chip(_("没有写明值守时间"), "risk")],
            facts=[
                (_("属地"), where.area.name),
                (_("地址"), where.address),
                (_("24小时放行"), sum(n for _hour, n in hours)),
                (_("24小时拦下"), stops.filter(at__gte=visit.at - DAY).count()),
            ],
            actions=[Action(_("拦查记录"), f"{reverse('desk:stops')}?place={where.id}", "list-details")],
            back=Link(_("卡口"), reverse("desk:checkpoints"), "chevron-left"),
        ),
        "place": where,
        "spark": Spark([n for _hour, n in hours], _("24小时逐时放行人数")),
        "posts": posts,
        "shifts": shifts,
        "devices": territory_reads.devices(visit.scope, [where.id]),
        "device_kinds": DeviceKind.choices,
        "checks": [(c, outcomes.get(c.outcome, c.outcome), "good" if c.outcome == "in_order" else "late") for c in checks],
        "outcomes": list(outcomes.items()),
        "hows": [(k, w.in_language(language)) for k, w in form.fields["how"].choices],
        "may_check": visit.actor.may("check_presence"),
        "may_device": visit.actor.may("register_device"),
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/codes/post.html", context)


@page("see_checkpoints")
def stops(request: Request) -> HttpResponse:
    """Everybody who was stopped and is still kept: decision, reason, rule, officer. Names stay sealed."""
    visit = request.visit
    columns = (
        Column("at", _("时间"), is_sortable=True, is_fixed=True),
        Column("place", _("卡口")),
        Column("colour", _("码色")),
        Column("decision", _("处置")),
        Column("reason", _("理由")),
        Column("rule", _("依据"), is_default=False),
        Column("route", _("来源地 → 目的地")),
        Column("area", _("交接属地")),
        Column("officer", _("值守人")),
        Column("keep_until", _("删除时间"), is_default=False),
    )
    places = [(str(p.id), p.name) for p in territory_reads.places(visit.scope, KINDS)]
    filters = (
        Filter("place", _("卡口"), "select", places),
        Filter("decision", _("处置"), "select", Decision.choices),
        Filter("reason", _("理由"), "select", StopReason.choices),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="-at")
    rows = sighting_reads.sightings(visit.scope).filter(at__lte=visit.at)
    for name in ("place", "decision", "reason"):
        if name in question.values:
            rows = rows.filter(**{name: question.values[name]})

    def line(one: Any) -> Row:
        return Row(
            id=str(one.id),
            href=reverse("desk:stop", args=[one.id]),
            cells={
                "at": one.at,
                "place": one.place.name,
                "colour": colour_chip(one.colour) if one.colour != "none" else one.get_colour_display(),
                "decision": one.get_decision_display(),
                "reason": one.get_reason_display(),
                "rule": one.rule,
                "route": f"{one.origin} → {one.destination}" if one.origin or one.destination else "",
                "area": one.area.name,
                "officer": one.member.name,
                "keep_until": one.keep_until,
            },
        )

    return listing.answer(
        request, question, rows, name="stops", title=_("拦查记录"), line=line, orders={"at": "at"},
        definition=_("只记被拦下的人和自风险地区落地的人；正常放行的只计数。记录到期自动删除。"),
        empty=_("没有符合条件的记录"),
    )  # fmt: skip


@page("see_checkpoints", methods="GET HEAD POST")
def stop(request: Request, id_: UUID) -> HttpResponse:
    """One stop; name and numbers are opened by a reason, and the look is journalled."""
    visit = request.visit
    one = found(sighting_reads.sighting(visit.scope, id_))
    told: list[tuple[str, str]] = []
    if request.method == "POST":
        answer = act(request, "reveal_sighting", sighting=one.id, reason=request.POST.get("reason", ""))
        if answer.status != "refused":
            words = cipher.unseal_json(one.sealed)
            labels = {
                "name": _("姓名"), "id_number": _("证件号码"), "phone": _("电话"), "vehicle": _("车牌"), "note": _("说明"),
            }  # fmt: skip
            told = [(label, words.get(key) or "–") for key, label in labels.items()]
    header = Header(
        one.get_decision_display(),
        kind=_("拦查记录"),
        chips=[colour_chip(one.colour)] if one.colour != "none" else [],
        facts=[
            (_("时间"), one.at),
            (_("卡口"), one.place.name),
            (_("理由"), one.get_reason_display()),
            (_("依据"), one.rule),
            (_("来源地 → 目的地"), f"{one.origin} → {one.destination}"),
            (_("值守人"), one.member.name),
            (_("删除时间"), one.keep_until),
        ],
        back=Link(_("拦查记录"), reverse("desk:stops"), "chevron-left"),
    )
    may_see = visit.actor.may("reveal_sighting")
    response = render(request, "desk/codes/stop.html", {"header": header, "told": told, "may_see": may_see})
    response.headers["Cache-Control"] = "no-store"
    return response


def _do(request: Request, where: Any) -> None:
    given, what = request.POST, request.POST.get("do", "")
    if what == "presence":
        answers = {n: given.get(n, "").strip() for n in ("how", "people", "note")}
        told = {k: v for k, v in answers.items() if v}
        outcome = given.get("outcome", "")
        if (
            act(request, "check_presence", form_id(request), place=where.id, outcome=outcome, answers=told).status
            != "refused"
        ):
            done(request, _("抽查已记录"))
    elif what == "device":
        kind, label = given.get("kind", ""), given.get("label", "")
        if (
            act(request, "register_device", form_id(request), place=where.id, kind=kind, label=label).status
            != "refused"
        ):
            done(request, _("设备已登记"))
    elif what == "works":
        device = as_uuid(given.get("device", ""))
        works = given.get("works") == "1"
        if device and act(request, "check_device", device=device, works=works).status != "refused":
            done(request, _("设备状态已记录"))


def _duty(on_duty: dict[Any, Any], place: UUID) -> Chip:
    """Who stands there now: named, not yet acknowledged, or nobody."""
    if place not in on_duty:
        return Chip(_("没有岗位"), "risk")
    shift = on_duty[place]
    if shift is None or shift.member is None:
        return Chip(_("此刻无人排班"), "late")
    return Chip(shift.member.name, "good" if shift.acknowledged_at else "wait")


def _presence(request: Request, places: list[UUID]) -> dict[UUID, tuple[int, int]]:
    """Of the spot checks of thirty days: how many found the post in order, of how many."""
    subjects = {f"place:{p}": p for p in places}
    told: dict[UUID, tuple[int, int]] = {}
    visits = command_reads.visits_about(request.visit.scope, list(subjects)).filter(
        form=FORM, at__gte=request.visit.at - MONTH
    )
    for subject, outcome in visits.values_list("subject", "outcome"):
        good, total = told.get(subjects[subject], (0, 0))
        told[subjects[subject]] = (good + (outcome == "in_order"), total + 1)
    return told


def _to_call(request: Request, places: list[UUID]) -> set[UUID]:
    """Which posts to call this hour: drawn by a digest of post and hour, which no post can foresee and all can check."""
    hour = request.visit.at.strftime("%Y%m%d%H")
    drawn = sorted(places, key=lambda p: hashlib.sha256(f"{cipher.blind(hour)}:{p}".encode()).digest())
    return set(drawn[:CALLS_AN_HOUR])

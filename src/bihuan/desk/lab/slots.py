"""采样时段: who comes to which table when. A plan is drafted, looked at, confirmed, changed; printed a page a table."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.command.words import instant
from bihuan.desk.inside import Request, Visit, act, as_uuid, as_whole, done, form_id, found, page
from bihuan.desk.parts import Action, Chip, Header, Link, Tile, Tone
from bihuan.desk.people.words import masked_person
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.lab import bridge as lab_bridge
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots.choices import Excuse, PlanState, WithoutSlot
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports import Column, Page, Section, Table

SHOWN = 300
LISTS_SHOWN = 50
USUAL = {"slot_minutes": 30, "speed": 100, "share": 90}
TONES: dict[str, Tone] = {PlanState.DRAFT: "wait", PlanState.CONFIRMED: "good", PlanState.DROPPED: "plain"}


@page("see_lab", methods="GET HEAD POST")
def new(request: Request, id_: UUID) -> HttpResponse:
    """The plans of a round, and a new one: for whom, at which tables, between which hours."""
    visit = request.visit
    one = found(lab_reads.round_(visit.scope, id_))
    given = request.POST
    if request.method == "POST":
        answer = act(request, "plan_slots", form_id(request), **_asked(request, one.id))
        if answer.status != "refused":
            return redirect("desk:slots", id_=(answer.result or {})["plan"])
    stations = list(lab_reads.stations(visit.scope).filter(Scope(one.path).inside()))
    samplers = {s.station_id: s.samplers for s in lab_reads.sessions(visit.scope, one.id)}
    hour = timezone.localtime(visit.at).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    employers = {w.employer_id: w.employer for w in lab_figures.key_workers(visit.scope, visit.at)}
    context = {
        "header": Header(
            _("采样时段"), kind=one.name,
            facts=[(_("编号"), one.number), (_("范围"), one.area.name)],
            back=Link(one.name, reverse("desk:round", args=[one.id]), "chevron-left"),
        ),
        "plans": [(p, Chip(str(PlanState(p.state).label), TONES[p.state])) for p in slot_reads.plans(visit.scope, one.id)],
        "may": visit.actor.may("plan_slots") and one.closed_at is None and not one.is_standing,
        "act_id": given.get("act") or uuid7(),
        "given": given,
        "stations": [(s, as_whole(given.get(f"samplers-{s.id}", ""), samplers.get(s.id, 1))) for s in stations],
        "chosen": given.getlist("station") if given else [str(s.id) for s in stations if s.id in samplers],
        "lists": intake_reads.lists(visit.scope)[:LISTS_SHOWN],
        "employers": sorted(employers.values(), key=lambda p: p.name),
        "posts": lab_bridge.post_words(visit.at),
        "areas": territory_reads.areas(visit.scope).filter(level__in=["township", "village"]),
        "picked": {n: given.getlist(n) for n in ("employers", "posts", "areas")},
        "starts_at": given.get("starts_at") or f"{hour:%Y-%m-%dT%H:%M}",
        "ends_at": given.get("ends_at") or f"{hour + timedelta(hours=4):%Y-%m-%dT%H:%M}",
        "usual": {name: given.get(name) or value for name, value in USUAL.items()},
    }  # fmt: skip
    return render(request, "desk/lab/new_slots.html", context)


def _asked(request: Request, round_id: UUID) -> dict[str, Any]:
    """The form as the act takes it; an hour left empty is the hour now, which the act refuses."""
    given = request.POST
    pushed = as_uuid(given.get("pushed_list", ""))
    told = {
        "of_round": round_id, "title": given.get("title", ""),
        "tables": [
            {"station": s, "samplers": as_whole(given.get(f"samplers-{s}", ""), 1)}
            for s in map(as_uuid, given.getlist("station")) if s
        ],
        "starts_at": instant(given.get("starts_at", "")) or request.visit.at,
        "ends_at": instant(given.get("ends_at", "")) or request.visit.at,
        "slot_minutes": as_whole(given.get("slot_minutes", ""), 30),
        "swabs_per_sampler_hour": as_whole(given.get("speed", ""), 100),
        "share_percent": as_whole(given.get("share", ""), 90),
        "employers": [e for e in map(as_uuid, given.getlist("employers")) if e],
        "posts": given.getlist("posts"), "areas": given.getlist("areas"),
    }  # fmt: skip
    return told | ({"pushed_list": pushed} if pushed else {})


@page("see_lab", methods="GET HEAD POST")
def plan(request: Request, id_: UUID) -> HttpResponse:
    """One plan: how full each table is in each slot, who has none and why, who missed theirs."""
    visit = request.visit
    one = found(slot_reads.plan(visit.scope, id_))
    if request.method == "POST":
        _do(request, one)
        return redirect("desk:slots", id_)
    times = [one.starts_at + n * timedelta(minutes=one.slot_minutes) for n in range(one.slots)]
    tables = slot_reads.tables(visit.scope, one.id)
    fills = {(f.station, f.slot_from): f for f in slot_reads.fill(visit.scope, one.id)}
    rows = slot_reads.appointments(visit.scope, one.id)
    if request.GET.get("export") in ("xlsx", "docx", "pdf"):
        return listing.paper(_paper(visit, one, rows), request.GET["export"], one.title)
    left = slot_reads.without_slot(visit.scope, one.id)
    asked, came, missed = (sum(getattr(f, n) for f in fills.values()) for n in ("asked", "came", "missed"))
    shown = _chosen(request, rows, visit.at)
    context = {
        "header": _header(visit, one),
        "plan": one,
        "tiles": [
            Tile(_("已排时段"), asked, _("有采样点和时段的人数"), visit.at, unit=_("人")),
            Tile(_("未排时段"), sum(left.values()) + one.unknown, _("名单上没有时段的人，原因见下"), visit.at, unit=_("人"),
                 tone="risk" if left or one.unknown else "plain"),
            Tile(_("已采样"), came, _("排了时段且本轮已采样的人数"), visit.at, unit=_("人")),
            Tile(_("过时未到"), missed, _("时段结束半小时仍未采样、尚无说明的人数"), visit.at, unit=_("人"),
                 tone="late" if missed else "plain"),
        ],
        "times": times,
        "heat": [(t, [_cell(fills.get((t.station_id, at)), t.per_slot, at, one.slot_minutes, visit.at) for at in times])
                 for t in tables],
        "left": [(str(WithoutSlot(why).label), n) for why, n in sorted(left.items(), key=lambda p: -p[1])]
        + ([(str(WithoutSlot.TO_REVIEW.label), one.unknown)] if one.unknown else []),
        "rows": [_row(a, visit.at) for a in shown[:SHOWN]],
        "more": max(0, len(shown) - SHOWN),
        "who": request.GET.get("who", "all"),
        "station": request.GET.get("station", ""),
        "tables": tables,
        "excuses": Excuse.choices,
        "open_times": [t for t in times if t + timedelta(minutes=one.slot_minutes) > visit.at],
        "may_confirm": visit.actor.may("confirm_slots") and one.state == PlanState.DRAFT and visit.scope.holds(one.path),
        "may_drop": visit.actor.may("drop_slots") and one.state != PlanState.DROPPED and visit.scope.holds(one.path),
        "may_move": visit.actor.may("move_slot") and one.state != PlanState.DROPPED and visit.scope.holds(one.path),
        "may_excuse": visit.actor.may("excuse_slot") and one.state == PlanState.CONFIRMED,
        "act_id": uuid7(),
    }  # fmt: skip
    return render(request, "desk/lab/slots.html", context)


def _chosen(request: Request, rows: Any, at: datetime) -> list[Any]:
    """The people the visitor asked to see."""
    who, station = request.GET.get("who", "all"), as_uuid(request.GET.get("station", ""))
    if station:
        rows = rows.filter(station=station)
    if who == "left":
        rows = rows.filter(station__isnull=True)
    if who == "missed":
        rows = rows.filter(missed_at__isnull=False, settled_at__isnull=True)
    return list(rows)


def _do(request: Request, one: Any) -> None:
    """Confirm, drop, move or excuse, as the form says."""
    given = request.POST
    picked = [i for i in map(as_uuid, given.getlist("pick")) if i]
    told: dict[str, dict[str, Any]] = {
        "confirm_slots": {},
        "drop_slots": {"reason": given.get("reason", "")},
        "move_slot": {
            "appointments": picked, "station": as_uuid(given.get("station", "")) or one.id,
            "slot_from": datetime.fromisoformat(given["slot_from"]) if given.get("slot_from") else one.starts_at,
        },
        "excuse_slot": {"appointments": picked, "excuse": given.get("excuse", ""), "note": given.get("note", "")},
    }  # fmt: skip
    words = {
        "confirm_slots": _("已确认，乡镇和单位联系人已收到通知"), "drop_slots": _("已作废"), "move_slot": _("已改时段"),
        "excuse_slot": _("已说明"),
    }  # fmt: skip
    verb = given.get("do", "")
    if verb in told and act(request, verb, form_id(request), plan=one.id, **told[verb]).status != "refused":
        done(request, words[verb])


def _header(visit: Visit, one: Any) -> Header:
    address = reverse("desk:slots", args=[one.id])
    end = one.starts_at + one.slots * timedelta(minutes=one.slot_minutes)
    return Header(
        one.title,
        kind=_("采样时段"),
        chips=[Chip(str(PlanState(one.state).label), TONES[one.state])],
        facts=[
            (_("轮次"), Link(one.round.name, reverse("desk:round", args=[one.round_id]))),
            (_("安排对象"), one.source),
            (_("时间"), f"{timezone.localtime(one.starts_at):%m-%d %H:%M}–{timezone.localtime(end):%H:%M}"),
            (_("每段（分）"), one.slot_minutes),
            (_("每人每小时采样"), f"{one.swabs_per_sampler_hour} × {one.share_percent}%"),
            (_("制定人"), one.planned_by.name),
            (_("确认时间"), one.confirmed_at or "–"),
        ],
        actions=[Action(words, f"{address}?export={kind}", "printer") for kind, words in
                 (("xlsx", _("名单 xlsx")), ("docx", _("名单 docx")), ("pdf", _("名单 pdf")))],
        back=Link(_("采样时段"), reverse("desk:new_slots", args=[one.round_id]), "chevron-left"),
    )  # fmt: skip


def _cell(one: slot_reads.Fill | None, room: int, at: datetime, minutes: int, now: datetime) -> dict[str, Any]:
    """One table in one slot: how many of how many, how deep its colour, who came."""
    asked, came, missed = (one.asked, one.came, one.missed) if one else (0, 0, 0)
    return {
        "asked": asked, "room": room, "came": came, "missed": missed, "at": at, "is_past": at + timedelta(minutes=minutes) <= now,
        "fill": 0 if not asked else min(5, 1 + 4 * asked // max(1, room)),
    }  # fmt: skip


def _row(one: Any, at: datetime) -> dict[str, Any]:
    """One person with their slot, or why there is none."""
    state: Chip | None = None
    if one.excuse:
        state = Chip(str(Excuse(one.excuse).label), "plain")
    elif one.missed_at and one.settled_at is None:
        state = Chip(_("过时未到"), "late")
    elif one.missed_at:
        state = Chip(_("已补采"), "good")
    elif one.reason:
        state = Chip(str(WithoutSlot(one.reason).label), "risk")
    return {
        "id": one.id, "who": masked_person(one.person), "area": one.person.area.name, "slot_from": one.slot_from,
        "slot_until": one.slot_until, "station": one.station.name if one.station else "", "state": state,
    }  # fmt: skip


def _paper(visit: Visit, one: Any, rows: Any) -> Page:
    """A list a table and slot, for the wall of the table and the hands of those who call people; names masked."""
    columns = (
        Column("line", _("序号"), "text", 12), Column("name", _("姓名"), "text", 28),
        Column("number", _("证件后四位"), "identifier", 28),
        Column("area", _("属地"), "text", 48), Column("came", _("已采（打勾）"), "text", 30),
    )  # fmt: skip
    groups: dict[tuple[str, datetime], list[Any]] = {}
    for a in rows.filter(station__isnull=False):
        groups.setdefault((a.station.name, a.slot_from), []).append(a)
    numbers = people_reads.numbers([a.person_id for several in groups.values() for a in several])

    def tail(person: UUID) -> str:
        documents = numbers[person].documents
        return documents[0][1][-4:] if documents else ""

    sections = tuple(
        Section(
            heading=f"{station} {timezone.localtime(begin):%m-%d %H:%M}–{timezone.localtime(several[0].slot_until):%H:%M}",
            table=Table(columns, [
                {"line": str(n), "name": people_reads.masked_name(a.person.name), "number": tail(a.person_id),
                 "area": a.person.area.name, "came": ""}
                for n, a in enumerate(several, start=1)
            ]),
        )
        for (station, begin), several in sorted(groups.items())
    )  # fmt: skip
    empty = (Section(paragraphs=(_("没有人排上时段"),)),)
    return Page(
        title=_("采样时段名单"), as_of=visit.at, area_name=territory_reads.above(one.path)[-1].name,
        subtitle=f"{one.title} · {one.round.name}", sections=sections or empty, signatures=(_("采样点负责人"),),
    )  # fmt: skip

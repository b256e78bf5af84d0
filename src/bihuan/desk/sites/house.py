"""One site at a glance: every room with who is in it, what is due, what is missing; and one room."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from bihuan.desk.inside import Request, act, as_uuid, done, found, page
from bihuan.desk.parts import Action, Chip, Header, Link, Tile
from bihuan.desk.sites.people import check_chip, masked_name
from bihuan.desk.sites.words import readiness_chip, state_chip
from bihuan.desk.templatetags.bihuan import icon
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.choices import CheckResult
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import RoomKind, RoomState, ZoneKind

# How a room looks, the most pressing first; each has a word and a shape beside its tint.
LOOKS = {
    "unwell": (gettext_lazy("有症状"), "thermometer"),
    "missed": (gettext_lazy("漏检"), "alert-octagon"),
    "due": (gettext_lazy("待检"), "clock"),
    "over": (gettext_lazy("期满未走"), "door-exit"),
    "leaves": (gettext_lazy("今天离开"), "door-exit"),
    "lived": (gettext_lazy("在住"), "user"),
    "held": (gettext_lazy("已留待到"), "hourglass"),
    "dirty": (gettext_lazy("待消杀"), "refresh"),
    "out": (gettext_lazy("停用"), "ban"),
    "free": (gettext_lazy("空闲"), "circle"),
}


@dataclass(frozen=True)
class Cell:
    """One room of the grid."""

    number: str
    look: str
    word: str
    icon: str
    people: int
    beds: int
    href: str
    kind: str


@page("see_sites")
def house(request: Request, id_: UUID) -> HttpResponse:
    """隔离点房态: the rooms of one site by floor."""
    visit = request.visit
    facility = found(resources_reads.facility(visit.scope, id_))
    rooms = list(resources_reads.rooms(facility.id))
    beds = resources_reads.bed_counts(facility.id)
    here = stays_reads.stays_in(visit.scope, facility.id, visit.at)
    standing = stays_reads.next_checks(visit.scope, [s.order_id for s in here], visit.at)
    by_room: dict[Any, list[Any]] = defaultdict(list)
    for stay in here:
        by_room[stay.room_id].append(stay)
    today = timezone.localtime(visit.at).replace(hour=0, minute=0, second=0, microsecond=0)
    asked = Asked(
        visit.at, today + timedelta(days=1), standing,
        stays_reads.on_the_way_to_hospital(visit.scope, [s.person_id for s in here]),
    )  # fmt: skip
    # One address, one icon and one word a look: a house has hundreds of rooms.
    drawn = {look: (str(words), icon(name)) for look, (words, name) in LOOKS.items()}
    kinds = {kind: str(words) for kind, words in RoomKind.choices}
    address = reverse("desk:site", args=[facility.id])
    floors: dict[int, list[Cell]] = defaultdict(list)
    for one in rooms:
        look = _look(one, by_room[one.id], asked)
        floors[one.floor].append(
            Cell(one.number, look, *drawn[look], len(by_room[one.id]), beds.get(one.id, 0),
                 f"{address}rooms/{one.id}/", kinds.get(one.kind, one.kind))
        )  # fmt: skip
    grid = sorted(floors.items())
    looks = Counter(cell.look for _floor, cells in grid for cell in cells)
    free = sum(c.beds for _floor, cells in grid for c in cells if c.look == "free")
    empty = resources_reads.empty_seats([facility.id])[facility.id]
    held = [s for s in here if s.arrived_at is None]
    numbers: dict[Any, str] = {r.id: r.number for r in rooms}
    tasks = command_reads.open_tasks(visit.scope).filter(path=facility.path)
    context = {
        "facility": facility,
        "header": Header(
            facility.place.name,
            kind=facility.kind_words,
            chips=[state_chip(facility), readiness_chip(facility, empty)],
            facts=_zones(facility),
            actions=_actions(request, facility),
            back=Link(_("隔离点"), reverse("desk:sites"), "chevron-left"),
        ),
        "tiles": _tiles(request, facility, sum(beds.values()), free, here, held, looks),
        "floors": grid,
        "legend": [(look, *drawn[look], looks[look]) for look in LOOKS if looks[look]],
        "held": [{"stay": s, "name": masked_name(s), "room": numbers.get(s.room_id, "")} for s in held],
        "may_move": visit.actor.may("start_transfer"),
        "needs": tasks.filter(kind=TaskKind.NEED)[:20],
        "may_deliver": visit.actor.may("deliver_need"),
    }
    return render(request, "desk/sites/house.html", context)


def _zones(facility: Any) -> list[tuple[str, str]]:
    """The three zones of infection control, by kind: which parts of the house are which."""
    named: dict[str, list[str]] = defaultdict(list)
    for zone in resources_reads.zones(facility.id):
        named[zone.kind].append(zone.name)
    return [(str(kind.label), " · ".join(named[kind])) for kind in ZoneKind if kind in named]


@dataclass(frozen=True)
class Asked:
    """What a room's look depends on beside its people."""

    at: datetime
    midnight: datetime
    standing: dict[UUID, dict[str, Any]]
    to_hospital: set[UUID]


def _look(room: Any, people: list[Any], asked: Asked) -> str:
    """The most pressing thing about a room."""
    if not people:
        return {RoomState.READY: "free", RoomState.TO_DISINFECT: "dirty"}.get(room.state, "out")
    if all(s.arrived_at is None for s in people):
        return "held"
    told = [asked.standing[s.order_id] for s in people if s.order_id in asked.standing]
    if any(t["result"] in (CheckResult.FEVER, CheckResult.SYMPTOMS) for t in told):
        return "unwell"
    if any(s.person_id in asked.to_hospital for s in people):
        return "unwell"
    if any(s.freed_at is not None and s.freed_at <= asked.at for s in people):
        return "over"
    if any(t["late"] for t in told):
        return "missed"
    if any(t["due"] for t in told):
        return "due"
    return "leaves" if any(s.planned_until <= asked.midnight for s in people) else "lived"


def _actions(request: Request, facility: Any) -> list[Action]:
    actor = request.visit.actor
    site = f"?site={facility.id}"
    actions = [Action(_("就绪与检查"), reverse("desk:site_check", args=[facility.id]), "checklist")]
    if actor.may("open_incident"):
        actions.append(Action(_("交叉感染事件"), reverse("desk:incident", args=[facility.id]), "virus"))
    if actor.may("assign_bed"):
        actions.append(Action(_("安排床位"), reverse("desk:waiting") + site, "bed", is_main=True))
    return actions


def _tiles(
    request: Request, facility: Any, beds: int, free: int, here: list[Any], held: list[Any], looks: Counter[str]
) -> list[Tile]:
    at = request.visit.at
    monitoring, leaving = reverse("desk:monitoring"), reverse("desk:leaving")
    missed = looks["missed"] + looks["unwell"]
    return [
        Tile(_("床位"), beds, _("登记的床位数"), at, "", _("张")),
        Tile(_("空闲床位"), free, _("可用房间中没有人、也没有留给人的床位；一家一间，住了人的房间不计"), at,
             reverse("desk:waiting") + f"?site={facility.id}", _("张"), tone="good" if free else "risk"),
        Tile(_("在住"), len(here) - len(held), _("已经入住、尚未离开的人"), at, "", _("人"),
             _("另有 %(n)d 人待到") % {"n": len(held)} if held else ""),
        Tile(_("待检房间"), looks["due"], _("本时段早晚检查还没做的房间"), at, monitoring, _("间"),
             tone="risk" if looks["due"] else "good"),
        Tile(_("漏检、有症状"), missed, _("有人漏检，或最近一次检查有症状的房间"), at, monitoring, _("间"),
             tone="late" if missed else "good"),
        Tile(_("今天离开、期满未走"), looks["leaves"] + looks["over"], _("期限今天到，或已过而人还在的房间"), at, leaving,
             _("间"), tone="risk" if looks["over"] else "plain"),
    ]  # fmt: skip


@page("see_sites", methods="GET HEAD POST")
def room(request: Request, id_: UUID, room_id: UUID) -> HttpResponse:
    """One room: who is in it, and whether it may be given."""
    visit = request.visit
    facility = found(resources_reads.facility(visit.scope, id_))
    asked = found(resources_reads.room_by_id(room_id))
    found(asked if asked.facility_id == facility.id else None)
    if request.method == "POST":
        if act(request, "set_room_ready", room=asked.id, state=request.POST.get("state", "")).status != "refused":
            done(request, _("房间状态已更新"))
        return redirect("desk:site_room", facility.id, asked.id)
    here = [s for s in stays_reads.stays_in(visit.scope, facility.id, visit.at) if s.room_id == asked.id]
    standing = stays_reads.next_checks(visit.scope, [s.order_id for s in here], visit.at)
    context = {
        "header": Header(
            _("%(room)s 室") % {"room": asked.number},
            kind=f"{facility.place.name} · {asked.get_kind_display()}",
            chips=[Chip(asked.get_state_display(), "good" if asked.state == RoomState.READY else "wait")],
            back=Link(facility.place.name, reverse("desk:site", args=[facility.id]), "chevron-left"),
        ),
        "people": [
            {
                "href": reverse("desk:stay", args=[s.id]),
                "name": masked_name(s),
                "since": s.stay_from,
                "until": s.planned_until,
                "arrived": s.arrived_at,
                "check": check_chip(standing.get(s.order_id), visit.at),
            }
            for s in here
        ],
        "states": [(v, w) for v, w in RoomState.choices if v != asked.state],
        "may_set": visit.actor.may("set_room_ready"),
    }
    return render(request, "desk/sites/room.html", context)


@page("open_incident", methods="GET HEAD POST")
def incident(request: Request, id_: UUID) -> HttpResponse:
    """A cross infection inside a site: the file is opened, report, check and mending follow."""
    visit = request.visit
    facility = found(resources_reads.facility(visit.scope, id_))
    here = stays_reads.stays_in(visit.scope, facility.id, visit.at)
    if request.method == "POST":
        answer = act(
            request, "open_incident", facility=facility.id, words=request.POST.get("words", ""),
            stay=as_uuid(request.POST.get("stay", "")),
        )  # fmt: skip
        if answer.status != "refused":
            n = len((answer.result or {}).get("neighbours", ()))
            done(request, _("事件已立案并上报；同层同期 %(n)d 人须排查") % {"n": n})
            return redirect("desk:site", facility.id)
    numbers: dict[Any, str] = {r.id: r.number for r in resources_reads.rooms(facility.id)}
    people = sorted((numbers.get(s.room_id, ""), str(s.id), masked_name(s)) for s in here)
    context = {"facility": facility, "people": people, "given": request.POST}
    return render(request, "desk/sites/incident.html", context)

"""隔离点: the register of sites with free beds and readiness, and how a place becomes one."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import listing
from bihuan.desk.inside import Request, act, as_uuid, as_whole, done, form_id, page
from bihuan.desk.lists import Column, Filter, Row, ask
from bihuan.desk.parts import Action, Chip
from bihuan.desk.sites.words import readiness_chip, state_chip
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityKind, RoomKind, RoomState, ZoneKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import Level
from bihuan.ledgers.territory.scope import Scope

MOST_FLOORS, MOST_ROOMS_A_FLOOR = 30, 60


@page("see_sites")
def sites(request: Request) -> HttpResponse:
    """Every facility inside one's scope: whether it is open and ready, how many beds it has."""
    visit = request.visit
    columns = (
        Column("name", _("名称"), is_fixed=True),
        Column("kind", _("类别")),
        Column("area", _("属地"), is_sortable=True),
        Column("level", _("层级"), is_default=False),
        Column("state", _("状态")),
        Column("beds", _("床位"), is_number=True),
        Column("taken", _("已住和已留"), is_number=True),
        Column("free", _("空闲"), is_number=True),
        Column("out", _("待消杀、停用"), is_number=True),
        Column("ready", _("就绪")),
        Column("checked_at", _("最近检查"), is_sortable=True),
        Column("check_due_at", _("下次检查"), is_sortable=True),
    )
    filters = (
        Filter("kind", _("类别"), "select", FacilityKind.choices),
        Filter("area", _("乡镇"), "select", [(a.path, a.name) for a in territory_reads.townships(visit.scope)]),
        Filter("open", _("只看已启用"), "check"),
    )
    question = ask(request.GET, columns=columns, filters=filters, sort="area")
    rows = resources_reads.facilities(visit.scope)
    if "kind" in question.values:
        rows = rows.filter(kind=question.values["kind"])
    if "area" in question.values:
        rows = rows.filter(Scope(question.values["area"]).inside())
    if "open" in question.values:
        rows = rows.filter(opened_at__isnull=False, closed_at__isnull=True)
    capacity: dict[Any, dict[str, int]] = {}
    empty: dict[Any, list[Any]] = {}
    taken: dict[Any, int] = {}
    free: dict[Any, int] = {}

    def prepare(part: list[Any]) -> None:
        ids = [f.id for f in part]
        capacity.update(resources_reads.capacity(ids))
        empty.update(resources_reads.empty_seats(ids))
        taken.update(stays_reads.taken(visit.scope, ids, visit.at))
        free.update(stays_reads.free_beds(visit.scope, ids, visit.at))

    def line(facility: Any) -> Row:
        beds = capacity[facility.id]
        total = sum(beds.values())
        is_late = bool(facility.check_due_at and facility.check_due_at <= visit.at)
        return Row(
            id=str(facility.id),
            href=reverse("desk:site", args=[facility.id]),
            is_late=is_late,
            cells={
                "name": facility.place.name,
                "kind": facility.kind_words,
                "area": facility.place.area.name,
                "level": facility.get_level_display(),
                "state": state_chip(facility),
                "beds": total,
                "taken": taken.get(facility.id, 0),
                "free": free.get(facility.id, 0),
                "out": total - beds.get(RoomState.READY, 0),
                "ready": readiness_chip(facility, empty[facility.id]),
                "checked_at": facility.checked_at or "",
                "check_due_at": Chip(_("已到期"), "late") if is_late else facility.check_due_at or "",
            },
        )

    may_add = visit.actor.may("add_facility")
    return listing.answer(
        request,
        question,
        rows,
        name="sites",
        title=_("隔离点"),
        line=line,
        prepare=prepare,
        orders={"area": "path", "checked_at": "checked_at", "check_due_at": "check_due_at"},
        definition=_("启用前须按标准检查，必备项不合格或责任人空缺的不能启用"),
        empty=_("尚未登记隔离点"),
        actions=(Action(_("登记隔离点"), reverse("desk:new_site"), "plus", is_main=True),) if may_add else (),
    )


@page("add_facility", methods="GET HEAD POST")
def new_site(request: Request) -> HttpResponse:
    """Register a place as a site: floors, rooms a floor, and which of them are for families."""
    visit = request.visit
    if request.method == "POST":
        given = request.POST
        floors, singles, families = (as_whole(given.get(n, "")) for n in ("floors", "singles", "families"))
        zones = [(kind, given.get(f"zone_{kind}", "").strip()) for kind in ZoneKind.values]
        place = as_uuid(given.get("place", ""))
        if place and 1 <= floors <= MOST_FLOORS and 1 <= singles + families <= MOST_ROOMS_A_FLOOR:
            answer = act(
                request,
                "add_facility",
                form_id(request),
                place=place,
                kind=given.get("kind", ""),
                level=given.get("level", ""),
                zones=[{"name": words, "kind": kind} for kind, words in zones if words],
                rooms=rooms_of(floors, singles, families, dict(zones)[ZoneKind.ISOLATION]),
            )
            if answer.status != "refused" and answer.result:
                done(request, _("已登记；填齐责任人、检查合格后才能启用"))
                return redirect("desk:site_check", answer.result["facility"])
    places = territory_reads.places(visit.scope, ["isolation_site", "hospital", "venue", "fever_clinic", "laboratory"])
    context = {
        "act_id": uuid7(),
        "places": places,
        "kinds": FacilityKind.choices,
        "levels": [(x.value, x.label) for x in (Level.COUNTY, Level.TOWNSHIP)],
        "given": request.POST,
        "zones": [(k.value, k.label, request.POST.get(f"zone_{k}", words)) for k, words in usual_zones().items()],
        "most_floors": MOST_FLOORS,
        "most_rooms": MOST_ROOMS_A_FLOOR,
    }
    return render(request, "desk/sites/new.html", context)


def usual_zones() -> dict[ZoneKind, str]:
    """What lies in each zone of most houses; the page offers it, people mend it."""
    return {
        ZoneKind.CLEAN: _("工作人员住宿、库房、餐饮准备"),
        ZoneKind.BUFFER: _("穿脱防护、物资交接"),
        ZoneKind.ISOLATION: _("隔离客房、电梯、污染通道"),
    }


def rooms_of(floors: int, singles: int, families: int, zone: str = "") -> list[dict[str, Any]]:
    """The rooms of a house of so many floors, numbered as hotels do: 101, 102 …; family rooms last on each floor."""
    return [
        {
            "number": f"{floor}{n:02d}",
            "floor": floor,
            "kind": RoomKind.SINGLE if n <= singles else RoomKind.FAMILY,
            "beds": 1 if n <= singles else 3,
            "zone": zone,
        }
        for floor in range(1, floors + 1)
        for n in range(1, singles + families + 1)
    ]

"""区划: the tree of areas step by step, each with what it counts, on the map and in a table."""

from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk import maps
from bihuan.desk.inside import Request, found, page
from bihuan.desk.parts import AreaMap, Header, Link
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import Level
from bihuan.ledgers.territory.scope import Scope

MOST_PLACES = 100


@page()
def territory(request: Request) -> HttpResponse:
    """The tree from where one's scope begins; a scope wider than one area begins at its only child, and so on."""
    visit = request.visit
    top = territory_reads.area_at(visit.scope.path) or territory_reads.areas(visit.scope).first()
    return _page(request, found(top))


@page()
def area(request: Request, code: str) -> HttpResponse:
    """One area inside one's scope."""
    return _page(request, found(territory_reads.area_in(request.visit.scope, code)))


def _page(request: Request, here: Any) -> HttpResponse:
    visit = request.visit
    inside = Scope(here.path)
    children = list(territory_reads.children(here))
    steps = here.path.count("/")
    open_rows = intake_reads.open_by_step(inside, steps)
    persons = people_reads.count_by_step(inside, steps) if visit.actor.may("see_people") else {}
    late: Counter[str] = Counter()
    for clock in command_reads.running(inside, visit.at):
        if clock.due_at <= visit.at:
            late["/".join(clock.path.split("/")[: steps + 1]).rstrip("/") + "/"] += 1
    counts = {"open": open_rows, "late": late, "population": persons}
    lines: list[dict[str, Any]] = [
        {
            "area": child,
            "href": reverse("desk:area", args=[child.code]),
            "rows_href": f"{reverse('desk:rows')}?area={child.path}",
            "tasks_href": f"{reverse('desk:tasks')}?state=late&area={child.path}",
            "open": open_rows.get(child.path, 0),
            "late": late[child.path],
            "persons": persons.get(child.path, 0),
        }
        for child in children
    ]
    by = request.GET.get("by", "")
    by = by if by in counts else "open"
    above = [a for a in territory_reads.above(here.path) if visit.scope.holds(a.path) and a.code != here.code]
    context = {
        "header": _header(here, sum(open_rows.values()), late.total(), sum(persons.values())),
        "above": above,
        "here": here,
        "lines": lines,
        "totals": {
            "open": sum(line["open"] for line in lines),
            "late": sum(line["late"] for line in lines),
            "persons": sum(line["persons"] for line in lines),
            "population": sum(line["area"].population or 0 for line in lines),
        },
        "level": children[0].get_level_display() if children else "",
        "levels": [
            (Level(level).label, n)
            for level, n in sorted(
                territory_reads.counts_by_level(inside).items(), key=lambda c: list(Level.values).index(c[0])
            )
        ],
        "map": _map(request, children, by, counts),
        "choices": [
            ("open", _("在办行"), by == "open"),
            ("late", _("超时"), by == "late"),
            ("population", _("建档人数"), by == "population"),
        ],
        "units": staff_reads.units(inside).filter(area=here.code),
        "places": territory_reads.places(inside)[:MOST_PLACES],
        "places_total": territory_reads.places(inside).count(),
        "may_see_people": visit.actor.may("see_people"),
    }
    return render(request, "desk/territory/area.html", context)


def _header(here: Any, open_rows: int, late: int, persons: int) -> Header:
    facts: list[tuple[str, Any]] = [
        (_("区划代码"), here.code),
        (_("户籍或普查人口"), here.population),
        (_("户数"), here.households),
        (_("建档人数"), persons),
        (_("在办行"), Link(f"{open_rows:,}", f"{reverse('desk:rows')}?area={here.path}")),
        (_("超时"), Link(f"{late:,}", f"{reverse('desk:tasks')}?state=late&area={here.path}")),
    ]
    if here.aliases:
        facts.append((_("别名"), " · ".join(here.aliases)))
    return Header(here.name, kind=here.kind or here.get_level_display(), facts=facts)


def _map(request: Request, children: list[Any], by: str, counts: dict[str, Any]) -> AreaMap | None:
    """The areas below, coloured by the chosen count."""
    words = {
        "open": (_("在办行"), _("尚无最终结果的名单行数"), _("行")),
        "late": (_("超时"), _("已过时限仍未完成的任务数"), _("项")),
        "population": (_("建档人数"), _("人员台账中在此居住的人数"), _("人")),
    }[by]
    values = {a.code: float(counts[by].get(a.path, 0)) for a in children}
    shapes, box = maps.shapes(children, values, lambda a: reverse("desk:area", args=[a.code]))
    if not shapes:
        return None
    is_schematic = any(a.outline_is_schematic for a in children)
    title = _("%(what)s（示意图）") % {"what": words[0]} if is_schematic else words[0]
    return AreaMap(title, shapes, box, words[1], request.visit.at, words[2])

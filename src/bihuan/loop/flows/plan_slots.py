"""A target list gets places and times: who comes to which table in which slot of a round (R089)."""

from collections import Counter
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake.choices import RowState
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.slots import bridge as slot_bridge
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.ledgers.lab.slots.choices import WithoutSlot
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import Measure
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_PEOPLE = 20_000
MOST_SLOTS = 96
# Whoever may not go out is sampled where they stay.
STAYS_IN = frozenset({Measure.HOSPITAL, Measure.CENTRAL_QUARANTINE, Measure.HOME_QUARANTINE})


class TableAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table of a plan with the samplers it will have."""

    station: UUID
    samplers: int = 1


@flow()
def plan_slots(
    doing: Doing,
    *,
    of_round: UUID,
    title: str,
    tables: tuple[TableAsked, ...],
    starts_at: datetime,
    ends_at: datetime,
    slot_minutes: int = 30,
    swabs_per_sampler_hour: int = 100,
    share_percent: int = 90,
    pushed_list: UUID | None = None,
    employers: tuple[UUID, ...] = (),
    posts: tuple[str, ...] = (),
    areas: tuple[str, ...] = (),
) -> Outcome:
    """Draft a plan for a pushed list, for the staff of employers or posts, or for everybody of areas; nobody is told yet."""
    asked = lab_reads.round_(doing.actor.scope, of_round)
    if asked is None or asked.closed_at is not None:
        raise Refused(_("没有这一轮检测，或已结束"), "no_such_round")
    if asked.is_standing:
        raise Refused(_("常设检测随到随采，不排时段；请选择有目标人群的一轮"), "standing_round")
    if not doing.actor.scope.holds(asked.path):
        raise Refused(_("这一轮检测由上级开展，请由上级安排时段"), "round_of_others")
    if not title.strip() or not (pushed_list or employers or posts or areas):
        raise Refused(_("请写明名称，并选择名单、单位、岗位或地区"), "incomplete")
    slots = int((ends_at - starts_at) / timedelta(minutes=slot_minutes)) if slot_minutes > 0 else 0
    if not 1 <= slots <= MOST_SLOTS or ends_at <= doing.at:
        raise Refused(_("时段须在现在之后，每段至少一分钟，一次最多 %(n)d 段") % {"n": MOST_SLOTS}, "bad_hours")
    if not 0 < share_percent <= 100 or swabs_per_sampler_hour < 1:
        raise Refused(_("每人每小时采样数须大于零，预约占比为 1 至 100"), "bad_pace")
    stood = _tables(doing, tables, asked, slot_minutes, swabs_per_sampler_hour, share_percent)
    wanted, unknown, source = _wanted(doing, pushed_list, employers, posts, areas)
    if not wanted and not unknown:
        raise Refused(_("没有人员：名单为空，或所选单位、岗位、地区没有在册人员"), "nobody")
    if len(wanted) > MOST_PEOPLE:
        raise Refused(_("一次最多安排 %(n)d 人，请分批") % {"n": MOST_PEOPLE}, "too_many")
    reasons = _without(doing, asked.id, wanted, max(doing.at, starts_at))
    comers, origins = _comers({p: e for p, e in wanted.items() if p not in reasons}, doing.actor.scope)
    points = {a.path: slot_bridge.middle(a.outline) for a in territory_reads.areas_at(origins).values()}
    seats = slot_bridge.allot(comers, [t for t, _s, _n in stood], slots=slots, points=points)
    persons = people_reads.persons_by_id(doing.actor.scope, list(wanted))
    stations = {s.id: s for _t, s, _n in stood}
    party = {c.person: c.party for c in comers}
    step = timedelta(minutes=slot_minutes)
    rows: list[dict[str, Any]] = []
    for number, (id_, person) in enumerate(sorted(persons.items())):
        row = {"id": doing.derive(f"appointment:{number}"), "person_id": id_, "path": person.path,
               "party": party.get(id_, f"person:{id_}")}  # fmt: skip
        if id_ in seats:
            station, slot = seats[id_]
            begin = starts_at + slot * step
            row |= {"station_id": station, "station_path": stations[station].path, "slot_from": begin,
                    "slot_until": begin + step}  # fmt: skip
        else:
            row["reason"] = reasons.get(id_, WithoutSlot.NO_ROOM)
        rows.append(row)
    made = slot_writes.add_plan(
        [{"station": s, "name": s.name, "area_name": s.area.name, "samplers": n, "per_slot": t.per_slot} for t, s, n in stood],
        rows, id=doing.derive("plan"), round=asked, path=asked.path, title=title.strip(), source=source, starts_at=starts_at,
        slots=slots, slot_minutes=slot_minutes, swabs_per_sampler_hour=swabs_per_sampler_hour, share_percent=share_percent,
        unknown=unknown, planned_at=doing.at, planned_by_id=doing.actor.member,
    )  # fmt: skip
    counted = Counter(str(r["reason"]) for r in rows if "reason" in r)
    told = {
        "plan": str(made.id),
        "people": len(rows),
        "placed": len(seats),
        "unknown": unknown,
        "without": dict(counted),
    }
    return Outcome("planned", made.path, f"slots:{made.id}", told)


def _tables(
    doing: Doing, tables: tuple[TableAsked, ...], asked: Any, minutes: int, pace: int, share: int
) -> list[tuple[slot_bridge.Table, Any, int]]:
    """Each table with its station and samplers; a table that would take nobody is refused."""
    known = {s.id: s for s in lab_reads.stations(doing.actor.scope).filter(id__in=[t.station for t in tables])}
    wrong = [t for t in tables if t.station not in known or not known[t.station].path.startswith(asked.path)]
    if not tables or wrong or len(known) < len(tables):
        raise Refused(_("请选择本轮范围内的采样点，每点一次"), "wrong_station")
    found = []
    for one in tables:
        station = known[one.station]
        room = slot_bridge.per_slot(
            one.samplers, swabs_per_sampler_hour=pace, slot_minutes=minutes, share_percent=share
        )
        if room < 1:
            raise Refused(_("“%(name)s”每段一人也采不完，请加采样员或加长时段") % {"name": station.name}, "no_sampler")
        point = slot_bridge.middle(station.area.outline)
        if station.longitude is not None and station.latitude is not None:
            point = station.longitude, station.latitude
        found.append((slot_bridge.Table(station.id, station.path, room, point), station, one.samplers))
    return found


def _wanted(
    doing: Doing, pushed_list: UUID | None, employers: tuple[UUID, ...], posts: tuple[str, ...], areas: tuple[str, ...]
) -> tuple[dict[UUID, Any], int, str]:
    """Everybody asked for with the employer they come with, if any; rows that are nobody on record yet; where they are from."""
    scope = doing.actor.scope
    wanted: dict[UUID, Any] = {}
    unknown = 0
    source: list[str] = []
    if pushed_list is not None:
        pushed = intake_reads.pushed_list(scope, pushed_list)
        if pushed is None:
            raise Refused(_("没有这份名单"), "no_such_list")
        source.append(f"{pushed.source} {pushed.number}")
        rows = intake_reads.rows(scope).filter(pushed_list=pushed.id).exclude(state=RowState.DUPLICATE)
        told = list(rows.values_list("person", flat=True))
        unknown = sum(p is None for p in told)
        wanted |= dict.fromkeys(p for p in told if p is not None)
    if employers or posts:
        held = lab_figures.key_workers(scope, doing.at)
        held = held.filter(employer__in=employers) if employers else held
        held = held.filter(post__in=posts) if posts else held
        named: dict[str, None] = {}
        for worker in held:
            wanted[worker.person_id] = worker.employer
            named[worker.employer.name] = None
        source += list(named)[:3] + (["…"] if len(named) > 3 else [])
    for code in areas:
        area = territory_reads.area_in(scope, code)
        if area is None:
            raise Refused(_("请选择本辖区的地点"), "no_such_area")
        source.append(area.name)
        for id_, _name in people_reads.living_here(Scope(area.path), MOST_PEOPLE + 1):
            wanted.setdefault(id_, None)
    # Somebody merged into another record meanwhile is asked as that one.
    living = people_reads.living(scope, list(wanted))
    merged: dict[UUID, Any] = {}
    for id_, employer in wanted.items():
        merged.setdefault(living.get(id_, id_), employer)
    on_record = people_reads.these_exist(scope, list(merged))
    gone = len(merged) - len(on_record)
    return {p: e for p, e in merged.items() if p in on_record}, unknown + gone, "、".join(source)


def _without(doing: Doing, round_id: UUID, wanted: dict[UUID, Any], at: datetime) -> dict[UUID, str]:
    """Who gets no slot in this round, and why; `at` is when the first would come."""
    scope, persons = doing.actor.scope, list(wanted)
    reasons: dict[UUID, str] = dict.fromkeys(slot_reads.appointed(scope, round_id, persons), WithoutSlot.HAS_SLOT)
    bound = orders_reads.binding_at(scope, persons, at)
    reasons |= {p: WithoutSlot.UNDER_ORDER for p, told in bound.items() if any(o.measure in STAYS_IN for o in told)}
    return reasons | dict.fromkeys(lab_reads.taken(scope, round_id, persons), WithoutSlot.SAMPLED)


def _comers(wanted: dict[UUID, Any], scope: Scope) -> tuple[list[slot_bridge.Comer], set[str]]:
    """Colleagues set out from their workplace together, a household from its door, everybody else alone."""
    persons = people_reads.persons_by_id(scope, list(wanted))
    comers = []
    for id_, person in sorted(persons.items()):
        employer = wanted[id_]
        home = person.area.path
        if employer is not None:
            comers.append(slot_bridge.Comer(id_, f"place:{employer.id}", employer.area.path))
        elif person.household_id is not None:
            comers.append(slot_bridge.Comer(id_, f"household:{person.household_id}", home))
        else:
            comers.append(slot_bridge.Comer(id_, f"person:{id_}", home))
    return comers, {c.origin for c in comers}

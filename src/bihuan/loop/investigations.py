"""What the flows of cases share: a task with its parties and clock, who somebody named is, what a plan names. Decides nothing."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake.bridge import Told
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Refused

# Where the county has named nobody: the steps all the same, at these shares of the 24 hours.
SHARES: dict[str, float] = {
    Step.INTERVIEW: 1 / 12,
    Step.TIMELINE: 1 / 6,
    Step.CONTACTS: 1 / 4,
    Step.ORDERS: 1 / 3,
    Step.LETTERS: 1 / 3,
    Step.PLACES: 1 / 2,
    Step.REPORT: 1.0,
    Step.ALL_FOUND: 1.0,
}


class Companion(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who was there too: on record, or by name only."""

    person: UUID | None = None
    name: str = ""
    relation: str = ""


class Named(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody a case names: on record (`person`), or as told (`told`) and where they live (`area`)."""

    person: UUID | None = None
    told: Told | None = None
    area: str = ""


def task(
    doing: Doing, *, kind: str, limit: str, title: str, path: str, subject: str, roles: Sequence[str],
    started_at: datetime, detail: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """A task four parties answer for, with the clock of its limit; whoever answers at `path` is told. County's eyes."""
    area = territory_reads.above(path)[-1]
    sector = staff_reads.unit_of(path, [UnitKind.WORKING_GROUP, UnitKind.HEADQUARTERS])
    owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP]) or sector
    if owner is None or sector is None:
        raise Refused(_("“%(area)s”没有登记乡镇单位或县级工作组，任务无人负责") % {"area": area.name}, "nobody_answers")
    told = staff_reads.answering(path, roles, doing.at)
    clock = command_bridge.limit(limit, started_at)
    made = command_writes.add_task(
        id_=doing.derive(f"{kind}:{subject}:{path}"), kind=kind, title=title, area_code=area.code, path=path,
        subject=subject, at=started_at, detail=detail,
        parties=command_writes.Parties(
            owner, sector, told[0].post.unit if told else owner, told[0].member_id if told else None
        ),
    )  # fmt: skip
    due = clock.due(started_at)
    command_writes.add_clock(made, kind=limit, started_at=started_at, warn_at=clock.warn(started_at), due_at=due)
    words = {"title": title, "due_at": due.isoformat(), "area": area.name}
    command_writes.add_notices(told, kind="case_task", words=words, task=made.id, at=doing.at)
    return made


def close_tasks(doing: Doing, *, kind: str, subject: str, path: str = "", outcome: str) -> int:
    """What was asked about this subject is answered. County's eyes."""
    found = command_reads.open_tasks(Scope(EVERYWHERE)).filter(kind=kind, subject=subject)
    if path:
        found = found.filter(path=path)
    return sum(command_writes.close_task(t.id, at=doing.at, by=doing.actor.member, outcome=outcome) for t in found)


def steps_of(doing: Doing, case: Any, started_at: datetime, within: timedelta) -> list[dict[str, Any]]:
    """The steps of an investigation with the person the plan names for each; where it names nobody, nobody stands there."""
    county = territory_reads.county_of(case.path)
    plan = {p.step: p for p in cases_reads.plan_steps(Scope(county.path if county else EVERYWHERE))}
    serving = {m.id for m in staff_reads.members_in(Scope(EVERYWHERE), doing.at)}
    rows = []
    for step, share in SHARES.items():
        named = plan.get(step)
        member = None
        if named:
            member = named.member_id if named.member_id in serving else named.deputy_id
        due = started_at + (timedelta(minutes=named.within_minutes) if named else within * share)
        rows.append(
            {"id": doing.derive(f"step:{step}"), "case": case, "path": case.path, "step": step, "member_id": member,
             "started_at": started_at, "due_at": due}
        )  # fmt: skip
    return rows


def person_of(doing: Doing, named: Named, county: Any, *, part: str) -> tuple[UUID, str, str]:
    """Whom somebody named is: (person, area code, path); a person nobody knows is recorded. County's eyes."""
    if named.person is not None:
        who = people_reads.person(Scope(EVERYWHERE), named.person)
        if who is None:
            raise Refused(_("没有此人"), "no_such_person")
        who = who.merged_into or who
        return who.id, who.area_id, who.path
    if named.told is None or not named.told.name.strip():
        raise Refused(_("请填写姓名"), "incomplete")
    (verdict,) = people_bridge.find([intake_bridge.record(named.told)])
    if verdict.decision == "same" and verdict.person:
        home = people_reads.homes(Scope(EVERYWHERE), [verdict.person])[verdict.person]
        return verdict.person, *home
    place = territory_reads.area(named.area) if named.area else None
    if place is None:
        (found,) = territory_bridge.locate(county, [(named.told.address, named.told.division_code)])
        place = territory_reads.area(found.area_code) if found.area_code else None
    place = place if place is not None and place.path.startswith(county.path) else county
    fresh = intake_bridge.new_person(named.told, id_=doing.derive(part), area_code=place.code, path=place.path)
    people_writes.add_persons([fresh], recorded_at=doing.recorded_at, keep_until=keep(doing.at))
    return doing.derive(part), place.code, place.path


def keep(at: datetime) -> date:
    """Until when what a case taught us is kept, where its protocol says nothing nearer."""
    return (at + timedelta(days=180)).date()


def asked_case(doing: Doing, id_: UUID) -> Any:
    """A standing case of the scope. Raises Refused."""
    found = cases_reads.case(doing.actor.scope, id_)
    if found is None:
        raise Refused(_("没有这个病例，或不在您的辖区"), "no_such_case")
    if found.is_refuted:
        raise Refused(_("该病例已排除"), "refuted")
    return found


def asked_contact(doing: Doing, id_: UUID) -> Any:
    """A contact of the scope. Raises Refused."""
    found = cases_reads.contact(doing.actor.scope, id_)
    if found is None:
        raise Refused(_("没有这名接触者，或不在您的辖区"), "no_such_contact")
    return found


def windowed(case: Any) -> dict[str, Any]:
    """The infectious window of a case as its protocol says now, ready to be written."""
    window = cases_bridge.window_of(case)
    return {"infectious_from": window.start, "infectious_until": window.until, "window_reason": window.reason}


def order_rows(
    doing: Doing, who: Any, asked: Any, *, class_name: str, ground: str, ground_words: str,
    anchors: dict[str, datetime], facts: dict[str, Any],
) -> list[dict[str, Any]]:  # fmt: skip
    """What an edition asks of a person as proposals, a stage each. `who` has person_id, area_id and path."""
    told = {name: at.isoformat() for name, at in anchors.items()}
    chain = doing.derive(f"chain:{ground}")
    return [
        {
            "id": doing.derive(f"order:{ground}:{number}"), "person_id": who.person_id, "area_id": who.area_id,
            "path": who.path, "chain": chain, "stage": number, "measure": s.measure, "protocol": asked.protocol,
            "class_name": class_name, "room": s.room, "compulsory": s.compulsory, "is_verified": s.is_verified,
            "basis": s.basis, "article": s.article, "ground": ground, "ground_words": ground_words, "anchors": told,
            "facts": facts, "starts_at": s.starts_at, "ends_at": s.ends_at, "proposed_at": doing.at,
            "proposed_by_id": doing.actor.member, "checks_per_day": s.checks_per_day, "code": s.code,
            "release": list(s.release), "lighter": dict(s.lighter), "person_days": s.person_days,
        }
        for number, s in enumerate(asked.stages)
    ]  # fmt: skip

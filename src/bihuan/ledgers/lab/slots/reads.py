"""Questions to sampling slots."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import QuerySet

from bihuan.ledgers.lab.slots.choices import PlanState
from bihuan.ledgers.lab.slots.models import Appointment, SlotPlan, SlotTable
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, ask

# Somebody is sampled when the round holds them so: the swab that counts.
_CAME = "EXISTS (SELECT 1 FROM lab_swab s WHERE s.round_id = p.round_id AND s.person_id = a.person_id AND s.counts)"


def plans(scope: Scope, round_id: UUID | None = None) -> QuerySet[SlotPlan]:
    """Plans one may see, latest first: a county's plan is read by every township."""
    found = SlotPlan.objects.select_related("round", "planned_by", "confirmed_by").order_by("-planned_at", "-id")
    return found.filter(round=round_id) if round_id else found


def plan(scope: Scope, id_: UUID) -> SlotPlan | None:
    """One plan."""
    return plans(scope).filter(id=id_).first()


def plan_for_update(scope: Scope, id_: UUID) -> SlotPlan | None:
    """One plan of one's own place, held until the act is done, so that no slot is given twice."""
    return SlotPlan.objects.select_for_update().filter(scope.inside(), id=id_).first()


def tables(scope: Scope, plan_id: UUID) -> list[SlotTable]:
    """The tables of a plan."""
    return list(SlotTable.objects.filter(plan=plan_id).order_by("area_name", "name"))


def appointments(scope: Scope, plan_id: UUID) -> QuerySet[Appointment]:
    """Who of one's own place or table is in a plan, by time."""
    found = Appointment.objects.filter(plan=plan_id).select_related("person__area", "station")
    return found.order_by("slot_from", "station", "party", "id")


def appointed(scope: Scope, round_id: UUID, persons: Collection[UUID]) -> set[UUID]:
    """Which of these persons a confirmed plan of a round has given a slot."""
    found = Appointment.objects.filter(
        plan__round=round_id, plan__state=PlanState.CONFIRMED, station__isnull=False, person__in=list(persons)
    )
    return set(found.values_list("person_id", flat=True))


class Fill(NamedTuple):
    """How many are asked to one table in one slot, and what became of them."""

    station: UUID
    slot_from: datetime
    asked: int
    came: int
    missed: int


def fill(scope: Scope, plan_id: UUID) -> list[Fill]:
    """How full each table is in each slot, counted over everybody; no person is named."""
    rows, _n = ask(
        Scope(EVERYWHERE),
        f"""SELECT a.station_id, a.slot_from, count(*)::int, count(*) FILTER (WHERE {_CAME})::int,
                   count(*) FILTER (WHERE a.missed_at IS NOT NULL AND a.settled_at IS NULL)::int
            FROM lab_appointment a JOIN lab_slotplan p ON p.id = a.plan_id
            WHERE a.plan_id = %s AND a.station_id IS NOT NULL GROUP BY 1, 2""",  # noqa: S608 - our own words
        [plan_id],
        back=scope,
    )
    return [Fill(*row) for row in rows]


def without_slot(scope: Scope, plan_id: UUID) -> dict[str, int]:
    """How many have no slot, by reason."""
    rows, _n = ask(
        Scope(EVERYWHERE),
        "SELECT reason, count(*)::int FROM lab_appointment WHERE plan_id = %s AND reason <> '' GROUP BY 1",
        [plan_id],
        back=scope,
    )
    return dict(rows)


@dataclass(frozen=True)
class Expected:
    """One person as the table they are asked to must know them. To be masked before a page shows them."""

    id: UUID
    person: UUID
    name: str
    village: str
    party: str
    station: str
    slot_from: datetime
    slot_until: datetime
    came: bool
    missed: bool
    excuse: str


def _expected(scope: Scope, where: str, values: list[object]) -> list[Expected]:
    rows, _n = ask(
        Scope(EVERYWHERE),
        f"""SELECT a.id, a.person_id, w.name, v.name, a.party, t.name, a.slot_from, a.slot_until, {_CAME},
                   a.missed_at IS NOT NULL AND a.settled_at IS NULL, a.excuse
            FROM lab_appointment a JOIN lab_slotplan p ON p.id = a.plan_id JOIN people_person w ON w.id = a.person_id
            JOIN territory_area v ON v.code = w.area_id JOIN lab_station t ON t.id = a.station_id
            WHERE p.state = 'confirmed' AND {where} ORDER BY a.slot_from, v.name, a.party, a.id LIMIT 5000""",  # noqa: S608
        values,
        back=scope,
    )
    return [Expected(*row) for row in rows]


def expected(scope: Scope, round_id: UUID, station: UUID) -> list[Expected]:
    """Whom a table of one's own place expects in a round, wherever in the county they live."""
    return _expected(
        scope, "p.round_id = %s AND a.station_id = %s AND starts_with(t.path, %s)", [round_id, station, scope.path]
    )


def expected_of_places(scope: Scope, places: Collection[UUID], since: datetime) -> list[Expected]:
    """Where and when the staff of these workplaces are asked to come, from an instant on."""
    parties = [f"place:{i}" for i in places]
    return _expected(scope, "a.party = ANY(%s) AND a.slot_until >= %s", [parties, since])


def of_person(scope: Scope, person: UUID, since: datetime) -> list[Expected]:
    """One person's own slots from an instant on."""
    return _expected(scope, "a.person_id = %s AND a.slot_until >= %s", [person, since])


class Unmet(NamedTuple):
    """Somebody whose slot is over: where they live, and whether they were sampled in the end."""

    id: UUID
    path: str
    slot_until: datetime
    is_missed: bool
    came: bool


def unmet(scope: Scope, plan_id: UUID, before: datetime) -> list[Unmet]:
    """Whose slot ended before an instant and whom nobody has settled yet."""
    rows, _n = ask(
        Scope(EVERYWHERE),
        f"""SELECT a.id, a.path, a.slot_until, a.missed_at IS NOT NULL, {_CAME}
            FROM lab_appointment a JOIN lab_slotplan p ON p.id = a.plan_id
            WHERE a.plan_id = %s AND a.slot_until <= %s AND a.settled_at IS NULL ORDER BY a.path, a.id""",  # noqa: S608
        [plan_id, before],
        back=scope,
    )
    return [Unmet(*row) for row in rows]


def plans_to_follow(scope: Scope, before: datetime, most: int) -> list[UUID]:
    """Plans in which a slot that ended before an instant was missed, or somebody who missed theirs has come."""
    rows, _n = ask(
        Scope(EVERYWHERE),
        f"""SELECT DISTINCT p.id FROM lab_slotplan p JOIN lab_appointment a ON a.plan_id = p.id
            WHERE p.state = 'confirmed' AND a.slot_until <= %s AND a.settled_at IS NULL
              AND (a.missed_at IS NOT NULL) = {_CAME} LIMIT %s""",  # noqa: S608 - our own words
        [before, most],
        back=scope,
    )
    return [row[0] for row in rows]

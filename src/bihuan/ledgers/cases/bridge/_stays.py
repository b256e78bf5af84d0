"""The seam: whatever says who was where when is asked here and nowhere else: statements, and scans, tickets, registers."""

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.cases.models import CaseVisit
from bihuan.ledgers.intake.presences.bridge import presences_around
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope

Stay = tuple[UUID, UUID, datetime, datetime, str]  # person, place, from, until, kind of place


def stays_at(scope: Scope, places: Collection[UUID], start: datetime, until: datetime) -> list[Stay]:
    """Who was at these places at any time between the two instants."""
    found = CaseVisit.objects.filter(scope.inside(), place__in=list(places))
    return _stays(found, start, until)


def stays_of(scope: Scope, people: Collection[UUID], start: datetime, until: datetime) -> list[Stay]:
    """Where these persons were between the two instants."""
    found = CaseVisit.objects.filter(scope.inside(), person__in=list(people), place__isnull=False)
    return _stays(found, start, until)


def presences(
    scope: Scope, person: UUID, start: datetime, until: datetime, *, end: datetime, least: float, depth: int,
    others: Collection[UUID], told: Collection[Stay],
) -> list[Stay]:  # fmt: skip
    """What scans, tickets and registers say around a case: only rows its contacts to `depth` can hang on, to `end`."""
    rows = presences_around(
        scope, (person, start, until), until=end, min_overlap_minutes=least, depth=depth, other_cases=others,
        told=[stay[:4] for stay in told],
    )  # fmt: skip
    kinds = territory_reads.kinds_of({place for _p, place, *_ in rows})
    return [(*row, kinds.get(row[1], "")) for row in rows]


def _stays(found: Any, start: datetime, until: datetime) -> list[Stay]:
    rows = found.filter(voided_at__isnull=True, from_at__lt=until, until_at__gt=start)
    return list(rows.values_list("person", "place", "from_at", "until_at", "place__kind"))

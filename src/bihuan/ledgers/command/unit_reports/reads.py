"""Questions to the units' reports: what is owed, what was signed, what stands as of an hour."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import QuerySet

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.command.models import Rhythm, Task
from bihuan.ledgers.command.unit_reports.models import UnitReport
from bihuan.ledgers.territory.scope import Scope


def subject(form: str, unit: UUID) -> str:
    """What a report's task and rhythm are about."""
    return f"unit_report:{form}:{unit}"


def of_subject(text: str) -> tuple[str, UUID] | None:
    """(form, unit) of such a subject."""
    kind, _colon, rest = text.partition(":")
    form, _colon, unit = rest.partition(":")
    return (form, UUID(unit)) if kind == "unit_report" else None


def ordered(scope: Scope, form: str) -> set[UUID]:
    """Units of which this report is asked by rhythm."""
    found = Rhythm.objects.filter(scope.inside(), kind=TaskKind.UNIT_REPORT, stopped_at__isnull=True)
    told = (of_subject(s) for s in found.values_list("subject", flat=True))
    return {pair[1] for pair in told if pair and pair[0] == form}


def owed(scope: Scope, since: datetime, until: datetime) -> QuerySet[Task]:
    """Reports asked for in a period: a task each, open or closed."""
    found = Task.objects.filter(scope.inside(), kind=TaskKind.UNIT_REPORT, opened_at__gte=since, opened_at__lt=until)
    return found.select_related("responsible_unit", "clock").order_by("responsible_unit__path", "opened_at", "id")


@dataclass(frozen=True)
class Owed:
    """One report asked for: which unit's, when due, and when its task was closed."""

    task: UUID
    unit: UUID
    opened_at: datetime
    closed_at: datetime | None
    due_at: datetime


def owed_plain(scope: Scope, since: datetime, until: datetime) -> list[Owed]:
    """The same as plain values: what a matrix of many units and days is drawn from."""
    rows: Any = owed(scope, since, until).order_by()
    return [Owed(*row) for row in rows.values_list("id", "responsible_unit", "opened_at", "closed_at", "clock__due_at")]


class Cell(NamedTuple):
    """How one report stood at an hour: its task, its unit, the day of the span it is about, and when it was signed, HH:MM."""

    task: str
    unit: UUID
    day: int
    state: str
    hour: str


def cells(scope: Scope, first: date, at: datetime, zone: str) -> list[Cell]:
    """Every report asked for since a civil day, as it stood at `at`. A year of four hundred units is a table of twelve
    thousand cells a month, so what a cell says is said by PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT t.id::text, t.responsible_unit_id, (t.opened_at AT TIME ZONE %(zone)s)::date - %(first)s,
                 CASE WHEN t.closed_at > %(at)s OR t.closed_at IS NULL
                        THEN CASE WHEN c.due_at <= %(at)s THEN 'missing' ELSE 'open' END
                      WHEN EXISTS (SELECT 1 FROM command_unitreport r
                                   WHERE r.task_id = t.id AND r.version > 1 AND r.signed_at <= %(at)s) THEN 'mended'
                      WHEN t.closed_at > c.due_at THEN 'late' ELSE 'in_time' END,
                 CASE WHEN t.closed_at <= %(at)s THEN to_char(t.closed_at AT TIME ZONE %(zone)s, 'HH24:MI') ELSE '' END
               FROM command_task t JOIN command_clock c ON c.task_id = t.id
               WHERE t.path >= %(path)s AND t.path < %(path)s || '~' AND t.kind = %(kind)s AND t.opened_at <= %(at)s
                 AND t.opened_at >= %(since)s""",
            {
                "zone": zone,
                "since": datetime.combine(first, time(), ZoneInfo(zone)),
                "first": first,
                "at": at,
                "path": scope.path,
                "kind": TaskKind.UNIT_REPORT.value,
            },
        )
        return [Cell(*row) for row in cursor.fetchall()]


def unit_reports(scope: Scope) -> QuerySet[UnitReport]:
    """Every version inside the scope, the latest day and version first."""
    found = UnitReport.objects.filter(scope.inside()).select_related("unit", "signed_by")
    return found.order_by("-day", "unit__path", "-version")


def unit_report(scope: Scope, id_: UUID) -> UnitReport | None:
    """One version."""
    return unit_reports(scope).filter(id=id_).first()


def versions(scope: Scope, task: UUID) -> list[UnitReport]:
    """Every version of one report, the first first."""
    return list(unit_reports(scope).filter(task=task).order_by("version"))


def standing(scope: Scope, form: str, days: Sequence[date], as_of: datetime) -> dict[tuple[UUID, date], UnitReport]:
    """What stood at `as_of` for each unit and day: the latest version signed and known by then."""
    found = unit_reports(scope).filter(form=form, day__in=list(days), signed_at__lte=as_of, recorded_at__lte=as_of)
    told: dict[tuple[UUID, date], UnitReport] = {}
    for one in found:
        told.setdefault((one.unit_id, one.day), one)
    return told


def own_lines(scope: Scope, unit: UUID, form: str) -> list[str]:
    """The words of the lines a unit added to its last report: it need not type them again."""
    last = unit_reports(scope).filter(unit=unit, form=form).order_by("-day", "-version").first()
    return [str(line["words"]) for line in last.own] if last else []

"""Questions to the ledger of command."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from bihuan.ledgers.command.choices import ClockState
from bihuan.ledgers.command.models import Clock, Letter, Notice, Response, Task, TeamSeat, Visit
from bihuan.ledgers.territory.scope import Scope


def tasks(scope: Scope) -> QuerySet[Task]:
    """Tasks inside the scope with all that a ledger line shows."""
    return (
        Task.objects.filter(scope.inside())
        .select_related(
            "area",
            "territory_owner",
            "sector_supervisor",
            "responsible_unit",
            "responsible",
            "closed_by",
            "clock",
        )
        .order_by("clock__due_at", "opened_at")
    )


def open_tasks(scope: Scope) -> QuerySet[Task]:
    """Tasks nobody has closed yet, the most pressing first."""
    return tasks(scope).filter(closed_at__isnull=True)


def task(scope: Scope, id_: UUID) -> Task | None:
    """One task."""
    return tasks(scope).filter(id=id_).first()


def clocks(scope: Scope, at: datetime) -> QuerySet[Clock]:
    """Running clocks inside the scope as they stood at `at`."""
    return Clock.objects.filter(scope.inside(), started_at__lte=at).select_related("task__area", "task__responsible")


def clock(scope: Scope, id_: UUID) -> Clock | None:
    """One clock with its task."""
    return Clock.objects.filter(scope.inside(), id=id_).select_related("task__area").first()


def due_clocks(at: datetime) -> QuerySet[Clock]:
    """Running clocks the tick must look at."""
    return Clock.objects.filter(look_at__lte=at, stopped_at__isnull=True).order_by("look_at")


def late_clocks(at: datetime) -> int:
    """How many running clocks are past their due instant."""
    return Clock.objects.filter(due_at__lte=at, stopped_at__isnull=True).count()


def clock_state(clock: Clock, at: datetime) -> ClockState:
    """How a clock stands at `at`: late from the due instant on, at risk from the warning on."""
    if clock.stopped_at and clock.stopped_at <= at:
        return ClockState.MET if clock.stopped_at <= clock.due_at else ClockState.MET_LATE
    if at >= clock.due_at:
        return ClockState.LATE
    return ClockState.AT_RISK if at >= clock.warn_at else ClockState.ON_TIME


def visits(scope: Scope, subject: str) -> QuerySet[Visit]:
    """Forms filled about a subject, latest first."""
    return Visit.objects.filter(scope.inside(), subject=subject).select_related("member").order_by("-at", "-id")


def visits_about(scope: Scope, subjects: Collection[str]) -> QuerySet[Visit]:
    """Forms filled about any of these subjects, latest first."""
    found = Visit.objects.filter(scope.inside(), subject__in=subjects)
    return found.select_related("member").order_by("-at", "-id")


def notices(member: UUID, *, unread_only: bool = False) -> QuerySet[Notice]:
    """What a member was told, latest first."""
    found = Notice.objects.filter(member=member).select_related("task").order_by("-created_at")
    return found.filter(read_at__isnull=True) if unread_only else found


def letters(scope: Scope) -> QuerySet[Letter]:
    """The register of letters inside the scope."""
    return Letter.objects.filter(scope.inside()).order_by("-written_at")


def response_at(path: str, at: datetime) -> Response | None:
    """The response in force where `path` lies."""
    above = [path[: i + 1] for i, c in enumerate(path) if c == "/"]
    found = Response.objects.filter(path__in=above, response_from__lte=at).order_by("-response_from")
    return next((r for r in found if r.response_until is None or r.response_until > at), None)


def next_number(prefix: str) -> str:
    """The next number of a numbered series such as 青移函〔2022〕3号; the unique column decides a race."""
    taken = Letter.objects.filter(number__startswith=prefix).count()
    return f"{prefix}{taken + 1}号"


def running(scope: Scope, at: datetime) -> list[Clock]:
    """Clocks that ran at `at`, each with its task and who answers for it, the soonest due first."""
    return list(
        Clock.objects.filter(scope.inside(), started_at__lte=at)
        .filter(Q(stopped_at__isnull=True) | Q(stopped_at__gt=at))
        .select_related("task__area", "task__responsible", "task__responsible_unit")
        .order_by("due_at")
    )


def letter(scope: Scope, id_: UUID) -> Letter | None:
    """One letter."""
    return letters(scope).filter(id=id_).first()


def team(task_: UUID) -> QuerySet[TeamSeat]:
    """Who was named for a task."""
    return TeamSeat.objects.filter(task=task_).select_related("member").order_by("seat")

"""Questions about stops and crossings."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, QuerySet, Sum

from bihuan.ledgers.intake.sightings.models import Crossing, Sighting
from bihuan.ledgers.territory.scope import Scope


def sightings(scope: Scope) -> QuerySet[Sighting]:
    """Stops inside the scope whose time is not over, the latest first."""
    return (
        Sighting.objects.filter(scope.inside())
        .select_related("place", "area", "member", "risk_list")
        .order_by("-at", "-id")
    )


def sighting(scope: Scope, id_: UUID) -> Sighting | None:
    """One stop."""
    return sightings(scope).filter(id=id_).first()


def stops_by_place(scope: Scope, since: datetime, until: datetime) -> dict[UUID, int]:
    """How many were stopped at each post in a span."""
    found = Sighting.objects.filter(scope.inside(), at__gte=since, at__lt=until)
    return dict(found.values_list("place").annotate(n=Count("id")).order_by())


def clear_by_place(scope: Scope, since: datetime, until: datetime) -> dict[UUID, int]:
    """How many passed each post clear, counted by whole hours that begin in the span."""
    found = Crossing.objects.filter(scope.inside(), hour__gte=since, hour__lt=until)
    return dict(found.values_list("place").annotate(n=Sum("clear")).order_by())


def clear_by_hour(scope: Scope, place: UUID, until: datetime, hours: int) -> list[tuple[datetime, int]]:
    """The last hours of one post, the oldest first; an hour without a count is zero."""
    last = until.replace(minute=0, second=0, microsecond=0)
    span = [last - timedelta(hours=n) for n in reversed(range(hours))]
    known = dict(Crossing.objects.filter(scope.inside(), place=place, hour__gte=span[0]).values_list("hour", "clear"))
    return [(hour, known.get(hour, 0)) for hour in span]


def sightings_to_forget(at: datetime) -> QuerySet[Sighting]:
    """Stops whose time is over; for the clock."""
    return Sighting.objects.filter(keep_until__lte=at).order_by("keep_until")

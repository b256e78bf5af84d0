"""What the testing chain counts: funnels, rates, queues, times by link, what is overdue. From tubes: a tenth of the people."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet, Sum

from bihuan.ledgers.lab.choices import FINDINGS, BoxState, StationKind, TubeState, Value
from bihuan.ledgers.lab.models import Box, KeyWorker, Session, Swab, Tube
from bihuan.ledgers.territory.scope import Scope


def funnel(scope: Scope, round_id: UUID) -> dict[str, tuple[int, int]]:
    """(tubes, people) of a round by the tubes' state; rechecks and retained singles are not of the round's count."""
    found = (
        Tube.objects.filter(scope.inside(), round=round_id, pool__isnull=True)
        .values_list("state")
        .annotate(tubes=Count("id"), people=Sum("swabs"))
        .order_by()
    )
    return {state: (tubes_, people or 0) for state, tubes_, people in found}


def people_of(scope: Scope, rounds: Collection[UUID]) -> dict[UUID, int]:
    """People sampled in each of these rounds."""
    found = (
        Tube.objects.filter(scope.inside(), round__in=list(rounds), pool__isnull=True)
        .values_list("round")
        .annotate(people=Sum("swabs"))
        .order_by()
    )
    return {round_id: people or 0 for round_id, people in found}


def sampled_people(scope: Scope, round_id: UUID) -> set[UUID]:
    """Who belongs here and counts as sampled in a round."""
    found = Swab.objects.filter(scope.inside(), round=round_id, counts=True, person__isnull=False)
    return set(found.values_list("person_id", flat=True))


def at_tables(scope: Scope, members: Collection[UUID]) -> set[UUID]:
    """Which of these members opened a table that is still at work."""
    found = Session.objects.filter(scope.inside(), opened_by__in=members, closed_at__isnull=True)
    return set(found.values_list("opened_by", flat=True))


def sampled_between(scope: Scope, since: datetime, until: datetime) -> int:
    """People sampled in a period, by the instant their tube was opened; singles of a pool taken apart are not counted again."""
    found = Tube.objects.filter(scope.inside(), pool__isnull=True, opened_at__gte=since, opened_at__lte=until)
    return found.aggregate(n=Sum("swabs"))["n"] or 0


def by_session(scope: Scope, round_id: UUID) -> dict[UUID, dict[str, Any]]:
    """People, tubes and the oldest tube that still stands at its table, for each table of a round."""
    found = (
        Tube.objects.filter(scope.inside(), round=round_id, pool__isnull=True)
        .values("session")
        .annotate(
            tubes=Count("id"),
            people=Sum("swabs"),
            waiting=Count("id", filter=Q(state__in=[TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED])),
            oldest=Min("opened_at", filter=Q(state__in=[TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED])),
            last=Max("opened_at"),
        )
        .order_by()
    )
    return {row["session"]: dict(row) for row in found}


def by_path(scope: Scope, round_id: UUID) -> dict[str, int]:
    """People sampled by where their table stands."""
    found = (
        Tube.objects.filter(scope.inside(), round=round_id, pool__isnull=True)
        .values_list("path")
        .annotate(people=Sum("swabs"))
        .order_by()
    )
    return {path: people or 0 for path, people in found}


def standing_tubes(scope: Scope) -> dict[str, int]:
    """Tubes of every round that have not left their table, by where it stands."""
    found = (
        Tube.objects.filter(scope.inside(), state__in=[TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED], swabs__gt=0)
        .values_list("path")
        .annotate(n=Count("id"))
        .order_by()
    )
    return dict(found)


def pools_read(scope: Scope, since: datetime, until: datetime) -> list[tuple[int, int, int]]:
    """(persons in a tube, tubes, tubes with a finding) of what was released in a period; a pool's singles not again."""
    found = (
        Tube.objects.filter(
            scope.inside(), pool__isnull=True, swabs__gt=0, released_at__gte=since, released_at__lte=until
        )
        .exclude(value__in=[Value.INVALID, ""])
        .values_list("swabs")
        .annotate(tubes=Count("id"), positive=Count("id", filter=Q(value__in=list(FINDINGS))))
        .order_by("swabs")
    )
    return list(found)


def swabs_by_minute(scope: Scope, round_id: UUID, since: datetime) -> list[tuple[datetime, int]]:
    """People sampled by the minute their tube was opened."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT date_trunc('minute', opened_at) AS minute, sum(swabs)::int FROM lab_tube
               WHERE round_id = %s AND pool_id IS NULL AND opened_at >= %s AND path >= %s AND path < %s
               GROUP BY 1 ORDER BY 1""",
            [round_id, since, scope.path, scope.path + "~"],
        )
        return cursor.fetchall()


def queues(scope: Scope) -> dict[UUID, dict[str, Any]]:
    """What waits at each laboratory, what is on its way there, and its oldest tube."""
    at_lab = (
        Tube.objects.filter(scope.inside(), box__state=BoxState.RECEIVED, state=TubeState.RECEIVED)
        .values(laboratory=F("box__laboratory"))
        .annotate(queue=Count("id"), oldest=Min("opened_at"))
        .order_by()
    )
    found = {row["laboratory"]: row | {"coming": 0} for row in at_lab}
    coming = (
        Box.objects.filter(scope.inside(), state__in=[BoxState.PACKED, BoxState.ON_THE_WAY])
        .values_list("laboratory")
        .annotate(n=Sum("tubes"))
        .order_by()
    )
    for laboratory_, n in coming:
        found.setdefault(laboratory_, {"laboratory": laboratory_, "queue": 0, "oldest": None})["coming"] = n
    return found


# A fever clinic's sample has its result within six hours (R094); the county's protocol file is the clock's own source.
FEVER_LIMIT_MINUTES = 360


@dataclass(frozen=True)
class LinkTimes:
    """A batch's way through the four links, in minutes on average; None for a link nobody has finished."""

    box: UUID
    code: str
    station: str
    tubes: int
    sampling: float | None
    transport: float | None
    testing: float | None
    reporting: float | None
    sampled_at: datetime
    reported_at: datetime | None

    @property
    def slowest(self) -> str:
        """The link that took the longest so far."""
        times = {n: getattr(self, n) for n in ("sampling", "transport", "testing", "reporting")}
        known = {n: t for n, t in times.items() if t is not None}
        return max(known, key=lambda n: known[n]) if known else ""


def link_times(scope: Scope, round_id: UUID, most: int = 200) -> list[LinkTimes]:
    """The four links of each box of a round: first swab → packed → at the laboratory → value → released."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT b.id, b.code, s.name, b.tubes,
                      extract(epoch FROM b.packed_at - avg_open) / 60, extract(epoch FROM b.received_at - b.packed_at) / 60,
                      extract(epoch FROM avg_tested - b.received_at) / 60, extract(epoch FROM avg_out - avg_tested) / 60,
                      first_open, CASE WHEN left_ = 0 THEN last_out END
               FROM (SELECT box_id, min(opened_at) AS first_open,
                            to_timestamp(avg(extract(epoch FROM opened_at))) AS avg_open,
                            to_timestamp(avg(extract(epoch FROM tested_at))) AS avg_tested,
                            to_timestamp(avg(extract(epoch FROM released_at))) AS avg_out,
                            max(released_at) AS last_out, count(*) FILTER (WHERE released_at IS NULL) AS left_
                     FROM lab_tube WHERE round_id = %s AND box_id IS NOT NULL AND pool_id IS NULL AND path >= %s AND path < %s
                     GROUP BY box_id) AS t
               JOIN lab_box b ON b.id = t.box_id JOIN lab_session e ON e.id = b.session_id
               JOIN lab_station s ON s.id = e.station_id
               ORDER BY first_open DESC LIMIT %s""",
            [round_id, scope.path, scope.path + "~", most],
        )
        found = cursor.fetchall()
    return [LinkTimes(*row[:4], *(None if v is None else float(v) for v in row[4:8]), *row[8:]) for row in found]


@dataclass(frozen=True)
class Pace:
    """What one link of a round has done: who worked, tubes, and the hours they took; hours one tube stays in it."""

    link: str
    workers: int
    tubes: int
    hours: float
    tube_hours: float


def paces(scope: Scope, round_id: UUID) -> list[Pace]:
    """The four links of a round as measured so far: samplers, couriers, instruments, and whoever releases."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH t AS (SELECT t.*, b.packed_at, b.picked_up_at, b.received_at, b.run_id, b.laboratory_id FROM lab_tube t
                          LEFT JOIN lab_box b ON b.id = t.box_id
                          WHERE t.round_id = %(round)s AND t.pool_id IS NULL AND t.path >= %(low)s AND t.path < %(high)s)
               SELECT 'sampling', (SELECT coalesce(sum(samplers), 0) FROM lab_session WHERE round_id = %(round)s
                                   AND path >= %(low)s AND path < %(high)s),
                      count(*), extract(epoch FROM max(coalesce(packed_at, closed_at, opened_at)) - min(opened_at)),
                      avg(extract(epoch FROM coalesce(packed_at, closed_at) - opened_at)) FROM t
               UNION ALL
               SELECT 'transport', (SELECT count(DISTINCT courier_id) FROM lab_run r WHERE r.id IN (SELECT run_id FROM t)),
                      count(received_at), extract(epoch FROM max(received_at) - min(picked_up_at)),
                      avg(extract(epoch FROM received_at - packed_at)) FROM t
               UNION ALL
               SELECT 'testing', (SELECT coalesce(sum(instruments), 0) FROM lab_laboratory
                                  WHERE id IN (SELECT laboratory_id FROM t)),
                      count(tested_at), extract(epoch FROM max(tested_at) - min(received_at)),
                      avg(extract(epoch FROM tested_at - received_at)) FROM t
               UNION ALL
               SELECT 'reporting', 1, count(released_at), extract(epoch FROM max(released_at) - min(tested_at)),
                      avg(extract(epoch FROM released_at - tested_at)) FROM t""",
            {"round": round_id, "low": scope.path, "high": scope.path + "~"},
        )
        return [
            Pace(link, int(workers), tubes, float(seconds or 0) / 3600, float(stay or 0) / 3600)
            for link, workers, tubes, seconds, stay in cursor.fetchall()
        ]


# --- clocks


def waiting_posts(scope: Scope, kinds: Collection[str], before: datetime) -> list[tuple[Session, datetime]]:
    """Tables of these kinds with a tube opened before an instant that nobody has fetched, oldest first."""
    oldest = (
        Tube.objects.filter(
            scope.inside(), session__station__kind__in=list(kinds), opened_at__lt=before,
            state__in=[TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED],
        )
        .values("session").annotate(first=Min("opened_at")).order_by("first")
    )  # fmt: skip
    found = {row["session"]: row["first"] for row in oldest}
    rows = Session.objects.in_bulk(list(found))
    return [(rows[id_], first) for id_, first in found.items()]


def late_results(scope: Scope, since: datetime, until: datetime) -> list[tuple[datetime, datetime]]:
    """(sampled, released) of fever-clinic tubes that came out after the limit, or (sampled, `until`) of those still out."""
    limit = timedelta(minutes=FEVER_LIMIT_MINUTES)
    found = Tube.objects.filter(
        scope.inside(), session__station__kind=StationKind.FEVER_CLINIC, swabs__gt=0, opened_at__gte=since,
        opened_at__lte=until - limit,
    ).values_list("opened_at", "released_at")  # fmt: skip
    return [(opened, out or until) for opened, out in found if (out or until) - opened > limit]


def oldest_at(scope: Scope, session_id: UUID) -> datetime | None:
    """When the oldest tube was opened that still stands at a table."""
    standing = Tube.objects.filter(
        scope.inside(), session=session_id, swabs__gt=0, state__in=[TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED]
    )
    found: datetime | None = standing.aggregate(first=Min("opened_at"))["first"]
    return found


def late_tubes(scope: Scope, before: datetime) -> QuerySet[Tube]:
    """Fever-clinic tubes opened before an instant that are not reported, oldest first."""
    return (
        Tube.objects.filter(scope.inside())
        .select_related("box", "session__station__area", "round")
        .filter(session__station__kind=StationKind.FEVER_CLINIC, opened_at__lt=before, swabs__gt=0)
        .exclude(state__in=[TubeState.REPORTED, TubeState.SPOILED])
        .order_by("opened_at")
    )


# --- key posts


def key_workers(scope: Scope, at: datetime) -> QuerySet[KeyWorker]:
    """Who holds a post that is tested by rhythm."""
    return (
        KeyWorker.objects.filter(scope.inside(), held_from__lte=at)
        .filter(Q(held_until__isnull=True) | Q(held_until__gt=at))
        .select_related("person", "employer__area")
        .order_by("employer__name", "post", "id")
    )


def last_sampled(scope: Scope, persons: Collection[UUID], at: datetime) -> Mapping[UUID, datetime]:
    """When each of these persons was last sampled."""
    found = (
        Swab.objects.filter(scope.inside(), person__in=list(persons), undone_at__isnull=True, at__lte=at)
        .values_list("person_id").annotate(last=Max("at")).order_by()
    )  # fmt: skip
    return dict(found)


def last_environment(scope: Scope, at: datetime) -> dict[UUID, tuple[datetime, str]]:
    """When each place was last sampled, and what came of it."""
    found = (
        Swab.objects.filter(scope.inside(), place__isnull=False, undone_at__isnull=True, at__lte=at)
        .order_by("place", "-at").distinct("place").values_list("place_id", "at", "tube__value")
    )  # fmt: skip
    return {place: (when, value) for place, when, value in found}

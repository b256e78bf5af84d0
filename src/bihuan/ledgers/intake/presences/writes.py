"""Facts of presences: recorded many at a time, deleted when their time is over."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from bihuan.ledgers.intake.presences.models import Presence


class NewPresence(NamedTuple):
    """One presence to be recorded: half-open, in aware times; `path` is the place's."""

    person: UUID
    place: UUID
    path: str
    seen_from: datetime
    seen_until: datetime


def add_presences(
    rows: Sequence[NewPresence], *, source: str, evidence: str, recorded_at: datetime, keep_until: date
) -> int:
    """Record presences; one that is known already is not recorded again. Returns how many are new."""
    if not rows:
        return 0
    person, place, path, seen_from, seen_until = (list(column) for column in zip(*rows, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO intake_longeststay (place_id, path, seconds)
               SELECT place, min(path), max(ceil(extract(epoch FROM seen_until - seen_from)))::bigint
               FROM unnest(%s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[])
                 AS new(place, path, seen_from, seen_until) GROUP BY place ORDER BY place
               ON CONFLICT (place_id) DO UPDATE SET seconds = EXCLUDED.seconds
               WHERE intake_longeststay.seconds < EXCLUDED.seconds""",
            [place, path, seen_from, seen_until],
        )
        cursor.execute(
            """INSERT INTO intake_presence
                 (person_id, place_id, path, seen_from, seen_until, source, evidence, recorded_at, keep_until)
               SELECT new.*, %s, %s, %s, %s
               FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[], %s::timestamptz[]) AS new
               ON CONFLICT DO NOTHING""",
            [source, evidence, recorded_at, keep_until, person, place, path, seen_from, seen_until],
        )
        return cursor.rowcount


def forget_presences(place: UUID, on: date) -> int:
    """Delete the presences of a place that are past their keeping time. Returns how many went."""
    return Presence.objects.filter(place=place, keep_until__lte=on).delete()[0]

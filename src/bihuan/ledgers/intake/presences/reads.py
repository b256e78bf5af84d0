"""Questions about presences, answered in columns: a look around one case reads some hundred thousand rows."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple
from uuid import UUID

import numpy as np
import psycopg
import pyarrow as pa
from django.db import connection
from django.db.models import QuerySet

from bihuan.ledgers.intake.presences.models import Presence
from bihuan.ledgers.territory.scope import Scope

Numbers = np.ndarray[Any, np.dtype[np.int64]]
_ID = pa.binary(16)
_Y2000_US = 946_684_800_000_000  # PostgreSQL counts from 2000
# An array on the wire: twenty bytes of head, then each element with its length before it.
_HEAD = 20
_ELEMENTS = {kind: np.dtype([("length", ">i4"), ("value", kind)]) for kind in (">i4", "V16", ">i8")}


class Found(NamedTuple):
    """Presences in columns: which of those asked for, the id of the place (or of the person), from and until in µs."""

    which: Numbers
    id: pa.Array
    t_in: Numbers
    t_out: Numbers


def of_people(scope: Scope, people: pa.Array, since_us: Numbers, until: datetime) -> Found:
    """Where each of these persons (ids of 16 bytes) was after their own `since` (µs since 1970) and before `until`."""
    return _columns(
        """SELECT array_agg(asked.which::int), array_agg(p.place_id), array_agg(p.seen_from), array_agg(p.seen_until)
            FROM unnest(%s::uuid[], %s::int8[]) WITH ORDINALITY asked(person, since, which)
            CROSS JOIN LATERAL (
              SELECT place_id, seen_from, seen_until FROM intake_presence
              WHERE person_id = asked.person AND seen_from < %s AND path >= %s AND path < %s
                AND seen_until > to_timestamp(0) + asked.since * interval '1 microsecond' OFFSET 0) p""",
        [_uuids(people), since_us.tolist(), until, *_inside(scope)],
    )


def at_places(scope: Scope, places: pa.Array, from_us: Numbers, until_us: Numbers) -> Found:
    """Who was at each of these places (ids of 16 bytes) during its own span (µs since 1970).

    A span of a place should not overlap another of the same place, or their rows come twice.
    """
    return _columns(
        # The longest stay is looked up first and apart: in one join the planner would read whole places by bitmap.
        """WITH asked AS MATERIALIZED (
              SELECT a.which, a.place, to_timestamp(0) + a.since * interval '1 microsecond' AS since,
                to_timestamp(0) + a.until * interval '1 microsecond' AS until,
                to_timestamp(0) + a.since * interval '1 microsecond' - longest.seconds * interval '1 second' AS low
              FROM unnest(%s::uuid[], %s::int8[], %s::int8[]) WITH ORDINALITY a(place, since, until, which)
              JOIN intake_longeststay longest ON longest.place_id = a.place)
            SELECT array_agg(asked.which::int), array_agg(p.person_id), array_agg(p.seen_from), array_agg(p.seen_until) FROM asked
            CROSS JOIN LATERAL (
              SELECT person_id, seen_from, seen_until FROM intake_presence
              WHERE place_id = asked.place AND seen_from >= asked.low AND seen_from < asked.until
                AND seen_until > asked.since AND path >= %s AND path < %s OFFSET 0) p""",
        [_uuids(places), from_us.tolist(), until_us.tolist(), *_inside(scope)],
    )


def _inside(scope: Scope) -> tuple[str, str]:
    """Row-level security holds the scope anyhow; said again here, as every read says it."""
    return scope.path, scope.path + "~"


def _uuids(ids: pa.Array) -> list[str]:
    return [i.hex() for i in ids.to_pylist()]


def _columns(statement: str, values: Sequence[Any]) -> Found:
    """The one row of a question for four arrays (which, id, from, until): no object is made for a presence."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan = off; SET LOCAL jit = off")
    with psycopg.Cursor(connection.connection) as cursor:  # Django's own binds in the client and reads text
        cursor.execute(statement, values, binary=True)
        assert cursor.pgresult
        raw = [cursor.pgresult.get_value(0, i) for i in range(4)]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_bitmapscan TO DEFAULT; SET LOCAL jit TO DEFAULT")
    which, id_, *times = (
        np.frombuffer(column or b"", _ELEMENTS[kind], offset=_HEAD if column else 0)["value"]
        for column, kind in zip(raw, (">i4", "V16", ">i8", ">i8"), strict=True)
    )
    ids = pa.FixedSizeBinaryArray.from_buffers(_ID, id_.size, [None, pa.py_buffer(np.ascontiguousarray(id_))])
    return Found(which.astype(np.int64) - 1, ids, *(t.astype(np.int64) + _Y2000_US for t in times))


def presences(scope: Scope) -> QuerySet[Presence]:
    """Presences inside the scope, the latest first."""
    return Presence.objects.filter(scope.inside()).order_by("-seen_from", "-id")


def places_to_forget(on: date, most: int) -> list[UUID]:
    """Places with presences past their keeping time; for the clock."""
    found = Presence.objects.filter(keep_until__lte=on).values_list("place", flat=True).order_by().distinct()
    return list(found[:most])

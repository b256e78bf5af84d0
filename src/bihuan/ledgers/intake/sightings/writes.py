"""Facts of a post: stops, counts, forgetting."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake.sightings.models import Sighting


def add_sighting(**fields: Any) -> Sighting:
    """Record a stop."""
    return Sighting.objects.create(**fields)


def add_clear(place: UUID, path: str, hour: datetime, clear: int) -> None:
    """So many more passed clear in this hour."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO intake_crossing (id, place_id, path, hour, clear) VALUES (%s, %s, %s, %s, %s)
               ON CONFLICT (place_id, hour) DO UPDATE SET clear = intake_crossing.clear + EXCLUDED.clear""",
            [uuid7(), place, path, hour, clear],
        )


def forget_sighting(id_: UUID, at: datetime) -> bool:
    """Delete a stop whose time is over."""
    return bool(Sighting.objects.filter(id=id_, keep_until__lte=at).delete()[0])

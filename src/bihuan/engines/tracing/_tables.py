"""What a trace found, as the columns of contacts.parquet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bihuan.engines.tracing._times import seconds
from bihuan.engines.tracing._values import Array, Visits, level_name

if TYPE_CHECKING:
    from bihuan.engines.tracing._bulk import Meetings


def contacts_schema(person: pa.DataType, place: pa.DataType, zone: str, *, ticks_per_second: int = 1) -> pa.Schema:
    """The columns of a trace's contacts, for ids of these types."""
    at = pa.timestamp("ns" if ticks_per_second > 1_000_000 else "us", tz=zone)
    return pa.schema(
        [
            ("class", pa.string()),
            ("source_id", person),
            ("person_id", person),
            ("first_at", at),
            ("last_at", at),
            ("overlap_s", pa.int64()),
            ("n_encounters", pa.int64()),
            ("places", pa.list_(place)),
        ]
    )


def contacts_table(
    visits: Visits, met: "Sequence[Meetings]", deeper: Sequence[tuple[str, Array, Array]], *, name: str = level_name(1)
) -> pa.Table:
    """Rows for every (source, person) of `met`, then one row per person for each deeper level.

    deeper: (class, person codes ascending, their (n, total, first, last)). Rows come sorted by class (as text),
    source_id, person_id; the columns stand in pieces, so that nothing is copied together.
    """
    scale = max(1, 1_000_000 // visits.ticks_per_second)
    parts = []
    for part in met:
        places = pa.ListArray.from_arrays(pa.array(part.ends), visits.places.take(pa.array(part.places)))
        source = visits.persons.take(pa.array(part.source))
        columns = (part.person, part.first, part.last, part.total, part.n)
        parts.append((name, _rows(visits, name, source, *columns, places)))
    for level, person, found in deeper:
        nobody = pa.nulls(person.size, visits.persons.type)
        nowhere = pa.nulls(person.size, pa.list_(visits.places.type))
        first, last = ((found[:, i] + visits.origin) * scale for i in (2, 3))
        parts.append((level, _rows(visits, level, nobody, person, first, last, found[:, 1], found[:, 0], nowhere)))
    parts.sort(key=lambda part: part[0])
    return pa.concat_tables([table for _, table in parts], promote_options="permissive")


def _rows(
    visits: Visits,
    name: str,
    source: pa.Array,
    person: Array,
    first: Array,
    last: Array,
    total: Array,
    n: Array,
    places: pa.Array,
) -> pa.Table:
    at = pa.timestamp("ns" if visits.ticks_per_second > 1_000_000 else "us", tz=visits.zone)
    return pa.table(
        {
            "class": pa.repeat(name, person.size),
            "source_id": source,
            "person_id": visits.persons.take(pa.array(person)),
            "first_at": pa.array(first).cast(at),
            "last_at": pa.array(last).cast(at),
            "overlap_s": seconds(total, visits.ticks_per_second),
            "n_encounters": pa.array(n.astype(np.int64, copy=False)),
            "places": places,
        }
    )

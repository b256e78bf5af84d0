"""What a trace found, as the columns of contacts.parquet."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from bihuan.engines.tracing._times import seconds, timestamps
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
    visits: Visits, met: "Meetings", deeper: Sequence[tuple[str, Array, Array]], *, name: str = level_name(1)
) -> pa.Table:
    """Rows for every (source, person) of `met`, then one row per person for each deeper level.

    deeper: (class, person codes ascending, their (n, total, first, last)). Rows come sorted by class (as text),
    source_id, person_id.
    """
    places = visits.places.take(pa.array(met.places))
    offsets = np.concatenate([[0], np.cumsum(met.n_places, dtype=np.int64)]).astype(np.int32)
    parts = [
        (
            name,
            _rows(
                visits, name, visits.persons.take(pa.array(met.source)), met.person, met.first, met.last, met.total,
                met.n, pa.ListArray.from_arrays(pa.array(offsets), places),
            ),
        )
    ]  # fmt: skip
    for level, person, found in deeper:
        nobody = pa.nulls(person.size, visits.persons.type)
        nowhere = pa.nulls(person.size, pa.list_(visits.places.type))
        columns = (found[:, 2], found[:, 3], found[:, 1], found[:, 0])
        parts.append((level, _rows(visits, level, nobody, person, *columns, nowhere)))
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
    return pa.table(
        {
            "class": pa.DictionaryArray.from_arrays(np.zeros(person.size, np.int32), [name]).cast(pa.string()),
            "source_id": source,
            "person_id": visits.persons.take(pa.array(person)),
            "first_at": timestamps(first + visits.origin, visits.ticks_per_second, visits.zone),
            "last_at": timestamps(last + visits.origin, visits.ticks_per_second, visits.zone),
            "overlap_s": seconds(total, visits.ticks_per_second),
            "n_encounters": pa.array(n.astype(np.int64)),
            "places": places,
        }
    )

"""The same kernels past one machine: whole places go to a task, sums per person are added up between tasks."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _spark_workers as workers
from bihuan.engines.tracing import _values as values
from bihuan.engines.tracing._bulk import (
    EPOCH,
    least_ticks,
    unite,
)
from bihuan.engines.tracing._index import COLUMNS, KIND_COLUMN
from bihuan.engines.tracing._tables import contacts_schema
from bihuan.engines.tracing._times import microseconds, seconds, timestamps, zone_named

# A bucket of places travels as one value, and Spark's values end at two gigabytes.
MOST_VISITS_A_BUCKET = 20_000_000
# What Spark calls an id of a Parquet file; whatever is no whole number that it knows travels as words.
_SPARK_IDS = {kind: name for name, kind in workers.ARROW_IDS.items()} | {
    pa.uint8(): "smallint", pa.uint16(): "int", pa.uint32(): "bigint",
}  # fmt: skip
_NEVER_US = 1 << 62


def spark_session(master: str = "local[*]", *, settings: Mapping[str, str] | None = None) -> Any:
    """A Spark session whose workers run this Python and find this package. ImportError without pyspark."""
    from pyspark.sql import SparkSession

    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    source = str(Path(__file__).parents[3])
    builder = SparkSession.builder.appName("bihuan trace").master(master)
    own = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.executorEnv.PYTHONPATH": source,
    }
    if master.startswith("local"):  # one machine: no need to be found by others
        own |= {
            "spark.driver.host": "127.0.0.1",
            "spark.driver.bindAddress": "127.0.0.1",
            "spark.driver.memory": "4g",
            # The JVM only carries parts to and fro: it pays neither to compile its code well nor to collect beside it.
            "spark.driver.extraJavaOptions": "-XX:+UseParallelGC -XX:TieredStopAtLevel=1",
        }
    for name, value in (own | dict(settings or {})).items():
        builder = builder.config(name, value)
    return builder.getOrCreate()


def trace_on_spark(
    session: Any,
    file: Path,
    windows: Sequence[values.Window],
    *,
    min_overlap_minutes: float,
    depth: int = 2,
    until: datetime | None = None,
    zone: str = "Asia/Shanghai",
    wide_above: int = 200,
    buckets: int | None = None,
    progress: Callable[[str], None] = lambda _: None,
) -> tuple[values.Trace, int, int]:
    """The answer of `trace`, equal row by row, computed on a Spark cluster; with rows read and visits after merging.

    session: a SparkSession whose workers can import this package and reach `file` (`.parquet` or `.csv`).
    buckets: into how many tasks the places go (default: two a core, more where one would hold millions of visits).

    Raises Fault as `index_visits` does; it names the visit by its ids, since rows have no order here.
    """
    source = (_csv if file.suffix.lower() == ".csv" else _parquet)(session, file, zone)
    progress(f"{source.rows} visits to Spark, by place")
    many = buckets or max(2 * session.sparkContext.defaultParallelism, source.rows // MOST_VISITS_A_BUCKET)
    asked = workers.Asked(
        # An open window may end past all visits: nobody is met there.
        united=unite(windows, zone=zone, open_end_us=microseconds(until, zone) if until else _NEVER_US),
        least=least_ticks(min_overlap_minutes, 1_000_000), zone=zone, id_kinds=source.id_kinds,
        names=source.place_kinds, parts=2 * session.sparkContext.defaultParallelism, is_kept=depth > 1,
    )  # fmt: skip
    # A bucket is one row: joined by their few rows, as Spark would by itself, all buckets end up with one core.
    session.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    session.conf.set("spark.sql.shuffle.partitions", str(max(many, 8 * session.sparkContext.defaultParallelism)))
    merged = source.in_buckets(many, lambda table: workers.merge(table, asked)).persist()
    try:
        progress("close contacts")
        return _levels(session, merged, source, asked, min_overlap_minutes, depth, until, wide_above, progress)
    except Exception as fault:  # the worker's Fault comes home as text inside Spark's own exception
        found = re.search(workers.MARK + r"(\{.*?\})" + workers.MARK, str(fault))
        if not found:
            raise
        raise values.Fault(**json.loads(found[1])) from None
    finally:
        merged.unpersist()


class _Source(NamedTuple):
    """A file of visits as Spark meets it: how its ids are called there, its rows, what kinds of place it names, and its
    places in so many buckets, each made one value."""

    id_kinds: tuple[str, str]
    id_types: tuple[pa.DataType, pa.DataType] | None
    rows: int
    place_kinds: Sequence[str]
    in_buckets: Callable[[int, Callable[[pa.Table], pa.RecordBatch]], Any]


def _csv(session: Any, file: Path, zone: str) -> _Source:
    from pyspark.sql import functions as f

    frame = session.read.csv(str(file), header=True, inferSchema=False)
    _need(frame.columns)
    for name in COLUMNS[:2]:
        whole = ~f.coalesce(f.col(name), f.lit("")).rlike(r"^(0|-?[1-9]\d{0,17})$")
        if frame.filter(whole).limit(1).count() == 0:
            frame = frame.withColumn(name, f.col(name).cast("bigint"))
    frame = frame.select(*COLUMNS, *([KIND_COLUMN] if KIND_COLUMN in frame.columns else []))
    person, place = (frame.schema[name].dataType.simpleString() for name in COLUMNS[:2])

    def in_buckets(many: int, merge: Callable[[pa.Table], pa.RecordBatch]) -> Any:
        def one(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            if parts := list(batches):
                yield merge(pa.Table.from_batches(parts))

        return frame.repartition(many, "place_id").mapInArrow(one, workers.BUCKET_IN_WORDS)

    kinds = [row[0] for row in frame.select(KIND_COLUMN).distinct().collect()] if KIND_COLUMN in frame.columns else []
    return _Source((person, place), None, frame.count(), _kind_names(kinds), in_buckets)


def _kind_names(found: Iterable[str | None]) -> list[str]:
    """Kinds of place in the order of their bits; none where no place has one."""
    names = {name or "unknown" for name in found}
    return sorted(names) if names - {"unknown"} else []


def _parquet(session: Any, file: Path, zone: str) -> _Source:
    """Row groups are read and split by place in the workers, in columns: as rows through Spark they cost three times that."""
    from pyarrow import dataset

    told = dataset.dataset(file, format="parquet")
    _need(told.schema.names)
    types = told.schema.field("person_id").type, told.schema.field("place_id").type
    id_kinds = _SPARK_IDS.get(types[0], "string"), _SPARK_IDS.get(types[1], "string")
    columns = [*COLUMNS, *([KIND_COLUMN] if KIND_COLUMN in told.schema.names else [])]
    groups = [(str(Path(p.path).resolve()), group.id) for p in told.get_fragments() for group in p.row_groups]

    groups_here = max(1, min(len(groups), 2 * session.sparkContext.defaultParallelism))
    by_group = session.createDataFrame(groups, "file string, row_group int").repartition(groups_here)
    kinds = []
    if KIND_COLUMN in columns:
        kinds = [row[0] for row in by_group.mapInArrow(workers.kinds_of_groups, "kind string").distinct().collect()]

    def in_buckets(many: int, merge: Callable[[pa.Table], pa.RecordBatch]) -> Any:
        return (
            by_group.mapInArrow(lambda batches: workers.split(batches, columns, many), workers.PARTS)
            .groupBy("bucket")
            .applyInArrow(
                lambda parts: pa.Table.from_batches([merge(workers.opened(parts["part"]))]), workers.BUCKET_IN_WORDS
            )
        )

    return _Source(id_kinds, types, told.count_rows(), _kind_names(kinds), in_buckets)


def _need(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise values.Fault(
            f"column {', '.join(missing)} is missing (found: {', '.join(names)})", mend="add the column or rename it"
        )


def _collected(told: Any, keys: Sequence[str], empty: pa.Schema) -> pa.Table:
    """Sums by `keys` of what workers told in parts; each part of the persons is added up by one worker."""
    parts = told.groupBy("bucket").applyInArrow(lambda parts: workers.added(parts, keys), "part binary").toArrow()
    if not parts.num_rows:
        return empty.empty_table()
    return workers.opened(parts["part"]).combine_chunks().sort_by([(key, "ascending") for key in keys])


def _bytes(column: pa.Array | pa.ChunkedArray) -> bytes:
    return workers.written(pa.table({"x": column}))


def _levels(
    session: Any,
    merged: Any,
    source: _Source,
    asked: workers.Asked,
    min_overlap_minutes: float,
    depth: int,
    until: datetime | None,
    wide_above: int,
    progress: Callable[[str], None],
) -> tuple[values.Trace, int, int]:
    from pyspark.sql import functions as f

    buckets = merged.select("visits", "last_us", "cases").collect()
    last_us = max((bucket["last_us"] for bucket in buckets if bucket["last_us"] is not None), default=0)
    zone, united, names = asked.zone, asked.united, asked.names
    until_us = microseconds(until, zone) if until else last_us
    person, place = (workers.ARROW_IDS[kind] for kind in asked.id_kinds)
    sums = [(name, pa.int64()) for name in workers.SUMS]
    close = _collected(
        merged.select(f.explode("close").alias("of")).select("of.bucket", "of.part"),
        ("source_id", "person_id"),
        pa.schema([("source_id", person), ("person_id", person), *sums, ("places", pa.list_(place))]),
    )
    first = close.group_by("person_id").aggregate([("first", "min")])
    levels = [(values.level_name(1), close, first["person_id"], first["first_min"])]
    barred = pa.chunked_array([pa.array(_cast_ids(united, close.schema.field("person_id").type))])
    while len(levels) < depth and len(levels[-1][2]):
        name = values.level_name(len(levels) + 1)
        _, _, sources, opened = levels[-1]
        progress(f"{name} contacts from {len(sources)} sources")
        state = session.sparkContext.broadcast(
            (_bytes(sources), _bytes(pc.min_element_wise(opened, until_us)), _bytes(barred))
        )
        deeper = _collected(
            merged.select("whole").mapInArrow(
                lambda batches, state=state: workers.deeper(batches, state, asked, until_us), workers.PARTS
            ),
            ("person_id",),
            pa.schema([("person_id", person), *sums]),
        )
        barred = pa.chunked_array([*barred.chunks, *sources.chunks])
        levels.append((name, deeper, deeper["person_id"], deeper["first"]))
    seen = {case for bucket in buckets for case in bucket["cases"]}
    person_type, place_type = source.id_types or (
        close.schema.field("person_id").type,
        close.schema.field("places").type.value_type,
    )
    schema = contacts_schema(person_type, place_type, zone)
    answer = [_answer(name, table, schema, zone) for name, table, _, _ in sorted(levels, key=lambda one: one[0])]
    trace = values.Trace(
        contacts=pa.concat_tables(answer, promote_options="permissive"),
        persons={name: len(ids) for name, _, ids, _ in levels},
        by_place_kind=_by_kind(levels, names),
        wide_places=_wide(close, wide_above),
        cases=len(united),
        cases_without_visits=len(united) - len(seen),
        min_overlap_minutes=float(min_overlap_minutes),
        until=(EPOCH + timedelta(microseconds=until_us)).astimezone(zone_named(zone)),
    )
    return trace, source.rows, sum(bucket["visits"] for bucket in buckets)


def _cast_ids(ids: Sequence[Any] | dict[Any, Any], kind: pa.DataType) -> pa.Array:
    wanted = [str(i) for i in ids]
    if pa.types.is_integer(kind):
        return pa.array([int(i) for i in wanted if re.fullmatch(r"0|-?[1-9]\d{0,17}", i)], kind)
    return pa.array(wanted, kind)


def _answer(name: str, table: pa.Table, schema: pa.Schema, zone: str) -> pa.Table:
    n = table.num_rows
    empty = {
        "source_id": pa.nulls(n, schema.field("source_id").type),
        "places": pa.nulls(n, schema.field("places").type),
    }
    columns = {
        "class": pa.array([name] * n, pa.string()),
        "source_id": table["source_id"] if "source_id" in table.column_names else empty["source_id"],
        "person_id": table["person_id"],
        "first_at": timestamps(table["first"].to_numpy(), 1_000_000, zone),
        "last_at": timestamps(table["last"].to_numpy(), 1_000_000, zone),
        "overlap_s": seconds(table["total"].to_numpy(), 1_000_000),
        "n_encounters": table["n"],
        "places": table["places"] if "places" in table.column_names else empty["places"],
    }
    found = pa.table(columns)
    at = schema.get_field_index("overlap_s")
    return found.cast(schema.set(at, pa.field("overlap_s", found.schema.field("overlap_s").type)))


def _by_kind(levels: Sequence[tuple[str, pa.Table, Any, Any]], names: Sequence[str]) -> dict[str, dict[str, int]]:
    out: dict[str, dict[str, int]] = {}
    shown = [
        *names[: workers.MOST_KINDS - 1],
        *(["others"] if len(names) > workers.MOST_KINDS else names[workers.MOST_KINDS - 1 :]),
    ]
    for name, table, _, _ in levels:
        persons = pc.dictionary_encode(table["person_id"].combine_chunks())
        masks = np.zeros(len(persons.dictionary), np.int64)
        np.bitwise_or.at(masks, persons.indices.to_numpy(), table["kinds"].to_numpy())
        counts = {kind: int(np.count_nonzero(masks >> bit & 1)) for bit, kind in enumerate(shown)}
        out[name] = {kind: n for kind, n in sorted(counts.items()) if n}
    return out if any(out.values()) else {}


def _wide(close: pa.Table, wide_above: int) -> tuple[values.WidePlace, ...]:
    places = close["places"].combine_chunks()
    pairs = pa.table(
        {"s": close["source_id"].combine_chunks().take(pc.list_parent_indices(places)), "p": pc.list_flatten(places)}
    )
    pairs = pairs.group_by(["s", "p"]).aggregate([([], "count_all")])
    pairs = pairs.filter(pc.greater(pairs["count_all"], wide_above))
    found = pairs.group_by("p").aggregate([("count_all", "max"), ("s", "count")])
    found = found.sort_by([("count_all_max", "descending"), ("p", "ascending")])
    return tuple(values.WidePlace(row["p"], row["count_all_max"], row["s_count"]) for row in found.to_pylist())

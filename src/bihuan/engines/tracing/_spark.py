"""The same kernels past one machine: whole places go to a task, sums per person are added up between tasks."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _values as values
from bihuan.engines.tracing._bulk import (
    EPOCH,
    barred_of,
    case_pieces,
    free_of,
    in_microseconds,
    least_ticks,
    meet,
    person_codes,
    rows_of,
    sweep,
    unite,
)
from bihuan.engines.tracing._index import COLUMNS, KIND_COLUMN, index_visits
from bihuan.engines.tracing._tables import contacts_schema
from bihuan.engines.tracing._times import microseconds, seconds, timestamps, zone_named

_MARK = "bihuan-fault:"
_SUMS = "first long, last long, total long, n long, kinds array<string>"


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
        own |= {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1", "spark.driver.memory": "4g"}
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
    buckets: into how many tasks the places go (default: four a core).

    Raises Fault as `index_visits` does; it names the visit by its ids, since rows have no order here.
    """
    frame, id_types = _frame(session, file)
    rows_read = frame.count()
    progress(f"{rows_read} visits to Spark, by place")
    person, place = (frame.schema[name].dataType.simpleString() for name in COLUMNS[:2])
    merged = (
        frame.repartition(buckets or 4 * session.sparkContext.defaultParallelism, "place_id")
        .mapInArrow(
            lambda batches: _merge(batches, zone),
            f"person_id {_plain(person)}, place_id {_plain(place)}, t_in timestamp, t_out timestamp, place_kind string",
        )
        .persist()
    )
    try:
        return _levels(
            session, merged, windows, min_overlap_minutes, depth, until, zone, wide_above, id_types, progress, rows_read
        )
    except Exception as fault:  # the worker's Fault comes home as text inside Spark's own exception
        found = re.search(_MARK + r"(\{.*?\})" + _MARK, str(fault))
        if not found:
            raise
        raise values.Fault(**json.loads(found[1])) from None
    finally:
        merged.unpersist()


def _plain(kind: str) -> str:
    return kind if kind in ("tinyint", "smallint", "int", "bigint") else "string"


def _frame(session: Any, file: Path) -> tuple[Any, tuple[pa.DataType, pa.DataType] | None]:
    from pyspark.sql import functions as f

    if file.suffix.lower() == ".csv":
        frame = session.read.csv(str(file), header=True, inferSchema=False)
        _need(frame.columns)
        for name in COLUMNS[:2]:
            whole = ~f.coalesce(f.col(name), f.lit("")).rlike(r"^(0|-?[1-9]\d{0,17})$")
            if frame.filter(whole).limit(1).count() == 0:
                frame = frame.withColumn(name, f.col(name).cast("bigint"))
        return frame.select(*COLUMNS, *([KIND_COLUMN] if KIND_COLUMN in frame.columns else [])), None
    from pyarrow import dataset

    schema = dataset.dataset(file, format="parquet").schema
    _need(schema.names)
    session.conf.set("spark.sql.legacy.parquet.nanosAsLong", "true")  # Spark itself knows no nanoseconds
    frame = session.read.parquet(str(file))
    for name in COLUMNS[2:]:
        kind = schema.field(name).type
        if pa.types.is_timestamp(kind) and kind.unit == "ns":
            at = f.timestamp_micros((f.col(name) / 1000).cast("bigint"))
            frame = frame.withColumn(name, at if kind.tz else at.cast("timestamp_ntz"))
    kinds = (schema.field("person_id").type, schema.field("place_id").type)
    return frame.select(*COLUMNS, *([KIND_COLUMN] if KIND_COLUMN in schema.names else [])), kinds


def _need(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise values.Fault(
            f"column {', '.join(missing)} is missing (found: {', '.join(names)})", mend="add the column or rename it"
        )


def _merge(batches: Iterator[pa.RecordBatch], zone: str) -> Iterator[pa.RecordBatch]:
    """In a worker: the visits of whole places, checked, merged and sorted, in instants."""
    parts = list(batches)
    if not parts:
        return
    table = pa.Table.from_batches(parts)
    try:
        visits = index_visits(table, zone=zone)
    except values.Fault as fault:
        who = table.slice(fault.row - 1, 1).to_pylist()[0] if fault.row else {}
        which = " ".join(f"{name}={who[name]}" for name in COLUMNS if name in who)
        told = {"what": f"{fault.what} ({which})", "column": fault.column, "mend": fault.mend}
        raise RuntimeError(f"{_MARK}{json.dumps(told, ensure_ascii=False)}{_MARK}") from None
    place = np.repeat(np.arange(len(visits.places), dtype=np.int32), np.diff(visits.starts))
    kinds = pa.array([*visits.kinds, None], pa.string())
    kind = visits.kind_of_place[place] if visits.kinds else np.full(place.size, len(kinds) - 1)
    yield from pa.table(
        {
            "person_id": visits.persons.take(pa.array(visits.person)),
            "place_id": visits.places.take(pa.array(place)),
            "t_in": timestamps(visits.t_in.astype(np.int64) + visits.origin, visits.ticks_per_second, "UTC"),
            "t_out": timestamps(visits.t_out.astype(np.int64) + visits.origin, visits.ticks_per_second, "UTC"),
            "place_kind": kinds.take(pa.array(kind)),
        }
    ).to_batches()


def _bucket(batches: Iterator[pa.RecordBatch]) -> values.Visits | None:
    parts = list(batches)
    if not parts or not sum(p.num_rows for p in parts):
        return None
    return in_microseconds(index_visits(pa.Table.from_batches(parts), zone="UTC"))


def _kind_lists(visits: values.Visits, masks: np.ndarray[Any, Any]) -> pa.Array:
    names = {int(m): [k for bit, k in enumerate(visits.kinds) if int(m) >> bit & 1] for m in np.unique(masks)}
    known = [k for k in visits.kinds if k != "unknown"]
    return pa.array([names[int(m)] if known else [] for m in masks], pa.list_(pa.string()))


def _close_in_worker(batches: Iterator[pa.RecordBatch], given: Any, least: int) -> Iterator[pa.RecordBatch]:
    visits = _bucket(batches)
    if visits is None:
        return
    united = given.value
    codes = person_codes(visits, list(united))
    known = {code: united[case] for case, code in zip(united, codes, strict=True) if code is not None}
    is_case = np.zeros(len(visits.persons), np.uint8)
    is_case[list(known)] = 1
    pieces = case_pieces(visits, known, rows_of(visits, is_case))
    for met in meet(visits, pieces, 1 - is_case, least, 1 << 40, 1).parts:
        if not met.person.size:
            continue
        bits = np.uint64(1) << visits.kind_of_place[met.places].astype(np.uint64)
        yield from pa.table(
            {
                "source_id": visits.persons.take(pa.array(met.source)),
                "person_id": visits.persons.take(pa.array(met.person)),
                "first": met.first,
                "last": met.last,
                "total": met.total,
                "n": met.n,
                "kinds": _kind_lists(visits, np.bitwise_or.reduceat(bits, met.ends[:-1])),
                "places": pa.ListArray.from_arrays(pa.array(met.ends), visits.places.take(pa.array(met.places))),
            }
        ).to_batches()


def _deeper_in_worker(
    batches: Iterator[pa.RecordBatch], given: Any, least: int, until_us: int
) -> Iterator[pa.RecordBatch]:
    visits = _bucket(batches)
    if visits is None:
        return
    sources, first, barred = (pa.ipc.open_stream(part).read_all() for part in given.value)
    opens = np.full(len(visits.persons), free_of(visits), np.int64)
    opens[_present(visits, barred.column(0))[1]] = barred_of(visits)
    rows, codes = _present(visits, sources.column(0))
    opens[codes] = first.column(0).to_numpy()[rows] - visits.origin
    spread = sweep(visits, opens, until_us - visits.origin, least, 1)
    person = np.flatnonzero(spread.found[:, 0])
    found = spread.found[person]
    yield from pa.table(
        {
            "person_id": visits.persons.take(pa.array(person)),
            "first": found[:, 2] + visits.origin,
            "last": found[:, 3] + visits.origin,
            "total": found[:, 1],
            "n": found[:, 0],
            "kinds": _kind_lists(visits, spread.kinds[person]),
        }
    ).to_batches()


def _present(visits: values.Visits, ids: pa.ChunkedArray) -> tuple[Any, Any]:
    """Positions and codes of those ids that this bucket has."""
    codes = pc.index_in(ids.cast(visits.persons.type), value_set=visits.persons)
    rows = np.flatnonzero(pc.is_valid(codes).to_numpy())
    return rows, codes.take(pa.array(rows)).to_numpy()


def _bytes(column: pa.Array | pa.ChunkedArray) -> bytes:
    sink = pa.BufferOutputStream()
    table = pa.table({"x": column})
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _levels(
    session: Any,
    merged: Any,
    windows: Sequence[values.Window],
    min_overlap_minutes: float,
    depth: int,
    until: datetime | None,
    zone: str,
    wide_above: int,
    id_types: tuple[pa.DataType, pa.DataType] | None,
    progress: Callable[[str], None],
    rows_read: int,
) -> tuple[values.Trace, int, int]:
    from pyspark.sql import functions as f

    edges = merged.agg(f.count("*"), f.max(f.unix_micros("t_out"))).collect()[0]
    until_us = microseconds(until, zone) if until else int(edges[1] or 0)
    united = unite(windows, zone=zone, open_end_us=until_us)
    least = least_ticks(min_overlap_minutes, 1_000_000)
    person, place = (merged.schema[name].dataType.simpleString() for name in COLUMNS[:2])
    given = session.sparkContext.broadcast(united)
    progress("close contacts")
    sums = [
        f.min("first"),
        f.max("last"),
        f.sum("total"),
        f.sum("n"),
        f.array_distinct(f.flatten(f.collect_list("kinds"))),
    ]
    sums = [one.alias(name) for one, name in zip(sums, ("first", "last", "total", "n", "kinds"), strict=True)]
    close = (
        merged.mapInArrow(
            lambda batches: _close_in_worker(batches, given, least),
            f"source_id {person}, person_id {person}, {_SUMS}, places array<{place}>",
        )
        .groupBy("source_id", "person_id")
        .agg(*sums, f.sort_array(f.flatten(f.collect_list("places"))).alias("places"))
        .toArrow()
        .sort_by([("source_id", "ascending"), ("person_id", "ascending")])
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
        deeper = (
            merged.mapInArrow(
                lambda batches, state=state: _deeper_in_worker(batches, state, least, until_us),
                f"person_id {person}, {_SUMS}",
            )
            .groupBy("person_id")
            .agg(*sums)
            .toArrow()
            .sort_by("person_id")
        )
        barred = pa.chunked_array([*barred.chunks, *sources.chunks])
        levels.append((name, deeper, deeper["person_id"], deeper["first"]))
    seen = set() if not united else _seen(merged, united, f)
    person_type, place_type = id_types or (
        close.schema.field("person_id").type,
        close.schema.field("places").type.value_type,
    )
    schema = contacts_schema(person_type, place_type, zone)
    answer = [_answer(name, table, schema, zone) for name, table, _, _ in sorted(levels, key=lambda one: one[0])]
    trace = values.Trace(
        contacts=pa.concat_tables(answer, promote_options="permissive"),
        persons={name: len(ids) for name, _, ids, _ in levels},
        by_place_kind=_by_kind(levels),
        wide_places=_wide(close, wide_above),
        cases=len(united),
        cases_without_visits=len(united) - len(seen),
        min_overlap_minutes=float(min_overlap_minutes),
        until=(EPOCH + timedelta(microseconds=until_us)).astimezone(zone_named(zone)),
    )
    return trace, rows_read, int(edges[0])


def _cast_ids(ids: Sequence[Any] | dict[Any, Any], kind: pa.DataType) -> pa.Array:
    wanted = [str(i) for i in ids]
    if pa.types.is_integer(kind):
        return pa.array([int(i) for i in wanted if re.fullmatch(r"0|-?[1-9]\d{0,17}", i)], kind)
    return pa.array(wanted, kind)


def _seen(merged: Any, united: dict[Any, Any], f: Any) -> set[str]:
    ids = [str(i) for i in united]
    return {
        row[0]
        for row in merged.select(f.col("person_id").cast("string"))
        .filter(f.col("person_id").isin(ids))
        .distinct()
        .collect()
    }


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


def _by_kind(levels: Sequence[tuple[str, pa.Table, Any, Any]]) -> dict[str, dict[str, int]]:
    out = {}
    for name, table, _, _ in levels:
        kinds = table["kinds"].combine_chunks()
        pairs = pa.table(
            {"p": table["person_id"].combine_chunks().take(pc.list_parent_indices(kinds)), "k": pc.list_flatten(kinds)}
        )
        counts = pairs.group_by(["p", "k"]).aggregate([]).group_by("k").aggregate([("p", "count")])
        out[name] = dict(sorted(zip(counts["k"].to_pylist(), counts["p_count"].to_pylist(), strict=True)))
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

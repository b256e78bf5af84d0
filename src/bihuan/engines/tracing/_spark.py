"""The same kernels past one machine: whole places go to a task, sums per person are added up between tasks."""

import json
import os
import pickle
import re
import sys
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

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
# A bucket of places travels as one value, and Spark's values end at two gigabytes.
MOST_VISITS_A_BUCKET = 20_000_000
_ARROW_IDS = {
    "tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(), "string": pa.string(),
}  # fmt: skip
# What Spark calls an id of a Parquet file; whatever is no whole number that it knows travels as words.
_SPARK_IDS = {kind: name for name, kind in _ARROW_IDS.items()} | {
    pa.uint8(): "smallint", pa.uint16(): "int", pa.uint32(): "bigint",
}  # fmt: skip
_BUCKET = pa.schema(
    [
        ("visits", pa.int64()),
        ("last_us", pa.int64()),
        ("names", pa.list_(pa.string())),
        ("cases", pa.list_(pa.string())),
        ("whole", pa.binary()),
    ]
)
_BUCKET_IN_WORDS = "visits long, last_us long, names array<string>, cases array<string>, whole binary"
_PARTS = "bucket int, part binary"
_MOST_KINDS = 62  # bits of a signed long; what comes after counts as the last
_SUMS = ("first", "last", "total", "n", "kinds")


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
    kinds, id_types, rows_read = source.kinds, source.id_types, source.rows
    progress(f"{rows_read} visits to Spark, by place")
    many = buckets or max(2 * session.sparkContext.defaultParallelism, rows_read // MOST_VISITS_A_BUCKET)
    # A bucket is one row: joined by their few rows, as Spark would by itself, all buckets end up with one core.
    session.conf.set("spark.sql.adaptive.coalescePartitions.enabled", "false")
    session.conf.set("spark.sql.shuffle.partitions", str(max(many, 8 * session.sparkContext.defaultParallelism)))
    merged = source.in_buckets(many, sorted({str(w.person_id) for w in windows})).persist()
    try:
        return _levels(
            session, merged, kinds, windows, min_overlap_minutes, depth, until, zone, wide_above, id_types, progress,
            rows_read,
        )  # fmt: skip
    except Exception as fault:  # the worker's Fault comes home as text inside Spark's own exception
        found = re.search(_MARK + r"(\{.*?\})" + _MARK, str(fault))
        if not found:
            raise
        raise values.Fault(**json.loads(found[1])) from None
    finally:
        merged.unpersist()


class _Source(NamedTuple):
    """A file of visits as Spark meets it: how its ids are called there, its rows, and its places in so many buckets."""

    kinds: tuple[str, str]
    id_types: tuple[pa.DataType, pa.DataType] | None
    rows: int
    in_buckets: Callable[[int, Sequence[str]], Any]


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

    def in_buckets(many: int, cases: Sequence[str]) -> Any:
        def one(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
            if parts := list(batches):
                yield _merge(pa.Table.from_batches(parts), zone, (person, place), cases)

        return frame.repartition(many, "place_id").mapInArrow(one, _BUCKET_IN_WORDS)

    return _Source((person, place), None, frame.count(), in_buckets)


def _parquet(session: Any, file: Path, zone: str) -> _Source:
    """Row groups are read and split by place in the workers, in columns: as rows through Spark they cost three times that."""
    from pyarrow import dataset

    told = dataset.dataset(file, format="parquet")
    _need(told.schema.names)
    types = told.schema.field("person_id").type, told.schema.field("place_id").type
    kinds = _SPARK_IDS.get(types[0], "string"), _SPARK_IDS.get(types[1], "string")
    columns = [*COLUMNS, *([KIND_COLUMN] if KIND_COLUMN in told.schema.names else [])]
    groups = [(str(Path(p.path).resolve()), group.id) for p in told.get_fragments() for group in p.row_groups]

    def in_buckets(many: int, cases: Sequence[str]) -> Any:
        return (
            session.createDataFrame(groups, "file string, row_group int")
            .repartition(max(1, min(len(groups), 2 * session.sparkContext.defaultParallelism)))
            .mapInArrow(lambda batches: _split(batches, columns, many), _PARTS)
            .groupBy("bucket")
            .applyInArrow(
                lambda parts: pa.Table.from_batches([_merge(_opened(parts["part"]), zone, kinds, cases)]),
                _BUCKET_IN_WORDS,
            )
        )

    return _Source(kinds, types, told.count_rows(), in_buckets)


def _split(batches: Iterator[pa.RecordBatch], columns: Sequence[str], many: int) -> Iterator[pa.RecordBatch]:
    """In a worker: visits of row groups, each place's in one of `many` buckets."""
    for batch in batches:
        for file, group in zip(batch["file"].to_pylist(), batch["row_group"].to_pylist(), strict=True):
            table = parquet.ParquetFile(file).read_row_group(group, columns=list(columns))
            yield from _parts(table, _bucket_of(table["place_id"], many), many)


def _parts(table: pa.Table, where: np.ndarray[Any, Any], many: int) -> Iterator[pa.RecordBatch]:
    """The rows of each bucket as one value."""
    table = table.take(pa.array(np.argsort(where, kind="stable")))
    ends = np.cumsum(np.bincount(where, minlength=many))
    for bucket in np.flatnonzero(np.diff(ends, prepend=0)).tolist():
        begin = int(ends[bucket - 1]) if bucket else 0
        part = _written(table.slice(begin, int(ends[bucket]) - begin))
        yield pa.RecordBatch.from_arrays([pa.array([bucket], pa.int32()), pa.array([part])], ["bucket", "part"])


def _bucket_of(ids: pa.ChunkedArray, many: int) -> np.ndarray[Any, Any]:
    """A bucket for each id by itself alone; a visit without a place goes anywhere, to be found at fault there."""
    if pa.types.is_integer(ids.type):
        found: np.ndarray[Any, Any] = pc.fill_null(ids, 0).to_numpy().astype(np.int64) % many
        return found
    words = ids.combine_chunks().dictionary_encode()
    bucket = np.array([zlib.crc32(str(w).encode()) % many for w in words.dictionary.to_pylist()] or [0], np.int64)
    of: np.ndarray[Any, Any] = bucket[pc.fill_null(words.indices, 0).to_numpy()]
    return of


def _opened(parts: Iterable[Any]) -> pa.Table:
    return pa.concat_tables([pa.ipc.open_stream(one.as_buffer()).read_all() for one in parts])


def _need(names: Sequence[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise values.Fault(
            f"column {', '.join(missing)} is missing (found: {', '.join(names)})", mend="add the column or rename it"
        )


def _merge(table: pa.Table, zone: str, kinds: tuple[str, str], cases: Sequence[str]) -> pa.RecordBatch:
    """In a worker: the visits of whole places, checked, merged, sorted and indexed; one value for all of them.

    As rows they would be taken apart and put together again on every way into a worker, which costs more than tracing.
    """
    try:
        visits = index_visits(table, zone=zone)
    except values.Fault as fault:
        who = table.slice(fault.row - 1, 1).to_pylist()[0] if fault.row else {}
        which = " ".join(f"{name}={who[name]}" for name in COLUMNS if name in who)
        told = {"what": f"{fault.what} ({which})", "column": fault.column, "mend": fault.mend}
        raise RuntimeError(f"{_MARK}{json.dumps(told, ensure_ascii=False)}{_MARK}") from None
    person_type, place_type = (_ARROW_IDS[k] for k in kinds)
    visits = replace(
        visits,
        persons=visits.persons.cast(person_type),
        places=visits.places.cast(place_type),
        kinds=visits.kinds or ("unknown",),  # every bucket has kinds, as another of them may
    )
    last = -(-(visits.end_of_data + visits.origin) * 1_000_000 // visits.ticks_per_second)
    present = np.zeros(len(visits.persons), bool)  # ids close together have codes without a visit too
    present[visits.person] = True
    codes = person_codes(visits, cases)
    here = [case for case, code in zip(cases, codes, strict=True) if code is not None and present[code]]
    one = {
        "visits": visits.rows, "last_us": last if visits.rows else None, "names": list(visits.kinds), "cases": here,
        "whole": pickle.dumps(visits, protocol=5),
    }  # fmt: skip
    return pa.RecordBatch.from_pylist([one], _BUCKET)


def _buckets(batches: Iterator[pa.RecordBatch]) -> Iterator[values.Visits]:
    for part in batches:
        for one in part.column("whole"):
            visits = pickle.loads(one.as_buffer())  # noqa: S301  written by `_merge` in this session
            if visits.rows:
                yield in_microseconds(visits)


def _kind_bits(visits: values.Visits, masks: np.ndarray[Any, Any], names: Sequence[str]) -> pa.Array:
    """Kinds of places as bits that mean the same in every bucket."""
    place = {name: min(bit, _MOST_KINDS - 1) for bit, name in enumerate(names)}
    bits = [1 << place[kind] if kind in place else 0 for kind in visits.kinds]
    told = {int(m): sum({b for k, b in enumerate(bits) if int(m) >> k & 1}) for m in np.unique(masks)}
    return pa.array([told[int(m)] for m in masks], pa.int64())


def _close_in_worker(
    batches: Iterator[pa.RecordBatch], given: Any, least: int, names: Sequence[str], many: int
) -> Iterator[pa.RecordBatch]:
    united = given.value
    for visits in _buckets(batches):
        codes = person_codes(visits, list(united))
        known = {code: united[case] for case, code in zip(united, codes, strict=True) if code is not None}
        is_case = np.zeros(len(visits.persons), np.uint8)
        is_case[list(known)] = 1
        pieces = case_pieces(visits, known, rows_of(visits, is_case))
        for met in meet(visits, pieces, 1 - is_case, least, 1 << 40, 1).parts:
            if not met.person.size:
                continue
            bits = np.uint64(1) << visits.kind_of_place[met.places].astype(np.uint64)
            told = pa.table(
                {
                    "source_id": visits.persons.take(pa.array(met.source)),
                    "person_id": visits.persons.take(pa.array(met.person)),
                    "first": met.first,
                    "last": met.last,
                    "total": met.total,
                    "n": met.n,
                    "kinds": _kind_bits(visits, np.bitwise_or.reduceat(bits, met.ends[:-1]), names),
                    "places": pa.ListArray.from_arrays(pa.array(met.ends), visits.places.take(pa.array(met.places))),
                }
            )
            yield from _parts(told, _bucket_of(told["person_id"], many), many)


def _deeper_in_worker(
    batches: Iterator[pa.RecordBatch], given: Any, least: int, until_us: int, names: Sequence[str], many: int
) -> Iterator[pa.RecordBatch]:
    sources, first, barred = (pa.ipc.open_stream(part).read_all() for part in given.value)
    for visits in _buckets(batches):
        opens = np.full(len(visits.persons), free_of(visits), np.int64)
        opens[_present(visits, barred.column(0))[1]] = barred_of(visits)
        rows, codes = _present(visits, sources.column(0))
        opens[codes] = first.column(0).to_numpy()[rows] - visits.origin
        spread = sweep(visits, opens, until_us - visits.origin, least, 1)
        person = np.flatnonzero(spread.found[:, 0])
        found = spread.found[person]
        told = pa.table(
            {
                "person_id": visits.persons.take(pa.array(person)),
                "first": found[:, 2] + visits.origin,
                "last": found[:, 3] + visits.origin,
                "total": found[:, 1],
                "n": found[:, 0],
                "kinds": _kind_bits(visits, spread.kinds[person], names),
            }
        )
        yield from _parts(told, _bucket_of(told["person_id"], many), many)


def _added(parts: pa.Table, keys: Sequence[str]) -> pa.Table:
    """In a worker: what all places told of the same persons, added up, sorted by `keys`; one value."""
    told = _opened(parts["part"]).combine_chunks().sort_by([(key, "ascending") for key in keys])
    begins = np.zeros(told.num_rows, bool)
    begins[:1] = True
    for key in keys:
        column = told[key].combine_chunks()
        begins[1:] |= pc.not_equal(column.slice(1), column.slice(0, max(len(column) - 1, 0))).to_numpy(
            zero_copy_only=False
        )
    at = np.flatnonzero(begins)
    adding = dict(zip(_SUMS, (np.minimum, np.maximum, np.add, np.add, np.bitwise_or), strict=True))
    columns: dict[str, Any] = {key: told[key].take(pa.array(at)) for key in keys}
    columns |= {name: add.reduceat(told[name].to_numpy(), at) for name, add in adding.items()}
    if "places" in told.column_names:
        lists = told["places"].combine_chunks()
        of = np.searchsorted(at, pc.list_parent_indices(lists).to_numpy(), side="right") - 1
        flat = pa.table({"of": of, "place": pc.list_flatten(lists)}).sort_by(
            [("of", "ascending"), ("place", "ascending")]
        )
        ends = np.concatenate([[0], np.cumsum(np.bincount(of, minlength=at.size))]).astype(np.int32)
        columns["places"] = pa.ListArray.from_arrays(pa.array(ends), flat["place"].combine_chunks())
    return pa.table({"part": [_written(pa.table(columns))]})


def _collected(told: Any, keys: Sequence[str], empty: pa.Schema) -> pa.Table:
    """Sums by `keys` of what workers told in parts; each part of the persons is added up by one worker."""
    parts = told.groupBy("bucket").applyInArrow(lambda parts: _added(parts, keys), "part binary").toArrow()
    if not parts.num_rows:
        return empty.empty_table()
    return _opened(parts["part"]).combine_chunks().sort_by([(key, "ascending") for key in keys])


def _present(visits: values.Visits, ids: pa.ChunkedArray) -> tuple[Any, Any]:
    """Positions and codes of those ids that this bucket has."""
    codes = pc.index_in(ids.cast(visits.persons.type), value_set=visits.persons)
    rows = np.flatnonzero(pc.is_valid(codes).to_numpy())
    return rows, codes.take(pa.array(rows)).to_numpy()


def _bytes(column: pa.Array | pa.ChunkedArray) -> bytes:
    return _written(pa.table({"x": column}))


def _written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]


def _levels(
    session: Any,
    merged: Any,
    kinds: tuple[str, str],
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
    buckets = merged.select("visits", "last_us", "names", "cases").collect()
    told = {name for bucket in buckets for name in bucket["names"]}
    names = sorted(told) if told - {"unknown"} else []
    last_us = max((bucket["last_us"] for bucket in buckets if bucket["last_us"] is not None), default=0)
    until_us = microseconds(until, zone) if until else last_us
    united = unite(windows, zone=zone, open_end_us=until_us)
    least = least_ticks(min_overlap_minutes, 1_000_000)
    person, place = (_ARROW_IDS[kind] for kind in kinds)
    sums = [(name, pa.int64()) for name in _SUMS]
    many = 2 * session.sparkContext.defaultParallelism
    given = session.sparkContext.broadcast(united)
    progress("close contacts")
    close = _collected(
        merged.mapInArrow(lambda batches: _close_in_worker(batches, given, least, names, many), _PARTS),
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
            merged.mapInArrow(
                lambda batches, state=state: _deeper_in_worker(batches, state, least, until_us, names, many), _PARTS
            ),
            ("person_id",),
            pa.schema([("person_id", person), *sums]),
        )
        barred = pa.chunked_array([*barred.chunks, *sources.chunks])
        levels.append((name, deeper, deeper["person_id"], deeper["first"]))
    seen = {case for bucket in buckets for case in bucket["cases"]}
    person_type, place_type = id_types or (
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
    return trace, rows_read, sum(bucket["visits"] for bucket in buckets)


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
    shown = [*names[: _MOST_KINDS - 1], *(["others"] if len(names) > _MOST_KINDS else names[_MOST_KINDS - 1 :])]
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

"""What Spark's workers do: whole places become one value each, and sums per person are added up in parts."""

import json
import pickle
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pyarrow import parquet

from bihuan.engines.tracing import _values as values
from bihuan.engines.tracing._bulk import (
    barred_of,
    case_pieces,
    free_of,
    in_microseconds,
    meet,
    person_codes,
    rows_of,
    sweep,
)
from bihuan.engines.tracing._index import COLUMNS, KIND_COLUMN, index_visits

MARK = "bihuan-fault:"
ARROW_IDS = {
    "tinyint": pa.int8(), "smallint": pa.int16(), "int": pa.int32(), "bigint": pa.int64(), "string": pa.string(),
}  # fmt: skip
_PART = pa.struct([("bucket", pa.int32()), ("part", pa.binary())])
_BUCKET = pa.schema(
    [
        ("visits", pa.int64()),
        ("last_us", pa.int64()),
        ("cases", pa.list_(pa.string())),
        ("close", pa.list_(_PART)),
        ("whole", pa.binary()),
    ]
)
BUCKET_IN_WORDS = (
    "visits long, last_us long, cases array<string>, close array<struct<bucket: int, part: binary>>, whole binary"
)
PARTS = "bucket int, part binary"
MOST_KINDS = 62  # bits of a signed long; what comes after counts as the last
SUMS = ("first", "last", "total", "n", "kinds")


class Asked(NamedTuple):
    """What a worker must know: the cases' windows in microseconds, the shortest overlap, what ids and kinds of place are
    called, into how many parts persons go, and whether visits are kept for a second level."""

    united: dict[values.PersonId, list[tuple[int, int]]]
    least: int
    zone: str
    id_kinds: tuple[str, str]
    names: Sequence[str]
    parts: int
    is_kept: bool


def kinds_of_groups(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """In a worker: the kinds of place that row groups name."""
    for table in _groups(batches, [KIND_COLUMN]):
        yield pa.RecordBatch.from_arrays([pc.unique(table[KIND_COLUMN]).cast(pa.string())], ["kind"])


def split(batches: Iterator[pa.RecordBatch], columns: Sequence[str], many: int) -> Iterator[pa.RecordBatch]:
    """In a worker: visits of row groups, each place's in one of `many` buckets."""
    for table in _groups(batches, columns):
        yield from parts_of(table, bucket_of(table["place_id"], many), many)


def _groups(batches: Iterator[pa.RecordBatch], columns: Sequence[str]) -> Iterator[pa.Table]:
    for batch in batches:
        for file, group in zip(batch["file"].to_pylist(), batch["row_group"].to_pylist(), strict=True):
            yield parquet.ParquetFile(file).read_row_group(group, columns=list(columns))


def parts_of(table: pa.Table, where: np.ndarray[Any, Any], many: int) -> Iterator[pa.RecordBatch]:
    """The rows of each bucket as one value."""
    narrow = where.astype(np.uint16) if many < 1 << 16 else where  # numpy sorts these by counting
    table = table.take(pa.array(np.argsort(narrow, kind="stable")))
    ends = np.cumsum(np.bincount(where, minlength=many))
    for bucket in np.flatnonzero(np.diff(ends, prepend=0)).tolist():
        begin = int(ends[bucket - 1]) if bucket else 0
        part = written(table.slice(begin, int(ends[bucket]) - begin))
        yield pa.RecordBatch.from_arrays([pa.array([bucket], pa.int32()), pa.array([part])], ["bucket", "part"])


def bucket_of(ids: pa.ChunkedArray, many: int) -> np.ndarray[Any, Any]:
    """A bucket for each id by itself alone; a visit without a place goes anywhere, to be found at fault there."""
    if pa.types.is_integer(ids.type):
        found: np.ndarray[Any, Any] = pc.fill_null(ids, 0).to_numpy().astype(np.int64) % many
        return found
    words = ids.combine_chunks().dictionary_encode()
    bucket = np.array([zlib.crc32(str(w).encode()) % many for w in words.dictionary.to_pylist()] or [0], np.int64)
    of: np.ndarray[Any, Any] = bucket[pc.fill_null(words.indices, 0).to_numpy()]
    return of


def merge(table: pa.Table, asked: Asked) -> pa.RecordBatch:
    """In a worker: the visits of whole places, checked, merged, sorted and indexed, one value for all; whom cases met there.

    As rows they would be taken apart and put together again on every way into a worker, which costs more than tracing.
    """
    try:
        visits = index_visits(table, zone=asked.zone)
    except values.Fault as fault:
        who = table.slice(fault.row - 1, 1).to_pylist()[0] if fault.row else {}
        which = " ".join(f"{name}={who[name]}" for name in COLUMNS if name in who)
        told = {"what": f"{fault.what} ({which})", "column": fault.column, "mend": fault.mend}
        raise RuntimeError(f"{MARK}{json.dumps(told, ensure_ascii=False)}{MARK}") from None
    person_type, place_type = (ARROW_IDS[k] for k in asked.id_kinds)
    visits = replace(
        visits,
        persons=visits.persons.cast(person_type),
        places=visits.places.cast(place_type),
        kinds=visits.kinds or ("unknown",),  # every bucket has kinds, as another of them may
    )
    last = -(-(visits.end_of_data + visits.origin) * 1_000_000 // visits.ticks_per_second)
    present = np.zeros(len(visits.persons), bool)  # ids close together have codes without a visit too
    present[visits.person] = True
    codes = person_codes(visits, list(asked.united))
    here = [str(case) for case, code in zip(asked.united, codes, strict=True) if code is not None and present[code]]
    one = {
        "visits": visits.rows, "last_us": last if visits.rows else None, "cases": here,
        "close": [part for batch in _close(in_microseconds(visits), asked) for part in batch.to_pylist()],
        "whole": _pressed(visits) if asked.is_kept else None,
    }  # fmt: skip
    return pa.RecordBatch.from_pylist([one], _BUCKET)


def _close(visits: values.Visits, asked: Asked) -> Iterator[pa.RecordBatch]:
    if not visits.rows:
        return
    codes = person_codes(visits, list(asked.united))
    known = {code: asked.united[case] for case, code in zip(asked.united, codes, strict=True) if code is not None}
    is_case = np.zeros(len(visits.persons), np.uint8)
    is_case[list(known)] = 1
    pieces = case_pieces(visits, known, rows_of(visits, is_case))
    for met in meet(visits, pieces, 1 - is_case, asked.least, 1 << 40, 1).parts:
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
                "kinds": _kind_bits(visits, np.bitwise_or.reduceat(bits, met.ends[:-1]), asked.names),
                "places": pa.ListArray.from_arrays(pa.array(met.ends), visits.places.take(pa.array(met.places))),
            }
        )
        yield from parts_of(told, bucket_of(told["person_id"], asked.parts), asked.parts)


def deeper(batches: Iterator[pa.RecordBatch], given: Any, asked: Asked, until_us: int) -> Iterator[pa.RecordBatch]:
    sources, first, barred = (pa.ipc.open_stream(part).read_all() for part in given.value)
    for visits in _buckets(batches):
        opens = np.full(len(visits.persons), free_of(visits), np.int64)
        opens[_present(visits, barred.column(0))[1]] = barred_of(visits)
        rows, codes = _present(visits, sources.column(0))
        opens[codes] = first.column(0).to_numpy()[rows] - visits.origin
        spread = sweep(visits, opens, until_us - visits.origin, asked.least, 1)
        person = np.flatnonzero(spread.found[:, 0])
        found = spread.found[person]
        told = pa.table(
            {
                "person_id": visits.persons.take(pa.array(person)),
                "first": found[:, 2] + visits.origin,
                "last": found[:, 3] + visits.origin,
                "total": found[:, 1],
                "n": found[:, 0],
                "kinds": _kind_bits(visits, spread.kinds[person], asked.names),
            }
        )
        yield from parts_of(told, bucket_of(told["person_id"], asked.parts), asked.parts)


def added(parts: pa.Table, keys: Sequence[str]) -> pa.Table:
    """In a worker: what all places told of the same persons, added up, sorted by `keys`; one value."""
    told = opened(parts["part"]).combine_chunks().sort_by([(key, "ascending") for key in keys])
    begins = np.zeros(told.num_rows, bool)
    begins[:1] = True
    for key in keys:
        column = told[key].combine_chunks()
        begins[1:] |= pc.not_equal(column.slice(1), column.slice(0, max(len(column) - 1, 0))).to_numpy(
            zero_copy_only=False
        )
    at = np.flatnonzero(begins)
    adding = dict(zip(SUMS, (np.minimum, np.maximum, np.add, np.add, np.bitwise_or), strict=True))
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
    return pa.table({"part": [written(pa.table(columns))]})


def _buckets(batches: Iterator[pa.RecordBatch]) -> Iterator[values.Visits]:
    for part in batches:
        for one in part.column("whole"):
            visits = _unpressed(one.as_buffer())
            if visits.rows:
                yield in_microseconds(visits)


def _pressed(visits: values.Visits) -> bytes:
    whole = pickle.dumps(visits, protocol=5)
    return len(whole).to_bytes(8, "big") + bytes(pa.compress(whole, codec="zstd", asbytes=True))


def _unpressed(part: pa.Buffer) -> values.Visits:
    size = int.from_bytes(part.slice(0, 8).to_pybytes(), "big")
    whole = pa.decompress(part.slice(8), size, codec="zstd")
    visits: values.Visits = pickle.loads(whole)  # noqa: S301  written by `merge` in this session
    return visits


def _kind_bits(visits: values.Visits, masks: np.ndarray[Any, Any], names: Sequence[str]) -> pa.Array:
    """Kinds of places as bits that mean the same in every bucket."""
    place = {name: min(bit, MOST_KINDS - 1) for bit, name in enumerate(names)}
    bits = [1 << place[kind] if kind in place else 0 for kind in visits.kinds]
    told = {int(m): sum({b for k, b in enumerate(bits) if int(m) >> k & 1}) for m in np.unique(masks)}
    return pa.array([told[int(m)] for m in masks], pa.int64())


def _present(visits: values.Visits, ids: pa.ChunkedArray) -> tuple[Any, Any]:
    """Positions and codes of those ids that this bucket has."""
    codes = pc.index_in(ids.cast(visits.persons.type), value_set=visits.persons)
    rows = np.flatnonzero(pc.is_valid(codes).to_numpy())
    return rows, codes.take(pa.array(rows)).to_numpy()


def opened(parts: Iterable[Any]) -> pa.Table:
    return pa.concat_tables([pa.ipc.open_stream(one.as_buffer()).read_all() for one in parts])


def written(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    # What travels goes through the JVM four times: fewer bytes are worth more than the time to press them.
    with pa.ipc.new_stream(sink, table.schema, options=pa.ipc.IpcWriteOptions(compression="lz4")) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()  # type: ignore[no-any-return]

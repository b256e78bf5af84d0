"""From columns of visits to `Visits`: codes in the order of the ids, ticks, rows by (place, t_in), stays merged."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _kernels as kernels
from bihuan.engines.tracing._times import ticks_of
from bihuan.engines.tracing._values import Array, Fault, Visits

COLUMNS = ("person_id", "place_id", "t_in", "t_out")
KIND_COLUMN = "place_kind"
_MOST_KINDS = 64  # kinds are bits of one integer; what comes after counts as the last
_INT32 = np.iinfo(np.int32)


def index_visits(table: pa.Table, *, zone: str = "Asia/Shanghai", threads: int = 1, first_row: int = 1) -> Visits:
    """Visits of a table, ready for tracing.

    table: columns person_id, place_id (text or whole numbers), t_in, t_out (timestamps with or without offset,
        dates, or text), and place_kind if known. Further columns are ignored.
    zone: where times without an offset were written.
    first_row: the number a reader gives the first data row (2 under a header), for faults.

    Raises Fault naming row and column for a missing column, id or time, and for a visit that ends before it begins.
    """
    builder = Builder(zone=zone, first_row=first_row)
    builder.add(table)
    del table
    return builder.finish(threads=threads)


class Builder:
    """Takes visits batch by batch, holds 16 bytes a visit, and makes `Visits` of them."""

    def __init__(self, *, zone: str, first_row: int = 1) -> None:
        self._zone, self._first_row, self.rows = zone, first_row, 0
        self._person, self._place = Coder("person_id"), Coder("place_id")
        self._in, self._out = _Ticks(), _Ticks()
        self._kinds: list[pa.Array] = []

    def add(self, table: pa.Table | pa.RecordBatch) -> None:
        """Take one more batch of visits; all batches have the same columns."""
        names = table.schema.names
        missing = [name for name in COLUMNS if name not in names]
        if missing:
            raise Fault(
                f"column {', '.join(missing)} is missing (found: {', '.join(names)})",
                mend="add the column or rename it",
            )
        if table.num_rows == 0 and self.rows:
            return
        row = self._first_row + self.rows
        self._person.add(flat(table.column("person_id")), row)
        self._place.add(flat(table.column("place_id")), row)
        ticks = [
            ticks_of(flat(table.column(name)), name=name, zone=self._zone, row=row, table="visits")
            for name in ("t_in", "t_out")
        ]
        unit = max(per_second for _, per_second in ticks)
        began, ended = (values if per_second == unit else values * (unit // per_second) for values, per_second in ticks)
        wrong = np.flatnonzero(ended < began)
        if wrong.size:
            raise Fault(
                "the visit ends before it begins",
                row=row + int(wrong[0]),
                column="t_out",
                mend="correct t_in or t_out",
            )
        self._in.add(began, unit)
        self._out.add(ended, unit)
        if KIND_COLUMN in names:
            kinds = flat(table.column(KIND_COLUMN)).cast(pa.string())
            self._kinds.append(pc.fill_null(kinds, "").dictionary_encode())
        self.rows += table.num_rows

    def finish(self, *, threads: int = 1, progress: Callable[[str], None] = lambda _: None) -> Visits:
        """Sort, merge and index what was added. The builder is empty afterwards."""
        progress(f"indexing {self.rows} visits")
        persons, person = self._person.finish()
        places, place = self._place.finish()
        unit = max(self._in.unit, self._out.unit)
        origin, t_in = self._in.finish(unit, None)
        _, t_out = self._out.finish(unit, origin)
        if t_in.dtype != t_out.dtype:
            t_in, t_out = t_in.astype(np.int64), t_out.astype(np.int64)
        end_of_data = int(t_out.max()) if t_out.size else 0
        kinds, kind_of_place = self._place_kinds(place, len(places))
        starts = kernels.count_places(place, len(places))
        rows = np.empty((self.rows, 3), t_in.dtype)
        kernels.by_place(place, starts, person, t_in, t_out, rows)
        del place, person, t_in, t_out
        starts, person, t_in, t_out = _merged(rows, starts, len(persons), threads)
        del rows
        longest, latest = kernels.longest_stays(starts, t_in, t_out)
        return Visits(
            persons=persons,
            places=places,
            starts=starts,
            person=person,
            t_in=t_in,
            t_out=t_out,
            longest=longest,
            latest=latest,
            ticks_per_second=unit,
            origin=origin,
            zone=self._zone,
            rows_read=self.rows,
            end_of_data=end_of_data,
            kinds=kinds,
            kind_of_place=kind_of_place,
        )

    def _place_kinds(self, place: Array, n_places: int) -> tuple[tuple[str, ...], Array]:
        kind_of_place = np.zeros(n_places, np.int8)
        if not self._kinds:
            return (), kind_of_place
        names = sorted(set().union(*(chunk.dictionary.to_pylist() for chunk in self._kinds)))
        code = {name: min(i, _MOST_KINDS - 1) for i, name in enumerate(names)}
        end = place.size
        for chunk in reversed(self._kinds):  # backwards, so that the first row of a place decides
            codes = np.array([code[name] for name in chunk.dictionary.to_pylist()] or [0], np.int8)
            begin = end - len(chunk)
            kind_of_place[place[begin:end][::-1]] = codes[chunk.indices.to_numpy()][::-1]
            end = begin
        self._kinds = []
        kinds = [name or "unknown" for name in names[:_MOST_KINDS]]
        if len(names) > _MOST_KINDS:
            kinds[-1] = "others"
        return tuple(kinds), kind_of_place


def _merged(rows: Array, starts: Array, n_persons: int, threads: int) -> tuple[Array, Array, Array, Array]:
    """Segment starts and columns of the visits in `rows`, sorted by time within their place, stays merged."""
    columns = [np.empty(len(rows), kind) for kind in (np.int32, rows.dtype, rows.dtype)]
    ranges = shares(starts, threads)
    kept = in_parallel(lambda a, b: kernels.merge_stays(a, b, starts, rows, n_persons, *columns), ranges, threads)
    n = 0
    for (first, _), of_range in zip(ranges, kept, strict=True):  # each range left a gap behind itself
        begin, size = int(starts[first]), int(of_range.sum())
        for column in columns if begin > n else ():
            column[n : n + size] = column[begin : begin + size]
        n += size
    person, t_in, t_out = (column[:n] for column in columns)
    starts = np.concatenate([[0], np.cumsum(np.concatenate([np.zeros(0, np.int64), *kept]))])
    return starts, person, t_in, t_out


def flat(column: pa.Array | pa.ChunkedArray) -> pa.Array:
    """One contiguous array of a column."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def shares(starts: Array, threads: int, *, each: int = 8) -> list[tuple[int, int]]:
    """Ranges of places with about equal numbers of rows, a few per thread."""
    if starts.size < 2:
        return []
    n = 1 if threads <= 1 else threads * each
    cuts = np.searchsorted(starts, np.linspace(0, int(starts[-1]), n + 1)[1:-1])
    edges = [0, *np.unique(np.clip(cuts, 0, starts.size - 1)).tolist(), starts.size - 1]
    return [(a, b) for a, b in pairwise(edges) if b > a]


def in_parallel(job: Callable[[int, int], Array], ranges: Sequence[tuple[int, int]], threads: int) -> list[Array]:
    """What a job makes of each range, on threads (the kernels release the lock)."""
    if threads <= 1 or len(ranges) <= 1:
        return [job(a, b) for a, b in ranges]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(lambda r: job(*r), ranges))


class Coder:
    """Codes ids by their rank: text by code point, whole numbers by value."""

    def __init__(self, column: str, table: str = "visits") -> None:
        self._column, self._table = column, table
        self._chunks: list[Array] = []
        self._words: list[pa.Array] = []
        self._type: pa.DataType | None = None

    def add(self, ids: pa.Array, row: int) -> None:
        """Take the ids of one batch."""
        ids = plain_ids(ids, column=self._column, table=self._table, row=row)
        self._type = self._type or ids.type
        if pa.types.is_integer(self._type):
            values = ids.to_numpy(zero_copy_only=False)
            if values.dtype != np.int32:
                small = not values.size or (values.min() >= _INT32.min and values.max() <= _INT32.max)
                values = values.astype(np.int32 if small else np.int64)
            self._chunks.append(values)
        else:
            coded = ids.dictionary_encode()
            self._chunks.append(coded.indices.to_numpy())
            self._words.append(coded.dictionary)

    def finish(self) -> tuple[pa.Array, Array]:
        """The ids in ascending order, and the code of every row."""
        chunks, self._chunks = self._chunks, []
        assert self._type is not None
        if pa.types.is_integer(self._type):
            return self._whole_numbers(chunks, self._type)
        ids = pc.unique(pa.chunked_array(self._words, self._type))
        ids = ids.take(pc.array_sort_indices(ids))
        codes = np.empty(sum(c.size for c in chunks), np.int32)
        at = 0
        for i, words in enumerate(self._words):
            rank = pc.index_in(words, value_set=ids).to_numpy(zero_copy_only=False).astype(np.int32)
            codes[at : at + chunks[i].size] = rank[chunks[i]]
            at += chunks[i].size
            chunks[i] = np.zeros(0, np.int32)
        self._words = []
        return ids, codes

    def _whole_numbers(self, chunks: list[Array], kind: pa.DataType) -> tuple[pa.Array, Array]:
        rows = sum(c.size for c in chunks)
        if rows == 0:
            return pa.array([], kind), np.zeros(0, np.int32)
        least = min(int(c.min()) for c in chunks if c.size)
        span = max(int(c.max()) for c in chunks if c.size) - least + 1
        codes = np.empty(rows, np.int32)
        if span <= max(1 << 16, rows // 8):  # close together: the number itself is the code
            at = 0
            for i, chunk in enumerate(chunks):
                base = least if least >= _INT32.min else np.int64(least)  # in the chunk's own width where it fits
                np.subtract(chunk, base, out=codes[at : at + chunk.size], casting="unsafe")
                at += chunk.size
                chunks[i] = np.zeros(0, np.int32)
            return pa.array(np.arange(least, least + span)).cast(kind), codes
        seen = pc.unique(pa.chunked_array([pa.array(c).cast(pa.int64()) for c in chunks], pa.int64()))
        ids = np.sort(seen.to_numpy())
        value_set = pa.array(ids)
        at = 0
        for i, chunk in enumerate(chunks):
            found = pc.index_in(pa.array(chunk).cast(pa.int64()), value_set=value_set)
            codes[at : at + chunk.size] = found.to_numpy(zero_copy_only=False)
            at += chunk.size
            chunks[i] = np.zeros(0, np.int32)
        return value_set.cast(kind), codes


def plain_ids(ids: pa.Array, *, column: str, table: str, row: int) -> pa.Array:
    """Ids as text or whole numbers. Raises Fault naming the first that is missing or cannot be an id."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if ids.null_count:
        missing = int(pc.index(pc.is_null(ids), True).as_py())
        raise Fault(f"no {column}", table=table, row=row + missing, column=column, mend="fill it in")
    kind = ids.type
    try:
        if pa.types.is_floating(kind) or kind == pa.uint64():
            return ids.cast(pa.int64())
        if pa.types.is_integer(kind) or pa.types.is_string(kind) or pa.types.is_large_string(kind):
            return ids
        return ids.cast(pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        raise Fault(
            f"ids of type {kind} are neither text nor whole numbers",
            table=table,
            column=column,
            mend="store them as text",
        ) from None


def whole_numbers_if_written_so(ids: pa.Array | pa.ChunkedArray) -> pa.Array:
    """Ids of a file without types (CSV): whole numbers if every one is written as such (7, not 007), else text."""
    ids = flat(ids)
    if len(ids) and not ids.null_count and pc.all(pc.match_substring_regex(ids, r"^(0|-?[1-9]\d{0,17})$")).as_py():
        return ids.cast(pa.int64())
    return ids


class _Ticks:
    """Collects ticks: int32 seconds from the first time seen where that is exact, else int64."""

    def __init__(self) -> None:
        self._chunks: list[tuple[Array, int, int]] = []
        self.unit = 1

    def add(self, ticks: Array, unit: int) -> None:
        self.unit = max(self.unit, unit)
        base = int(ticks[0]) if ticks.size else 0
        small = np.empty(ticks.size, np.int32)
        if unit == 1 and kernels.narrow(ticks, base, int(_INT32.max // 4), small):
            self._chunks.append((small, unit, base))
        else:
            self._chunks.append((ticks, unit, 0))

    def finish(self, unit: int, origin: int | None) -> tuple[int, Array]:
        """Ticks of all batches from one origin (the first time seen unless given)."""
        filled = [c for c in self._chunks if c[0].size]
        if origin is None:
            values, its_unit, base = filled[0] if filled else (np.zeros(1, np.int64), 1, 0)
            origin = (int(values[0]) + base) * (unit // its_unit)
        reach = _INT32.max // 4
        small = unit == 1 and all(
            -reach < int(v.min()) + base - origin and int(v.max()) + base - origin < reach for v, _, base in filled
        )
        out = np.empty(sum(v.size for v, _, _ in filled), np.int32 if small else np.int64)
        at = 0
        self._chunks = []
        while filled:
            values, its_unit, base = filled.pop(0)
            if small:
                np.add(values, base - origin, out=out[at : at + values.size], casting="unsafe")
            else:
                out[at : at + values.size] = (values.astype(np.int64) + base) * (unit // its_unit) - origin
            at += values.size
        return origin, out

"""Contacts to any depth over a hundred million visits: pairs for the first level only, sums for all deeper ones."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _kernels as kernels
from bihuan.engines.tracing._index import shares
from bihuan.engines.tracing._tables import contacts_table
from bihuan.engines.tracing._times import datetime_of, microseconds
from bihuan.engines.tracing._values import Array, Fault, Level, PersonId, Trace, Visits, WidePlace, Window, level_name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Meetings(NamedTuple):
    """Totals per (source, person), sorted; times in ticks from the visits' origin."""

    source: Array
    person: Array
    first: Array
    last: Array
    total: Array
    n: Array
    n_places: Array
    places: Array


class Spread(NamedTuple):
    """Totals per person over all sources: `found[person]` = (n, total, first, last); bits of kinds of place."""

    found: Array
    kinds: Array


def trace(
    visits: Visits,
    windows: Sequence[Window],
    *,
    min_overlap_minutes: float,
    depth: int = 2,
    until: datetime | None = None,
    threads: int = 1,
    wide_above: int = 200,
    progress: Callable[[str], None] = lambda _: None,
) -> Trace:
    """Who met a case, who met them, and so on: contacts of every class with first, last and total overlap.

    visits: from `index_visits` or `read_visits`.
    windows: the cases' infectious windows; several of one case are united before use, so that nothing counts twice.
    min_overlap_minutes: the shortest encounter that counts; one of no length never does.
    depth: 1 close contacts only, 2 also secondary contacts, 3 also their contacts …
    until: end of the windows of contacts and of open windows of cases (default: end of the data).
    wide_above: a place that gives one case more contacts than this is named in `wide_places`.

    Raises Fault for a window that ends before it begins; ValueError for arguments out of range.
    """
    if depth < 1 or min_overlap_minutes < 0 or not math.isfinite(min_overlap_minutes):
        raise ValueError("depth is at least 1 and min_overlap_minutes at least 0")
    last = math.ceil(Fraction((visits.end_of_data + visits.origin) * 1_000_000, visits.ticks_per_second))
    united = unite(windows, zone=visits.zone, open_end_us=microseconds(until, visits.zone) if until else last)
    visits = fine_enough(visits, [t for pieces in united.values() for piece in pieces for t in piece], until)
    end = ticks_from_origin(visits, until)
    least = least_ticks(min_overlap_minutes, visits.ticks_per_second)
    codes = person_codes(visits, list(united))
    is_case = np.zeros(len(visits.persons), np.uint8)
    is_case[[c for c in codes if c is not None]] = 1

    progress("close contacts")
    rows = kernels.rows_of(visits.person, is_case)
    present = np.zeros(len(visits.persons), np.uint8)
    present[visits.person[rows]] = 1
    pieces = case_pieces(visits, {c: united[i] for i, c in zip(united, codes, strict=True) if c is not None}, rows)
    met, kinds, most, wide = meet(visits, pieces, (1 - is_case).astype(np.uint8), least, wide_above, threads)
    levels = [_first_level(met, len(visits.persons))]
    found_by_level = [Spread(np.zeros((0, 4), np.int64), kinds)]
    opens = np.full(len(visits.persons), free_of(visits), visits.t_in.dtype)
    opens[is_case == 1] = barred_of(visits)
    while len(levels) < depth and levels[-1].person.size:
        name = level_name(len(levels) + 1)
        progress(f"{name} contacts from {levels[-1].person.size} sources")
        opens[levels[-1].person] = np.minimum(levels[-1].first, end)
        spread = sweep(visits, opens, end, least, threads)
        opens[levels[-1].person] = barred_of(visits)
        person = np.flatnonzero(spread.found[:, 0]).astype(np.int32)
        levels.append(Level(name, person, spread.found[person, 2]))
        found_by_level.append(Spread(spread.found[person], spread.kinds))

    return Trace(
        contacts=contacts_table(visits, met, [(v.name, v.person, s.found) for v, s in _pairs(levels, found_by_level)]),
        persons={v.name: int(v.person.size) for v in levels},
        by_place_kind={
            v.name: _by_kind(visits, s.kinds[v.person])
            for v, s in zip(levels, found_by_level, strict=True)
            if visits.kinds
        },
        wide_places=_wide_places(visits, most, wide, wide_above),
        cases=len(united),
        cases_without_visits=len(united) - int(present.sum()),
        min_overlap_minutes=float(min_overlap_minutes),
        until=datetime_of(end + visits.origin, visits.ticks_per_second, visits.zone),
        levels=tuple(levels),
        barred=is_case,
    )


def _pairs(levels: list[Level], spreads: list[Spread]) -> list[tuple[Level, Spread]]:
    return list(zip(levels[1:], spreads[1:], strict=True))


def iter_sources(visits: Visits, found: Trace, *, sources_at_once: int = 2_000, threads: int = 1) -> Iterator[pa.Table]:
    """Who met whom below the close contacts: tables of one row per (source, person), for each level of a trace.

    The tables come sorted by class (as text), source_id and person_id. Their number grows with the pairs: this is why
    `trace` does not make them.
    """
    visits = fine_enough(visits, [], found.until)
    end = ticks_from_origin(visits, found.until)
    least = least_ticks(found.min_overlap_minutes, visits.ticks_per_second)
    for sources, level in sorted(pairwise(found.levels), key=lambda pair: pair[1].name):
        wanted = np.zeros(len(visits.persons), np.uint8)
        wanted[level.person] = 1
        for at in range(0, sources.person.size, sources_at_once):
            person = sources.person[at : at + sources_at_once]
            opened = np.full(len(visits.persons), end, np.int64)
            opened[person] = sources.first[at : at + sources_at_once]
            marked = np.zeros(len(visits.persons), np.uint8)
            marked[person] = 1
            rows = kernels.rows_of(visits.person, marked)
            begin = np.maximum(visits.t_in[rows].astype(np.int64), opened[visits.person[rows]])
            stop = np.minimum(visits.t_out[rows].astype(np.int64), end)
            pieces = _sorted_pieces(visits, rows, begin, stop)
            met, *_ = meet(visits, pieces, wanted, least, 0, threads)
            yield contacts_table(visits, met, [], name=level.name).drop_columns(["places"])


def unite(windows: Sequence[Window], *, zone: str, open_end_us: int) -> dict[PersonId, list[tuple[int, int]]]:
    """Each case's windows in microseconds, ascending and disjoint: those that overlap or touch become one.

    open_end_us: where a window without an end ends.
    """
    by_case: dict[PersonId, list[tuple[int, int]]] = {}
    for n, window in enumerate(windows, 1):
        start = microseconds(window.start, zone)
        end = max(start, open_end_us) if window.end is None else microseconds(window.end, zone)
        if end < start:
            raise Fault(
                f"the window of {window.person_id} ends before it begins", table="cases", row=n, mend="correct it"
            )
        by_case.setdefault(window.person_id, []).append((start, end))
    for case, parts in by_case.items():
        whole: list[tuple[int, int]] = []
        for start, end in sorted(parts):
            if start == end:
                continue
            if whole and start <= whole[-1][1]:
                whole[-1] = (whole[-1][0], max(end, whole[-1][1]))
            else:
                whole.append((start, end))
        by_case[case] = whole
    return by_case


def fine_enough(visits: Visits, bounds_us: Sequence[int], until: datetime | None) -> Visits:
    """The visits in ticks fine enough for these bounds too (in microseconds where a bound needs it)."""
    bounds = [*bounds_us, *([microseconds(until, visits.zone)] if until else [])]
    if visits.ticks_per_second > 1 or all(b % 1_000_000 == 0 for b in bounds):
        return visits
    return in_microseconds(visits)


def in_microseconds(visits: Visits) -> Visits:
    """The same visits with times in microseconds."""
    k = 1_000_000 // visits.ticks_per_second
    if k <= 1:
        return visits
    return replace(
        visits,
        t_in=visits.t_in.astype(np.int64) * k,
        t_out=visits.t_out.astype(np.int64) * k,
        longest=visits.longest * k,
        latest=visits.latest.astype(np.int64) * k,
        origin=visits.origin * k,
        end_of_data=visits.end_of_data * k,
        ticks_per_second=1_000_000,
    )


def least_ticks(min_overlap_minutes: float, ticks_per_second: int) -> int:
    """The shortest overlap that counts, in ticks (minutes to the nearest nanosecond), never less than one tick."""
    nanoseconds = round(Fraction(str(min_overlap_minutes)) * 60_000_000_000)
    return max(1, math.ceil(Fraction(nanoseconds * ticks_per_second, 1_000_000_000)))


def _within(ticks: int, visits: Visits) -> int:
    """A time moved into the span of the data: nothing outside it can change an encounter."""
    limit = int(np.iinfo(visits.t_in.dtype).max // 2)
    return max(-limit, min(limit, ticks))


def ticks_from_origin(visits: Visits, at: datetime | None) -> int:
    """Ticks from the visits' origin of an instant; None is the end of the data."""
    if at is None:
        return visits.end_of_data
    return _within(microseconds(at, visits.zone) * visits.ticks_per_second // 1_000_000 - visits.origin, visits)


def free_of(visits: Visits) -> int:
    """The mark of persons who may become contacts of the present level."""
    return int(np.iinfo(visits.t_in.dtype).max)


def barred_of(visits: Visits) -> int:
    """The mark of cases and of contacts of earlier levels."""
    return free_of(visits) - 1


def person_codes(visits: Visits, ids: Sequence[PersonId]) -> list[int | None]:
    """The code of each person; None for somebody without visits."""
    if pa.types.is_integer(visits.persons.type):
        wanted: list[int | str | None] = [_whole(i) for i in ids]
        column = pa.array(wanted, pa.int64()), visits.persons.cast(pa.int64())
    else:
        column = pa.array([str(i) for i in ids], visits.persons.type), visits.persons
    found = pc.index_in(column[0], value_set=column[1], skip_nulls=True)
    return found.to_pylist()  # type: ignore[no-any-return]


def _whole(value: PersonId) -> int | None:
    try:
        number = int(value)
    except ValueError:
        return None
    return number if str(number) == str(value) and abs(number) < 2**63 else None


def case_pieces(
    visits: Visits, windows_us: Mapping[int, Sequence[tuple[int, int]]], rows: Array
) -> tuple[Array, Array, Array, Array]:
    """The cases' stays clipped to their windows: source, place, from, to; sorted by (source, place)."""
    n_windows = np.zeros(len(visits.persons) + 1, np.int64)
    begins: list[int] = []
    ends: list[int] = []
    for code in sorted(windows_us):
        n_windows[code + 1] = len(windows_us[code])
        for begin, end in windows_us[code]:
            begins.append(_within(begin * visits.ticks_per_second // 1_000_000 - visits.origin, visits))
            ends.append(_within(end * visits.ticks_per_second // 1_000_000 - visits.origin, visits))
    first = np.cumsum(n_windows)
    who = visits.person[rows]
    times = n_windows[who + 1]
    of_row = np.repeat(np.arange(rows.size), times)
    which = first[who][of_row] + np.arange(of_row.size) - np.repeat(np.cumsum(times) - times, times)
    rows = rows[of_row]
    begin_at = np.maximum(visits.t_in[rows].astype(np.int64), np.array(begins, np.int64)[which])
    end_at = np.minimum(visits.t_out[rows].astype(np.int64), np.array(ends, np.int64)[which])
    return _sorted_pieces(visits, rows, begin_at, end_at)


def _sorted_pieces(visits: Visits, rows: Array, begin: Array, end: Array) -> tuple[Array, Array, Array, Array]:
    keep = np.flatnonzero(end > begin)
    rows, begin, end = rows[keep], begin[keep], end[keep]
    source = visits.person[rows]
    place = (np.searchsorted(visits.starts, rows, side="right") - 1).astype(np.int32)
    order = np.lexsort((begin, place, source))
    return source[order], place[order], begin[order], end[order]


def meet(
    visits: Visits,
    pieces: tuple[Array, Array, Array, Array],
    wanted: Array,
    least: int,
    wide_above: int,
    threads: int,
) -> tuple[Meetings, Array, Array, Array]:
    """Who met the sources: totals per pair; per person the kinds of place; per place the widest and how often."""
    edges = _source_edges(pieces[0], threads)

    def share(bounds: tuple[int, int]) -> tuple[Meetings, Array, Array, Array]:
        a, b = bounds
        kinds = np.zeros(len(visits.persons), np.uint64)
        most, wide = np.zeros(len(visits.places), np.int64), np.zeros(len(visits.places), np.int64)
        source, place, begin, end = (piece[a:b] for piece in pieces)
        found = kernels.meetings(
            source, place, begin, end,
            visits.starts, visits.longest, visits.latest, visits.person, visits.t_in, visits.t_out,
            wanted, least, visits.kind_of_place, kinds, wide_above, most, wide,
        )  # fmt: skip
        return Meetings(*found), kinds, most, wide

    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(share, edges))
    if len(parts) == 1:
        return parts[0]
    met = Meetings(*(np.concatenate(columns) for columns in zip(*(part[0] for part in parts), strict=True)))
    _, kinds, most, wide = parts[0]
    for _, more_kinds, more_most, more_wide in parts[1:]:
        kinds |= more_kinds
        most = np.maximum(most, more_most)
        wide += more_wide
    return met, kinds, most, wide


def _source_edges(source: Array, threads: int) -> list[tuple[int, int]]:
    n = 1 if threads <= 1 else 2 * threads
    cuts = [int(source.size * i / n) for i in range(1, n)]
    cuts = [int(np.searchsorted(source, source[c])) for c in cuts if c < source.size]
    edges = sorted({0, *cuts, source.size})
    return list(pairwise(edges)) or [(0, 0)]


def sweep(visits: Visits, opens: Array, until: int, least: int, threads: int) -> Spread:
    """Everybody free who met a source within the source's window, without pairs (see `_kernels.sweep`)."""
    queue = iter(shares(visits.starts, threads))

    def worker(_: int) -> Spread:
        found = np.zeros((len(visits.persons), 4), np.int64)
        kinds = np.zeros(len(visits.persons), np.uint64)
        for a, b in queue:  # a generator's next() would need a lock; a list's iterator does not
            kernels.sweep(
                a, b, visits.starts, visits.person, visits.t_in, visits.t_out, opens, free_of(visits),
                barred_of(visits), until, least, visits.kind_of_place, found, kinds,
            )  # fmt: skip
        return Spread(found, kinds)

    with ThreadPoolExecutor(max(1, threads)) as pool:
        parts = list(pool.map(worker, range(max(1, threads))))
    found, kinds = parts[0]
    for more, more_kinds in parts[1:]:
        new, both = more[:, 0] > 0, (more[:, 0] > 0) & (found[:, 0] > 0)
        last = np.maximum(found[:, 3], more[:, 3])
        first = np.minimum(found[:, 2], more[:, 2])
        found[:, :2] += more[:, :2]
        found[new, 2:] = more[new, 2:]
        found[both, 2], found[both, 3] = first[both], last[both]
        kinds |= more_kinds
    return Spread(found, kinds)


def _first_level(met: Meetings, n_persons: int) -> Level:
    first = np.full(n_persons, np.iinfo(np.int64).max)
    np.minimum.at(first, met.person, met.first)
    person = np.flatnonzero(first < np.iinfo(np.int64).max).astype(np.int32)
    return Level(level_name(1), person, first[person])


def _by_kind(visits: Visits, kinds: Array) -> dict[str, int]:
    counts = {kind: int(np.count_nonzero(kinds & np.uint64(1 << bit))) for bit, kind in enumerate(visits.kinds)}
    return {kind: n for kind, n in counts.items() if n}


def _wide_places(visits: Visits, most: Array, wide: Array, wide_above: int) -> tuple[WidePlace, ...]:
    too_wide = np.flatnonzero(most > wide_above)
    too_wide = too_wide[np.argsort(-most[too_wide], kind="stable")]
    ids = visits.places.take(pa.array(too_wide)).to_pylist()
    return tuple(WidePlace(i, int(most[p]), int(wide[p])) for i, p in zip(ids, too_wide, strict=True))

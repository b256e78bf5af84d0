"""Contacts to any depth over a hundred million visits: pairs for the first level only, sums for all deeper ones."""

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from bihuan.engines.tracing import _meeting_kernels as kernels
from bihuan.engines.tracing._index import shares
from bihuan.engines.tracing._tables import contacts_table
from bihuan.engines.tracing._times import datetime_of, microseconds
from bihuan.engines.tracing._values import Array, Fault, Level, PersonId, Trace, Visits, WidePlace, Window, level_name

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_T = TypeVar("_T")


class Meetings(NamedTuple):
    """Totals per (source, person), sorted; first and last in microseconds since 1970 UTC (in ticks where finer).

    Row r has the places ends[r]..ends[r + 1]-1 of `places`.
    """

    source: Array
    person: Array
    first: Array
    last: Array
    total: Array
    n: Array
    ends: Array
    places: Array


class Met(NamedTuple):
    """Pairs in pieces whose rows follow each other; per person the first meeting in ticks and kinds of place as bits;
    per place the most contacts of one source and how many sources made too many."""

    parts: list[Meetings]
    opened: Array
    kinds: Array
    most: Array
    wide: Array


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
    rows = rows_of(visits, is_case, threads)
    present = np.zeros(len(visits.persons), np.uint8)
    present[visits.person[rows]] = 1
    pieces = case_pieces(visits, {c: united[i] for i, c in zip(united, codes, strict=True) if c is not None}, rows)
    met = meet(visits, pieces, 1 - is_case, least, wide_above, threads)
    person = np.flatnonzero(met.opened < np.iinfo(np.int64).max).astype(np.int32)
    levels = [Level(level_name(1), person, met.opened[person])]
    found_by_level = [Spread(np.zeros((0, 4), np.int64), met.kinds)]
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
        contacts=contacts_table(
            visits, met.parts, [(v.name, v.person, s.found) for v, s in _pairs(levels, found_by_level)]
        ),
        persons={v.name: int(v.person.size) for v in levels},
        by_place_kind={
            v.name: _by_kind(visits, s.kinds[v.person])
            for v, s in zip(levels, found_by_level, strict=True)
            if visits.kinds
        },
        wide_places=_wide_places(visits, met.most, met.wide, wide_above),
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
            rows = rows_of(visits, marked, threads)
            begin = np.maximum(visits.t_in[rows].astype(np.int64), opened[visits.person[rows]])
            stop = np.minimum(visits.t_out[rows].astype(np.int64), end)
            pieces = _sorted_pieces(visits, rows, begin, stop)
            met = meet(visits, pieces, wanted, least, 0, threads)
            yield contacts_table(visits, met.parts, [], name=level.name).drop_columns(["places"])


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
    """The mark of persons who may become contacts of the present level: past every time, and far from overflow."""
    return int(np.iinfo(visits.t_in.dtype).max // 2) + 2


def barred_of(visits: Visits) -> int:
    """The mark of cases and of contacts of earlier levels."""
    return free_of(visits) - 1


def person_codes(visits: Visits, ids: Sequence[PersonId]) -> list[int | None]:
    """The code of each person; None for somebody without visits."""
    persons = visits.persons
    if pa.types.is_integer(persons.type):
        numbers = persons.to_numpy()
        wanted = [_whole(i) for i in ids]
        if not numbers.size:
            return [None] * len(wanted)
        inside = [-1 if i is None or not numbers[0] <= i <= numbers[-1] else i for i in wanted]
        at = np.searchsorted(numbers, np.array(inside, np.int64)).clip(0, numbers.size - 1)
        return [int(c) if i == w and numbers[c] == i else None for c, i, w in zip(at, inside, wanted, strict=True)]
    found = pc.index_in(pa.array([str(i) for i in ids], persons.type), value_set=persons, skip_nulls=True)
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
    for code, parts in windows_us.items():
        n_windows[code + 1] = len(parts)
    bounds = [bound for code in sorted(windows_us) for part in windows_us[code] for bound in part]
    limit = int(np.iinfo(visits.t_in.dtype).max // 2)
    ticks = [b * visits.ticks_per_second // 1_000_000 - visits.origin for b in bounds]
    begins, ends = np.array([max(-limit, min(limit, t)) for t in ticks], np.int64).reshape(-1, 2).T
    first = np.cumsum(n_windows)
    who = visits.person[rows]
    times = n_windows[who + 1]
    of_row = np.repeat(np.arange(rows.size), times)
    which = first[who][of_row] + np.arange(of_row.size) - np.repeat(np.cumsum(times) - times, times)
    rows = rows[of_row]
    begin_at = np.maximum(visits.t_in[rows].astype(np.int64), begins[which])
    end_at = np.minimum(visits.t_out[rows].astype(np.int64), ends[which])
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
) -> Met:
    """Who met the sources: totals per pair in pieces of memory, and on the way totals per person and per place."""
    low, high = kernels.reach(pieces[1], pieces[2], pieces[3], visits.starts, visits.longest, visits.t_in, least)
    jobs = enumerate(_jobs(pieces[0], high - low))
    scale = max(1, 1_000_000 // visits.ticks_per_second)

    def worker(_: int) -> tuple[dict[int, Meetings], Array, Array, Array, Array]:
        never = wanted.astype(np.int32) - 1  # -1 for who is not wanted
        slot_of, base = never.copy(), 1
        opened = np.full(wanted.size, np.iinfo(np.int64).max)
        kinds = np.zeros(wanted.size if visits.kinds else 0, np.uint64)
        most, wide = np.zeros(len(visits.places), np.int64), np.zeros(len(visits.places), np.int64)
        done = {}
        for job, (a, b, rows) in jobs:  # a generator's next() would need a lock; that of enumerate over a list does not
            if base > 1 << 30:
                slot_of, base = never.copy(), 1
            source, person = np.empty(rows, np.int32), np.empty(rows, np.int32)
            first, last, total, n = (np.empty(rows, np.int64) for _ in range(4))
            ends, places = np.zeros(rows + 1, np.int32), np.empty(rows, np.int32)
            piece_source, piece_place, begin, end = (piece[a:b] for piece in pieces)
            made, n_places, base = kernels.meetings(
                piece_source, piece_place, begin, end, low[a:b], high[a:b], visits.latest, visits.person, visits.t_in,
                visits.t_out, slot_of, base, least, visits.kind_of_place, kinds, wide_above, most, wide, opened,
                visits.origin, scale, source, person, first, last, total, n, ends, places,
            )  # fmt: skip
            done[job] = Meetings(
                source[:made], person[:made], first[:made], last[:made], total[:made], n[:made],
                ends[: made + 1], places[:n_places],
            )  # fmt: skip
        return done, opened, kinds, most, wide

    parts = _at_once(worker, threads)
    done, opened, kinds, most, wide = parts[0]
    for more, more_opened, more_kinds, more_most, more_wide in parts[1:]:
        done |= more
        np.minimum(opened, more_opened, out=opened)
        kinds |= more_kinds
        np.maximum(most, more_most, out=most)
        wide += more_wide
    return Met([done[job] for job in sorted(done)], opened, kinds, most, wide)


def _at_once(worker: Callable[[int], _T], threads: int) -> list[_T]:
    """What each of the threads makes; one thread is this one."""
    if threads <= 1:
        return [worker(0)]
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(worker, range(threads)))


def _jobs(source: Array, reach: Array, *, rows: int = 1 << 20) -> list[tuple[int, int, int]]:
    """Ranges of pieces that reach about so many rows, cut between sources, with the most rows they can answer."""
    if not source.size:
        return [(0, 0, 0)]
    first = np.concatenate([[0], np.flatnonzero(source[1:] != source[:-1]) + 1, [source.size]])  # of every source
    upto = np.concatenate([[0], np.cumsum(reach)])[first]
    cuts = np.unique(np.searchsorted(upto, np.arange(0, int(upto[-1]) + rows, rows)).clip(0, first.size - 1))
    edges = sorted({0, *cuts.tolist(), first.size - 1})
    return [(int(first[a]), int(first[b]), int(upto[b] - upto[a])) for a, b in pairwise(edges)]


def sweep(visits: Visits, opens: Array, until: int, least: int, threads: int) -> Spread:
    """Everybody free who met a source within the source's window, without pairs (see `_meeting_kernels.sweep`)."""
    queue = iter(shares(visits.starts, threads))
    earliest = int(opens.min(initial=barred_of(visits)))

    def worker(_: int) -> Spread:
        found = np.empty((len(visits.persons), 4), np.int64)
        found[:] = (0, 0, np.iinfo(np.int64).max, np.iinfo(np.int64).min)
        kinds = np.zeros(len(visits.persons) if visits.kinds else 0, np.uint64)
        for a, b in queue:  # a generator's next() would need a lock; a list's iterator does not
            kernels.sweep(
                a, b, visits.starts, visits.longest, visits.person, visits.t_in, visits.t_out, opens,
                opens.dtype.type(free_of(visits)), earliest, opens.dtype.type(until), least, visits.kind_of_place,
                found, kinds,
            )  # fmt: skip
        return Spread(found, kinds)

    parts = _at_once(worker, threads)
    for more in parts[1:]:
        kernels.add_found(parts[0].found, parts[0].kinds, more.found, more.kinds)
    return parts[0]


def rows_of(visits: Visits, marked: Array, threads: int = 1) -> Array:
    """Rows whose person is marked (1, others 0), in row order."""

    def job(first: int) -> Array:
        last = min(first + (1 << 22), visits.rows)
        rows = np.empty(last - first, np.int64)
        return rows[: kernels.marked_rows(visits.person, marked, first, last, rows)].copy()

    firsts = range(0, visits.rows, 1 << 22)
    if threads <= 1:
        parts = [job(first) for first in firsts]
    else:
        with ThreadPoolExecutor(threads) as pool:
            parts = list(pool.map(job, firsts))
    return np.concatenate([np.zeros(0, np.int64), *parts])


def _by_kind(visits: Visits, kinds: Array) -> dict[str, int]:
    counts = {kind: int(np.count_nonzero(kinds & np.uint64(1 << bit))) for bit, kind in enumerate(visits.kinds)}
    return {kind: n for kind, n in counts.items() if n}


def _wide_places(visits: Visits, most: Array, wide: Array, wide_above: int) -> tuple[WidePlace, ...]:
    too_wide = np.flatnonzero(most > wide_above)
    too_wide = too_wide[np.argsort(-most[too_wide], kind="stable")]
    ids = visits.places.take(pa.array(too_wide)).to_pylist()
    return tuple(WidePlace(i, int(most[p]), int(wide[p])) for i, p in zip(ids, too_wide, strict=True))

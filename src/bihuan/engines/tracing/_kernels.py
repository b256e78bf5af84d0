"""The loops that bring visits in order, compiled by Numba; `_meeting_kernels` has those that look for meetings.

All kernels see integers only: person and place codes whose order is the order of the ids, and times in ticks
(seconds, or finer where the data are finer). Rows are sorted by (place, t_in); `starts[p]:starts[p + 1]` is
the segment of place p.
"""

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, Any]

BLOCK = 64  # rows a block of `latest`: skipping a block of stays that ended too early costs one comparison


@njit(nogil=True, cache=True)
def count_places(place: Array, n_places: int) -> tuple[Array, bool]:
    """Segment starts of every place, and whether the rows already stand in place order."""
    starts = np.zeros(n_places + 1, np.int64)
    ordered = True
    for i in range(place.size):
        starts[place[i] + 1] += 1
        if i > 0 and place[i] < place[i - 1]:
            ordered = False
    for p in range(n_places):
        starts[p + 1] += starts[p]
    return starts, ordered


@njit(nogil=True, cache=True)
def destinations(place: Array, starts: Array) -> None:
    """Overwrite `place` by the row that each visit moves to when rows are put in place order (stable)."""
    after = starts[:-1].copy()
    for i in range(place.size):
        p = place[i]
        place[i] = after[p]
        after[p] += 1


@njit(nogil=True, cache=True)
def scatter(values: Array, to: Array, out: Array) -> None:
    """Move each value to its row."""
    for i in range(values.size):
        out[to[i]] = values[i]


@njit(nogil=True, cache=True)
def sort_segments(first: int, last: int, starts: Array, person: Array, t_in: Array, t_out: Array) -> None:
    """Sort the rows of places first..last-1 by t_in, in place; a segment already sorted costs one look."""
    for p in range(first, last):
        lo, hi = starts[p], starts[p + 1]
        least = greatest = 0
        ordered = True
        for i in range(lo, hi):
            value = t_in[i]
            if i == lo:
                least = greatest = value
            else:
                least, greatest = min(least, value), max(greatest, value)
                if value < t_in[i - 1]:
                    ordered = False
        if ordered:
            continue
        n = hi - lo
        bits = 0
        while (1 << bits) < n:
            bits += 1
        if greatest - least < (1 << (62 - bits)):  # time and row fit one integer: one plain sort
            keys = np.empty(n, np.int64)
            for i in range(n):
                keys[i] = ((np.int64(t_in[lo + i]) - least) << bits) | i
            keys.sort()
            order = keys & ((1 << bits) - 1)
        else:
            order = np.argsort(t_in[lo:hi])
        t_in[lo:hi] = t_in[lo:hi][order]
        t_out[lo:hi] = t_out[lo:hi][order]
        person[lo:hi] = person[lo:hi][order]


@njit(nogil=True, cache=True)
def merge_stays(starts: Array, person: Array, t_in: Array, t_out: Array, n_persons: int) -> Array:
    """Merge visits of one person to one place that overlap or touch; rows are compacted in place.

    A visit of no length is empty and is left out: it can neither meet anybody nor join two visits that do not
    touch already. Returns the new segment starts; the last of them is the number of rows kept.
    """
    kept = np.empty_like(starts)
    row_of = np.full(n_persons, -1, np.int64)  # the person's latest kept row
    write = 0
    for p in range(starts.size - 1):
        begin = write
        kept[p] = begin
        for i in range(starts[p], starts[p + 1]):
            a, b, who = t_in[i], t_out[i], person[i]
            if a >= b:
                continue
            row = row_of[who]
            if row >= begin and a <= t_out[row]:
                t_out[row] = max(t_out[row], b)
                continue
            row_of[who] = write
            person[write], t_in[write], t_out[write] = who, a, b
            write += 1
    kept[-1] = write
    return kept


@njit(nogil=True, cache=True)
def longest_stays(starts: Array, t_in: Array, t_out: Array) -> tuple[Array, Array]:
    """Longest stay at each place, and the latest t_out of each block of rows: bounds for the search."""
    longest = np.zeros(starts.size - 1, np.int64)
    latest = np.empty((t_in.size + BLOCK - 1) // BLOCK, t_out.dtype)
    for p in range(starts.size - 1):
        for i in range(starts[p], starts[p + 1]):
            longest[p] = max(longest[p], np.int64(t_out[i]) - np.int64(t_in[i]))
            if i % BLOCK == 0 or t_out[i] > latest[i // BLOCK]:
                latest[i // BLOCK] = t_out[i]
    return longest, latest


@njit(nogil=True, cache=True)
def first_after(values: Array, lo: int, hi: int, x: Any) -> int:
    """First row in lo..hi-1 whose value is greater than x; hi if none."""
    while lo < hi:
        mid = (lo + hi) >> 1
        if values[mid] > x:
            hi = mid
        else:
            lo = mid + 1
    return lo


@njit(nogil=True, cache=True)
def first_from(values: Array, lo: int, hi: int, x: Any) -> int:
    """First row in lo..hi-1 whose value is x or more; hi if none."""
    while lo < hi:
        mid = (lo + hi) >> 1
        if values[mid] >= x:
            hi = mid
        else:
            lo = mid + 1
    return lo

"""The loops that bring visits in order, compiled by Numba; `_meeting_kernels` has those that look for meetings.

All kernels see integers only: person and place codes whose order is the order of the ids, and times in ticks
(seconds, or finer where the data are finer). Rows are sorted by (place, t_in); `starts[p]:starts[p + 1]` is
the segment of place p.
"""

from typing import Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np import arrayobj

Array = np.ndarray[Any, Any]

BLOCK = 64  # rows a block of `latest`: skipping a block of stays that ended too early costs one comparison
AHEAD = 12  # rows: long enough for memory to answer, short enough to be still there


@intrinsic
def _prefetch(_: Any, array: Any, at: Any) -> Any:
    """Ask for array[at] without waiting for it."""

    def code(context: Any, builder: Any, signature: Any, given: Any) -> Any:
        made = arrayobj.make_array(signature.args[0])(context, builder, given[0])
        at = context.cast(builder, given[1], signature.args[1], types.intp)
        step = cgutils.unpack_tuple(builder, made.strides)[0]
        address = builder.gep(builder.bitcast(made.data, ir.IntType(8).as_pointer()), [builder.mul(at, step)])
        number = ir.IntType(32)
        ask = ir.FunctionType(ir.VoidType(), [address.type, number, number, number])
        asked = cgutils.get_or_insert_function(builder.module, ask, "llvm.prefetch.p0")
        builder.call(asked, [address, number(1), number(3), number(1)])  # to be written, to be kept, data
        return context.get_dummy_value()

    return types.void(array, at), code


ahead: Any = _prefetch  # numba's types count the compiler's own argument


@njit(nogil=True, cache=True)
def sort_numbers(values: Array, n: int, low: int, spare: Array, counts: Array) -> None:
    """Sort values[:n] ascending by their bits from `low` on; radix by 11 bits for long runs, since they span few."""
    if n < 192:
        values[:n].sort()
        return
    least = greatest = np.int64(values[0]) >> low
    ordered = True
    for i in range(1, n):
        value = np.int64(values[i]) >> low
        least, greatest = min(least, value), max(greatest, value)
        ordered = ordered and values[i - 1] <= values[i]
    if ordered:
        return
    span = greatest - least
    shift = 0
    inside = True
    while (span >> shift) > 0:
        source, target = (values, spare) if inside else (spare, values)
        counts[:] = 0
        for i in range(n):
            counts[(((np.int64(source[i]) >> low) - least) >> shift) & 2047] += 1
        at = 0
        for d in range(2048):
            at, counts[d] = at + counts[d], at
        for i in range(n):
            digit = (((np.int64(source[i]) >> low) - least) >> shift) & 2047
            target[counts[digit]] = source[i]
            counts[digit] += 1
        inside = not inside
        shift += 11
    if not inside:
        values[:n] = spare[:n]


@njit(nogil=True, cache=True)
def settle(values: Array, n: int, low: int, spare: Array, counts: Array) -> None:
    """As `sort_numbers`, for values that are nearly sorted: by insertion, until that has moved too many; then by radix.

    Bits below `low` order what is equal above them, or are in order already.
    """
    left = 8 * n + 64
    for i in range(1, n):
        value = values[i]
        j = i
        while j > 0 and values[j - 1] > value:
            values[j] = values[j - 1]
            j -= 1
        values[j] = value
        left -= i - j
        if left < 0:
            sort_numbers(values, n, low, spare, counts)
            return


@njit(nogil=True, cache=True)
def count_places(place: Array, n_places: int) -> Array:
    """Segment starts of every place."""
    starts = np.zeros(n_places + 1, np.int64)
    for i in range(place.size):
        starts[place[i] + 1] += 1
    for p in range(n_places):
        starts[p + 1] += starts[p]
    return starts


@njit(nogil=True, cache=True)
def by_place(place: Array, starts: Array, person: Array, t_in: Array, t_out: Array, rows: Array) -> None:
    """Put visits into place order (stable) as rows of (t_in, t_out, person): one line of memory for each, not three."""
    after = starts[:-1].copy()
    for i in range(place.size):
        if i + AHEAD < place.size:
            ahead(rows, after[place[i + AHEAD]])
        to = after[place[i]]
        after[place[i]] = to + 1
        rows[to, 0], rows[to, 1], rows[to, 2] = t_in[i], t_out[i], person[i]


@njit(nogil=True, cache=True)
def merge_stays(
    first: int, last: int, starts: Array, rows: Array, n_persons: int, person: Array, t_in: Array, t_out: Array
) -> Array:
    """Sort the rows of places first..last-1 by t_in, merge what one person's visits there overlap or touch, and write
    them as columns from starts[first] on, without gaps.

    A visit of no length is empty and is left out: it can neither meet anybody nor join two visits that do not
    touch already. Returns how many rows each of the places kept.
    """
    kept = np.zeros(last - first, np.int64)
    row_of = np.full(n_persons, -1, np.int64)  # the person's latest kept row
    seats = 1024
    order, spare, counts = np.empty(seats, np.int64), np.empty(seats, np.int64), np.empty(2048, np.int64)
    write = starts[first]
    for p in range(first, last):
        lo, n = starts[p], starts[p + 1] - starts[p]
        if n > seats:
            while n > seats:
                seats *= 2
            order, spare = np.empty(seats, np.int64), np.empty(seats, np.int64)
        bits = sort_rows(rows[lo : lo + n], order, spare, counts)
        begin = write
        for k in range(n):
            i = lo + (order[k] & ((1 << bits) - 1))
            a, b, who = rows[i, 0], rows[i, 1], rows[i, 2]
            if a >= b:
                continue
            row = row_of[who]
            if row >= begin and a <= t_out[row]:
                t_out[row] = max(t_out[row], b)
                continue
            row_of[who] = write
            person[write], t_in[write], t_out[write] = who, a, b
            write += 1
        kept[p - first] = write - begin
    return kept


@njit(nogil=True, cache=True)
def sort_rows(rows: Array, order: Array, spare: Array, counts: Array) -> int:
    """Write the order of rows by their first column to `order`, in the lowest bits; returns how many bits."""
    n = rows.shape[0]
    least = greatest = np.int64(rows[0, 0]) if n else np.int64(0)
    ordered = True
    for i in range(1, n):
        least, greatest = min(least, np.int64(rows[i, 0])), max(greatest, np.int64(rows[i, 0]))
        ordered = ordered and rows[i - 1, 0] <= rows[i, 0]
    bits = 0
    while (1 << bits) < n:
        bits += 1
    if ordered:
        for i in range(n):
            order[i] = i
    elif greatest - least < (1 << (62 - bits)):  # time and row fit one number: a plain sort
        for i in range(n):
            order[i] = ((np.int64(rows[i, 0]) - least) << bits) | i
        settle(order, n, bits, spare, counts)
    else:
        order[:n] = np.argsort(rows[:, 0], kind="mergesort")
    return bits


@njit(nogil=True, cache=True)
def coarsen(ticks: Array, step: int, out: Array) -> bool:
    """Write ticks / step to `out`; False where one is no whole number of steps."""
    share = 1.0 / step  # a product is far cheaper than a division; within one of the truth, and made exact
    wrong = 0
    for i in range(ticks.size):
        whole = np.int64(ticks[i] * share)
        rest = ticks[i] - whole * step
        whole += np.int64(rest >= step) - np.int64(rest < 0)
        wrong |= ticks[i] != whole * step
        out[i] = whole
    return not wrong


@njit(nogil=True, cache=True)
def narrow(ticks: Array, base: int, reach: int, out: Array) -> bool:
    """Write ticks - base to `out`; False where one is not between -reach and reach."""
    wrong = 0
    for i in range(ticks.size):
        value = ticks[i] - base
        wrong |= (value >= reach) | (value <= -reach)
        out[i] = value
    return not wrong


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

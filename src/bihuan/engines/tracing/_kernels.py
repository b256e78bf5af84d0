"""The loops that run over every visit, compiled by Numba.

All kernels see integers only: person and place codes whose order is the order of the ids, and times in ticks
(seconds, or finer where the data are finer). Rows are sorted by (place, t_in); `starts[p]:starts[p + 1]` is
the segment of place p. `least` is the shortest overlap that counts, in ticks, and is at least 1: an encounter
must last longer than nothing.
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
def rows_of(person: Array, marked: Array) -> Array:
    """Rows whose person is marked, in row order."""
    n = 0
    for i in range(person.size):
        n += marked[person[i]]
    rows = np.empty(n, np.int64)
    n = 0
    for i in range(person.size):
        if marked[person[i]]:
            rows[n] = i
            n += 1
    return rows


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


@njit(nogil=True, cache=True)
def _grown(values: Array, n: int) -> Array:
    larger = np.empty(2 * n, values.dtype)
    larger[:n] = values[:n]
    return larger


@njit(nogil=True, cache=True)
def meetings(
    piece_source: Array,
    piece_place: Array,
    piece_from: Array,
    piece_to: Array,
    starts: Array,
    longest: Array,
    latest: Array,
    person: Array,
    t_in: Array,
    t_out: Array,
    wanted: Array,
    least: int,
    kind_of: Array,
    kinds: Array,
    wide_above: int,
    most: Array,
    wide: Array,
) -> tuple[Array, Array, Array, Array, Array, Array, Array, Array]:
    """Who met whom: totals per (source, person) over the given pieces of the sources' stays.

    Pieces come sorted by (source, place). `wanted[person]` says who may be a contact; sources themselves are
    never wanted. Returns source, person, first, last, total, n, number of places, and the places one after the
    other; rows are sorted by (source, person), places within a row too. On the way: bit kind_of[place] is set in
    kinds[person], most[place] rises to the number of contacts that one source made there, and wide[place] counts
    the sources that made more than `wide_above` there.
    """
    here = np.zeros(most.size, np.int64)  # contacts of the present source at each place
    room = 1024
    out_source, out_person = np.empty(room, np.int32), np.empty(room, np.int32)
    out_first, out_last = np.empty(room, np.int64), np.empty(room, np.int64)
    out_total, out_n, out_places = np.empty(room, np.int64), np.empty(room, np.int32), np.empty(room, np.int32)
    places = np.empty(room, np.int32)
    rows = n_places = 0

    slot_of = np.full(wanted.size, -1, np.int32)  # the person's slot within the present source
    seats = 256
    who = np.empty(seats, np.int32)
    total, n = np.empty(seats, np.int64), np.empty(seats, np.int32)
    first, last = np.empty(seats, np.int64), np.empty(seats, np.int64)
    tail = np.empty(seats, np.int32)  # latest link of the person's chain of places
    links = 256
    link_place, link_before = np.empty(links, np.int32), np.empty(links, np.int32)

    k = 0
    while k < piece_source.size:
        source = piece_source[k]
        begin = k
        used = linked = 0
        while k < piece_source.size and piece_source[k] == source:
            p, s, e = piece_place[k], np.int64(piece_from[k]), np.int64(piece_to[k])
            k += 1
            if e - s < least:
                continue
            lo, hi = starts[p], starts[p + 1]
            hi = first_after(t_in, lo, hi, e - least)
            i = first_from(t_in, lo, hi, s + least - longest[p])
            while i < hi:
                if i % BLOCK == 0 and latest[i // BLOCK] < s + least:
                    i += BLOCK
                    continue
                a, b = max(np.int64(t_in[i]), s), min(np.int64(t_out[i]), e)
                other = person[i]
                i += 1
                if b - a < least or not wanted[other]:
                    continue
                slot = slot_of[other]
                if slot < 0:
                    if used == seats:
                        who, tail = _grown(who, seats), _grown(tail, seats)
                        total, n = _grown(total, seats), _grown(n, seats)
                        first, last = _grown(first, seats), _grown(last, seats)
                        seats *= 2
                    slot = used
                    used += 1
                    slot_of[other] = slot
                    who[slot], total[slot], n[slot], first[slot], last[slot] = other, 0, 0, a, b
                    tail[slot] = -1
                total[slot] += b - a
                n[slot] += 1
                first[slot], last[slot] = min(first[slot], a), max(last[slot], b)
                if tail[slot] < 0 or link_place[tail[slot]] != p:
                    if linked == links:
                        link_place, link_before = _grown(link_place, links), _grown(link_before, links)
                        links *= 2
                    link_place[linked], link_before[linked] = p, tail[slot]
                    tail[slot] = linked
                    linked += 1
                    here[p] += 1
                    kinds[other] |= np.uint64(1) << np.uint64(kind_of[p])
        for piece in range(begin, k):
            p = piece_place[piece]
            if here[p] > wide_above:
                wide[p] += 1
            most[p] = max(most[p], here[p])
            here[p] = 0
        while rows + used > room:
            out_source, out_person = _grown(out_source, room), _grown(out_person, room)
            out_first, out_last = _grown(out_first, room), _grown(out_last, room)
            out_total, out_n = _grown(out_total, room), _grown(out_n, room)
            out_places = _grown(out_places, room)
            room *= 2
        while n_places + linked > places.size:
            places = _grown(places, places.size)
        met = np.sort(who[:used])
        for j in range(used):
            slot = slot_of[met[j]]
            slot_of[met[j]] = -1
            out_source[rows], out_person[rows] = source, met[j]
            out_first[rows], out_last[rows] = first[slot], last[slot]
            out_total[rows], out_n[rows] = total[slot], n[slot]
            length = 0
            link = tail[slot]
            while link >= 0:
                length += 1
                link = link_before[link]
            link = tail[slot]
            for back in range(length):
                places[n_places + length - 1 - back] = link_place[link]
                link = link_before[link]
            n_places += length
            out_places[rows] = length
            rows += 1
    return (
        out_source[:rows],
        out_person[:rows],
        out_first[:rows],
        out_last[:rows],
        out_total[:rows],
        out_n[:rows],
        out_places[:rows],
        places[:n_places],
    )


@njit(nogil=True, cache=True)
def sort_times(values: Array, n: int, spare: Array, counts: Array) -> None:
    """Sort values[:n] ascending; radix by 11 bits for long runs, since times span few bits."""
    if n < 1024:
        values[:n].sort()
        return
    least = greatest = values[0]
    ordered = True
    for i in range(1, n):
        least, greatest = min(least, values[i]), max(greatest, values[i])
        ordered = ordered and values[i - 1] <= values[i]
    if ordered:
        return
    span = np.int64(greatest) - np.int64(least)
    shift = 0
    inside = True
    while (span >> shift) > 0:
        source, target = (values, spare) if inside else (spare, values)
        counts[:] = 0
        for i in range(n):
            counts[((np.int64(source[i]) - least) >> shift) & 2047] += 1
        at = 0
        for d in range(2048):
            at, counts[d] = at + counts[d], at
        for i in range(n):
            d = ((np.int64(source[i]) - least) >> shift) & 2047
            target[counts[d]] = source[i]
            counts[d] += 1
        inside = not inside
        shift += 11
    if not inside:
        values[:n] = spare[:n]


@njit(nogil=True, cache=True)
def sweep(
    first_place: int,
    last_place: int,
    starts: Array,
    person: Array,
    t_in: Array,
    t_out: Array,
    opens: Array,
    free: int,
    barred: int,
    until: int,
    least: int,
    kind_of: Array,
    found: Array,
    kinds: Array,
) -> None:
    """Totals per person over all sources at places first_place..last_place-1, without making one pair.

    `opens[person]` is the start of a source's window, `free` for people who may become contacts of this level,
    `barred` for everybody else. Source [s, e) and target [a, b) meet for at least `least` exactly if s <= b -
    least and e >= a + least (both stays being at least that long). So for one target the number of meetings,
    their total length, the first start and the last end follow from where a, a + least, b and b - least fall in
    the sorted starts and the sorted ends of the sources, with prefix sums.

    Adds to found[person] = (n, total, first, last) and sets bit kind_of[place] in kinds[person].
    """
    widest = 0
    for p in range(first_place, last_place):
        widest = max(widest, starts[p + 1] - starts[p])
    begin, end, spare = np.empty(widest, t_in.dtype), np.empty(widest, t_in.dtype), np.empty(widest, t_in.dtype)
    sum_begin, sum_end = np.empty(widest + 1, np.int64), np.empty(widest + 1, np.int64)
    target = np.empty(widest, np.int64)
    counts = np.empty(2048, np.int64)
    for p in range(first_place, last_place):
        n = m = 0
        for i in range(starts[p], starts[p + 1]):
            opened = opens[person[i]]
            if opened == barred:
                continue
            a, b = t_in[i], t_out[i]
            if opened == free:
                if np.int64(b) - a >= least:
                    target[m] = i
                    m += 1
                continue
            a, b = max(a, opened), min(b, until)
            if np.int64(b) - a >= least:
                begin[n], end[n] = a, b
                n += 1
        if n == 0 or m == 0:
            continue
        sort_times(begin, n, spare, counts)
        sort_times(end, n, spare, counts)
        sum_begin[0] = sum_end[0] = 0
        for i in range(n):
            sum_begin[i + 1] = sum_begin[i] + begin[i]
            sum_end[i + 1] = sum_end[i] + end[i]
        begun = ended = 0
        for t in range(m):
            i = target[t]
            a, b = np.int64(t_in[i]), np.int64(t_out[i])
            while begun < n and begin[begun] <= a:  # sources already there when the target came
                begun += 1
            while ended < n and end[ended] < a + least:  # sources gone too early
                ended += 1
            came = first_after(begin, begun, n, b - least)  # sources there early enough
            met = came - ended
            if met == 0:
                continue
            left = first_from(end, ended, n, b)  # sources gone before the target
            total = sum_end[left] - sum_end[ended] + b * (came - left)
            total -= sum_begin[came] - sum_begin[begun] + a * (begun - ended)
            first = a if begun > ended else np.int64(begin[begun])
            last = b if came > left else np.int64(end[left - 1])
            who = person[i]
            if found[who, 0] == 0:
                found[who, 2], found[who, 3] = first, last
            else:
                found[who, 2], found[who, 3] = min(found[who, 2], first), max(found[who, 3], last)
            found[who, 0] += met
            found[who, 1] += total
            kinds[who] |= np.uint64(1) << np.uint64(kind_of[p])

"""The loops that look for meetings, compiled by Numba: who met whom, and who met anybody of many.

Rows are sorted by (place, t_in); `starts[p]:starts[p + 1]` is the segment of place p. `least` is the shortest overlap
that counts, in ticks, and is at least 1: an encounter must last longer than nothing. What is looked up by person comes
from anywhere in memory; `ahead` asks for it some rows before it is needed, and that is a third of the time.
"""

from typing import Any

import numpy as np
from numba import njit

from bihuan.engines.tracing._kernels import AHEAD, BLOCK, Array, ahead, first_after, first_from, settle, sort_numbers

_TOTAL, _N, _FIRST, _LAST, _PLACES, _LINK, _PLACE, _PERSON = range(8)  # one line of memory for each person met


@njit(nogil=True, cache=True)
def marked_rows(person: Array, marked: Array, first: int, last: int, rows: Array) -> int:
    """Write the rows of first..last-1 whose person is marked to `rows`; returns how many. No branch, one look a row."""
    n = 0
    for i in range(first, last):
        rows[n] = i
        n += marked[person[i]]
    return n


@njit(nogil=True, cache=True)
def reach(
    place: Array, begin: Array, end: Array, starts: Array, longest: Array, t_in: Array, least: int
) -> tuple[Array, Array]:
    """For every piece of a stay the rows among which its meetings are (none where the piece is too short)."""
    low, high = np.zeros(place.size, np.int64), np.zeros(place.size, np.int64)
    for k in range(place.size):
        p, s, e = place[k], begin[k], end[k]
        if e - s >= least:
            high[k] = first_after(t_in, starts[p], starts[p + 1], e - least)
            low[k] = first_from(t_in, starts[p], high[k], s + least - longest[p])
    return low, high


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
    low: Array,
    high: Array,
    latest: Array,
    person: Array,
    t_in: Array,
    t_out: Array,
    slot_of: Array,
    base: int,
    least: int,
    kind_of: Array,
    kinds: Array,
    wide_above: int,
    most: Array,
    wide: Array,
    opened: Array,
    origin: int,
    scale: int,
    out_source: Array,
    out_person: Array,
    out_first: Array,
    out_last: Array,
    out_total: Array,
    out_n: Array,
    out_ends: Array,
    places: Array,
) -> tuple[int, int, int]:
    """Who met whom: totals per (source, person) over the given pieces of the sources' stays.

    Pieces come sorted by (source, place), with the rows low..high-1 of `reach`. `slot_of[person]` is negative for who
    may not be a contact (sources are not) and below `base` for everybody else; it is scratch, and the new base comes
    back. Rows of the answer are written to `out_…`, sorted by (source, person), first and last as (t + origin) × scale;
    row r has the places out_ends[r]..out_ends[r + 1]-1, sorted. Returns the number of rows, of places, and the base.

    On the way: opened[person] falls to the first meeting; bit kind_of[place] is set in kinds[person] (unless that is
    empty); most[place] rises to the number of contacts that one source made there, and wide[place] counts the sources
    that made more than `wide_above` there.
    """
    rows = n_places = 0
    seats, links = 1024, 256
    met = np.empty((seats, 8), np.int64)
    keys, spare = np.empty(seats, np.int64), np.empty(seats, np.int64)
    counts = np.empty(2048, np.int64)
    link_place, link_before = np.empty(links, np.int64), np.empty(links, np.int64)  # places before the latest, chained
    k = 0
    while k < piece_source.size:
        source = piece_source[k]
        used = linked = 0
        while k < piece_source.size and piece_source[k] == source:
            p = piece_place[k]
            here = 0  # contacts of this source at this place
            while k < piece_source.size and piece_source[k] == source and piece_place[k] == p:
                s, e, i, stop = piece_from[k], piece_to[k], low[k], high[k]
                k += 1
                if used + stop - i > seats:
                    while used + stop - i > seats:
                        seats *= 2
                    larger = np.empty((seats, 8), np.int64)
                    larger[:used] = met[:used]
                    met, keys, spare = larger, np.empty(seats, np.int64), np.empty(seats, np.int64)
                while i < stop:
                    if i % BLOCK == 0 and latest[i // BLOCK] < s + least:
                        i += BLOCK
                        continue
                    a, b, other = max(np.int64(t_in[i]), s), min(np.int64(t_out[i]), e), person[i]
                    i += 1
                    if i + AHEAD < stop:
                        ahead(slot_of, person[i + AHEAD])
                    if b - a < least:
                        continue
                    slot = slot_of[other]
                    if slot < 0:
                        continue
                    if slot < base:
                        slot_of[other] = base + used
                        met[used, _TOTAL], met[used, _N], met[used, _FIRST], met[used, _LAST] = b - a, 1, a, b
                        met[used, _PLACES], met[used, _LINK] = 1, -1
                        met[used, _PLACE], met[used, _PERSON] = p, other
                        used += 1
                        here += 1
                        continue
                    slot -= base
                    met[slot, _TOTAL] += b - a
                    met[slot, _N] += 1
                    met[slot, _FIRST] = min(met[slot, _FIRST], a)
                    met[slot, _LAST] = max(met[slot, _LAST], b)
                    if met[slot, _PLACE] != p:
                        if linked == links:
                            link_place, link_before = _grown(link_place, links), _grown(link_before, links)
                            links *= 2
                        link_place[linked], link_before[linked] = met[slot, _PLACE], met[slot, _LINK]
                        met[slot, _PLACE], met[slot, _LINK] = p, linked
                        met[slot, _PLACES] += 1
                        linked += 1
                        here += 1
            wide[p] += here > wide_above
            most[p] = max(most[p], here)
        base += used
        for slot in range(used):
            keys[slot] = (met[slot, _PERSON] << 32) | slot
        sort_numbers(keys, used, 32, spare, counts)
        for j in range(used):
            slot = keys[j] & 0xFFFFFFFF
            who = met[slot, _PERSON]
            out_source[rows], out_person[rows] = source, who
            out_first[rows] = (met[slot, _FIRST] + origin) * scale
            out_last[rows] = (met[slot, _LAST] + origin) * scale
            out_total[rows], out_n[rows] = met[slot, _TOTAL], met[slot, _N]
            opened[who] = min(opened[who], met[slot, _FIRST])
            n_places += met[slot, _PLACES]
            rows += 1
            out_ends[rows] = n_places
            at = n_places - 1
            places[at] = met[slot, _PLACE]
            link = met[slot, _LINK]
            while link >= 0:
                at -= 1
                places[at] = link_place[link]
                link = link_before[link]
            if kinds.size:
                for at in range(n_places - met[slot, _PLACES], n_places):
                    kinds[who] |= np.uint64(1) << np.uint64(kind_of[places[at]])
    return rows, n_places, base


@njit(nogil=True, cache=True)
def sweep(
    first_place: int,
    last_place: int,
    starts: Array,
    longest: Array,
    person: Array,
    t_in: Array,
    t_out: Array,
    opens: Array,
    free: Any,
    earliest: int,
    until: Any,
    least: int,
    kind_of: Array,
    found: Array,
    kinds: Array,
) -> None:
    """Totals per person over all sources at places first_place..last_place-1, without making one pair.

    `opens[person]` is the start of a source's window, `free` for people who may become contacts of this level, and
    `free` - 1, past all times too, for everybody else; `earliest` is the first of the windows. Source [s, e) and target
    [a, b) meet for at least `least` exactly if s <= b - least and e >= a + least (both stays being at least that long).
    So for one target the number of meetings, their total length, the first start and the last end follow from where a,
    a + least, b and b - least fall in the sorted starts and the sorted ends of the sources, with prefix sums.

    Adds to found[person] = (n, total, first, last), whose first and last begin past all times, and sets bit
    kind_of[place] in kinds[person] (unless that is empty).
    """
    widest = 1
    for p in range(first_place, last_place):
        widest = max(widest, starts[p + 1] - starts[p] + 1)
    begin, end, spare = np.empty(widest, t_in.dtype), np.empty(widest, t_in.dtype), np.empty(widest, t_in.dtype)
    sum_begin, sum_end = np.empty(widest, np.int64), np.empty(widest, np.int64)
    target = np.empty(widest, np.int32)
    counts = np.empty(2048, np.int64)
    for p in range(first_place, last_place):
        lo, hi = starts[p], starts[p + 1]
        lo = first_from(t_in, lo, hi, earliest + least - longest[p])
        hi = first_after(t_in, lo, hi, until - least)
        sources = targets = False
        for i in range(lo, hi):  # most places have not both: found out by reading one column of three
            opened = opens[person[i]]
            sources |= opened < free - 1
            targets |= opened == free
        if not (sources and targets):
            continue
        n = m = 0
        for i in range(lo, hi):  # everybody is written to both lists and counted in one of them, or none: no branch
            opened = opens[person[i]]
            a, b = t_in[i], t_out[i]
            target[m] = i - lo
            m += (opened == free) & (np.int64(b) - a >= least)
            a, b = max(a, opened), min(b, until)
            begin[n], end[n] = a, b
            n += np.int64(b) - a >= least
        if n == 0 or m == 0:
            continue
        settle(begin, n, 0, spare, counts)
        settle(end, n, 0, spare, counts)
        begins = ends = np.int64(0)
        sum_begin[0] = sum_end[0] = 0
        for i in range(n):
            begins += begin[i]
            ends += end[i]
            sum_begin[i + 1], sum_end[i + 1] = begins, ends
        begun = ended = 0
        for t in range(m):
            if t + AHEAD < m:
                ahead(found, person[lo + target[t + AHEAD]])
            i = lo + target[t]
            a, b = np.int64(t_in[i]), np.int64(t_out[i])
            if b - least < begin[0]:
                continue
            while begun < n and begin[begun] <= a:  # sources already there when the target came
                begun += 1
            while ended < n and end[ended] < a + least:  # sources gone too early
                ended += 1
            if ended == n:
                break
            came = begun  # sources there early enough: most often a few more
            while came < n and begin[came] <= b - least and came < begun + 8:
                came += 1
            if came == begun + 8:
                came = first_after(begin, came, n, b - least)
            met = came - ended
            if met == 0:
                continue
            left = ended  # sources gone before the target
            while left < n and end[left] < b and left < ended + 8:
                left += 1
            if left == ended + 8:
                left = first_from(end, left, n, b)
            total = sum_end[left] - sum_end[ended] + b * (came - left)
            total -= sum_begin[came] - sum_begin[begun] + a * (begun - ended)
            who = person[i]
            found[who, 0] += met
            found[who, 1] += total
            found[who, 2] = min(found[who, 2], a if begun > ended else np.int64(begin[begun]))
            found[who, 3] = max(found[who, 3], b if came > left else np.int64(end[left - 1]))
            if kinds.size:
                kinds[who] |= np.uint64(1) << np.uint64(kind_of[p])


@njit(nogil=True, cache=True)
def add_found(found: Array, kinds: Array, more: Array, more_kinds: Array) -> None:
    """Add what another thread found to `found` and `kinds`."""
    for who in range(found.shape[0]):
        if more[who, 0]:
            found[who, 0] += more[who, 0]
            found[who, 1] += more[who, 1]
            found[who, 2] = min(found[who, 2], more[who, 2])
            found[who, 3] = max(found[who, 3], more[who, 3])
    for who in range(kinds.size):
        kinds[who] |= more_kinds[who]

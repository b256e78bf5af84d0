"""Pairs: key hashes, who shares a key with whom, and what two prepared people agree on, field by field."""
# Numba types these functions; arguments called `people` are the prepared table of `_columns.People`.

from typing import Any

import numpy as np
from numba import njit

from bihuan.engines.linkage import _kernels
from bihuan.engines.linkage._kernels import feed, finish, same_sound

Array = np.ndarray[Any, np.dtype[Any]]

KEYS = 13
_START = _kernels._START
HAN, LETTERS = _kernels.HAN, _kernels.LETTERS
VALID_ID, FAULTY_ID, OTHER_ID = _kernels.VALID_ID, _kernels.FAULTY_ID, _kernels.OTHER_ID
_NONE = np.uint64(0)
_BLANK = 32


@njit(cache=True)
def key_of(kind: Any, a: Any, b: Any) -> Any:
    """Hash of one key: its kind and one or two parts; zero when a part is missing."""
    if a == _NONE or b == _NONE:
        return _NONE
    return finish(feed(feed(feed(_START, kind), a), b))


@njit(cache=True)
def id_part(people: Any, row: Any, start_1: Any, end_1: Any, start_2: Any, end_2: Any) -> Any:
    """Hash of two stretches of an 18-character number."""
    h = _START
    for k in range(start_1, end_1):
        h = feed(h, people.id_codes[people.id_at[row] + k])
    for k in range(start_2, end_2):
        h = feed(h, people.id_codes[people.id_at[row] + k])
    return finish(h)


@njit(cache=True)
def fill_keys(people: Any, keys: Array) -> None:
    """Key hashes of every row, by the rules told in `_keys.block_keys`."""
    one = np.uint64(1)
    for row in range(people.names.size):
        han = people.scripts[row] == HAN
        length = people.name_at[row + 1] - people.name_at[row]
        full = (han and length >= 2) or people.forenames[row] != _NONE
        sound = people.sounds[row]
        last = people.surnames[row]
        birth = np.uint64(people.births[row])
        tail = people.last_numbers[row]
        every = people.all_numbers[row]
        keys[row, 0] = key_of(1, people.ids[row], one)
        if people.id_at[row + 1] - people.id_at[row] == 18:
            keys[row, 1] = key_of(2, id_part(people, row, 6, 18, 0, 0), one)
            if han:
                keys[row, 2] = key_of(3, id_part(people, row, 0, 6, 14, 18), last)
        for slot in range(2):
            keys[row, 3 + slot] = key_of(4, np.uint64(people.phones[row, slot]), one)
        keys[row, 5] = key_of(5, sound, birth)
        keys[row, 6] = key_of(6, last, birth)
        keys[row, 7] = key_of(7, last, every)
        keys[row, 8] = key_of(8, birth, tail)
        if full:
            keys[row, 9] = key_of(9, sound, one)
            keys[row, 10] = key_of(10, sound, tail)
        if han or length == 0:
            if full and people.phones[row, 0] > 0:
                keys[row, 11] = key_of(11, sound, np.uint64(people.phones[row, 0] % 10000 + 1))
                keys[row, 12] = key_of(15, sound, np.uint64(people.phones[row, 0] // 10000 + 1))
        else:
            # Words of letters are seldom spelled alike twice. Such a name has no `it ih ba na nl nf`; in their places
            # stand its first word, and the birth date, the numbers and the street on their own.
            first = people.forenames[row]
            if first != last:
                keys[row, 2] = key_of(6, first, birth)
                keys[row, 11] = key_of(7, first, every)
            keys[row, 1] = key_of(12, people.first_words[row], one)
            keys[row, 8] = key_of(13, birth, one)
            keys[row, 10] = key_of(14, every, one)


@njit(cache=True)
def slot_of(table: Array, key: Any) -> Any:
    """Where a key stands in an open hash table (a power of two long), or the free place where it would."""
    mask = np.uint64(table.size - 1)
    slot = key & mask
    while table[slot] != _NONE and table[slot] != key:
        slot = (slot + np.uint64(1)) & mask
    return slot


@njit(cache=True)
def enter(table: Array, keys: Array) -> None:
    """Put every key that is not zero into the open hash table."""
    for row in range(keys.shape[0]):
        for k in range(keys.shape[1]):
            if keys[row, k] != _NONE:
                table[slot_of(table, keys[row, k])] = keys[row, k]


@njit(cache=True)
def count_sharing(table: Array, keys: Array, counts: Array) -> None:
    """Count, for each key in the table, the rows of `keys` that carry it."""
    for row in range(keys.shape[0]):
        for k in range(keys.shape[1]):
            if keys[row, k] != _NONE:
                slot = slot_of(table, keys[row, k])
                if table[slot] != _NONE:
                    counts[slot] += 1


@njit(cache=True)
def place_sharing(table: Array, keys: Array, ends: Array, ceiling: Any, counts: Array, found: Array) -> None:
    """Write the rows that carry each key, key after key; `ends` starts as the starts and ends as the ends."""
    for row in range(keys.shape[0]):
        for k in range(keys.shape[1]):
            if keys[row, k] != _NONE:
                slot = slot_of(table, keys[row, k])
                if table[slot] != _NONE and counts[slot] <= ceiling:
                    found[ends[slot]] = row
                    ends[slot] += 1


@njit(cache=True)
def sum_sharing(table: Array, keys: Array, counts: Array) -> Any:
    """How many pairs the keys give before doubles are taken out."""
    total = 0
    for row in range(keys.shape[0]):
        for k in range(keys.shape[1]):
            if keys[row, k] != _NONE:
                total += counts[slot_of(table, keys[row, k])]
    return total


@njit(cache=True)
def collect(
    table: Array, keys: Array, ends: Array, counts: Array, ceiling: Any, found: Array, left: Array, right: Array
) -> Any:
    """Candidate pairs of each left row, right rows rising and each once; returns how many there are."""
    used = 0
    for row in range(keys.shape[0]):
        start = used
        for k in range(keys.shape[1]):
            if keys[row, k] == _NONE:
                continue
            slot = slot_of(table, keys[row, k])
            if counts[slot] == 0 or counts[slot] > ceiling:
                continue
            for at in range(ends[slot] - counts[slot], ends[slot]):
                right[used] = found[at]
                used += 1
        right[start:used].sort()
        kept = start
        for at in range(start, used):
            if at == start or right[at] != right[at - 1]:
                right[kept] = right[at]
                left[kept] = row
                kept += 1
        used = kept
    return used


@njit(cache=True)
def pairs_within(order: Array, starts: Array, stops: Array, keys: Array, column: Any, left: Array, right: Array) -> Any:
    """Pairs inside groups of equal keys, but not those that an earlier column of keys already gave."""
    used = 0
    for g in range(starts.size):
        for a in range(starts[g], stops[g]):
            for b in range(a + 1, stops[g]):
                one, two = order[a], order[b]
                known = False
                for k in range(column):
                    if keys[one, k] != _NONE and keys[one, k] == keys[two, k]:
                        known = True
                        break
                if not known:
                    left[used] = min(one, two)
                    right[used] = max(one, two)
                    used += 1
    return used


@njit(cache=True)
def edit_distance(a: Array, b: Array, rows: Array) -> Any:
    """Optimal string alignment distance (a swap of neighbours counts one); `rows` is scratch of shape (3, 64)."""
    n, m = a.size, b.size
    for j in range(m + 1):
        rows[1, j] = j
    for i in range(1, n + 1):
        rows[2, 0] = i
        for j in range(1, m + 1):
            best = rows[1, j - 1] + (0 if a[i - 1] == b[j - 1] else 1)
            best = min(best, rows[1, j] + 1, rows[2, j - 1] + 1)
            if i > 1 and j > 1 and a[i - 1] == b[j - 2] and a[i - 2] == b[j - 1]:
                best = min(best, rows[0, j - 2] + 1)
            rows[2, j] = best
        for j in range(m + 1):
            rows[0, j] = rows[1, j]
            rows[1, j] = rows[2, j]
    return rows[1, m]


@njit(cache=True)
def subsequence(shorter: Array, longer: Array, sounds: Array) -> Any:
    """Whether the longer name becomes the shorter by leaving characters out (by sound)."""
    i = 0
    for j in range(longer.size):
        if i < shorter.size and same_sound(shorter[i], longer[j], sounds):
            i += 1
    return i == shorter.size


@njit(cache=True)
def han_name_level(a: Array, b: Array, sounds: Array) -> Any:
    """Level of two Chinese names that neither look nor sound the same."""
    if a.size == b.size:
        differ = 0
        for k in range(a.size):
            if not same_sound(a[k], b[k], sounds):
                differ += 1
        if differ == 1 and a.size >= 3:
            return 5
        if a.size >= 2 and np.array_equal(np.sort(a), np.sort(b)):
            return 3
    elif abs(a.size - b.size) == 1 and min(a.size, b.size) >= 2:
        shorter, longer = (a, b) if a.size < b.size else (b, a)
        if subsequence(shorter, longer, sounds):
            return 4
    return 7 if same_sound(a[0], b[0], sounds) else 8


@njit(cache=True)
def latin_name_level(a: Array, b: Array, rows: Array) -> Any:
    """Level of two names in letters that neither look nor sound the same."""
    distance = edit_distance(a, b, rows)
    longest = max(a.size, b.size)
    if distance <= 1 or distance * 5 <= longest:
        return 9
    i = 0
    while i < a.size:
        end = i
        while end < a.size and a[end] != _BLANK:
            end += 1
        j = 0
        while j < b.size:
            stop = j
            while stop < b.size and b[stop] != _BLANK:
                stop += 1
            if min(end - i, stop - j) >= 3:
                apart = edit_distance(a[i:end], b[j:stop], rows)
                if apart == 0 or (apart == 1 and min(end - i, stop - j) >= 5):
                    return 6
            j = stop + 1
        i = end + 1
    return 10


@njit(cache=True)
def id_level(a: Array, b: Array, kind_a: Any, kind_b: Any, rows: Array) -> Any:
    """Level of two document numbers that are present and not equal."""
    chinese = kind_a != OTHER_ID and kind_b != OTHER_ID
    if (kind_a == OTHER_ID) != (kind_b == OTHER_ID):
        return 8
    if kind_a == VALID_ID and kind_b == VALID_ID:
        return 6  # no single slip of the pen leads from one valid number to another
    if a.size == b.size:
        differ = 0
        first = second = -1
        for k in range(a.size):
            if a[k] != b[k]:
                differ += 1
                if first < 0:
                    first = k
                else:
                    second = k
        if differ == 1:
            return 2
        if differ == 2:
            return 3 if a[first] == b[second] and a[second] == b[first] else 4
    elif abs(a.size - b.size) == 1 and edit_distance(a, b, rows) == 1:
        return 2
    return 5 if chinese else 7


@njit(cache=True)
def digits_apart(a: Any, b: Any) -> Any:
    """How two numbers differ: 1 by one digit, 2 by a swap of neighbours, 3 otherwise."""
    differ = 0
    first_a = first_b = second_a = second_b = place = gap = 0
    while a > 0 or b > 0:
        x, y = a % 10, b % 10
        if x != y:
            differ += 1
            if differ == 1:
                first_a, first_b, gap = x, y, place
            elif differ == 2:
                second_a, second_b, gap = x, y, place - gap
        a //= 10
        b //= 10
        place += 1
    if differ == 1:
        return 1
    if differ == 2 and gap == 1 and first_a == second_b and first_b == second_a:
        return 2
    return 3


@njit(cache=True)
def count_in(numbers: Array, others: Array) -> Any:
    """How many of the numbers stand among the others."""
    shared = 0
    for x in numbers:
        for y in others:
            if x == y:
                shared += 1
                break
    return shared


@njit(cache=True)
def address_level(people_a: Any, i: Any, people_b: Any, j: Any) -> Any:
    """Level of two addresses by the numbers they share and the share of common pieces."""
    n_a = people_a.number_at[i + 1] - people_a.number_at[i]
    n_b = people_b.number_at[j + 1] - people_b.number_at[j]
    p_a = people_a.piece_at[i + 1] - people_a.piece_at[i]
    p_b = people_b.piece_at[j + 1] - people_b.piece_at[j]
    if n_a + p_a == 0 or n_b + p_b == 0:
        return 0
    numbers_a = people_a.numbers[people_a.number_at[i] : people_a.number_at[i + 1]]
    numbers_b = people_b.numbers[people_b.number_at[j] : people_b.number_at[j + 1]]
    shared = min(count_in(numbers_a, numbers_b), count_in(numbers_b, numbers_a))
    equal = n_a == n_b
    if equal:
        for x in range(n_a):
            if numbers_a[x] != numbers_b[x]:
                equal = False
    a, b = people_a.piece_at[i], people_b.piece_at[j]
    common = 0
    while a < people_a.piece_at[i + 1] and b < people_b.piece_at[j + 1]:
        if people_a.pieces[a] == people_b.pieces[b]:
            common += 1
            a += 1
            b += 1
        elif people_a.pieces[a] < people_b.pieces[b]:
            a += 1
        else:
            b += 1
    fewer = min(p_a, p_b)
    overlap = common / fewer if fewer > 0 else (0.3 if equal and n_a > 1 else 0.0)
    some = min(n_a, n_b) > 0
    if equal and some and overlap >= 0.6:
        return 1
    if some and ((equal and (overlap >= 0.3 or n_a >= 3)) or (overlap >= 0.6 and shared > 0)):
        return 2
    if overlap >= 0.75 and fewer >= 2:
        return 4 if some else 3
    if overlap >= 0.34 or (some and shared * 2 >= max(n_a, n_b)):
        return 4
    return 5


@njit(cache=True)
def compare_rows(people_a: Any, people_b: Any, left: Array, right: Array, sounds: Array, levels: Array) -> None:
    """Levels of each pair, uint8 (pairs, 6): name, id number, phone, birth, sex, address. Words: `_weights`."""
    rows = np.zeros((3, 64), np.int64)
    for at in range(left.size):
        i, j = left[at], right[at]
        if people_a.scripts[i] != 0 and people_b.scripts[j] != 0:
            if people_a.names[i] == people_b.names[j]:
                level = 1
            elif people_a.sounds[i] == people_b.sounds[j]:
                level = 2
            elif people_a.scripts[i] != people_b.scripts[j]:
                level = 11
            elif people_a.scripts[i] == LETTERS and people_a.words[i] == people_b.words[j]:
                level = 3
            else:
                a = people_a.name_codes[people_a.name_at[i] : people_a.name_at[i + 1]]
                b = people_b.name_codes[people_b.name_at[j] : people_b.name_at[j + 1]]
                if people_a.scripts[i] == HAN:
                    level = han_name_level(a, b, sounds)
                else:
                    level = latin_name_level(a, b, rows)
            levels[at, 0] = level
        kind_a, kind_b = people_a.id_kinds[i], people_b.id_kinds[j]
        if kind_a != 0 and kind_b != 0:
            if people_a.ids[i] == people_b.ids[j]:
                levels[at, 1] = 1
            else:
                x = people_a.id_codes[people_a.id_at[i] : people_a.id_at[i + 1]]
                y = people_b.id_codes[people_b.id_at[j] : people_b.id_at[j + 1]]
                levels[at, 1] = id_level(x, y, kind_a, kind_b, rows)
        if people_a.phones[i, 0] > 0 and people_b.phones[j, 0] > 0:
            best = 3
            for s in range(2):
                for t in range(2):
                    one, two = people_a.phones[i, s], people_b.phones[j, t]
                    if one > 0 and two > 0:
                        best = min(best, 1 if one == two else (2 if digits_apart(one, two) < 3 else 3))
            levels[at, 2] = best
        level = levels[at, 1]
        inside = (1 <= level <= 4 or level == 6) and kind_a != OTHER_ID and kind_b != OTHER_ID
        one, two = people_a.births[i], people_b.births[j]
        if one > 0 and two > 0:
            swapped = one // 10000 == two // 10000 and one % 100 == two // 100 % 100 and two % 100 == one // 100 % 100
            if inside:
                levels[at, 3] = 5
            elif one == two:
                levels[at, 3] = 1
            elif swapped or digits_apart(np.int64(one), np.int64(two)) < 3:
                levels[at, 3] = 2
            elif one // 10000 == two // 10000 or one % 10000 == two % 10000:
                levels[at, 3] = 3
            else:
                levels[at, 3] = 4
        if people_a.sexes[i] > 0 and people_b.sexes[j] > 0:
            if inside:
                levels[at, 4] = 3
            else:
                levels[at, 4] = 1 if people_a.sexes[i] == people_b.sexes[j] else 2
        levels[at, 5] = address_level(people_a, i, people_b, j)

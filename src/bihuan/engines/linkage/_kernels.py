"""Reading columns: text of a whole column, as code points, to numbers, hashes and pieces in one pass each.

A column comes as `codes` (uint32, values parted by a line break) and is left as arrays with one place a row.
Hashes are 64-bit FNV-1a with a final mix; zero always means "nothing here".
"""
# Numba types these functions; mypy sees arrays of any kind.

from typing import Any

import numpy as np
from numba import njit

Array = np.ndarray[Any, np.dtype[Any]]

_BREAK = 10
_BLANK = 32
_START = np.uint64(0xCBF29CE484222325)
_PRIME = np.uint64(0x100000001B3)
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)

NO_SCRIPT, HAN, LETTERS = 0, 1, 2
NO_ID, VALID_ID, FAULTY_ID, OTHER_ID = 0, 1, 2, 3
LONGEST_NAME, LONGEST_ID, MOST_PIECES, MOST_NUMBERS = 32, 24, 48, 8


@njit(cache=True, inline="always")
def feed(h: Any, value: Any) -> Any:
    return (h ^ np.uint64(value)) * _PRIME


@njit(cache=True)
def finish(h: Any) -> Any:
    h = (h ^ (h >> _SHIFT)) * _MIX_1
    h = (h ^ (h >> _SHIFT)) * _MIX_2
    h = h ^ (h >> _SHIFT)
    return h if h != np.uint64(0) else np.uint64(1)


@njit(cache=True)
def is_han(code: Any) -> Any:
    return 0x3400 <= code <= 0x9FFF or 0x20000 <= code <= 0x323AF or code == 0x3007


@njit(cache=True)
def feed_sound(h: Any, code: Any, sounds: Array) -> Any:
    """Feed the letters a character sounds as; a letter, or a character without a reading, sounds as itself."""
    if is_han(code) and code < sounds.shape[0] and sounds[code, 0] != 0:
        for k in range(sounds.shape[1]):
            if sounds[code, k] == 0:
                break
            h = feed(h, sounds[code, k])
        return h
    return feed(h, code)


@njit(cache=True)
def same_sound(a: Any, b: Any, sounds: Array) -> Any:
    """Whether two characters are the same or share their first reading."""
    if a == b:
        return True
    if not (is_han(a) and is_han(b)) or a >= sounds.shape[0] or b >= sounds.shape[0] or sounds[a, 0] == 0:
        return False
    alike = True
    for k in range(sounds.shape[1]):
        alike = alike and sounds[a, k] == sounds[b, k]
    return alike


@njit(cache=True)
def read_names(
    codes: Array,
    rows: int,
    sounds: Array,
    at: Array,
    kept: Array,
    scripts: Array,
    whole: Array,
    sound: Array,
    surname: Array,
    forename: Array,
    words: Array,
) -> None:
    """Letters of each name, and hashes: of the name, its sound, its first and last word, its words in any order."""
    used = 0
    i = 0
    for row in range(rows):
        at[row] = used
        end = i
        han = False
        some = False
        while end < codes.size and codes[end] != _BREAK:
            if is_han(codes[end]):
                han = True
            if codes[end] != _BLANK:
                some = True
            end += 1
        if some:
            scripts[row] = HAN if han else LETTERS
            h = s = w = _START
            first = last = np.uint64(0)
            total = np.uint64(0)
            n_words = 0
            before = _BLANK
            for j in range(i, end):
                code = codes[j]
                if code == _BLANK:
                    if not han and before != _BLANK:
                        n_words += 1
                        last = finish(w)
                        total += last
                        if n_words == 1:
                            first = last
                        w = _START
                    before = code
                    continue
                if used - at[row] >= LONGEST_NAME:
                    break
                if not han and before == _BLANK and used > at[row]:
                    kept[used] = _BLANK
                    used += 1
                    h = feed(h, _BLANK)
                kept[used] = code
                used += 1
                h = feed(h, code)
                s = feed_sound(s, code, sounds)
                w = feed(w, code)
                if han and used - at[row] == 1:
                    first = finish(s)
                before = code
            whole[row] = finish(h)
            sound[row] = finish(s)
            if han:
                surname[row] = first
                words[row] = whole[row]
            else:
                if before != _BLANK:
                    n_words += 1
                    last = finish(w)
                    total += last
                    if n_words == 1:
                        first = last
                surname[row] = last
                if n_words > 1:
                    forename[row] = first
                words[row] = total
        i = end + 1
    at[rows] = used


@njit(cache=True)
def date_exists(year: Any, month: Any, day: Any) -> Any:
    """Whether a birth date can be: a Gregorian date between 1880 and 2199."""
    if year < 1880 or year > 2199 or month < 1 or month > 12 or day < 1:
        return False
    longest = 31
    if month in (4, 6, 9, 11):
        longest = 30
    elif month == 2:
        longest = 29 if (year % 4 == 0 and year % 100 != 0) or year % 400 == 0 else 28
    return day <= longest


@njit(cache=True)
def check_character(number: Array) -> Any:
    """The GB 11643 check character of the first 17 digits (code points)."""
    total = 0
    weight = 7  # 2**17 mod 11
    for k in range(17):
        total += (number[k] - 48) * weight
        weight = weight * 6 % 11  # halving, modulo 11
    rest = (12 - total % 11) % 11
    return 88 if rest == 10 else 48 + rest


@njit(cache=True)
def read_ids(
    codes: Array, rows: int, at: Array, kept: Array, hashes: Array, kinds: Array, births: Array, sexes: Array
) -> None:
    """Document numbers: characters, hash, whether GB 11643 holds, and the birth date and sex inside."""
    used = 0
    i = 0
    number = np.zeros(LONGEST_ID, dtype=np.int64)
    for row in range(rows):
        at[row] = used
        n = 0
        masked = False
        alike = True
        end = i
        while end < codes.size and codes[end] != _BREAK:
            if codes[end] == 42:
                masked = True
            if n < LONGEST_ID:
                number[n] = codes[end]
            if codes[end] != codes[i]:
                alike = False
            n += 1
            end += 1
        i = end + 1
        if masked or alike or n < 4 or n > LONGEST_ID:
            continue
        nines = 0
        while nines < n and number[nines] == 57:
            nines += 1
        if nines >= 8:  # 99999999…: what clerks type when they have no number
            continue
        digits = 0
        while digits < n and 48 <= number[digits] <= 57:
            digits += 1
        kind = OTHER_ID
        if n == 15 and digits == 15:
            for k in range(14, 5, -1):
                number[k + 2] = number[k]
            number[6], number[7] = 49, 57
            number[17] = check_character(number)
            n = 18
            digits = 17
        if n == 18 and digits >= 17 and (digits == 18 or number[17] == 88):
            kind = FAULTY_ID
            year = (number[6] * 1000 + number[7] * 100 + number[8] * 10 + number[9]) - 48 * 1111
            month = number[10] * 10 + number[11] - 528
            day = number[12] * 10 + number[13] - 528
            if date_exists(year, month, day):
                births[row] = year * 10000 + month * 100 + day
                sexes[row] = 1 if number[16] % 2 == 1 else 2
                if check_character(number) == number[17]:
                    kind = VALID_ID
        elif n in (17, 19) and digits >= n - 1:
            kind = FAULTY_ID  # one character lost or added
        h = _START
        for k in range(n):
            kept[used] = number[k]
            used += 1
            h = feed(h, number[k])
        hashes[row] = finish(h)
        kinds[row] = kind
    at[rows] = used


@njit(cache=True)
def read_phones(codes: Array, rows: int, numbers: Array) -> None:
    """The first two phones of each cell as integers of at most 11 digits (the last eleven written); zero for none."""
    i = 0
    for row in range(rows):
        found = 0
        value = 0
        n = 0
        first = -1
        alike = True
        while True:
            code = codes[i] if i < codes.size else _BREAK
            if 48 <= code <= 57:
                digit = code - 48
                if first < 0:
                    first = digit
                elif digit != first:
                    alike = False
                value = (value * 10 + digit) % 100000000000
                n += 1
            # a blank, dash or bracket inside a number is nothing; anything else parts two numbers
            elif not (code in (45, 40, 41, 46) or (code == _BLANK and n < 11) or (code == 43 and n == 0)):
                if n >= 7 and not alike and found < 2:
                    numbers[row, found] = value
                    if found == 0 or numbers[row, 0] != value:
                        found += 1
                    else:
                        numbers[row, 1] = 0
                value = 0
                n = 0
                first = -1
                alike = True
            i += 1
            if code == _BREAK:
                break


@njit(cache=True)
def read_births(codes: Array, rows: int, births: Array) -> None:
    """Birth dates as yyyymmdd: year first in any writing, eight digits, or day/month/year; zero where unreadable."""
    i = 0
    part = np.zeros(3, dtype=np.int64)
    size = np.zeros(3, dtype=np.int64)
    for row in range(rows):
        n = -1
        inside = False
        part[:] = 0
        size[:] = 0
        while i < codes.size and codes[i] != _BREAK:
            code = codes[i]
            if 48 <= code <= 57:
                if not inside:
                    n += 1
                inside = True
                if n < 3:
                    part[n] = part[n] * 10 + code - 48
                    size[n] += 1
            else:
                inside = False
            i += 1
        i += 1
        if n < 0 or size[0] > 9:
            continue
        if size[0] == 8:
            year, month, day = part[0] // 10000, part[0] // 100 % 100, part[0] % 100
        elif size[0] == 4:
            year, month, day = part[0], part[1], part[2]
        else:
            year, month, day = part[2], part[1], part[0]
        if date_exists(year, month, day):
            births[row] = year * 10000 + month * 100 + day


@njit(cache=True)
def read_sexes(codes: Array, rows: int, sexes: Array) -> None:
    """Sex by the first letter: male/m/男/1 is 1, female/f/女/2 is 2, anything else 0."""
    i = 0
    for row in range(rows):
        code = codes[i] if i < codes.size else _BREAK
        if code in (109, 0x7537, 49):
            sexes[row] = 1
        elif code in (102, 0x5973, 50):
            sexes[row] = 2
        while i < codes.size and codes[i] != _BREAK:
            i += 1
        i += 1


@njit(cache=True)
def numeral(code: Any) -> Any:
    """0–9 for 〇零一…九两, 10 for 十, 100 for 百, else -1."""
    if code in (0x3007, 0x96F6):
        return 0
    if code == 0x4E24:
        return 2
    values = (0x4E00, 0x4E8C, 0x4E09, 0x56DB, 0x4E94, 0x516D, 0x4E03, 0x516B, 0x4E5D)
    for k in range(9):
        if code == values[k]:
            return k + 1
    if code == 0x5341:
        return 10
    return 100 if code == 0x767E else -1


@njit(cache=True)
def separates(code: Any, following: Any, single: Array, pairs: Array) -> Any:
    """How many characters of an administrative suffix stand here: 2 for 街道, 1 for 县, 0 for none."""
    for k in range(pairs.shape[0]):
        if code == pairs[k, 0] and following == pairs[k, 1]:
            return 2
    for k in range(single.size):
        if code == single[k]:
            return 1
    return 0


@njit(cache=True)
def read_addresses(
    codes: Array,
    rows: int,
    single: Array,
    pairs: Array,
    number_at: Array,
    numbers: Array,
    piece_at: Array,
    pieces: Array,
    all_numbers: Array,
    last_numbers: Array,
    first_words: Array,
) -> None:
    """Addresses as numbers in their order and a sorted set of pieces (two characters, or one word of letters)."""
    n_used = p_used = 0
    i = 0
    found = np.zeros(MOST_NUMBERS, dtype=np.int64)
    for row in range(rows):
        number_at[row] = n_used
        piece_at[row] = p_used
        n = 0
        n_words = 0
        opening = _START
        run = 0  # Han characters in a row
        before = 0
        while i < codes.size and codes[i] != _BREAK:
            code = codes[i]
            value = -1
            if 48 <= code <= 57:
                value = 0
                while i < codes.size and 48 <= codes[i] <= 57:
                    value = (value * 10 + codes[i] - 48) % 1000000000000
                    i += 1
            elif numeral(code) >= 0:
                value = 0
                current = -1
                while i < codes.size and numeral(codes[i]) >= 0:
                    digit = numeral(codes[i])
                    if digit >= 10:
                        value += (1 if current < 0 else current) * digit
                        current = -1
                    else:
                        current = digit if current < 0 else (current * 10 + digit) % 100000000
                    i += 1
                value += 0 if current < 0 else current
            if value >= 0:
                if run == 1 and p_used - piece_at[row] < MOST_PIECES:
                    pieces[p_used] = np.uint32(before)
                    p_used += 1
                run = 0
                if n < MOST_NUMBERS:
                    found[n] = value
                    n += 1
                continue
            following = codes[i + 1] if i + 1 < codes.size else _BREAK
            cut = separates(code, following, single, pairs) if is_han(code) else 0
            if cut == 0 and is_han(code):
                if run > 0 and p_used - piece_at[row] < MOST_PIECES:
                    pieces[p_used] = np.uint32(finish(feed(feed(_START, before), code)))
                    p_used += 1
                run += 1
                before = code
                i += 1
                continue
            if run == 1 and p_used - piece_at[row] < MOST_PIECES:
                pieces[p_used] = np.uint32(before)
                p_used += 1
            run = 0
            if cut > 0:
                i += cut
            elif 97 <= code <= 122 or (code > 0xBF and code < 0x3000):
                h = _START
                start = i
                while i < codes.size and (97 <= codes[i] <= 122 or 0xBF < codes[i] < 0x3000):
                    h = feed(h, codes[i])
                    i += 1
                if i - start >= 3 and n_words < 2:
                    n_words += 1
                    opening = feed(opening, finish(h))
                if p_used - piece_at[row] < MOST_PIECES:
                    pieces[p_used] = np.uint32(finish(h))
                    p_used += 1
            else:
                i += 1
        if run == 1 and p_used - piece_at[row] < MOST_PIECES:
            pieces[p_used] = np.uint32(before)
            p_used += 1
        i += 1
        pieces[piece_at[row] : p_used].sort()
        kept = piece_at[row]
        for k in range(piece_at[row], p_used):
            if k == piece_at[row] or pieces[k] != pieces[k - 1]:
                pieces[kept] = pieces[k]
                kept += 1
        p_used = kept
        if n_words == 2:
            first_words[row] = finish(opening)
        if n > 0:
            h = _START
            for k in range(n):
                h = feed(h, found[k] + 1)
                numbers[n_used] = found[k]
                n_used += 1
            if n > 1 or found[0] >= 1000:
                all_numbers[row] = finish(h)
            h = _START
            for k in range(max(0, n - 2), n):
                h = feed(h, found[k] + 1)
            last_numbers[row] = finish(h)
    number_at[rows] = n_used
    piece_at[rows] = p_used

"""Block keys: short strings that two records of one person very likely share, and two strangers seldom do."""

from collections.abc import Sequence

import numpy as np

from bihuan.engines.linkage import _kernels, _pair_kernels
from bihuan.engines.linkage._columns import Array, Columns, People, _name_at, prepare
from bihuan.engines.linkage._record import Record
from bihuan.engines.linkage._sounds import sound_of

KEYS = _pair_kernels.KEYS  # at most this many keys a person

CEILING = 60
"""A key that more people than this share in the index finds nobody: 王伟 alone is no way to look for a person."""


def block_keys(record: Record) -> tuple[str, ...]:
    """The keys under which to store and to look for one person: sorted, each with its kind in front.

    `i` id number · `it` its birth date, order and check character · `ih` its division, order and check character
    with the surname's sound · `p` phone · `nb` name's sound and birth date · `sb` surname's (a Latin name's first
    or last word's) sound and birth date · `na` name's sound and last two numbers of the address · `sa` surname's
    sound and all numbers of the address · `ba` birth date and last two numbers · `n` name's sound · `nl` name's
    sound and last four digits of the first phone · `nf` name's sound and the digits before those. A name in
    letters has no `it ih ba na nl nf`, but `b` birth date · `a` all numbers of the address · `aw` its first two
    words (hashed). A person has at most 12, with two phones 13.

    Two records are candidates when they share a key that at most `CEILING` people of the index have.
    """
    return block_keys_of([record])[0]


def block_keys_of(people: Sequence[Record] | Columns | People) -> list[tuple[str, ...]]:
    """`block_keys` of a whole table, many times quicker than one by one."""
    table = people if isinstance(people, People) else prepare(people)
    return [_keys_of(table, row) for row in range(table.rows)]


def _keys_of(p: People, row: int) -> tuple[str, ...]:
    name = _name_at(p, row)
    sound = "".join(sound_of(c) for c in name if c != " ")
    han = p.scripts[row] == _kernels.HAN
    words = name.split(" ")
    last = sound_of(name[0]) if han else words[-1]
    first = "" if han or len(words) < 2 else words[0]
    number = bytes(p.id_codes[p.id_at[row] : p.id_at[row + 1]]).decode("ascii")
    birth = int(p.births[row])
    numbers = [str(n) for n in p.numbers[p.number_at[row] : p.number_at[row + 1]]]
    tail = "-".join(numbers[-2:])
    every = "-".join(numbers) if p.all_numbers[row] else ""
    phones = [str(phone) for phone in p.phones[row] if phone]
    full = bool(sound) and _is_full(p, row)

    keys = set()
    if number:
        keys.add(f"i:{number}")
    keys.update(f"p:{phone}" for phone in phones)
    for word in {last, first} - {""}:
        if birth:
            keys.add(f"sb:{word}|{birth}")
        if every:
            keys.add(f"sa:{word}|{every}")
    if sound and birth:
        keys.add(f"nb:{sound}|{birth}")
    if full:
        keys.add(f"n:{sound}")
    if han or not name:
        if len(number) == 18:
            keys.add(f"it:{number[6:]}")
            if han:
                keys.add(f"ih:{number[:6]}{number[14:]}|{last}")
        if birth and tail:
            keys.add(f"ba:{birth}|{tail}")
        if full and tail:
            keys.add(f"na:{sound}|{tail}")
        if full and phones:
            keys.add(f"nl:{sound}|{int(phones[0]) % 10000:04}")
            keys.add(f"nf:{sound}|{int(phones[0]) // 10000}")
    else:
        if birth:
            keys.add(f"b:{birth}")
        if every:
            keys.add(f"a:{every}")
        if p.first_words[row]:
            keys.add(f"aw:{int(p.first_words[row]):016x}")
    return tuple(sorted(keys))


def _is_full(p: People, row: int) -> bool:
    """Whether the name has a surname and a given name, so that its sound says something."""
    if p.scripts[row] == _kernels.HAN:
        return bool(p.name_at[row + 1] - p.name_at[row] >= 2)
    return bool(p.forenames[row])


def key_hashes(people: People) -> Array:
    """The same keys as 64-bit numbers, uint64 of shape (n, 13), zero where a person lacks a kind."""
    keys = np.zeros((people.rows, KEYS), np.uint64)
    _pair_kernels.fill_keys(people, keys)
    return keys

"""How Chinese characters sound: the first toneless reading of each, from the table that pypinyin carries."""

import unicodedata
from functools import cache
from typing import Any

import numpy as np

LONGEST_SOUND = 6  # zhuang, chuang, shuang
SPACE = 0x30000  # code points looked up by table; beyond it (rare CJK extensions) a character sounds as itself


@cache
def sound_table() -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Letters of the first reading of each code point: uint8 of shape (0x30000, 6), zero where there is none.

    Built once in about 0.2 s. One character, one sound: a name's reading in context is not known to the list
    that carries it, and both sides of a comparison are read alike.
    """
    from pypinyin.constants import PINYIN_DICT

    table = np.zeros((SPACE, LONGEST_SOUND), dtype=np.uint8)
    for code, readings in PINYIN_DICT.items():
        if code < SPACE:
            letters = _plain(readings.split(",")[0])[:LONGEST_SOUND]
            table[code, : len(letters)] = np.frombuffer(letters, dtype=np.uint8)
    return table


def _plain(reading: str) -> bytes:
    bare = reading.replace("ü", "v").replace("ǖ", "v").replace("ǘ", "v").replace("ǚ", "v").replace("ǜ", "v")
    return unicodedata.normalize("NFKD", bare).encode("ascii", "ignore").lower()


@cache
def sound_of(character: str) -> str:
    """The toneless reading of one character, or the character itself where it has none."""
    code = ord(character)
    if code >= SPACE:
        return character
    letters = sound_table()[code]
    return bytes(letters[letters > 0]).decode("ascii") or character

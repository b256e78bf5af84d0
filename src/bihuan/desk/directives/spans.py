"""A text cut at its spans, and two versions of it set side by side. Plain values, no rows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

_SENTENCE = re.compile(r"[^。；;！？!?\n]*[。；;！？!?\n]+|[^。；;！？!?\n]+")  # data


@dataclass(frozen=True)
class Piece:
    """A stretch of text; `key` names the item it belongs to, or is empty."""

    text: str
    key: str = ""
    state: str = ""


def pieces(text: str, spans: Iterable[tuple[int, int, str, str]]) -> list[Piece]:
    """The text in order, cut at (start, end, key, state); where spans overlap, the one that begins first keeps its letters."""
    found, at = [], 0
    for start, end, key, state in sorted(spans):
        begin = max(start, at)
        if begin >= end:
            continue
        if begin > at:
            found.append(Piece(text[at:begin]))
        found.append(Piece(text[begin:end], key, state))
        at = end
    if at < len(text):
        found.append(Piece(text[at:]))
    return found


@dataclass(frozen=True)
class Change:
    """One stretch of sentences in two versions."""

    kind: Literal["same", "changed", "added", "gone"]
    old: str
    new: str


def changes(old: str, new: str) -> list[Change]:
    """What became of every sentence; joined, `old` and `new` of the changes are the two texts again."""
    before, after = _SENTENCE.findall(old), _SENTENCE.findall(new)
    kinds: dict[str, Literal["same", "changed", "added", "gone"]] = {
        "equal": "same", "replace": "changed", "insert": "added", "delete": "gone",
    }  # fmt: skip
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return [Change(kinds[tag], "".join(before[a:b]), "".join(after[c:d])) for tag, a, b, c, d in matcher.get_opcodes()]

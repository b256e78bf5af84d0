"""Which kind of work an order is: words with points, counted in the quote and, with less weight, around it."""

import re
from collections.abc import Mapping
from functools import cache, lru_cache

from ._lexicon import lexicon

# A long list of places that an order is about says no more of its kind than one of them.
_MENTION_CAP = 3.5
_SCOPED = re.compile(r"对[^,]{2,50}?(?:的(?=[^,的]{2,8}(?:,|$))|(?=进行|开展|实行|要|一律|及时|必须))")


@cache
def _index() -> dict[str, list[tuple[str, tuple[tuple[str, float], ...]]]]:
    """First character → words that begin with it, longest first, each with its points per type."""
    by_word: dict[str, list[tuple[str, float]]] = {}
    for kind, words in lexicon().types.items():
        for word, points in words.items():
            by_word.setdefault(str(word), []).append((kind, points))
    index: dict[str, list[tuple[str, tuple[tuple[str, float], ...]]]] = {}
    for word in sorted(by_word, key=lambda w: (-len(w), w)):
        index.setdefault(word[0], []).append((word, tuple(by_word[word])))
    return index


@lru_cache(maxsize=8192)
def _counted(text: str) -> tuple[tuple[str, float], ...]:
    index = _index()
    found: dict[str, float] = {}
    seen: set[str] = set()
    at = 0
    while at < len(text):
        for word, points in index.get(text[at], ()):
            if text.startswith(word, at):
                if word not in seen:
                    seen.add(word)
                    for kind, value in points:
                        found[kind] = found.get(kind, 0.0) + value
                at += len(word) - 1
                break
        at += 1
    return tuple(found.items())


def topic_points(text: str) -> dict[str, float]:
    """Points per type in a text; each word counts once, the longest word at a place wins."""
    return dict(_counted(text))


def type_of(*, core: str, around: str, responsible: str, sentence: str, item_heading: str, section_heading: str) -> str:
    """The type with the most points; `other` when nothing speaks.

    The words of the order itself (`core`) count most; its conditions (`around`), whom it is about inside the order
    ("对 X 的 …"), its actors, the rest of its sentence and its headings count by the weights of `types.yaml`.
    """
    known = lexicon()
    weights: Mapping[str, float] = known.type_weights
    scoped = "".join(_SCOPED.findall(core))
    parts = {
        "quote": _SCOPED.sub(",", core),
        "scope": scoped + "," + around,
        "responsible": responsible,
        "sentence": sentence,
        "item_heading": item_heading,
        "section_heading": section_heading,
    }
    sums: dict[str, float] = {}
    for part, text in parts.items():
        for kind, value in _counted(text):
            counted = min(value, _MENTION_CAP) if part in ("scope", "sentence") else value
            sums[kind] = sums.get(kind, 0.0) + weights[part] * counted
    if not sums:
        return known.default_type
    return max(sorted(sums), key=lambda kind: sums[kind])

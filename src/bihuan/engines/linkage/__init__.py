"""THINK: who is who. Whether two records tell of one person, how sure that is, and why.

A pushed list is linked in three steps: `block_keys` finds the few people worth comparing, `compare` weighs what
agrees and what does not (Fellegi and Sunter's match weights), and the best candidate is joined, put before a
person, or left apart. `link` and `dedupe` do the same for whole tables at once.
"""

from bihuan.engines.linkage._columns import People, name_sound, normal_name, prepare
from bihuan.engines.linkage._compare import compare
from bihuan.engines.linkage._keys import CEILING, block_keys, block_keys_of
from bihuan.engines.linkage._link import (
    NOBODY,
    Duplicates,
    Index,
    Links,
    build_index,
    candidates,
    choose,
    dedupe,
    link,
)
from bihuan.engines.linkage._record import (
    REVIEW_FROM,
    SAME_FROM,
    Decision,
    Match,
    NameFrequencies,
    Reason,
    Record,
)

__all__ = [
    "CEILING",
    "NOBODY",
    "REVIEW_FROM",
    "SAME_FROM",
    "Decision",
    "Duplicates",
    "Index",
    "Links",
    "Match",
    "NameFrequencies",
    "People",
    "Reason",
    "Record",
    "block_keys",
    "block_keys_of",
    "build_index",
    "candidates",
    "choose",
    "compare",
    "dedupe",
    "link",
    "name_sound",
    "normal_name",
    "prepare",
]

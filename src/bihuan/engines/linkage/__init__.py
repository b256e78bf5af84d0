"""THINK: who is who. Whether two records tell of one person, how sure that is, and why.

A pushed list is linked in three steps: `block_keys` finds the few people worth comparing, `compare` weighs what
agrees and what does not (Fellegi and Sunter's match weights), and the best candidate is joined, put before a
person, or left apart. `link` and `dedupe` do the same for whole tables at once.
"""

from bihuan.engines.linkage._columns import People, name_sound, normal_name, prepare
from bihuan.engines.linkage._compare import compare, compare_pairs
from bihuan.engines.linkage._divisions import (
    LEVELS,
    Division,
    DivisionFault,
    DivisionTable,
    Level,
    ancestors_of,
    below,
    building_of,
    code_of_path,
    grid_of,
    join_tables,
    kind_of,
    level_of,
    missing_parents,
    parent_of,
    path_of,
    read_division_csv,
    read_divisions,
    repeated_names,
    roll_up,
    short_code,
)
from bihuan.engines.linkage._gazetteer import REASONS, Gazetteer, PlaceMatch
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
from bihuan.engines.linkage._placenames import clean_address
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
    "LEVELS",
    "NOBODY",
    "REASONS",
    "REVIEW_FROM",
    "SAME_FROM",
    "Decision",
    "Division",
    "DivisionFault",
    "DivisionTable",
    "Duplicates",
    "Gazetteer",
    "Index",
    "Level",
    "Links",
    "Match",
    "NameFrequencies",
    "People",
    "PlaceMatch",
    "Reason",
    "Record",
    "ancestors_of",
    "below",
    "block_keys",
    "block_keys_of",
    "build_index",
    "building_of",
    "candidates",
    "choose",
    "clean_address",
    "code_of_path",
    "compare",
    "compare_pairs",
    "dedupe",
    "grid_of",
    "join_tables",
    "kind_of",
    "level_of",
    "link",
    "missing_parents",
    "name_sound",
    "normal_name",
    "parent_of",
    "path_of",
    "prepare",
    "read_division_csv",
    "read_divisions",
    "repeated_names",
    "roll_up",
    "short_code",
]

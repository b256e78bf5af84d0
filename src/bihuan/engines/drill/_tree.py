"""Who infected whom, whole where the outbreak is small, else whole branches drawn by lot."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from bihuan.engines.drill._arrays import Array

# A branch of a sample holds at most half of it: further back a few branches hold nearly everybody, further on there is
# little left to see of each.
LARGEST_PART = 2


@dataclass(frozen=True)
class Tree:
    """`table`: column -> one row a case, infectors above those they infected. -1 where nobody or no day.

    `infector` is the true one; `head` is the case at which the row's branch begins, whose own infector may lie outside.
    Branches begin in `from_generation` (0: those who came infected), and `branches` of `all_branches` are here. A sample
    misses all generations before it.
    """

    table: dict[str, Array]
    is_whole: bool
    from_generation: int
    branches: int
    all_branches: int
    all_cases: int


def tree(cases: Mapping[str, Any], *, seed: int, most: int = 10_000) -> Tree:
    """The transmission tree of a run, or a sample of whole branches where it has more than `most` cases.

    cases: `Drill.cases`. A sample begins in the earliest generation no branch of which holds more than half of `most`;
    its heads are put in an order by lot, which `seed` decides, and their branches taken until the next would not fit.
    Each branch of that generation is as likely as another, but the one that did not fit is more often a large one.
    """
    infector = np.asarray(cases["infector"], np.int64)
    generation, size = _generations(infector), _sizes(infector)
    whole = infector.size <= most
    begin = 0
    if not whole:
        largest = np.zeros(int(generation.max()) + 1, np.int64)
        np.maximum.at(largest, generation, size)
        begin = int(np.flatnonzero(largest <= max(1, most // LARGEST_PART))[0])
    heads = np.flatnonzero(generation == begin)
    taken = heads
    if not whole:
        order = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 11]))).permutation(heads)
        taken = np.sort(order[np.cumsum(size[order]) <= most])
    head = _heads(infector, generation, begin, taken)
    rows = np.flatnonzero(head >= 0)
    table = {
        "case": rows.astype(np.int32),
        "infector": infector[rows].astype(np.int32),
        "head": head[rows].astype(np.int32),
        "generation": generation[rows].astype(np.int32),
        "person": np.asarray(cases["person"])[rows],
        "setting": np.asarray(cases["layer"])[rows],
        **{
            n: np.asarray(cases[n])[rows]
            for n in ("infected_day", "onset_day", "detected_day", "detected_by", "isolated_day")
        },
    }
    return Tree(table, whole, begin, int(taken.size), int(heads.size), int(infector.size))


def _generations(infector: Array) -> Array:
    """How many steps each case is from one who came infected; an infector always stands before whom they infected."""
    out = np.zeros(infector.size, np.int64)
    for case, source in enumerate(infector.tolist()):
        if source >= 0:
            out[case] = out[source] + 1
    return out


def _sizes(infector: Array) -> Array:
    """How many cases the branch from each case on holds, itself included."""
    out = np.ones(infector.size, np.int64)
    for case in range(infector.size - 1, -1, -1):
        if infector[case] >= 0:
            out[infector[case]] += out[case]
    return out


def _heads(infector: Array, generation: Array, begin: int, taken: Array) -> Array:
    """The head of each case's branch, -1 where that branch was not taken."""
    out = np.full(infector.size, -1, np.int64)
    out[taken] = taken
    for case in np.flatnonzero(generation > begin).tolist():
        out[case] = out[infector[case]]
    return out

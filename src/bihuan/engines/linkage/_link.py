"""A pushed list against an index, and a table against itself."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from bihuan.engines.linkage import _pair_kernels
from bihuan.engines.linkage._columns import Array, Columns, People, prepare
from bihuan.engines.linkage._compare import levels_of, prior_bits, rule_of_identity, weights_of
from bihuan.engines.linkage._kernels import VALID_ID
from bihuan.engines.linkage._keys import CEILING, key_hashes
from bihuan.engines.linkage._record import REVIEW_FROM, SAME_FROM, Decision, Record
from bihuan.engines.linkage._weights import EXPECTED_SHARE

NOBODY = -1
_RIVAL = 2.0**-7  # a rival this much less likely than the best cannot move a decision
_ROUNDS = 6  # of estimating how many of the pushed people are in the index
_PRIOR_ROWS = 10.0  # the first guess of that share counts as so many people


@dataclass(frozen=True, slots=True)
class Index:
    """A table made ready to be searched: its people, their key hashes and how often each name occurs."""

    people: People
    keys: Array
    name_share: Array  # of people who bear row r's name
    sound_share: Array


@dataclass(frozen=True, slots=True)
class Links:
    """One row a left row: the best right row (`NOBODY` = -1 without a candidate), its probability and decision."""

    left_row: Array
    right_row: Array
    probability: Array
    decision: Array

    def count(self, decision: Decision) -> int:
        """How many rows were decided so."""
        return int(np.count_nonzero(self.decision == decision.value))


@dataclass(frozen=True, slots=True)
class Duplicates:
    """Pairs inside one table that are the same or worth a look, and the cluster of every row.

    `cluster[r]` is the lowest row of the group that the `same` pairs tie row r to (r itself when alone).
    """

    left_row: Array
    right_row: Array
    probability: Array
    decision: Array
    cluster: Array


def build_index(people: Sequence[Record] | Columns | People) -> Index:
    """Make the larger table ready once; any number of lists can then be linked to it."""
    table = people if isinstance(people, People) else prepare(people)
    return Index(table, key_hashes(table), _share(table.names), _share(table.sounds))


def candidates(left: People, index: Index, *, ceiling: int = CEILING) -> tuple[Array, Array]:
    """Pairs (left row, right row) that share a block key which at most `ceiling` right rows carry, each once."""
    keys = key_hashes(left)
    size = 1 << max(4, int(2 * np.count_nonzero(keys)).bit_length())
    table = np.zeros(size, np.uint64)
    _pair_kernels.enter(table, keys)
    counts = np.zeros(size, np.int64)
    _pair_kernels.count_sharing(table, index.keys, counts)
    kept = np.where(counts <= ceiling, counts, 0)
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(kept)[:-1]))
    found = np.empty(int(kept.sum()), np.int64)
    _pair_kernels.place_sharing(table, index.keys, ends, ceiling, counts, found)
    most = int(_pair_kernels.sum_sharing(table, keys, kept))
    left_row, right_row = np.empty(most, np.int64), np.empty(most, np.int64)
    used = _pair_kernels.collect(table, keys, ends, counts, ceiling, found, left_row, right_row)
    return left_row[:used].copy(), right_row[:used].copy()


def link(
    left: Sequence[Record] | Columns | People,
    right: Sequence[Record] | Columns | People | Index,
    *,
    ceiling: int = CEILING,
) -> Links:
    """For every left row the most likely person of the right table, with probability and decision.

    `right` may be an `Index` built before (`build_index`), which is what makes the next list quick. A name weighs
    by how rare it is in the right table. The probability weighs the rivals too: when two different people of the
    index fit equally well, neither is the same. How many of the pushed people are in the index at all is
    estimated from the list itself.
    """
    index = right if isinstance(right, Index) else build_index(right)
    pushed = left if isinstance(left, People) else prepare(left)
    left_row, right_row = candidates(pushed, index, ceiling=ceiling)
    return choose(
        pushed,
        index.people,
        left_row,
        right_row,
        name_share=index.name_share[right_row],
        sound_share=index.sound_share[right_row],
        population=index.people.rows,
    )


def choose(
    left: People,
    right: People,
    left_row: Array,
    right_row: Array,
    *,
    name_share: Array,
    sound_share: Array,
    population: int,
) -> Links:
    """The best right row for every left row among given candidate pairs.

    `left_row` must be rising. `name_share` and `sound_share` tell, for each pair, the share of people who bear
    the right row's name and its sound; `population` is the size of the whole index, of which `right` may hold the
    candidates only.
    """
    levels = levels_of(left, right, left_row, right_row)
    bits = weights_of(levels, name_share, sound_share, population).sum(axis=1)
    odds = np.exp2(np.clip(bits + prior_bits(population, EXPECTED_SHARE), -500.0, 500.0))
    first = np.flatnonzero(np.r_[True, left_row[1:] != left_row[:-1]]) if len(left_row) else np.zeros(0, int)
    valid = left.id_kinds[left_row] == VALID_ID
    exact = valid & (levels[:, 1] == 1)

    best = _best_of_groups(np.where(exact, odds * 1e30, odds), first)
    best_of_pair = np.repeat(best, np.diff(np.r_[first, len(left_row)]))
    rival = (odds >= odds[best_of_pair] * _RIVAL) & (np.arange(len(odds)) != best_of_pair)
    twins = np.flatnonzero(rival)
    if len(twins):  # the index may hold one person twice: that is no rival
        alike = _alone(
            right,
            right,
            right_row[twins],
            right_row[best_of_pair[twins]],
            name_share[twins],
            sound_share[twins],
            population,
        )
        odds[twins[alike >= SAME_FROM]] = 0.0

    total = np.add.reduceat(odds, first) if len(first) else np.zeros(0)
    share = EXPECTED_SHARE
    rows = left.names.size
    for _ in range(_ROUNDS):
        scale = (share / (1.0 - share)) / (EXPECTED_SHARE / (1.0 - EXPECTED_SHARE))
        there = (scale * total / (1.0 + scale * total)).sum()
        share = float(np.clip((there + _PRIOR_ROWS * EXPECTED_SHARE) / (rows + _PRIOR_ROWS), 0.02, 0.98))
    scale = (share / (1.0 - share)) / (EXPECTED_SHARE / (1.0 - EXPECTED_SHARE))
    chance = scale * odds[best] / (1.0 + scale * total)
    chance = rule_of_identity(chance, levels[best], valid[best])

    right_best = np.full(rows, NOBODY, np.int64)
    probability = np.zeros(rows)
    right_best[left_row[best]] = right_row[best]
    probability[left_row[best]] = chance
    return Links(np.arange(rows), right_best, probability, _decisions(probability))


def dedupe(
    people: Sequence[Record] | Columns | People,
    *,
    ceiling: int = CEILING,
    share: float = 0.1,
    pairs_at_once: int = 2_000_000,
) -> Duplicates:
    """The people whom one table holds more than once: pairs from probability 0.5, and clusters by the `same` ones.

    `share` is the share of rows thought to have a double. Candidate pairs are made and judged at most
    `pairs_at_once` (plus one key's) at a time, so memory grows with the rows, not with the pairs.
    """
    table = people if isinstance(people, People) else prepare(people)
    rows = table.rows
    index = Index(table, key_hashes(table), _share(table.names), _share(table.sounds))
    keys = index.keys
    nothing = np.zeros(0, np.int64)
    kept: list[tuple[Array, Array, Array]] = [(nothing, nothing, np.zeros(0))]
    for column in range(keys.shape[1]):
        order = np.argsort(keys[:, column], kind="stable")
        ordered = keys[order, column]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]]) if rows else np.zeros(0, int)
        stops = np.r_[starts[1:], rows]
        sizes = stops - starts
        empty = ordered[starts] == 0 if rows else np.zeros(0, bool)
        for start, stop in zip(starts[(sizes > ceiling) & ~empty], stops[(sizes > ceiling) & ~empty], strict=True):
            keys[order[start:stop], column] = 0  # too common a key: it tells no pair, now or to later columns
        group = (sizes > 1) & (sizes <= ceiling) & ~empty
        starts, stops = starts[group], stops[group]
        made = np.cumsum((stops - starts) * (stops - starts - 1) // 2)
        at = 0
        while at < len(starts):
            until = int(np.searchsorted(made, (made[at - 1] if at else 0) + pairs_at_once, side="right"))
            until = max(until, at + 1)
            most = int(made[until - 1] - (made[at - 1] if at else 0))
            left_row, right_row = np.empty(most, np.int64), np.empty(most, np.int64)
            used = _pair_kernels.pairs_within(
                order, starts[at:until], stops[at:until], keys, column, left_row, right_row
            )
            left_row, right_row = left_row[:used], right_row[:used]
            chance = _alone(
                table,
                table,
                left_row,
                right_row,
                index.name_share[right_row],
                index.sound_share[right_row],
                rows,
                share=share,
            )
            good = chance >= REVIEW_FROM
            kept.append((left_row[good], right_row[good], chance[good]))
            at = until
    left_row, right_row, chance = (np.concatenate(part) for part in zip(*kept, strict=True))
    ranking = np.lexsort((right_row, left_row))
    left_row, right_row, chance = left_row[ranking], right_row[ranking], chance[ranking]
    sure = chance >= SAME_FROM
    graph = coo_array((np.ones(int(sure.sum())), (left_row[sure], right_row[sure])), shape=(rows, rows))
    labels = connected_components(graph, directed=False)[1] if rows else np.zeros(0, int)
    lowest = np.full(labels.max(initial=-1) + 1, rows, np.int64)
    np.minimum.at(lowest, labels, np.arange(rows))
    return Duplicates(left_row, right_row, chance, _decisions(chance), lowest[labels])


def _alone(
    left: People,
    right: People,
    left_row: Array,
    right_row: Array,
    name_share: Array,
    sound_share: Array,
    population: int,
    *,
    share: float = EXPECTED_SHARE,
) -> Array:
    """Probability of each pair on its own, without rivals."""
    levels = levels_of(left, right, left_row, right_row)
    bits = weights_of(levels, name_share, sound_share, population).sum(axis=1) + prior_bits(population, share)
    chance: Array = 1.0 / (1.0 + np.exp2(-np.clip(bits, -500.0, 500.0)))
    return rule_of_identity(chance, levels, left.id_kinds[left_row] == VALID_ID)


def _share(hashes: Array) -> Array:
    """For each row, the share of rows with the same hash (rows without one do not count)."""
    _, inverse, counts = np.unique(hashes, return_inverse=True, return_counts=True)
    shares: Array = (counts / max(1, len(hashes)))[inverse]
    return shares.astype(np.float32)


def _best_of_groups(odds: Array, first: Array) -> Array:
    """Position of the largest value of each group (the earliest of equals)."""
    if not len(first):
        return np.zeros(0, np.int64)
    largest = np.maximum.reduceat(odds, first)
    of_pair = np.repeat(np.arange(len(first)), np.diff(np.r_[first, len(odds)]))
    places = np.where(odds >= largest[of_pair], np.arange(len(odds)), len(odds))
    best: Array = np.minimum.reduceat(places, first)
    return best


def _decisions(probability: Array) -> Array:
    words = np.full(len(probability), Decision.DIFFERENT.value, dtype="<U9")
    words[probability >= REVIEW_FROM] = Decision.REVIEW.value
    words[probability >= SAME_FROM] = Decision.SAME.value
    return words

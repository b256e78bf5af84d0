"""From levels to weights, from weights to a probability, and the account of it."""

from collections.abc import Sequence
from math import log2

import numpy as np

from bihuan.engines.linkage import _pair_kernels
from bihuan.engines.linkage._columns import Array, People, normal_name, prepare
from bihuan.engines.linkage._kernels import VALID_ID
from bihuan.engines.linkage._record import (
    FIELDS,
    SAME_FROM,
    Match,
    NameFrequencies,
    Reason,
    Record,
    decide,
)
from bihuan.engines.linkage._sounds import sound_of, sound_table
from bihuan.engines.linkage._weights import (
    EXPECTED_SHARE,
    HOUSEHOLD_BITS,
    LEVELS,
    NAME_SHARE_BY_LENGTH,
)

NAME, ID, PHONE, BIRTH, SEX, ADDRESS = range(6)
_AGREEING_NAMES = (0, 1, 2, 3, 4, 5, 6, 9)
_ITSELF = 0.7
"""Of a name's bearers, how many to leave out as the person looked for: a name seen once is not one that another
0.3 people would bear (Good and Turing's discount, for the long tail of full names)."""
_OUTSIDE = 1_000
"""People outside the index, none of whom bears the name: keeps an index of four rows from making every name common."""
_SURE = 0.999  # an exact valid id number with an agreeing name
_DOUBT = (0.5, 0.98)  # an exact valid id number with another name: a slip in the number, or a borrowed card


def levels_of(left: People, right: People, left_row: Array, right_row: Array) -> Array:
    """Levels of agreement of each pair of rows, uint8 of shape (pairs, 6) in the order of `FIELDS`."""
    levels = np.zeros((len(left_row), 6), np.uint8)
    _pair_kernels.compare_rows(left, right, left_row, right_row, sound_table(), levels)
    return levels


def weights_of(levels: Array, name_share: Array, sound_share: Array, population: int) -> Array:
    """Match weights in bits, float64 of shape (pairs, 6); shares are of people who bear the pair's name or sound."""
    weights = np.empty(levels.shape, np.float64)
    for column, field in enumerate(FIELDS):
        table = np.array([level.bits(population) for level in LEVELS[field]])
        weights[:, column] = table[levels[:, column]]
    for level, share in ((1, name_share), (2, sound_share)):
        at = levels[:, NAME] == level
        m = LEVELS["name"][level].m
        bearers = np.maximum(share[at] * population - _ITSELF, 1.0 - _ITSELF)
        weights[at, NAME] = np.log2(m / np.minimum(bearers / (population + _OUTSIDE), 1.0))
    household = (levels[:, PHONE] == 1) & ((levels[:, ADDRESS] == 1) | (levels[:, ADDRESS] == 2))
    lesser = np.where(weights[:, PHONE] < weights[:, ADDRESS], PHONE, ADDRESS)[household]
    rows = np.flatnonzero(household)
    weights[rows, lesser] = np.minimum(weights[rows, lesser], HOUSEHOLD_BITS)
    return weights


def prior_bits(population: int, share: float) -> float:
    """log2 of the odds that a pushed person is one given person of the index."""
    return log2(share / (1.0 - share) / max(1, population))


def rule_of_identity(probability: Array, levels: Array, valid: Array) -> Array:
    """An exact valid id number decides: same with an agreeing name, a person's look with quite another one."""
    exact = (levels[:, ID] == 1) & valid
    agrees = np.isin(levels[:, NAME], _AGREEING_NAMES)
    ruled = np.where(exact & agrees, np.maximum(probability, _SURE), probability)
    return np.where(exact & ~agrees, np.clip(ruled, *_DOUBT), ruled)


def compare(
    left: Record,
    right: Record,
    *,
    frequencies: NameFrequencies | None = None,
    population: int = 1_000_000,
    share: float = EXPECTED_SHARE,
) -> Match:
    """How likely two records are one person, with the account field by field; the same whichever comes first.

    `population` is how many people the index holds (the larger, the more a mere coincidence is expected), `share`
    how many of the pushed people are thought to be in it (between 0 and 1, both excluded), `frequencies` counts
    names so that a rare name weighs more. The probability is that of this pair alone; `link` and `choose` also
    weigh the rivals.
    """
    return compare_pairs([left], [right], [(0, 0)], frequencies=frequencies, population=population, share=share)[0]


def compare_pairs(
    left: Sequence[Record],
    right: Sequence[Record],
    pairs: Sequence[tuple[int, int]],
    *,
    frequencies: NameFrequencies | None = None,
    population: int = 1_000_000,
    share: float = EXPECTED_SHARE,
) -> list[Match]:
    """`compare` for many pairs of rows (index into `left`, index into `right`) at once, in their order."""
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    if not pairs:
        return []
    a, b = prepare(left), prepare(right)
    rows = np.array(pairs, np.int64)
    levels = levels_of(a, b, rows[:, 0], rows[:, 1])
    shares = [
        _shares(left[i].name, right[j].name, int(level), frequencies)
        for (i, j), level in zip(pairs, levels[:, NAME].tolist(), strict=True)
    ]
    by_name, by_sound = (np.array(column) for column in zip(*shares, strict=True))
    weights = weights_of(levels, by_name, by_sound, population)
    prior = prior_bits(population, share)
    alone = np.array([_probability(bits + prior) for bits in weights.sum(axis=1).tolist()])
    probability = rule_of_identity(alone, levels, a.id_kinds[rows[:, 0]] == VALID_ID)
    return [
        Match(p, decide(p), _account(levels[n], weights[n], prior, population, p, is_ruled=p != alone[n]))
        for n, p in enumerate(probability.tolist())
    ]


def _account(
    levels: Array, weights: Array, prior: float, population: int, probability: float, *, is_ruled: bool
) -> tuple[Reason, ...]:
    """One pair's reasons, field by field."""
    reasons = [Reason("prior", f"one of {population:,} people", prior)]
    for column, field in enumerate(FIELDS):
        if levels[column]:
            reasons.append(Reason(field, LEVELS[field][levels[column]].words, float(weights[column])))
    if is_ruled:
        words = "valid id number same, name agrees" if probability >= SAME_FROM else "same id number, other name"
        reasons.append(Reason("rule", words, 0.0))
    return tuple(reasons)


def _shares(left: str, right: str, level: int, frequencies: NameFrequencies | None) -> tuple[float, float]:
    """Share of people with the pair's name and with its sound: counted, or by the length of the name."""
    if level not in (1, 2):
        return 1.0, 1.0
    name = min(normal_name(left), normal_name(right))
    letters = name.replace(" ", "")
    usual = NAME_SHARE_BY_LENGTH[min(len(letters), 4)] if not letters.isascii() else NAME_SHARE_BY_LENGTH[2]
    by_name, by_sound = usual, 3 * usual
    if frequencies is not None and frequencies.total > 0:
        sound = "".join(sound_of(c) for c in letters)
        if frequencies.sounds:
            by_sound = max(1, frequencies.sounds.get(sound, 0)) / frequencies.total
            by_name = min(by_name, by_sound)
        if frequencies.names:
            by_name = max(1, frequencies.names.get(name, 0)) / frequencies.total
            by_sound = max(by_sound, by_name) if frequencies.sounds else 3 * by_name
    return by_name, by_sound


def _probability(bits: float) -> float:
    return float(1.0 / (1.0 + 2.0 ** -min(max(bits, -500.0), 500.0)))

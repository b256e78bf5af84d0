"""From levels to weights, from weights to a probability, and the account of it."""

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
    if not 0.0 < share < 1.0:
        raise ValueError(f"share must lie between 0 and 1, got {share}")
    a, b = prepare([left]), prepare([right])
    zero = np.zeros(1, np.int64)
    levels = levels_of(a, b, zero, zero)
    by_name, by_sound = _shares(left.name, right.name, int(levels[0, NAME]), frequencies)
    weights = weights_of(levels, np.array([by_name]), np.array([by_sound]), population)[0]
    prior = prior_bits(population, share)
    alone = np.array([_probability(float(weights.sum()) + prior)])
    valid = np.array([a.id_kinds[0] == VALID_ID])
    probability = float(rule_of_identity(alone, levels, valid)[0])
    reasons = [Reason("prior", f"one of {population:,} people", prior)]
    for column, field in enumerate(FIELDS):
        level = LEVELS[field][levels[0, column]]
        if levels[0, column]:
            reasons.append(Reason(field, level.words, float(weights[column])))
    if probability != alone[0]:
        words = "valid id number same, name agrees" if probability >= SAME_FROM else "same id number, other name"
        reasons.append(Reason("rule", words, 0.0))
    return Match(probability, decide(probability), tuple(reasons))


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

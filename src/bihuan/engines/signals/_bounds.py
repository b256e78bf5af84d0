"""What every early-warning rule answers: what was expected, the highest count that is still usual, and the alarm."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import norm

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


class SignalError(ValueError):
    """A series or a setting that no rule can watch; the message says which and how to mend it."""


@dataclass(frozen=True)
class Bounds:
    """What a rule expected at each step. Arrays have the shape of the counts that were given.

    `expected` and `upper` are NaN where the rule has no baseline yet or the bound is undefined;
    `alarm` is False there: no baseline is not a signal.
    """

    expected: Floats
    upper: Floats
    alarm: Bools


def as_rows(counts: npt.ArrayLike) -> tuple[Floats, bool]:
    """Counts as (series, steps) floats, NaN = missing; and whether a single series was given."""
    array = np.asarray(counts, dtype=np.float64)
    if array.ndim not in (1, 2):
        raise SignalError(f"counts have {array.ndim} dimensions; give one series, or series × steps")
    if np.any(array < 0) or np.any(np.isinf(array)):
        raise SignalError("counts must be zero or more; a missing count is NaN, never a negative number")
    return np.atleast_2d(array), array.ndim == 1


def quantile(alpha: float, *, sides: int = 1) -> float:
    """Normal quantile of the alarm level: z(1 - alpha) for one side, z(1 - alpha/2) for two."""
    if not 0 < alpha < 1:
        raise SignalError(f"alpha is {alpha}; it must lie between 0 and 1, for example 0.001")
    return float(norm.ppf(1 - alpha / sides))


def bounds(rows: Floats, expected: Floats, upper: Floats, *, single: bool) -> Bounds:
    """Join a rule's two arrays with its alarm: observed above the bound, both known."""
    with np.errstate(invalid="ignore"):
        alarm = rows > upper
    if single:
        return Bounds(expected[0], upper[0], alarm[0])
    return Bounds(expected, upper, alarm)

"""EARS C1, C2 and C3: alarms from the last days alone, for feeds without years of history."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from bihuan.engines.signals._bounds import Bounds, Floats, SignalError, as_rows, bounds, quantile

FLAT_SIGMA = 0.5
"""Deviation taken for a perfectly flat baseline, counts per step (the value Burkom advises for sparse data)."""

_LAGS = {"c1": 0, "c2": 2, "c3": 2}


def ears(
    counts: npt.ArrayLike,
    *,
    variant: Literal["c1", "c2", "c3"] = "c1",
    alpha: float = 0.001,
    baseline: int = 7,
    min_sigma: float | None = None,
) -> Bounds:
    """Expected count and upper bound from the `baseline` steps before, after a guard gap.

    With Y the counts, m(t) and s(t) the mean and the standard deviation (n - 1) of the `baseline` steps that end
    at t-1 (C1) or t-3 (C2, C3), and z = z(1 - alpha), one side:

    - C1, C2: C(t) = (Y(t) - m(t)) / s(t); upper U(t) = m(t) + z s(t)
    - C3: sum over i = t, t-1, t-2 of max(0, C2(i) - 1) reaches z;
      U(t) = m(t) + s(t) (z - max(0, C2(t-1) - 1) - max(0, C2(t-2) - 1)), not below 0

    Hutwagner, Thompson, Seeman, Treadwell 2003, J Urban Health 80(2 Suppl 1):i89; in the form of Fricker, Hegler,
    Dunfee 2008, Stat Med 27:3407, and of Salmon, Schumacher, Höhle 2016, J Stat Softw 70(10). Defaults:
    baseline 7 steps, alpha 0.001 for all three. C3 is as published: R's surveillance 1.20.3 answers a bound that is
    higher by Y(t) - m(t), so that the watched count no longer decides; C1 and C2 agree with it to the last digit.

    A flat baseline (s = 0) would make one case an alarm. By default s is then 0.5 (`FLAT_SIGMA`), and untouched
    elsewhere; `min_sigma` replaces this by a floor under every s (0 = no floor at all).
    Missing counts are left out of a baseline; below 5 of 7 known steps there is no bound. counts: (steps,) or
    (series, steps), NaN = missing. C1 starts at step `baseline`, C2 two steps later, C3 four.
    """
    if variant not in _LAGS:
        raise SignalError(f"EARS has no variant «{variant}»; choose c1, c2 or c3")
    if baseline < 3:
        raise SignalError(f"a baseline of {baseline} steps has no usable deviation; give at least 3")
    z = quantile(alpha)
    rows, single = as_rows(counts)
    mean, sigma = _moving(rows, baseline=baseline, lag=_LAGS[variant])
    if min_sigma is None:
        sigma = np.where(sigma == 0, FLAT_SIGMA, sigma)
    else:
        sigma = np.maximum(sigma, min_sigma)
    upper = mean + z * sigma
    if variant == "c3":
        with np.errstate(invalid="ignore", divide="ignore"):
            # A flat baseline without a floor measures no excess (0/0, 1/0); nor does a missing count.
            excess = np.maximum(0.0, (rows - mean) / sigma - 1)
        excess = np.where(np.isinf(excess) | (np.isnan(excess) & ~np.isnan(mean)), 0.0, excess)
        earlier = np.full_like(mean, np.nan)
        earlier[:, 2:] = excess[:, 1:-1] + excess[:, :-2]
        with np.errstate(invalid="ignore"):
            upper = np.where(sigma > 0, np.maximum(0.0, mean + sigma * (z - earlier)), mean + 0 * earlier)
        mean = np.where(np.isnan(upper), np.nan, mean)
    return bounds(rows, mean, upper, single=single)


def _moving(rows: Floats, *, baseline: int, lag: int) -> tuple[Floats, Floats]:
    """Mean and deviation of the window [t - lag - baseline, t - lag): running sums, exact for whole counts."""
    series, steps = rows.shape
    mean, sigma = np.full((2, series, steps), np.nan)
    first = baseline + lag
    if steps <= first:
        return mean, sigma
    known = ~np.isnan(rows)
    filled = np.where(known, rows, 0.0)

    def windows(values: Floats) -> Floats:
        running = np.zeros((series, steps + 1))
        np.cumsum(values, axis=1, out=running[:, 1:])
        total: Floats = running[:, baseline : steps - lag] - running[:, : steps - first]
        return total

    number, total, squares = windows(known.astype(np.float64)), windows(filled), windows(filled * filled)
    enough = number >= max(3, -(-baseline * 7 // 10))
    number = np.where(enough, number, np.nan)
    mean[:, first:] = total / number
    # n·Σx² - (Σx)² is a difference of whole numbers: a flat baseline gives exactly 0.
    sigma[:, first:] = np.sqrt(np.maximum(0.0, number * squares - total * total) / (number * (number - 1)))
    return mean, sigma

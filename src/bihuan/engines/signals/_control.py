"""CUSUM and EWMA control charts: small lasting rises that no single day shows."""

from typing import Literal

import numpy as np
import numpy.typing as npt

from bihuan.engines.signals import _kernels
from bihuan.engines.signals._bounds import Bounds, Floats, SignalError, as_rows, bounds, quantile


def cusum(
    counts: npt.ArrayLike,
    *,
    baseline: int = 28,
    reference: float = 1.04,
    decision: float = 2.26,
    transform: Literal["rossi", "standard"] = "rossi",
    reset: bool = True,
    mean: float | None = None,
) -> Bounds:
    """Upper bound of a one-sided CUSUM on transformed Poisson counts: the count that would carry the sum over h.

    S(t) = max(0, S(t-1) + z(t) - k), alarm when S(t) > h, with k = `reference`, h = `decision` and m = `mean`, or
    the mean of the first `baseline` known counts (at least 0.1 a step, so that an empty baseline still has a bound):

    - standard: z = (x - m) / sqrt(m);  upper = m + sqrt(m) (h + k - S(t-1))
    - rossi:    z = (x - 3 m + 2 sqrt(x m)) / (2 sqrt(m)), nearly normal for small m (Rossi, Lampugnani, Marchi 1999,
      Stat Med 18:2111); upper solves z = h + k - S(t-1): (sqrt(4 m + 2 sqrt(m) (h + k - S(t-1))) - sqrt(m))²

    k and h are Rossi's design values. `reset` starts the sum again after an alarm. A missing count leaves S as it was.
    The baseline is learnt, not watched: its steps have no bound. counts: (steps,) or (series, steps), NaN = missing.
    """
    if transform not in ("rossi", "standard"):
        raise SignalError(f"CUSUM has no transform «{transform}»; choose rossi or standard")
    rows, single = as_rows(counts)
    centre, first = _centres(rows, baseline=baseline, mean=mean)
    expected = np.full_like(rows, np.nan)
    upper = np.full_like(rows, np.nan)
    if first < rows.shape[1]:
        expected[:, first:] = centre[:, None]
        upper[:, first:] = _kernels.cusum_bounds(
            np.ascontiguousarray(rows[:, first:]), centre, reference, decision, transform == "rossi", reset
        )
    return bounds(rows, expected, upper, single=single)


def ewma(
    counts: npt.ArrayLike,
    *,
    alpha: float = 0.001,
    baseline: int = 28,
    smoothing: float = 0.4,
    min_sigma: float = 0.5,
) -> Bounds:
    """Upper bound of an exponentially weighted moving average chart: the count that would carry the average out.

    E(t) = w Y(t) + (1 - w) E(t-1), E before the first watched step = m; alarm when
    E(t) > m + z(1 - alpha) s sqrt(w / (2 - w) (1 - (1 - w)^(2 i))), i = steps watched (Roberts 1959, Technometrics
    1:239; exact-variance form). m and s: mean and deviation of the first `baseline` known counts, s at least
    `min_sigma` and at least sqrt(m) (a Poisson count is never steadier). w = `smoothing`.
    counts: (steps,) or (series, steps), NaN = missing; a missing count leaves E as it was.
    """
    if not 0 < smoothing <= 1:
        raise SignalError(f"smoothing is {smoothing}; it must lie in (0, 1], for example 0.4")
    z = quantile(alpha)
    rows, single = as_rows(counts)
    centre, first = _centres(rows, baseline=baseline, mean=None)
    expected = np.full_like(rows, np.nan)
    upper = np.full_like(rows, np.nan)
    if first < rows.shape[1]:
        with np.errstate(invalid="ignore"):
            sigma = np.nan_to_num(np.nanstd(rows[:, :first], axis=1, ddof=1))
        sigma = np.maximum(np.maximum(sigma, min_sigma), np.sqrt(centre))
        expected[:, first:] = centre[:, None]
        upper[:, first:] = _kernels.ewma_bounds(np.ascontiguousarray(rows[:, first:]), centre, sigma, z, smoothing)
    return bounds(rows, expected, upper, single=single)


def _centres(rows: Floats, *, baseline: int, mean: float | None) -> tuple[Floats, int]:
    """The level each series is compared with, and the first step that is watched."""
    if mean is not None:
        if not mean > 0:
            raise SignalError(f"mean is {mean}; a control chart needs a level above 0")
        return np.full(rows.shape[0], float(mean)), 0
    if baseline < 2:
        raise SignalError(f"a baseline of {baseline} steps says nothing; give at least 2")
    if rows.shape[1] <= baseline:
        return np.full(rows.shape[0], np.nan), rows.shape[1]
    head = rows[:, :baseline]
    known = np.sum(~np.isnan(head), axis=1)
    level = np.where(known > 0, np.nansum(head, axis=1) / np.maximum(known, 1), np.nan)
    return np.maximum(level, 0.1), baseline

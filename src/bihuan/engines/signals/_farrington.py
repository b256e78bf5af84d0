"""Farrington: the same weeks of earlier years, with trend, past outbreaks played down, and a skewness-proof bound."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import nbinom, poisson
from scipy.stats import t as student

from bihuan.engines.signals._bounds import Bools, Bounds, Floats, SignalError, as_rows, bounds, quantile
from bihuan.engines.signals._glm import Fits, fit

_CHUNK = 2048
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True)
class _Rule:
    """How one edition of the method reads the past."""

    offsets: Integers
    levels: Integers
    level_count: int
    outlier_residual: float
    trend_p: float


@dataclass(frozen=True)
class _Prediction:
    """At each point: the mean and its variance on the log scale, the dispersion (at least 1)."""

    mean: Floats
    log_variance: Floats
    dispersion: Floats


def farrington(
    counts: npt.ArrayLike,
    *,
    alpha: float = 0.05,
    years: int = 5,
    half_window: int = 3,
    period: int = 52,
    recent_cases: int = 5,
    recent_steps: int = 4,
) -> Bounds:
    """Upper bound by Farrington's method of 1996, from the same season of `years` earlier years.

    Reference values: steps t - period·i ± `half_window`, i = 1 … years. Quasi-Poisson, log link,
    log(mean) = a + b·step. Scaled Anscombe residuals s = 3 (y^(2/3) - m^(2/3)) / (2 m^(1/6) sqrt(phi (1 - h)));
    values with s > 1 get the weight g/s², the others g, weights summing to n; then fitted again. The trend stays when
    it is significant at 5 % (t test), at least 3 years are used and the prediction does not pass the largest
    reference value. With m the predicted mean, phi the dispersion (at least 1), tau = phi + var(m)/m:

        U = m (1 + 2/3 z(1 - alpha/2) sqrt(tau/m))^(3/2)

    Farrington, Andrews, Beale, Catchpole 1996, J R Stat Soc A 159:547, sections 3.3–3.8. Defaults: 5 years, half
    window 3, alpha 0.05 for the two-sided interval. With fewer than `recent_cases` in the last `recent_steps` steps,
    the watched one included, the bound is undefined (NaN) and there is no alarm (section 3.8).
    counts: (steps,) or (series, steps), NaN = missing; a missing reference value is left out.
    """
    z = quantile(alpha, sides=2)
    _check(years=years, half_window=half_window, period=period)
    offsets = np.array([-period * i + j for i in range(years, 0, -1) for j in range(-half_window, half_window + 1)])
    rule = _Rule(offsets, np.zeros(len(offsets), dtype=np.int64), 1, 1.0, 0.05 if years >= 3 else 0.0)
    rows, single = as_rows(counts)
    series, steps = _points(rows, rule)
    found = _predict(rows, series, steps, rule)
    expected = np.full_like(rows, np.nan)
    upper = np.full_like(rows, np.nan)
    expected[series, steps] = found.mean
    tau = found.dispersion + found.mean * found.log_variance * found.dispersion
    upper[series, steps] = found.mean * (1 + 2 / 3 * z * np.sqrt(tau / found.mean)) ** 1.5
    upper[~_enough(rows, cases=recent_cases, steps=recent_steps)] = np.nan
    return bounds(rows, expected, upper, single=single)


def farrington_improved(
    counts: npt.ArrayLike,
    *,
    alpha: float = 0.05,
    years: int = 5,
    half_window: int = 3,
    period: int = 52,
    season_levels: int = 10,
    skipped_steps: int = 26,
    recent_cases: int = 5,
    recent_steps: int = 4,
) -> Bounds:
    """Upper bound by the improved method of 2013: the whole of `years` years, seasons as levels, a count quantile.

    All steps from t - period·years - half_window to t - skipped_steps - 1 (a rise that has begun does not enter its
    own baseline), a season factor of `season_levels` levels (the window of t, and equal blocks of the rest of the
    year), trend always kept unless its prediction passes the largest reference value, weights g/s² only for
    s > 2.58. U is the 1 - alpha quantile (one side) of the negative binomial with mean m and variance phi·m
    (Poisson when phi = 1): whole counts, without the error of m.

    Noufaily, Enki, Farrington, Garthwaite, Andrews, Charlett 2013, Stat Med 32:1206. counts, NaN and the rule of
    `recent_cases` as in `farrington`.
    """
    quantile(alpha)
    _check(years=years, half_window=half_window, period=period)
    if season_levels < 2 or period < 2 * half_window + season_levels:
        raise SignalError(f"{season_levels} season levels do not fit a year of {period} steps; take fewer")
    offsets = np.arange(-period * years - half_window, -skipped_steps)
    if not offsets.size:
        raise SignalError(f"skipping {skipped_steps} steps leaves no baseline; skip fewer or use more years")
    place = (offsets + half_window) % period
    rest = period - 2 * half_window - 1
    blocks = np.minimum((place - 2 * half_window - 1) * (season_levels - 1) // rest, season_levels - 2)
    levels = np.where(place <= 2 * half_window, 0, blocks + 1)
    rule = _Rule(offsets, levels, season_levels, 2.58, 1.0)
    rows, single = as_rows(counts)
    series, steps = _points(rows, rule)
    found = _predict(rows, series, steps, rule)
    expected = np.full_like(rows, np.nan)
    upper = np.full_like(rows, np.nan)
    expected[series, steps] = found.mean
    spread = np.maximum(found.dispersion - 1, 1e-12)
    scattered = nbinom.ppf(1 - alpha, found.mean / spread, 1 / np.maximum(found.dispersion, 1 + 1e-12))
    upper[series, steps] = np.where(found.dispersion > 1, scattered, poisson.ppf(1 - alpha, found.mean))
    upper[~_enough(rows, cases=recent_cases, steps=recent_steps)] = np.nan
    return bounds(rows, expected, upper, single=single)


def _check(*, years: int, half_window: int, period: int) -> None:
    if years < 1 or half_window < 0 or period <= 2 * half_window:
        raise SignalError(
            f"years {years}, half window {half_window}, period {period}: need at least one year and windows that do not meet"
        )


def _points(rows: Floats, rule: _Rule) -> tuple[Integers, Integers]:
    """Every (series, step) whose whole past lies inside the data."""
    first = int(-rule.offsets.min())
    length = max(0, rows.shape[1] - first)
    series, steps = np.indices((rows.shape[0], length))
    return series.ravel(), (steps + first).ravel()


def _enough(rows: Floats, *, cases: int, steps: int) -> Bools:
    running = np.cumsum(np.nan_to_num(rows), axis=1)
    running[:, steps:] -= running[:, :-steps].copy()
    return running >= cases


def _predict(rows: Floats, series: Integers, steps: Integers, rule: _Rule) -> _Prediction:
    parts = [
        _predict_chunk(rows, series[i : i + _CHUNK], steps[i : i + _CHUNK], rule) for i in range(0, len(series), _CHUNK)
    ]
    if not parts:
        return _Prediction(np.empty(0), np.empty(0), np.empty(0))
    return _Prediction(
        np.concatenate([p.mean for p in parts]),
        np.concatenate([p.log_variance for p in parts]),
        np.concatenate([p.dispersion for p in parts]),
    )


def _predict_chunk(rows: Floats, series: Integers, steps: Integers, rule: _Rule) -> _Prediction:
    values = rows[series[:, None], steps[:, None] + rule.offsets[None, :]]
    known = ~np.isnan(values)
    values = np.where(known, values, 0.0)
    # Time is counted from the watched step: the prediction is then exp(beta[0]), its variance covariance[0, 0].
    time = rule.offsets / -float(rule.offsets.min())
    seasons = [(rule.levels == level).astype(np.float64) for level in range(1, rule.level_count)]
    flat = np.stack([np.ones(len(time)), *seasons], axis=1)
    sloped = np.concatenate([flat, time[:, None]], axis=1)
    weights = known.astype(np.float64)

    trend = _fit_twice(sloped, values, weights, rule)
    plain = _fit_twice(flat, values, weights, rule)
    keep = _trend_stays(trend, values, known, rule)
    mean = np.exp(np.where(keep, trend.beta[:, 0], plain.beta[:, 0]))
    variance = np.where(keep, trend.covariance[:, 0, 0], plain.covariance[:, 0, 0])
    dispersion = np.maximum(1.0, np.where(keep, trend.dispersion, plain.dispersion))
    few = known.sum(axis=1) <= sloped.shape[1]
    return _Prediction(np.where(few, np.nan, mean), variance, dispersion)


def _fit_twice(design: Floats, values: Floats, known: Floats, rule: _Rule) -> Fits:
    """Fit, weigh down what looks like a past outbreak, fit again."""
    stacked = np.broadcast_to(design, (len(values), *design.shape))
    first = fit(stacked, values, known)
    phi = np.maximum(1.0, first.dispersion)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        residual = 1.5 * (values ** (2 / 3) - first.fitted ** (2 / 3)) / first.fitted ** (1 / 6)
        residual /= np.sqrt(phi * np.maximum(1 - first.leverage, 1e-12))
        shrunk = np.where(residual > rule.outlier_residual, residual**-2.0, 1.0) * known
    weights = shrunk * (known.sum(axis=1) / shrunk.sum(axis=1))[:, None]
    return fit(stacked, values, weights)


def _trend_stays(trend: Fits, values: Floats, known: Bools, rule: _Rule) -> Bools:
    freedom = known.sum(axis=1) - trend.beta.shape[1]
    with np.errstate(invalid="ignore", divide="ignore"):
        # A past without any spread fits perfectly, and rounding alone would then look like a trend.
        error = np.sqrt(np.maximum(trend.dispersion, 1e-9) * trend.covariance[:, -1, -1])
        p = 2 * student.sf(np.abs(trend.beta[:, -1]) / error, np.maximum(freedom, 1))
        # On the log scale: a trend that runs away would overflow.
        modest = trend.beta[:, 0] <= np.log(np.where(known, values, 0.0).max(axis=1))
    stays: Bools = (p < rule.trend_p) & modest & trend.converged & (freedom > 0)
    return stays

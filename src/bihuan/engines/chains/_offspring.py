"""How many a case infects: the mean R and the dispersion k of the negative binomial, by maximum likelihood.

Lloyd-Smith and others 2005, Nature 438:355. A small k means that few cases infect many.
"""

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from bihuan.engines.chains._values import ChainError

# Half the 95 % point of the chi-square distribution with one degree of freedom.
_DROP = 3.841458820694124 / 2
_LOG_K = (math.log(1e-4), math.log(1e4))


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with its 95 % confidence limits; a limit is None where the data do not bound it."""

    value: float
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class Offspring:
    """R and k of an outbreak, and who the few are: `top_share` of all infections came from the busiest fifth of cases."""

    cases: int
    infections: int
    r: Interval
    k: Interval
    share_without: float
    top_share: float
    most: int


def offspring(counts: Iterable[int]) -> Offspring:
    """R and k with profile-likelihood limits from the number each case infected, zeros included.

    k is infinite (a Poisson distribution) where the counts spread no wider than chance.
    Raises ChainError for an empty list or a negative number.
    """
    numbers = np.sort(np.fromiter(counts, dtype=np.int64))[::-1]
    if not numbers.size or numbers[-1] < 0:
        raise ChainError("a number of infections is needed for every case, none of them negative")
    mean = float(numbers.mean())
    fifth = max(1, math.ceil(0.2 * numbers.size))
    total = int(numbers.sum())
    values, times = np.unique(numbers, return_counts=True)
    if total == 0:
        # exact: no infection among n cases; e^(-R n) = 5 %
        r, k = Interval(0.0, 0.0, -math.log(0.05) / numbers.size), Interval(math.inf, None, None)
    else:
        r, k = _limits(values, times, mean)
    return Offspring(
        int(numbers.size), total, r, k, float((numbers == 0).mean()),
        float(numbers[:fifth].sum() / total) if total else 0.0, int(numbers[0]),
    )  # fmt: skip


def likelihood(values: Sequence[int] | np.ndarray, times: Sequence[int] | np.ndarray, r: float, k: float) -> float:
    """Log likelihood of the negative binomial with mean r and dispersion k for counts `values`, each `times` often."""
    x, n = np.asarray(values, dtype=float), np.asarray(times, dtype=float)
    if k > 1e7:
        return float(np.sum(n * (x * math.log(r) - r - special.gammaln(x + 1))))
    log = (
        special.gammaln(x + k) - special.gammaln(k) - special.gammaln(x + 1)
        + k * math.log(k / (k + r)) + x * math.log(r / (k + r))
    )  # fmt: skip
    return float(np.sum(n * log))


def _limits(values: np.ndarray, times: np.ndarray, mean: float) -> tuple[Interval, Interval]:
    def at_k(log_k: float) -> float:  # the mean is the best R for every k
        return likelihood(values, times, mean, math.exp(log_k))

    def best_k(r: float) -> float:
        found = optimize.minimize_scalar(
            lambda log_k: -likelihood(values, times, r, math.exp(log_k)), bounds=_LOG_K, method="bounded"
        )
        return float(-found.fun)

    found = optimize.minimize_scalar(lambda x: -at_k(x), bounds=_LOG_K, method="bounded", options={"xatol": 1e-9})
    log_k, top = float(found.x), float(-found.fun)
    poisson = likelihood(values, times, mean, 1e9)
    if poisson >= top - 1e-9:
        log_k, top = math.inf, poisson
    edge = _LOG_K[1] if math.isinf(log_k) else log_k
    k = Interval(
        math.exp(log_k) if math.isfinite(log_k) else math.inf,
        _cross(at_k, edge, _LOG_K[0], top, math.exp),
        _cross(at_k, edge, _LOG_K[1], top, math.exp) if math.isfinite(log_k) else None,
    )

    def at_r(log_r: float) -> float:
        return best_k(math.exp(log_r))

    middle = math.log(mean)
    return (
        Interval(
            mean, _cross(at_r, middle, middle - 12, top, math.exp), _cross(at_r, middle, middle + 12, top, math.exp)
        ),
        k,
    )


def _cross(
    profile: Callable[[float], float], best: float, end: float, top: float, back: Callable[[float], float]
) -> float | None:
    """Where the profile has fallen by the drop between its top and an end, or None where it never does."""
    if profile(end) - (top - _DROP) > 0:
        return None
    return back(float(optimize.brentq(lambda x: profile(x) - (top - _DROP), best, end, xtol=1e-7)))

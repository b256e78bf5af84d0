"""Serial and incubation intervals with their uncertainty, from pairs, from clusters and from exposure windows.

All days are whole days as line lists hold them; chance is a seed.
"""

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

from bihuan.engines.chains._offspring import Interval
from bihuan.engines.chains._values import ChainError, Forest

FAMILIES = ("gamma", "lognormal", "weibull")
_FEWEST = 3
_STARTS = (0.4, 0.6, 0.8, 1.0, 1.5, 2.0)  # times the mean of all intervals


@dataclass(frozen=True, slots=True)
class Days:
    """An interval in days: mean, median, standard deviation and 95th percentile, each with 95 % limits.

    n: what it was learned from (pairs, cases). family: how it is distributed. note: what was left out and why.
    """

    n: int
    mean: Interval
    median: Interval
    sd: Interval
    p95: Interval
    family: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """One case's exposure: the first and last day it may have been infected on, and its onset, as day numbers."""

    earliest: int
    latest: int
    onset: int


@dataclass(frozen=True, slots=True)
class Unseen:
    """Unseen cases between the exposure one knows of and the case itself (Tindale, Stockdale and others 2020).

    per_day: unseen infections for each day between exposure and onset. most: at most so many in a row.
    scale_days: the scale that incubation and generation time share, so that their sums are gamma again.
    """

    per_day: float
    most: int = 3
    scale_days: float = 2.2


def serial_interval(forest: Forest, *, seed: int, draws: int = 1000) -> Days:
    """Days from the infector's onset to the case's own, each candidate by its probability; limits by the bootstrap.

    The bootstrap takes cases, not pairs: the candidates of one case stay together.
    Raises ChainError with fewer than three cases whose onset and infector's onset are known.
    """
    groups: list[tuple[list[int], list[float]]] = []
    missing = 0
    for target, candidates in forest.candidates.items():
        onset = forest.cases[target].onset_on
        gaps: list[int] = []
        weights: list[float] = []
        for candidate in candidates:
            first = forest.cases[candidate.source].onset_on
            if onset and first:
                gaps.append((onset - first).days)
                weights.append(candidate.probability)
        if gaps:
            groups.append((gaps, weights))
        else:
            missing += 1
    note = f"{missing} cases with a known infector have no pair of onsets" if missing else ""
    return _by_cases(groups, seed=seed, draws=draws, note=note)


def _by_cases(groups: Sequence[tuple[list[int], list[float]]], *, seed: int, draws: int, note: str) -> Days:
    if len(groups) < _FEWEST:
        raise ChainError(f"an interval needs at least {_FEWEST} pairs with both days known; there are {len(groups)}")
    gaps = np.concatenate([np.asarray(g, dtype=float) for g, _w in groups])
    weights = np.concatenate([np.asarray(w) / sum(w) for _g, w in groups])
    owner = np.concatenate([np.full(len(g), at) for at, (g, _w) in enumerate(groups)])
    order = np.argsort(gaps, kind="stable")
    gaps, weights, owner = gaps[order], weights[order], owner[order]
    random = np.random.default_rng(seed)
    found = [_moments(gaps, weights)]
    for _ in range(draws):
        times = np.bincount(random.integers(0, len(groups), len(groups)), minlength=len(groups))
        found.append(_moments(gaps, weights * times[owner]))
    return _days(found, len(groups), "observed", note)


def _moments(gaps: np.ndarray, weights: np.ndarray) -> tuple[float, float, float, float]:
    """Mean, median, deviation, 95th percentile of sorted gaps with weights."""
    total = weights.sum()
    mean = float((gaps * weights).sum() / total)
    deviation = math.sqrt(max(float((weights * (gaps - mean) ** 2).sum() / total), 0.0))
    middle = np.cumsum(weights) - 0.5 * weights
    keep = weights > 0
    median, p95 = np.interp([0.5 * total, 0.95 * total], middle[keep], gaps[keep])
    return mean, float(median), deviation, float(p95)


def _days(found: Sequence[tuple[float, float, float, float]], n: int, family: str, note: str) -> Days:
    best, rest = found[0], np.array(found[1:])
    limits = np.percentile(rest, [2.5, 97.5], axis=0) if len(rest) else np.full((2, 4), np.nan)
    parts = [
        Interval(best[i], *(None if math.isnan(v) else float(v) for v in (limits[0, i], limits[1, i])))
        for i in range(4)
    ]
    return Days(n, parts[0], parts[1], parts[2], parts[3], family, note)


def serial_interval_of_clusters(
    clusters: Sequence[Sequence[int]],
    *,
    seed: int,
    draws: int = 1000,
    first: int = 4,
    start: tuple[float, float] | None = None,
) -> Days:
    """The serial interval where nobody knows who infected whom, only who belongs together.

    clusters: the onset days of each cluster. The first `first` of each are compared with its earliest; such an interval is
    one of four kinds, each as likely before looking: two cases of one unseen source, infector and infected, or one or two
    steps further (Vink, Bootsma and Wallinga 2014, Am J Epidemiol 180:865; expectation maximisation, days as triangles).
    start: mean and standard deviation the iteration sets out from. It may end at another optimum from another start; without
        it, the likeliest end of several starts is taken.
    """
    gaps = []
    for days in clusters:
        ordered = sorted(days)[:first]
        gaps += [day - ordered[0] for day in ordered[1:]]
    if len(gaps) < _FEWEST:
        raise ChainError(f"clusters hold {len(gaps)} intervals; at least {_FEWEST} are needed")
    data = np.array(gaps, dtype=float)
    random = np.random.default_rng(seed)
    starts = (
        [start] if start else [(max(float(data.mean()) * f, 0.5), max(float(data.std()) / 2, 1.0)) for f in _STARTS]
    )
    ends = [_kinds_apart(*np.unique(data, return_counts=True), at) for at in starts]
    _likelihood, *best = max(ends)
    found = []
    for draw in range(draws + 1):
        sample = data if draw == 0 else random.choice(data, data.size)
        _likelihood, mean, sd = _kinds_apart(*np.unique(sample, return_counts=True), start or (best[0], best[1]))
        found.append((mean, mean, sd, mean + 1.6448536269514722 * sd))
    return _days(found, data.size, "normal", f"{len(clusters)} clusters, the first {first} cases of each")


def _triangle(day: np.ndarray, mean: float, sd: float) -> np.ndarray:
    """Probability of a whole-day difference when the true one is normal and both days are rounded; half of it at zero."""

    def rising(x: np.ndarray) -> np.ndarray:
        z = (x - mean) / sd
        return np.asarray((x - mean) * special.ndtr(z) + sd * np.exp(-0.5 * z * z) / math.sqrt(2 * math.pi))

    whole: np.ndarray = rising(day + 1) - 2 * rising(day) + rising(day - 1)
    half = 2 * (rising(day + 1) - rising(day) - special.ndtr((day - mean) / sd))
    return np.asarray(np.where(day == 0, half, whole), dtype=float)


def _kinds_apart(day: np.ndarray, times: np.ndarray, start: tuple[float, float]) -> tuple[float, float, float]:
    """Log likelihood, mean and standard deviation where the iteration stands still."""
    mean, sd = start
    total = np.ones(len(day))
    for _ in range(500):
        kinds = [2 * _triangle(day, 0.0, math.sqrt(2) * sd)]
        for steps in (1, 2, 3):
            kinds += [_triangle(day, side * steps * mean, math.sqrt(steps) * sd) for side in (1, -1)]
        total = np.sum(kinds, axis=0)
        share = times * np.divide(kinds[1], total, out=np.zeros_like(total), where=total > 0)
        now = float((share * day).sum() / share.sum())
        # one observation is `times` observations of the same weight: the unbiased weighted variance
        squares = float((share * share / times).sum())
        room = share.sum() ** 2 - squares
        variance = float(share.sum() * (share * (day - now) ** 2).sum() / room) if room > 0 else sd * sd
        spread = math.sqrt(max(variance, 0.01))
        if abs(now - mean) + abs(spread - sd) < 1e-7:
            break
        mean, sd = now, spread
    return float((times * np.log(np.maximum(total, 1e-300))).sum()), mean, sd


def incubation(
    windows: Sequence[Window],
    *,
    seed: int,
    family: str = "gamma",
    draws: int = 200,
    until: int | None = None,
    unseen: Unseen | None = None,
) -> Days:
    """The incubation period from exposure windows, by maximum likelihood; limits by the bootstrap.

    Exposure is as likely on each day of its window, onset at any time of its day (Reich and others 2009). With `unseen`
    the model is that of intermediate cases: incubation and generation times are gamma with one scale, the onset falls
    anywhere between the shortest and the longest time the window allows.
    family: `gamma`, `lognormal` or `weibull`. until: the last day on which an onset would have been seen (right truncation).
    Raises ChainError for fewer than three windows, an onset before its exposure, or another family.
    """
    if family not in FAMILIES:
        raise ChainError(f"«{family}» is none of {', '.join(FAMILIES)}")
    if len(windows) < _FEWEST:
        raise ChainError(f"an incubation period needs at least {_FEWEST} exposure windows; there are {len(windows)}")
    if any(w.latest < w.earliest or w.onset < w.earliest for w in windows):
        raise ChainError("an exposure window ends before it begins, or after the onset")
    rows = np.array([(w.earliest, min(w.latest, w.onset), w.onset) for w in windows], dtype=float)
    room = np.full(len(rows), np.inf) if until is None else until - rows[:, 0]
    spans = np.column_stack([rows[:, 2] - rows[:, 1], rows[:, 2] - rows[:, 0], room])
    # a thousand cases have a few dozen different windows: each is weighed once
    spans, times = np.unique(spans, axis=0, return_counts=True)
    low, high, room = spans.T
    model = _Unseen(low, high, room, unseen) if unseen else _Windows(low, high, room, family)
    random = np.random.default_rng(seed)
    at, best = model.fit(times, model.start())
    samples = (random.multinomial(len(rows), times / len(rows)) for _ in range(draws))
    found = [best, *(model.fit(sample, at)[1] for sample in samples)]
    told = f"with unseen cases, {unseen.per_day} a day" if unseen else ""
    return _days(found, len(rows), "gamma" if unseen else family, told)


class _Fit(ABC):
    """A distribution whose parameters are searched for; what it is, its two kinds say."""

    @abstractmethod
    def likelihood(self, at: np.ndarray) -> np.ndarray:
        """The chance of each window under these parameters."""

    @abstractmethod
    def told(self, at: np.ndarray) -> tuple[float, float, float, float]:
        """Mean, median, standard deviation and 95th percentile, in days."""

    def fit(self, times: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, tuple[float, float, float, float]]:
        def cost(at: np.ndarray) -> float:
            chances = np.maximum(self.likelihood(at), 1e-12)
            return float(-(times * np.log(chances)).sum())

        with np.errstate(all="ignore"):
            found = optimize.minimize(cost, start, method="Nelder-Mead", options={"xatol": 1e-5, "fatol": 1e-7})
        return found.x, self.told(found.x)


class _Windows(_Fit):
    """Parameters are kept as logarithms: whatever the search tries is a distribution."""

    def __init__(self, low: np.ndarray, high: np.ndarray, room: np.ndarray, family: str) -> None:
        self.low, self.high, self.room, self.family = low, high, room, family

    def start(self) -> np.ndarray:
        mean = max(float(((self.low + self.high) / 2).mean()), 1.0)
        return {
            "gamma": np.log([3.0, mean / 3.0]), "lognormal": np.array([math.log(mean), math.log(0.6)]),
            "weibull": np.log([2.0, mean * 1.1]),
        }[self.family]  # fmt: skip

    def likelihood(self, at: np.ndarray) -> np.ndarray:
        area = _AREAS[self.family](at)
        wide = self.high - self.low + 1
        chance = (area(self.high + 1) - area(self.low) - area(self.high) + area(self.low - 1)) / wide
        if np.isinf(self.room).all():
            return np.asarray(chance)
        return np.asarray(chance / np.maximum(area(self.room + 1) - area(self.room), 1e-12))

    def told(self, at: np.ndarray) -> tuple[float, float, float, float]:
        made = _made(self.family, at)
        return float(made.mean()), float(made.median()), float(made.std()), float(made.ppf(0.95))


class _Unseen(_Fit):
    def __init__(self, low: np.ndarray, high: np.ndarray, room: np.ndarray, unseen: Unseen) -> None:
        # incubation takes a day at least, and an onset is not known to the day
        self.low, self.high = np.maximum(low, 1.0), np.maximum(high, 3.0)
        self.low = np.where(self.low == self.high, self.low - 0.5, self.low)
        self.room, self.unseen = room, unseen
        expected = 0.5 * unseen.per_day * (self.low + self.high)
        steps = np.arange(unseen.most + 1)
        self.chance = stats.poisson.pmf(steps[:, None], expected) / stats.poisson.cdf(unseen.most, expected)

    def start(self) -> np.ndarray:
        return np.log([2.0, 3.0])

    def likelihood(self, at: np.ndarray) -> np.ndarray:
        generation, incubation_ = np.exp(at)
        total = np.zeros(len(self.low))
        for steps, chance in enumerate(self.chance):
            shape = steps * generation + incubation_
            seen = special.gammainc(shape, self.room / self.unseen.scale_days)
            ends = [special.gammainc(shape, end / self.unseen.scale_days) for end in (self.high, self.low)]
            total += chance * (ends[0] - ends[1]) / np.maximum(seen, 1e-12)
        return total

    def told(self, at: np.ndarray) -> tuple[float, float, float, float]:
        made = stats.gamma(math.exp(at[1]), scale=self.unseen.scale_days)
        return float(made.mean()), float(made.median()), float(made.std()), float(made.ppf(0.95))


def _made(family: str, at: np.ndarray) -> "stats.rv_frozen":
    a, b = np.exp(at)
    if family == "gamma":
        return stats.gamma(a, scale=b)
    if family == "lognormal":
        return stats.lognorm(b, scale=math.exp(at[0]))
    return stats.weibull_min(a, scale=b)


def _area_gamma(at: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    a, b = np.exp(at)

    def area(x: np.ndarray) -> np.ndarray:
        x = np.maximum(x, 0.0)
        return np.asarray(x * special.gammainc(a, x / b) - a * b * special.gammainc(a + 1, x / b))

    return area


def _area_lognormal(at: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    middle, spread = float(at[0]), math.exp(at[1])

    def area(x: np.ndarray) -> np.ndarray:
        x = np.maximum(x, 1e-300)
        z = (np.log(x) - middle) / spread
        whole = math.exp(middle + spread * spread / 2)
        return np.asarray(x * special.ndtr(z) - whole * special.ndtr(z - spread))

    return area


def _area_weibull(at: np.ndarray) -> Callable[[np.ndarray], np.ndarray]:
    shape, scale = np.exp(at)

    def area(x: np.ndarray) -> np.ndarray:
        x = np.maximum(x, 0.0)
        power = (x / scale) ** shape
        whole = scale * math.gamma(1 + 1 / shape)
        return np.asarray(x * -np.expm1(-power) - whole * special.gammainc(1 + 1 / shape, power))

    return area


# The integral of each distribution function from 0 to x, in closed form: a uniform exposure needs nothing else.
_AREAS: dict[str, Callable[[np.ndarray], Callable[[np.ndarray], np.ndarray]]] = {
    "gamma": _area_gamma, "lognormal": _area_lognormal, "weibull": _area_weibull,
}  # fmt: skip

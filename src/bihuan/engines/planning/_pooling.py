"""Pool size by prevalence: how many people share a tube when the aim is the fewest tests."""

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass


class PlanFault(ValueError):
    """A plan that cannot be made from these numbers; the message says which and how to mend it."""


@dataclass(frozen=True)
class PoolChoice:
    """A pool size and what it costs: expected tests a person, and the share of single tests it spares."""

    pool_size: int
    tests_per_person: float
    share_spared: float


def dorfman_tests_per_person(prevalence: float, *, pool_size: int) -> float:
    """Expected tests a person with two-stage pooling: 1/k + 1 - (1 - p)^k; 1 when tested singly.

    Dorfman 1943, Ann Math Stat 14:436: a perfect test, independent persons. Positives in one family and repeated
    draws change it in practice.
    """
    if not 0 <= prevalence <= 1:
        raise PlanFault(f"prevalence {prevalence} is not between 0 and 1; 1 in 1000 is 0.001")
    if pool_size < 1:
        raise PlanFault(f"a pool of {pool_size} has nobody in it")
    if pool_size == 1:
        return 1.0
    # expm1 keeps the digits at a prevalence of one in a million.
    met = 1.0 if prevalence == 1 else -math.expm1(pool_size * math.log1p(-prevalence))
    return 1 / pool_size + met


def best_pool_size(prevalence: float, *, allowed: Collection[int] | None = None, largest: int = 1000) -> PoolChoice:
    """The pool size with the fewest expected tests; ties go to the smaller pool.

    allowed: the sizes the lab has validated, e.g. (1, 5, 10, 20); None = any from 1 to `largest`.
    """
    dorfman_tests_per_person(prevalence, pool_size=1)
    if allowed is None:
        # The minimum lies near 1/sqrt(p); past three times that the tests only rise again towards one a person.
        end = largest if prevalence == 0 else min(largest, math.ceil(3 / math.sqrt(prevalence)) + 3)
        allowed = range(1, end + 1)
    if not allowed:
        raise PlanFault("no pool size is allowed; give at least 1")
    tests, size = min((dorfman_tests_per_person(prevalence, pool_size=k), k) for k in allowed)
    return PoolChoice(size, tests, 1 - tests)


@dataclass(frozen=True)
class Prevalence:
    """The share of persons who are positive, as pools tell it, with the highest share 95 of 100 such samples allow."""

    share: float
    highest: float
    persons: int
    pools: int
    positive: int


def prevalence_from_pools(pools: Sequence[tuple[int, int, int]]) -> Prevalence:
    """The likeliest share of positives behind pools of several sizes: (persons in a pool, pools, positive pools) each.

    Maximum likelihood with a perfect test and independent persons; `highest` is the one-sided 95 % limit of the
    profile (with no positive pool: 1 - 0.05^(1/persons), close to three in that many persons).
    """
    if any(k < 1 or n < 0 or not 0 <= x <= n for k, n, x in pools):
        raise PlanFault("a pool holds at least 1 person, and positive pools are some of the pools")
    persons, count = sum(k * n for k, n, _x in pools), sum(n for _k, n, _x in pools)
    positive = sum(x for _k, _n, x in pools)
    if not count:
        raise PlanFault("no pool has been tested")
    if positive == count:
        return Prevalence(1.0, 1.0, persons, count, positive)

    def score(p: float) -> float:
        """The slope of the likelihood times (1 - p): falls from above to below zero."""
        return sum(k * (x / -math.expm1(k * math.log1p(-p)) - n) for k, n, x in pools)

    def likelihood(p: float) -> float:
        return sum(
            (x * math.log(-math.expm1(k * math.log1p(-p))) if x else 0.0) + (n - x) * k * math.log1p(-p)
            for k, n, x in pools
        )

    share = _root(score) if positive else 0.0
    # 2.7055: the one-sided 95 % point of chi-square with one degree.
    if positive:
        top = likelihood(share)
        highest = _root(lambda p: 2.7055 / 2 - (top - likelihood(p)), low=share)
    else:
        highest = -math.expm1(math.log(0.05) / persons)
    return Prevalence(share, highest, persons, count, positive)


def _root(falls: Callable[[float], float], *, low: float = 0.0) -> float:
    """Where a falling function crosses zero between `low` and 1."""
    high = 1.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if falls(middle) > 0 else (low, middle)
    return (low + high) / 2

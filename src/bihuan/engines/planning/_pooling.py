"""Pool size by prevalence: how many people share a tube when the aim is the fewest tests."""

import math
from collections.abc import Collection
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

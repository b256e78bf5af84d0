"""Pool sizes: the closed form against the published table."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bihuan.engines import planning


@pytest.mark.parametrize(
    ("prevalence", "size", "tests"),
    [(0.0001, 101, 0.020), (0.001, 32, 0.063), (0.005, 15, 0.139), (0.01, 11, 0.196), (0.02, 8, 0.274), (0.05, 5, 0.426),
     (0.1, 4, 0.594), (0.3, 3, 0.990), (0.31, 1, 1.0), (1.0, 1, 1.0)],
)  # fmt: skip
def test_best_pool_size_by_prevalence(prevalence: float, size: int, tests: float) -> None:
    found = planning.best_pool_size(prevalence)
    assert found.pool_size == size
    assert found.tests_per_person == pytest.approx(tests, abs=5e-4)


@pytest.mark.parametrize(("prevalence", "size"), [(0.001, 20), (0.01, 10), (0.06, 5), (0.4, 1)])
def test_only_validated_sizes_are_chosen(prevalence: float, size: int) -> None:
    assert planning.best_pool_size(prevalence, allowed=(1, 5, 10, 20)).pool_size == size


@pytest.mark.shared
def test_published_table_is_met(shared_data: Path) -> None:
    with (shared_data / "published-checks" / "dorfman_table.csv").open() as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) > 25
    for row in rows:
        p, k = float(row["prevalence"]), int(row["pool_size"])
        expected = float(row["expected_tests_per_person"])
        assert planning.dorfman_tests_per_person(p, pool_size=k) == pytest.approx(expected, abs=1e-6)


@given(st.floats(1e-6, 0.5))
def test_no_size_is_better_than_the_best(prevalence: float) -> None:
    best = planning.best_pool_size(prevalence, largest=3000)
    for size in (1, 2, 3, 5, 10, 20, 50, 100, 500, best.pool_size - 1 or 1, best.pool_size + 1):
        assert best.tests_per_person <= planning.dorfman_tests_per_person(prevalence, pool_size=size)


def test_numbers_that_make_no_sense_are_refused() -> None:
    for bad in (lambda: planning.best_pool_size(1.5), lambda: planning.best_pool_size(0.1, allowed=())):
        with pytest.raises(planning.PlanFault):
            bad()


def test_prevalence_is_the_share_that_makes_the_pools_likeliest() -> None:
    # One size: the share of negative pools is (1 - p) ** k, so that p is known in closed form.
    one = planning.prevalence_from_pools([(10, 500, 3)])
    assert one.share == pytest.approx(1 - (497 / 500) ** 0.1, rel=1e-9)
    assert (one.persons, one.pools, one.positive) == (5000, 500, 3)
    assert one.share < one.highest < 4 * one.share
    singles = planning.prevalence_from_pools([(1, 200, 7)])
    assert singles.share == pytest.approx(7 / 200)
    mixed = planning.prevalence_from_pools([(10, 500, 3), (1, 200, 7)])
    assert one.share < mixed.share < singles.share


def test_no_positive_pool_does_not_say_that_nobody_is() -> None:
    none = planning.prevalence_from_pools([(10, 300, 0)])
    assert none.share == 0.0
    assert none.highest == pytest.approx(1 - 0.05 ** (1 / 3000))
    assert planning.prevalence_from_pools([(5, 2, 2)]).share == 1.0


@pytest.mark.parametrize("pools", [[], [(0, 3, 1)], [(10, 3, 4)], [(10, 0, 0)], [(10, -1, 0)]])
def test_pools_that_cannot_be_are_refused(pools: list[tuple[int, int, int]]) -> None:
    with pytest.raises(planning.PlanFault):
        planning.prevalence_from_pools(pools)

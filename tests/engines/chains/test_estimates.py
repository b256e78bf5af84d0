"""Intervals, R and k: known answers, recovery of what was put in, and slow integration as reference."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import integrate, stats

from bihuan.engines import chains
from bihuan.engines.chains._intervals import _AREAS, _made, _Windows

DAY = date(2022, 3, 1)


def test_r_is_the_mean_and_its_limits_lie_about_it() -> None:
    found = chains.offspring([0] * 7 + [1, 2, 7])
    assert found.r.value == pytest.approx(1.0)
    assert found.r.low is not None
    assert found.r.high is not None
    assert found.r.low < 1 < found.r.high
    assert found.k.value < 1
    assert (found.cases, found.infections, found.most) == (10, 10, 7)
    assert found.top_share == pytest.approx(0.9)


def test_k_is_the_highest_point_of_the_likelihood() -> None:
    counts = [0] * 40 + [1] * 6 + [2] * 3 + [9, 14]
    found = chains.offspring(counts)
    values, times = np.unique(counts, return_counts=True)
    at = chains.likelihood(values, times, found.r.value, found.k.value)
    slow = sum(stats.nbinom.logpmf(c, found.k.value, found.k.value / (found.k.value + found.r.value)) for c in counts)
    assert at == pytest.approx(slow)
    for factor in (0.97, 1.03):
        assert chains.likelihood(values, times, found.r.value, found.k.value * factor) < at
    assert found.k.low is not None
    # at a limit the profile has fallen by half the 95 % point of chi-square
    assert at - chains.likelihood(values, times, found.r.value, found.k.low) == pytest.approx(1.9207, abs=1e-3)


def test_limits_hold_the_truth_as_often_as_they_say() -> None:
    random = np.random.default_rng(5)
    inside_r = inside_k = 0
    for _ in range(60):
        found = chains.offspring(random.negative_binomial(0.4, 0.4 / (0.4 + 0.8), 300))
        inside_r += found.r.low <= 0.8 <= found.r.high  # type: ignore[operator]
        inside_k += found.k.low <= 0.4 <= (found.k.high or math.inf)  # type: ignore[operator]
    assert inside_r >= 52
    assert inside_k >= 52


def test_even_counts_have_no_finite_k_and_none_an_exact_limit() -> None:
    even = chains.offspring([1] * 30)
    assert math.isinf(even.k.value)
    assert even.k.high is None
    none = chains.offspring([0] * 20)
    assert none.r.value == 0
    assert none.r.high == pytest.approx(3 / 20, rel=0.01)
    with pytest.raises(chains.ChainError):
        chains.offspring([])
    with pytest.raises(chains.ChainError):
        chains.offspring([1, -1])


@pytest.mark.parametrize("family", chains.FAMILIES)
def test_the_closed_form_of_a_window_is_what_integration_gives(family: str) -> None:
    at = np.array([0.9, 0.6]) if family != "lognormal" else np.array([1.6, -0.5])
    low, high = np.array([0.0, 2.0, 5.0]), np.array([0.0, 6.0, 5.0])
    model = _Windows(low, high, np.full(3, np.inf), family)
    made = _made(family, at)
    for index, found in enumerate(model.likelihood(at)):
        # exposure at e uniform in [0, high − low + 1), onset in [high, high + 1)
        wide = high[index] - low[index] + 1
        slow, _ = integrate.quad(
            lambda e, i=index: made.cdf(high[i] + 1 - e) - made.cdf(high[i] - e), 0, wide, limit=200
        )
        assert found == pytest.approx(slow / wide, abs=1e-6)
    assert set(_AREAS) == set(chains.FAMILIES)


def windows(random: np.random.Generator, n: int, wide: int) -> list[chains.Window]:
    found = []
    for _ in range(n):
        exposed = 100 + float(random.uniform(0, 30))
        onset = int(exposed + random.gamma(4.0, 1.6))
        early = int(exposed) - int(random.integers(0, wide + 1))
        found.append(chains.Window(early, min(onset, int(exposed) + int(random.integers(0, wide + 1))), onset))
    return found


def test_incubation_is_recovered_from_wide_windows() -> None:
    found = chains.incubation(windows(np.random.default_rng(3), 1500, 3), seed=1, draws=60)
    assert found.mean.value == pytest.approx(6.4, abs=0.4)
    assert found.mean.low < 6.4 < found.mean.high  # type: ignore[operator]
    assert found.sd.value == pytest.approx(3.2, abs=0.5)
    again = chains.incubation(windows(np.random.default_rng(3), 1500, 3), seed=1, draws=60)
    assert found == again


def test_right_truncation_is_undone() -> None:
    """Early in an outbreak only short incubations have been seen; knowing so takes the bias away."""
    seen = [w for w in windows(np.random.default_rng(4), 1500, 1) if w.onset <= 118]
    naive = chains.incubation(seen, seed=1, draws=0).mean.value
    mended = chains.incubation(seen, seed=1, draws=0, until=118).mean.value
    assert naive < mended
    assert mended == pytest.approx(6.4, abs=0.8)


def test_incubation_refuses_what_cannot_be() -> None:
    ok = chains.Window(1, 2, 5)
    with pytest.raises(chains.ChainError, match="before it begins"):
        chains.incubation([ok, ok, chains.Window(6, 7, 5)], seed=1)
    with pytest.raises(chains.ChainError, match="at least"):
        chains.incubation([ok], seed=1)
    with pytest.raises(chains.ChainError, match="none of"):
        chains.incubation([ok] * 3, seed=1, family="normal")


def test_the_serial_interval_weighs_candidates_and_counts_what_it_cannot_use() -> None:
    def case(id_: str, day: int | None) -> chains.Case:
        return chains.Case(id_, None if day is None else DAY + timedelta(days=day))

    people = [case("a", 0), case("b", 4), case("c", 6), case("d", 5), case("e", None)]
    forest = chains.build(people, [chains.Link("a", t) for t in "bcde"], serial_days=(5, 1))
    found = chains.serial_interval(forest, seed=1, draws=200)
    assert found.n == 3
    assert found.mean.value == pytest.approx(5.0)
    assert found.median.value == pytest.approx(5.0)
    assert found.sd.value == pytest.approx(math.sqrt(2 / 3))
    assert "1 cases" in found.note
    with pytest.raises(chains.ChainError):
        chains.serial_interval(chains.build(people[:2], [chains.Link("a", "b")]), seed=1)


def test_the_serial_interval_of_clusters_is_recovered() -> None:
    random = np.random.default_rng(8)
    clusters = []
    for _ in range(400):
        second = random.normal(7, 1.5)
        clusters.append([0, round(second), round(second + random.normal(7, 1.5))])
    found = chains.serial_interval_of_clusters(clusters, seed=1, draws=20)
    # the method weighs all kinds alike, which costs a little; a wrong start would end at 11
    assert found.mean.value == pytest.approx(7.0, abs=0.4)
    assert found.sd.value == pytest.approx(1.5, abs=0.25)

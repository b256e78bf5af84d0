"""Space-time scan: a planted cluster is found, chance is not."""

import math

import numpy as np
import pytest

from bihuan.engines import signals


def county(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    x, y = rng.uniform(0, 20_000, (2, 40))
    return rng.poisson(0.4, (40, 30)), x, y


def test_planted_cluster_is_found_where_and_when_it_is() -> None:
    counts, x, y = county(1)
    near = np.argsort(np.hypot(x - x[5], y - y[5]))[:3]
    counts[near, -3:] += 4
    found = signals.scan(counts, x_m=x, y_m=y, runs=199, seed=1)
    assert found is not None
    assert set(near) <= set(found.zones)
    assert found.steps == 3
    assert found.p_value == pytest.approx(1 / 200)


def test_ratio_is_the_papers_formula() -> None:
    counts, x, y = county(1)
    counts[7, -2:] += 9
    found = signals.scan(counts, x_m=x, y_m=y, runs=19, seed=1)
    assert found is not None
    zones = list(found.zones)
    total = counts.sum()
    seen = counts[zones, -found.steps :].sum()
    due = counts[zones].sum() * counts[:, -found.steps :].sum() / total
    assert (found.observed, found.expected) == (seen, pytest.approx(due))
    ratio = seen * math.log(seen / due) + (total - seen) * math.log((total - seen) / (total - due))
    assert found.log_likelihood_ratio == pytest.approx(ratio)


def test_chance_alone_is_rarely_significant() -> None:
    p = []
    for seed in range(20):
        counts, x, y = county(seed + 100)
        found = signals.scan(counts, x_m=x, y_m=y, runs=99, seed=seed)
        p.append(found.p_value if found else 1.0)
    assert sum(value <= 0.05 for value in p) <= 4


def test_same_seed_same_answer_and_no_cases_no_cluster() -> None:
    counts, x, y = county(4)
    assert signals.scan(counts, x_m=x, y_m=y, runs=49, seed=9) == signals.scan(counts, x_m=x, y_m=y, runs=49, seed=9)
    assert signals.scan(np.zeros((40, 30)), x_m=x, y_m=y, seed=1) is None

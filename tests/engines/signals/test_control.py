"""CUSUM and EWMA: the bound is the count that would trip the chart."""

import math

import numpy as np
import pytest

from bihuan.engines import signals


@pytest.mark.parametrize("transform", ["standard", "rossi"])
def test_cusum_bound_is_where_the_sum_meets_the_decision_limit(transform: str) -> None:
    series = np.random.default_rng(2).poisson(4, 60).astype(float)
    found = signals.cusum(series, transform=transform, baseline=28, reset=False)
    m = max(0.1, series[:28].mean())
    total = 0.0
    for t in range(28, 60):
        bound = found.upper[t]
        at_bound = (
            (bound - m) / math.sqrt(m)
            if transform == "standard"
            else (bound - 3 * m + 2 * math.sqrt(bound * m)) / (2 * math.sqrt(m))
        )
        if bound > 0:
            assert total + at_bound - 1.04 == pytest.approx(2.26)
        x = series[t]
        z = (
            (x - m) / math.sqrt(m)
            if transform == "standard"
            else (x - 3 * m + 2 * math.sqrt(x * m)) / (2 * math.sqrt(m))
        )
        total = max(0.0, total + z - 1.04)


def test_cusum_finds_a_small_lasting_rise_no_single_day_shows() -> None:
    series = [4.0] * 28 + [8.0] * 10
    assert not signals.ears(series, variant="c1").alarm[29:].any()
    assert signals.cusum(series).alarm[28:].any()


def test_ewma_bound_carries_the_average_to_its_limit() -> None:
    series = [4.0] * 28 + [5.0, 9.0]
    found = signals.ewma(series, smoothing=0.4)
    z = 3.090232306167813
    limit = 4 + z * 2 * math.sqrt(0.4 / 1.6 * (1 - 0.6**4))
    assert 0.4 * found.upper[29] + 0.6 * (0.4 * 5 + 0.6 * 4) == pytest.approx(limit)
    assert not found.alarm.any()
    assert signals.ewma([4.0] * 28 + [9.0] * 4).alarm.any()


def test_missing_days_leave_both_charts_as_they_were() -> None:
    gap = [4.0] * 28 + [np.nan, 9.0]
    assert signals.cusum(gap).upper[29] == signals.cusum([4.0] * 28 + [9.0]).upper[28]
    assert signals.ewma(gap).upper[29] == signals.ewma([4.0] * 28 + [9.0]).upper[28]


def test_series_shorter_than_the_baseline_has_no_bound() -> None:
    assert np.isnan(signals.cusum([1.0] * 20).upper).all()
    assert not signals.ewma([1.0] * 20).alarm.any()

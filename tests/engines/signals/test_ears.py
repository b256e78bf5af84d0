"""EARS: the published formulae, worked by hand."""

import math
from statistics import NormalDist

import numpy as np
import pytest

from bihuan.engines import signals

WEEK = [2, 4, 4, 4, 5, 5, 4]  # mean 4, squared deviations 4+0+0+0+1+1+0 = 6, so sigma = 1
Z = NormalDist().inv_cdf(0.999)


def test_c1_bound_is_mean_plus_z_sigma_of_the_seven_days_before() -> None:
    found = signals.ears([*WEEK, 8], variant="c1")
    assert found.expected[7] == 4
    assert found.upper[7] == pytest.approx(4 + Z)
    assert found.alarm.tolist() == [False] * 7 + [True]
    assert np.isnan(found.upper[:7]).all()


def test_c1_count_just_below_the_bound_is_no_alarm() -> None:
    assert not signals.ears([*WEEK, 7], variant="c1").alarm[7]


def test_c2_leaves_out_the_two_days_before() -> None:
    found = signals.ears([*WEEK, 90, 90, 8], variant="c2")
    assert found.upper[9] == pytest.approx(4 + Z)
    assert np.isnan(found.upper[:9]).all()
    assert found.alarm[9]


def test_c3_takes_the_excess_of_the_two_days_before_off_the_bound() -> None:
    quiet = [2, 4, 4, 4, 5, 5, 4, 4, 4]
    series = [*quiet, 6, 6, 5]  # day 9: C2 = 2, excess 1
    found = signals.ears(series, variant="c3")

    def c2(t: int) -> float:
        window = series[t - 9 : t - 2]
        mean = sum(window) / 7
        return (series[t] - mean) / math.sqrt(sum((v - mean) ** 2 for v in window) / 6)

    window = series[2:9]
    mean = sum(window) / 7
    sigma = math.sqrt(sum((v - mean) ** 2 for v in window) / 6)
    assert found.upper[11] == pytest.approx(mean + sigma * (Z - max(0, c2(10) - 1) - max(0, c2(9) - 1)))
    assert np.isnan(found.upper[:11]).all()


def test_one_case_after_silence_is_no_alarm_but_two_are() -> None:
    assert not signals.ears([0] * 7 + [1]).alarm[7]
    assert signals.ears([0] * 7 + [2]).alarm[7]


def test_without_floor_a_flat_baseline_bounds_at_its_mean() -> None:
    found = signals.ears([0] * 7 + [1], min_sigma=0)
    assert found.upper[7] == 0
    assert found.alarm[7]


def test_missing_counts_are_left_out_of_the_baseline() -> None:
    found = signals.ears([2, np.nan, 4, 4, 5, 5, 4, 8])
    assert found.expected[7] == 4
    assert np.isnan(signals.ears([2, np.nan, np.nan, np.nan, 5, 5, 4, 8]).upper[7])


def test_a_missing_count_is_never_an_alarm() -> None:
    found = signals.ears([*WEEK, np.nan])
    assert not found.alarm[7]
    assert found.expected[7] == 4


def test_many_series_at_once_equal_each_alone() -> None:
    many = np.random.default_rng(7).poisson(3, (20, 90)).astype(float)
    for variant in ("c1", "c2", "c3"):
        together = signals.watch(many, method=f"ears_{variant}")
        for row, series in enumerate(many):
            alone = signals.watch(series, method=f"ears_{variant}")
            np.testing.assert_array_equal(together.upper[row], alone.upper)


def test_bad_settings_are_refused_in_words() -> None:
    with pytest.raises(signals.SignalError, match="alpha is 2"):
        signals.ears(WEEK, alpha=2)
    with pytest.raises(signals.SignalError, match="zero or more"):
        signals.ears([1, -1])
    with pytest.raises(signals.SignalError, match="no method «prophet»"):
        signals.watch(WEEK, method="prophet")
    with pytest.raises(signals.SignalError, match="cusum takes no alpha"):
        signals.watch(WEEK, method="cusum", alpha=0.1)

"""Farrington: worked points, the rules of the papers, and figures of a reference implementation."""

import csv
import math
from pathlib import Path
from statistics import NormalDist

import numpy as np
import pytest

from bihuan.engines import signals

OUTBREAK = 5 * 52 + 3


def observed(shared_data: Path, name: str) -> list[float]:
    with (shared_data / "surveillance-rki" / name).open() as lines:
        return [float(row["observed"]) for row in csv.DictReader(lines)]


def test_flat_past_gives_the_two_thirds_power_bound() -> None:
    series = [4.0] * OUTBREAK + [20.0]
    found = signals.farrington(series)
    # no spread: phi = 1; the mean of 35 values of 4 has variance 4/35, tau = 1 + 1/35
    z = NormalDist().inv_cdf(0.975)
    assert found.expected[-1] == pytest.approx(4)
    assert found.upper[-1] == pytest.approx(4 * (1 + 2 / 3 * z * math.sqrt((1 + 1 / 35) / 4)) ** 1.5)
    assert found.alarm[-1]
    assert np.isnan(found.upper[:-1]).all()


def test_fewer_than_five_cases_in_four_weeks_have_no_bound() -> None:
    quiet = np.zeros(OUTBREAK + 1)
    quiet[-4:] = [0, 0, 0, 4]
    assert np.isnan(signals.farrington(quiet).upper[-1])
    quiet[-1] = 5
    assert signals.farrington(quiet).alarm[-1]


def test_an_old_outbreak_hardly_lifts_the_bound() -> None:
    rng = np.random.default_rng(3)
    plain = rng.poisson(6, OUTBREAK + 1).astype(float)
    spoiled = plain.copy()
    spoiled[OUTBREAK - 104 - 1 : OUTBREAK - 104 + 2] = 30
    for rule in (signals.farrington, signals.farrington_improved):
        # taken at full weight, three weeks of 30 among 35 of 6 would lift the mean by a third
        assert rule(spoiled).expected[-1] < 1.15 * rule(plain).expected[-1]
    assert signals.farrington_improved(spoiled).upper[-1] <= signals.farrington_improved(plain).upper[-1] + 1


def test_missing_weeks_are_left_out() -> None:
    series = np.full(OUTBREAK + 1, 4.0)
    series[OUTBREAK - 52] = np.nan
    assert signals.farrington(series).expected[-1] == pytest.approx(4)


def test_improved_bound_is_a_whole_count_and_follows_the_season() -> None:
    weeks = np.arange(6 * 52)
    series = np.random.default_rng(5).poisson(10 + 8 * np.cos(2 * np.pi * weeks / 52)).astype(float)
    found = signals.farrington_improved(series)
    watched = found.upper[~np.isnan(found.upper)]
    np.testing.assert_array_equal(watched, np.rint(watched))
    assert found.expected[5 * 52 + 4] > 2 * found.expected[5 * 52 + 26]


def test_many_series_at_once_equal_each_alone() -> None:
    many = np.random.default_rng(7).poisson(5, (4, OUTBREAK + 12)).astype(float)
    together = signals.farrington(many)
    for row, series in enumerate(many):
        np.testing.assert_allclose(together.upper[row], signals.farrington(series).upper, rtol=1e-12)


@pytest.mark.shared
def test_salmonella_agona_bounds_equal_the_reference(shared_data: Path) -> None:
    # R 4.2.2, surveillance 1.20.3: farrington(sts, control = list(range = 264:312)), rows 264–269 and the alarms.
    series = observed(shared_data, "salmonella.agona.csv")
    found = signals.farrington(series)
    reference = [4.552101758, 4.445172158, 4.266726888, 4.410673325, 5.284376632, 5.666653290]
    np.testing.assert_allclose(found.upper[263:269], reference, rtol=1e-8)
    assert int(found.alarm.sum()) == 2


@pytest.mark.shared
def test_known_hadar_rise_of_2006_is_found(shared_data: Path) -> None:
    found = signals.farrington(observed(shared_data, "shadar.csv"), years=3)
    assert int(found.alarm.sum()) == 18  # as the reference implementation counts
    assert found.alarm[271:].any()

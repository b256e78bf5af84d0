"""R over time, against a tree counted by hand and against a run whose R is known."""

import numpy as np
import pytest

from bihuan.engines import drill

# One case on day 0 infects two on day 2; the first of these infects one on day 4, the second three; none go on.
INFECTOR = [-1, 0, 0, 1, 2, 2, 2]
CASES = {
    "infector": np.array(INFECTOR),
    "infected_day": np.array([0, 2, 2, 4, 4, 4, 4]),
    "caused": np.array([2, 1, 3, 0, 0, 0, 0]),
}


def test_a_tree_counted_by_hand() -> None:
    found = drill.reproduction(CASES, 6, window_days=1)
    assert found["infected"].tolist() == [1, 0, 2, 0, 4, 0]
    assert found["infected_here"].tolist() == [0, 0, 2, 0, 4, 0]
    # Every interval is two days: the last two days cannot be told.
    np.testing.assert_array_equal(found["r_cohort"], [2, np.nan, 2, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(found["r_instant"], [np.nan, np.nan, 2, np.nan, 2, np.nan])


def test_a_window_adds_up_its_days() -> None:
    found = drill.reproduction(CASES, 6, window_days=3)
    assert found["r_cohort"][2] == pytest.approx(6 / 3)
    assert found["r_instant"][4] == pytest.approx(6 / 3)


def test_nobody_infected_is_no_number() -> None:
    none = {name: np.zeros(0, np.int64) for name in CASES}
    found = drill.reproduction(none, 5)
    assert np.isnan(found["r_cohort"]).all()
    assert np.isnan(found["r_instant"]).all()


def test_a_run_without_measures_begins_near_its_r0_and_ends_below_one() -> None:
    scenario = drill.Scenario(
        county=drill.County(people=40_000, doses=(1.0, 0.0, 0.0)),
        pathogen=drill.read_pathogen("covid-wild-type", changes={"r0": 2.5}),
        horizon_days=160, seeds=200, returnees=drill.Returnees(per_day=0),
        behaviour=drill.Behaviour(clinic_share=0, clinic_share_severe=0, sick_at_home=0, background_swabs_per_1000=0),
    )  # fmt: skip
    found = drill.run(scenario, seed=3)
    spread = drill.reproduction(found.cases, scenario.horizon_days)
    assert spread["infected"].sum() == found.daily["new_infections"].sum()
    assert spread["infected_here"].sum() == (found.cases["infector"] >= 0).sum()
    runs = [found, *(drill.run(scenario, seed=seed) for seed in range(4, 9))]
    early = [drill.reproduction(one.cases, scenario.horizon_days)["r_cohort"][5:12].mean() for one in runs]
    assert np.mean(early) == pytest.approx(2.5, abs=0.4)  # households run out of others early: 2.2, sd of a run .1
    peak = int(found.daily["new_infections"].argmax())
    assert spread["r_instant"][peak + 15] < 1 < spread["r_instant"][peak - 15]

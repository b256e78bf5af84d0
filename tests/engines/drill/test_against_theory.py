"""The drill against what can be worked out on paper: final size, growth, extinction, Dorfman pools, matching."""

import dataclasses
import math

import numpy as np
import pytest
from scipy.optimize import brentq

from bihuan.engines import drill
from bihuan.engines.drill._kernels import mixed, partner

MIXED = drill.County(
    people=60_000, household_sizes=(1.0,), class_size=0, team_size=0, ward_size=0, long_stay=0, site_contacts=0,
    village_contacts=0, county_contacts=20,
)  # fmt: skip
EVERYBODY_ALIKE = dataclasses.replace(
    drill.read_pathogen("covid-wild-type"),
    overdispersion=0, asymptomatic=(0.0,), susceptibility=(1.0,), weights={}, after_infection=(1.0,),
)  # fmt: skip


def mixing(r0: float, **changes: object) -> drill.Scenario:
    whole: dict[str, object] = {"horizon_days": 400, "seeds": 60, **changes}
    return drill.Scenario(MIXED, dataclasses.replace(EVERYBODY_ALIKE, r0=r0), **whole)  # type: ignore[arg-type]


@pytest.mark.parametrize("r0", [1.5, 2.0, 3.0])
def test_final_size_follows_the_classical_relation(r0: float) -> None:
    found = drill.run(mixing(r0), seed=1).summary["attack_rate"]
    seeded = 60 / MIXED.people
    expected = brentq(lambda z: z - 1 + (1 - seeded) * math.exp(-r0 * z), 1e-6, 1)
    assert found == pytest.approx(expected, abs=0.012)


def test_half_the_people_half_as_susceptible() -> None:
    """SIMULATION list A.1: R 2 with half the people half as susceptible ends at .7725 of the mean exposure."""
    scenario = mixing(2.0)
    halves = dataclasses.replace(
        scenario,
        county=dataclasses.replace(MIXED, doses=(0.5, 0.5)),
        pathogen=dataclasses.replace(scenario.pathogen, vaccine_infection=((0.0,), (0.5,)), vaccine_onward=(0.0,)),
    )
    # force of infection L over the epidemic: L = R (1 - e^-L + 1 - e^-L/2) / 2
    force = brentq(lambda x: x - 2.0 * (1 - math.exp(-x) + 1 - math.exp(-x / 2)) / 2, 0.01, 5)
    expected = 1 - (math.exp(-force) + math.exp(-force / 2)) / 2
    assert drill.run(halves, seed=1).summary["attack_rate"] == pytest.approx(expected, abs=0.02)


def test_growth_follows_the_generation_interval() -> None:
    """Lotka-Euler with the runs' own interval, while under 3 % are infected. One run is off by 7 % (standard deviation)."""
    scenario = mixing(2.0, horizon_days=60, seeds=100)
    ground = drill.prepare(scenario)
    ratios = []
    for seed in range(12):
        found = drill.run(scenario, seed=seed, ground=ground)
        cases = found.cases
        infector = cases["infector"]
        known = infector >= 0
        early = known & (cases["infected_day"][np.maximum(infector, 0)] <= 20)
        gaps = cases["infected_day"][early] - cases["infected_day"][infector[early]]
        share = np.bincount(gaps) / gaps.size
        growth = brentq(lambda r, g=share: 2.0 * (g * np.exp(-r * np.arange(g.size))).sum() - 1, 0.001, 1)
        new = found.daily["new_infections"].astype(float)
        days = np.flatnonzero((np.cumsum(new) > 400) & (np.cumsum(new) < 0.03 * MIXED.people))
        assert days.size >= 8
        ratios.append(np.polyfit(days, np.log(new[days]), 1)[0] / growth)
    assert np.mean(ratios) == pytest.approx(1.0, abs=0.08)


def test_one_case_causes_r0_infections_in_a_structured_county() -> None:
    """The scaling holds in a county with households, classes and teams, not only in mixing."""
    county = drill.County(people=60_000)
    scenario = drill.Scenario(county, dataclasses.replace(EVERYBODY_ALIKE, r0=2.5), horizon_days=30, seeds=60)
    ground = drill.prepare(scenario)
    caused = [drill.run(scenario, seed=s, ground=ground).cases["caused"][:60].mean() for s in range(1, 31)]
    assert np.mean(caused) == pytest.approx(2.5, abs=0.15)


def test_one_seed_dies_out_as_branching_says() -> None:
    """SIMULATION list A.3: R 2.5 with k .45 dies out with probability .583; standard error .025 here."""
    pathogen = dataclasses.replace(EVERYBODY_ALIKE, r0=2.5, overdispersion=0.45)
    county = dataclasses.replace(MIXED, people=4000, county_contacts=60)
    scenario = drill.Scenario(county, pathogen, horizon_days=120, seeds=1)
    ground = drill.prepare(scenario)
    out = [drill.run(scenario, seed=s, ground=ground).summary["attack_rate"] < 0.1 for s in range(400)]
    assert np.mean(out) == pytest.approx(0.583, abs=0.075)


@pytest.mark.parametrize("n", [2, 3, 7, 40, 1000, 65_537])
def test_daily_partners_are_mutual_and_nearly_everybody_has_one(n: int) -> None:
    for key in (1, 2**40 + 7):
        alone = 0
        for i in range(min(n, 500)):
            other = partner(i, n, key)
            alone += other < 0
            assert other != i
            assert other < 0 or partner(other, n, key) == i
        assert alone <= 1


def test_draws_are_even() -> None:
    """Hashes of neighbouring people, days and purposes fill 64 bins evenly (chi-square below its 99.99 % point)."""
    for numbers in (
        [mixed(5, 1, i, 3) for i in range(20_000)],
        [mixed(5, p, 77, d) for p in range(100) for d in range(200)],
    ):
        counts = np.bincount([int(x) >> 58 for x in numbers], minlength=64)
        assert ((counts - 312.5) ** 2 / 312.5).sum() < 111


def test_seeds_next_to_each_other_are_independent() -> None:
    scenario = mixing(2.0, horizon_days=30)
    ground = drill.prepare(scenario)
    totals = [drill.run(scenario, seed=s, ground=ground).summary["total_infections"] for s in range(8)]
    assert len(set(totals)) > 4


def test_people_more_susceptible_than_others_are_reached_in_full() -> None:
    """Everybody twice as susceptible, at the same R: the same final size, and nobody's share is cut at one."""
    scenario = mixing(2.0)
    twice = dataclasses.replace(scenario, pathogen=dataclasses.replace(scenario.pathogen, susceptibility=(2.0,)))
    expected = brentq(lambda z: z - 1 + (1 - 60 / MIXED.people) * math.exp(-2.0 * z), 1e-6, 1)
    assert drill.run(twice, seed=1).summary["attack_rate"] == pytest.approx(expected, abs=0.012)

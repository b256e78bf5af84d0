"""The drill against the arithmetic of isolation, tracing and queues: what delays cost, how long rounds and stays last."""

import dataclasses
from functools import cache

import numpy as np
import pytest

from bihuan.engines import drill
from tests.engines.drill.test_against_theory import EVERYBODY_ALIKE, MIXED

# Infectivity by day of the infectious period and days from infection to it, after Kretzschmar et al. 2020 (Lancet Public
# Health 5:e452); their latent period of 1 to 3 days, mean 1.65, is 1 or 2 here. Onset falls on a fixed infectious day.
INFECTIVITY = (0.348, 0.532, 0.635, 0.639, 0.561, 0.435, 0.300, 0.185, 0.102, 0.051)
LATENT = {1: 0.35, 2: 0.65}
SHARE = np.array(INFECTIVITY) / sum(INFECTIVITY)
# Four contacts a day, as theirs, and few cases among many people, so that nobody is named by two of them.
SEEDS, RUNS = 1000, 3
COUNTY = dataclasses.replace(
    MIXED, people=600_000, county_contacts=4, health_staff=0, often_tested=0, sometimes_tested=0
)


def left_after(day: int) -> float:
    """The share of infectivity from an infectious day on."""
    return float(SHARE[max(day, 0) :].sum())


def prevented(onset: int, test_delay: int, trace_delay: int, coverage: float) -> float:
    """Share of onward transmission that isolation and tracing prevent in those whom a first case infected, on paper.

    A case is isolated `test_delay` days after onset. Whom it infected until then is sent home that day plus
    `trace_delay` with probability `coverage`, and is isolated on account of its own onset in any case.
    """
    own = onset + test_delay
    total = weight = 0.0
    for infected_on in range(min(own, SHARE.size)):
        for latent, chance in LATENT.items():
            traced = min(own, own + trace_delay - infected_on - latent)
            w = SHARE[infected_on] * chance
            total += w * (coverage * left_after(traced) + (1 - coverage) * left_after(own))
            weight += w
    return total / weight


def scenario(onset: int, test_delay: int, trace_delay: int, coverage: float) -> drill.Scenario:
    """Everybody has symptoms and is swabbed at once, results take the delay, isolation is perfect."""
    pathogen = dataclasses.replace(
        EVERYBODY_ALIKE, r0=2.5, infectivity=INFECTIVITY, incubation_mean_days=onset + 1.65, incubation_sd_days=0,
        presymptomatic_days=onset, sensitivity=(1.0,),
    )  # fmt: skip
    shut = {stay: dict.fromkeys(drill.LAYERS, 0.0) for stay in ("hospital", "home_quarantine")}
    return drill.Scenario(
        COUNTY, pathogen, protocol="covid-19/2021-05-11", horizon_days=26, seeds=SEEDS,
        capacities=drill.Capacities(
            lab_tubes_per_day=600_000, tracers=600_000, hours_a_case=0.01, hours_a_contact=0, beds=600_000, rooms=600_000
        ),
        delays=drill.Delays(clinic_days=0, result_days=test_delay, isolation_days=0, notify_days=trace_delay),
        behaviour=drill.Behaviour(
            clinic_share=1, clinic_share_severe=1, sick_at_home=1, background_swabs_per_1000=0,
            recall={"county": coverage}, leak=shut,
        ),
        measures=drill.Measures(
            traced_levels=1 if coverage else 0, window_days=onset, case_mode="hospital", case_days=40,
            close_mode="home_quarantine", close_days=40, mass_on_detected=0, lock_on_cases=0,
        ),
    )  # fmt: skip


@cache
def ground(onset: int) -> drill.Ground:
    return drill.prepare(scenario(onset, 0, 0, 0.0))


@cache
def caused(
    onset: int, test_delay: int, trace_delay: int, coverage: float, protocol: bool = True
) -> tuple[float, float]:
    """Mean infections by the seeds, and by those whom they infected."""
    asked = scenario(onset, test_delay, trace_delay, coverage)
    if not protocol:
        asked = dataclasses.replace(asked, protocol="none")
    by_seeds = by_first = first_cases = 0
    for seed in range(RUNS):
        cases = drill.run(asked, seed=seed, ground=ground(onset)).cases
        first = (cases["infector"] >= 0) & (cases["infector"] < SEEDS)
        by_seeds += int(cases["caused"][:SEEDS].sum())
        by_first += int(cases["caused"][first].sum())
        first_cases += int(first.sum())
    return by_seeds / (RUNS * SEEDS), by_first / max(first_cases, 1)


def share_prevented(onset: int, test_delay: int, trace_delay: int = 0, coverage: float = 0.0) -> float:
    """By isolation alone measured on the seeds, with tracing on those whom they infected."""
    generation = 1 if coverage else 0
    free = caused(onset, 0, 0, 0.0, protocol=False)[generation]
    return 1 - caused(onset, test_delay, trace_delay, coverage)[generation] / free


@pytest.mark.parametrize(("onset", "test_delay"), [(3, 0), (3, 2), (4, 1), (4, 4)])
def test_isolation_prevents_what_is_left_of_the_infectious_period(onset: int, test_delay: int) -> None:
    assert share_prevented(onset, test_delay) == pytest.approx(left_after(onset + test_delay), abs=0.03)


@pytest.mark.parametrize(("test_delay", "trace_delay"), [(0, 0), (0, 3), (1, 1), (2, 0), (2, 3), (4, 0), (4, 3)])
def test_tracing_prevents_what_the_delays_leave_of_it(test_delay: int, trace_delay: int) -> None:
    """Coverage .8, delays from the rows and columns of Kretzschmar's table."""
    found = share_prevented(3, test_delay, trace_delay, 0.8)
    assert found == pytest.approx(prevented(3, test_delay, trace_delay, 0.8), abs=0.04)


def test_the_published_column_of_isolation_alone() -> None:
    """Kretzschmar 2020, everyone tested, delays 0, 2 and 4 days: 50.4, 23.4 and 7.8 % prevented. What is stored of the
    paper does not say on which infectious day symptoms begin; these shares of days 0, 3, 4, 5 fit its column of seven."""
    weights = {0: 0.065, 3: 0.326, 4: 0.477, 5: 0.132}
    for test_delay, published in ((0, 0.504), (2, 0.234), (4, 0.078)):
        found = sum(w * share_prevented(onset, test_delay) for onset, w in weights.items())
        assert found == pytest.approx(published, abs=0.03)


def test_less_delay_and_more_coverage_prevent_more() -> None:
    by_trace = [share_prevented(3, 1, delay, 0.8) for delay in (0, 1, 3)]
    by_test = [share_prevented(3, delay, 0, 0.8) for delay in (0, 1, 2, 4)]
    by_cover = [share_prevented(3, 1, 0, coverage) for coverage in (1.0, 0.8, 0.4)]
    for row in (by_trace, by_test, by_cover):
        assert sorted(row, reverse=True) == row
        assert row[0] - row[-1] > 0.1


def test_a_round_takes_as_long_as_its_swabs_and_a_small_laboratory_falls_behind_evenly() -> None:
    """20,000 people, 4,000 swabs a day in tubes of ten: five days of 400 tubes; 150 served leave 250 more each day."""
    asked = dataclasses.replace(
        scenario(3, 0, 0, 0.0), county=dataclasses.replace(COUNTY, people=20_000), horizon_days=20, seeds=1,
        capacities=drill.Capacities(
            samplers=10, swabs_per_sampler_hour=50, sampling_hours=8, lab_tubes_per_day=150, beds=20_000
        ),
        behaviour=drill.Behaviour(clinic_share=1, clinic_share_severe=1, background_swabs_per_1000=0, mass_share=1.0),
        measures=drill.Measures(
            traced_levels=0, mass_on_detected=1, mass_delay_days=1, mass_round_days=1, mass_most_rounds=1, mass_pool=10,
            lock_on_cases=0,
        ),
    )  # fmt: skip
    daily = drill.run(asked, seed=4).daily
    days = np.flatnonzero(daily["swabs"] >= 4000)
    assert days.size == 20_000 // 4000
    assert np.ptp(days) == days.size - 1
    more = np.diff(daily["tests_waiting"][days])
    single = daily["swabs"][days[1:]] - 4000  # clinics' swabs are tubes of their own
    np.testing.assert_array_equal(more, 400 + single - 150)


def test_days_in_beds_are_admissions_by_length_of_stay() -> None:
    """Little: whoever is detected fills a bed for the days asked, once the last have left."""
    asked = scenario(3, 1, 0, 0.0)
    asked = dataclasses.replace(
        asked, county=dataclasses.replace(COUNTY, people=20_000), seeds=40, horizon_days=200,
        pathogen=dataclasses.replace(asked.pathogen, r0=1.2), measures=dataclasses.replace(asked.measures, case_days=9),
    )  # fmt: skip
    found = drill.run(asked, seed=2)
    assert found.daily["infectious"][-20:].sum() == 0
    assert found.daily["beds_used"].sum() == 9 * found.summary["detected"] > 0

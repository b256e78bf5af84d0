"""What measures must do: the right direction, the same luck, nothing where nothing is asked."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from bihuan.engines import drill

COUNTY = drill.County(people=20_000)
BASE = drill.Scenario(
    COUNTY, drill.read_pathogen("covid-wild-type"), protocol="covid-19/2021-05-11", horizon_days=80, seeds=30,
    measures=drill.Measures(mass_on_detected=0, lock_on_cases=0),
)  # fmt: skip
GROUND = drill.prepare(BASE)


def changed(**parts: dict[str, Any]) -> drill.Scenario:
    """BASE with some numbers of its parts replaced."""
    return dataclasses.replace(BASE, **{k: dataclasses.replace(getattr(BASE, k), **v) for k, v in parts.items()})


def mean(scenario: drill.Scenario, figure: str = "total_infections", runs: int = 6) -> float:
    return float(np.mean([drill.run(scenario, seed=s, ground=GROUND).summary[figure] for s in range(runs)]))


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"delays": {"clinic_days": 0.5}}, {"delays": {"clinic_days": 6.0}}),
        ({"delays": {"result_days": 0.0}}, {"delays": {"result_days": 4.0}}),
        ({"delays": {"notify_days": 0.0}}, {"delays": {"notify_days": 6.0}}),
        ({"delays": {"isolation_days": 0.0}}, {"delays": {"isolation_days": 5.0}}),
        ({"behaviour": {"clinic_share": 0.9}}, {"behaviour": {"clinic_share": 0.2}}),
        ({"capacities": {"tracers": 200}}, {"capacities": {"tracers": 0}}),
        ({"capacities": {"lab_tubes_per_day": 5000}}, {"capacities": {"lab_tubes_per_day": 10}}),
        ({"measures": {"mass_on_detected": 1}}, {"measures": {"mass_on_detected": 0}}),
        ({"measures": {"lock_on_cases": 1}}, {"measures": {"lock_on_cases": 0}}),
        ({"behaviour": {"sick_at_home": 0.3}}, {"behaviour": {"sick_at_home": 1.0}}),
        ({"measures": {"traced_levels": 2}}, {"measures": {"traced_levels": 0}}),
    ],
)
def test_more_measure_fewer_infections(better: dict[str, Any], worse: dict[str, Any]) -> None:
    quiet = {"mass_on_detected": 0, "lock_on_cases": 0}
    better = {**better, "measures": {**quiet, **better.get("measures", {})}}
    worse = {**worse, "measures": {**quiet, **worse.get("measures", {})}}
    assert mean(changed(**better)) < mean(changed(**worse))


def test_no_measures_differing_nothing_differs() -> None:
    a = drill.run(BASE, seed=4, ground=GROUND)
    b = drill.run(changed(capacities={"samplers": 1}), seed=4, ground=GROUND)  # no round ever asks for a sampler
    for column in drill.COLUMNS:
        np.testing.assert_array_equal(a.daily[column], b.daily[column])


def test_measures_that_never_begin_leave_the_luck_of_no_measure() -> None:
    none = drill.run(dataclasses.replace(BASE, protocol="none"), seed=4, ground=GROUND)
    idle = changed(
        behaviour={"clinic_share": 0.0, "clinic_share_severe": 0.0, "sick_at_home": 1.0}, measures={"post_pool": 1}
    )
    idle = dataclasses.replace(idle, capacities=dataclasses.replace(idle.capacities, lab_tubes_per_day=0))
    found = drill.run(idle, seed=4, ground=GROUND)
    np.testing.assert_array_equal(none.daily["new_infections"], found.daily["new_infections"])
    assert found.summary["detected"] == 0
    assert none.summary["restricted_person_days"] == none.summary["tests"] == 0


def test_two_protocols_are_alike_until_the_first_detection() -> None:
    a = drill.run(BASE, seed=5, ground=GROUND).daily
    b = drill.run(changed(measures={"close_mode": "self_monitoring"}), seed=5, ground=GROUND).daily
    first = int(np.flatnonzero(a["detected"])[0])
    assert first > 0
    np.testing.assert_array_equal(a["new_infections"][:first], b["new_infections"][:first])
    assert a["new_infections"].sum() != b["new_infections"].sum()


def test_a_layer_that_is_shut_infects_nobody() -> None:
    pathogen = dataclasses.replace(BASE.pathogen, weights={**BASE.pathogen.weights, "school_class": 0.0, "county": 0.0})
    found = drill.run(dataclasses.replace(BASE, pathogen=pathogen, protocol="none"), seed=1).summary["by_layer"]
    assert found["school_class"] == found["county"] == 0
    assert found["household"] > 0


def test_everybody_accounted_for() -> None:
    scenario = changed(measures={"mass_on_detected": 1, "lock_on_cases": 1}, capacities={"beds": 20, "rooms": 60})
    scenario = dataclasses.replace(scenario, returnees=drill.Returnees(per_day=20, infected=0.05))
    found = drill.run(scenario, seed=2, ground=GROUND)
    d, cases = found.daily, found.cases
    layers = sum(d[f"by_{name}"] for name in drill.LAYERS)
    np.testing.assert_array_equal(layers + d["imported"], d["new_infections"])
    assert cases["case"].size == d["new_infections"].sum()
    assert cases["caused"].sum() == (cases["infector"] >= 0).sum()
    assert (cases["detected_day"] >= 0).sum() == d["detected"].sum()
    infector = cases["infector"]
    late = infector >= 0
    assert (cases["infected_day"][late] >= cases["infectious_from"][infector[late]]).all()
    assert d["beds_used"].max() <= 20
    assert (d["person_days_restricted"] >= d["in_isolation"]).all()
    assert d["person_days_restricted"].max() <= COUNTY.people
    assert d["in_isolation"].min() >= 0
    assert d["beds_used"].min() >= 0
    assert d["rooms_used"].min() >= 0
    assert d["rooms_used"].max() <= 60
    assert d["beds_waiting"].max() > 0


def test_a_small_laboratory_makes_tubes_wait_and_late() -> None:
    small = changed(measures={"mass_on_detected": 1}, capacities={"lab_tubes_per_day": 150})
    large = changed(measures={"mass_on_detected": 1}, capacities={"lab_tubes_per_day": 50_000})
    assert mean(small, "tests_late", 2) > 0
    assert mean(large, "tests_late", 2) == 0


def test_compare_pairs_by_seed_and_says_it_in_words() -> None:
    found = drill.compare(BASE, ["none", "covid-19/2021-05-11"], runs=4)
    rows = {(r["protocol"], r["figure"]): r for r in found.table}
    averted = rows["covid-19/2021-05-11", "total_infections"]
    assert averted["difference_low"] <= averted["difference"] <= averted["difference_high"] < 0
    assert rows["none", "total_infections"]["difference"] == 0
    assert "fewer infected than none" in found.words
    alone = drill.run(dataclasses.replace(BASE, protocol="none"), seed=2, ground=GROUND)
    assert [r["total_infections"] for r in found.runs if (r["protocol"], r["seed"]) == ("none", 2)] == [
        alone.summary["total_infections"]
    ]

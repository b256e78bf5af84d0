"""Numbers of a drill are changed by name, and what they are now is what the run takes."""

import dataclasses

import pytest

from bihuan.engines import drill

NINTH = "covid-19/2022-06-28"


def test_what_is_told_as_now_changes_nothing_when_it_is_set() -> None:
    scenario = drill.read_scenario("county-omicron")
    scenario = dataclasses.replace(
        scenario, county=dataclasses.replace(scenario.county, people=4000), horizon_days=30, protocol=NINTH
    )
    now = drill.numbers_now(scenario, drill.protocol_of(NINTH))
    assert set(now) == {f"{part}.{key}" for part, keys in drill.CHANGEABLE.items() for key in keys}
    one_stage = {k: v for k, v in now.items() if k not in ("measures.case_days",)}
    before = drill.run(scenario, seed=3).summary
    after = drill.run(drill.changed(scenario, one_stage), seed=3).summary
    assert {k: v for k, v in before.items() if "second" not in k} == {
        k: v for k, v in after.items() if "second" not in k
    }


def test_a_changed_number_reaches_the_run() -> None:
    scenario = drill.changed(
        drill.read_scenario("county-omicron"), {"delays.result_days": 3, "measures.close_days": 21}
    )
    assert (scenario.delays.result_days, scenario.measures.close_days) == (3.0, 21)
    assert drill.numbers_now(scenario, drill.protocol_of(NINTH))["measures.close_days"] == 21


@pytest.mark.parametrize(
    "wrong", [{"costs.test": 1}, {"measures.nothing": 1}, {"delays.result_days": -0.1}, {"capacities.beds": 1.5}]
)
def test_what_cannot_be_changed_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(drill.ScenarioFault):
        drill.changed(drill.read_scenario("county-omicron"), wrong)


def test_the_difference_of_paired_runs_is_students() -> None:
    mean, low, high = drill.paired([3, 5, 7, 9], [1, 2, 3, 4])
    assert mean == 3.5
    assert (round(low, 4), round(high, 4)) == (1.4457, 5.5543)  # 3.5 ± 3.18245 · 1.29099 / 2
    with pytest.raises(ValueError, match="equal numbers"):
        drill.paired([1], [1, 2])

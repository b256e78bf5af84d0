"""Stock that runs out, hours of staff, and clocks that are late: what they stop, and that nothing moves without them."""

import dataclasses
from typing import Any

import numpy as np
import pytest

from bihuan.engines import drill

BASE = drill.Scenario(
    drill.County(people=20_000), drill.read_pathogen("covid-omicron"), protocol="covid-19/2022-06-28", horizon_days=50,
    seeds=8, returnees=drill.Returnees(per_day=5, infected=0.05),
    capacities=drill.Capacities(samplers=60, lab_tubes_per_day=4000, tracers=20, beds=60, rooms=300),
)  # fmt: skip
GROUND = drill.prepare(BASE)
PLENTY = {"kits": drill.Item(start=1e9, a_swab=1), "reagents": drill.Item(start=1e9, a_tube=1),
          "suits": drill.Item(start=1e9, a_swab=0.01, a_study=2, a_room_day=0.25, a_bed_day=0.5)}  # fmt: skip


def ran(seed: int = 3, stock: dict[str, drill.Item] | None = None, **parts: dict[str, Any]) -> drill.Drill:
    asked = dataclasses.replace(BASE, stock=stock or {}, **{
        k: dataclasses.replace(getattr(BASE, k), **v) for k, v in parts.items()})  # fmt: skip
    return drill.run(asked, seed=seed, ground=GROUND)


PLAIN = ran()


def item(found: drill.Drill, name: str) -> dict[str, np.ndarray[Any, Any]]:
    rows = found.stock["item"] == name
    return {k: v[rows] for k, v in found.stock.items()}


def test_a_full_store_changes_nothing() -> None:
    found = ran(stock=PLENTY)
    for column in PLAIN.daily:
        np.testing.assert_array_equal(found.daily[column], PLAIN.daily[column])
    np.testing.assert_array_equal(found.cases["infector"], PLAIN.cases["infector"])
    assert item(found, "kits")["used"].tolist() == found.daily["swabs"].tolist()
    assert item(found, "reagents")["used"].tolist() == found.daily["tubes_served"].tolist()
    suits = 0.01 * found.daily["swabs"] + 2 * found.daily["cases_studied"]
    suits = suits + 0.25 * found.daily["rooms_used"] + 0.5 * found.daily["beds_used"]
    np.testing.assert_allclose(item(found, "suits")["used"], suits, atol=1e-6)
    assert all(told["runs_out_day"] is None and not told["stops"] for told in found.summary["stock"].values())


def test_every_item_balances_every_day() -> None:
    stock = {"kits": drill.Item(start=30_000, a_swab=1, deliveries={"9": 4000, "20": 7000, "999": 5}),
             "suits": drill.Item(start=700, a_swab=0.004, a_study=2, a_room_day=0.3)}  # fmt: skip
    found = ran(stock=stock)
    for name in stock:
        rows = item(found, name)
        before = np.concatenate([[0.0], rows["left"][:-1]])
        np.testing.assert_allclose(before + rows["delivered"] - rows["used"], rows["left"], atol=1e-4)
        assert rows["left"].min() >= 0
    assert found.summary["stock"]["kits"]["delivered"] == 41_000


def test_no_kits_no_swabs_that_day_and_more_cases() -> None:
    found = ran(stock={"kits": drill.Item(start=3000, a_swab=1, deliveries={"30": 2000})})
    told, kits = found.summary["stock"]["kits"], item(found, "kits")
    out = told["runs_out_day"]
    assert out is not None
    np.testing.assert_array_equal(kits["used"], found.daily["swabs"])  # never a swab without a kit
    assert kits["left"][out] < 5  # a few by rounding shares
    assert found.daily["swabs"][out + 1 : 30].sum() <= kits["left"][out]
    assert 0 < found.daily["swabs"][30:].sum() <= 2000
    assert found.daily["swabs_stopped"][:out].sum() == 0
    assert told["stops"] == {"swab": int(found.daily["swabs_stopped"].sum())}
    # what was drawn before is still read; then only the last few kits can find anybody
    assert found.daily["detected"][out + 4 : 30].sum() <= kits["left"][out]
    assert found.summary["total_infections"] > 1.5 * PLAIN.summary["total_infections"]
    for column in set(PLAIN.daily) - {"r_cohort"}:  # the same luck up to the day; r_cohort looks at the days after it
        np.testing.assert_array_equal(found.daily[column][:out], PLAIN.daily[column][:out])


def test_no_reagents_tubes_wait() -> None:
    found = ran(stock={"reagents": drill.Item(start=1500, a_tube=1)})
    assert found.daily["tubes_served"].sum() == 1500
    out = found.summary["stock"]["reagents"]["runs_out_day"]
    assert found.daily["tests_waiting"][out:].min() > 0
    assert found.daily["tests_waiting"][-1] == found.daily["tests"].sum() - 1500


def test_no_suits_no_case_studies_but_nobody_is_sent_away() -> None:
    found = ran(stock={"suits": drill.Item(start=11, a_study=2, a_room_day=0.0)})
    assert found.daily["cases_studied"].sum() == 5
    assert found.daily["studies_stopped"].sum() > 0
    kept = ran(stock={"meals": drill.Item(start=100, a_room_day=3)})
    np.testing.assert_array_equal(kept.daily["rooms_used"], PLAIN.daily["rooms_used"])
    short = item(kept, "meals")["room_days_missing"].sum()
    assert short == PLAIN.daily["rooms_used"].sum() - 33  # three meals a room-day, a hundred meals


def test_hours_follow_the_acts_and_the_rates() -> None:
    asked = dataclasses.replace(
        BASE, staff=drill.Staff(hours_a_tube=0.1, tubes_a_trip=50, hours_a_trip=3, hours_a_room_day=2)
    )
    found = drill.run(asked, seed=3, ground=GROUND)
    d, s = found.daily, found.summary
    np.testing.assert_allclose(d["sampler_hours"], d["swabs"] / 60)
    np.testing.assert_allclose(d["laboratory_hours"], d["tubes_served"] * 0.1)
    np.testing.assert_allclose(d["courier_hours"], -(-d["tests"] // 50) * 3)
    np.testing.assert_allclose(d["isolation_hours"], d["rooms_used"] * 2)
    assert s["staff_hours"] == pytest.approx(
        sum(
            float(d[c].sum())
            for c in ("sampler_hours", "laboratory_hours", "courier_hours", "isolation_hours", "tracer_hours")
        )
    )
    assert s["peak_isolation_staff"] == -(-int(d["rooms_used"].max()) * 2 // 8)
    assert s["peak_tracers"] == np.ceil(d["tracer_hours"].max() / 10)
    assert s["staff_source"] == "assumed"
    arrived, served = np.cumsum(d["tests"]), np.cumsum(d["tubes_served"])
    assert (served <= arrived).all()
    assert s["cost"] == PLAIN.summary["cost"]


def test_studies_are_late_by_the_protocols_clock_each_once() -> None:
    few = {"capacities": {"tracers": 1}}
    found = ran(**few)
    assert found.summary["clock_hours"]["case_study"] == 24
    assert found.summary["studies_late"] > 0
    never = ran(**{**few, "capacities": {"tracers": 0}})
    detected = np.asarray(never.cases["detected_day"])
    # nobody is ever studied: everybody found before the last day is late on the day after
    assert never.summary["studies_late"] == ((detected >= 0) & (detected < 49)).sum()
    np.testing.assert_array_equal(never.daily["studies_late"][1:], never.daily["detected"][:-1])
    assert ran(**few, measures={"case_study_hours": 24 * 60.0}).summary["studies_late"] == 0
    hurried = ran(measures={"case_study_hours": 1.0})
    assert hurried.summary["studies_late"] == hurried.summary["detected"]  # a study takes four hours


def test_isolation_is_late_by_the_clock_or_for_want_of_a_bed() -> None:
    slow = ran(delays={"isolation_days": 2.0}, capacities={"beds": 10_000})
    assert slow.summary["clock_hours"]["positive_transfer"] == 2
    c = slow.cases
    late = (c["detected_day"] >= 0) & (c["isolated_day"] > c["detected_day"])
    assert slow.summary["isolation_late"] > 20
    assert late.sum() <= slow.summary["isolation_late"] <= late.sum() + 3  # the last ones are kept after the end
    quick = ran(delays={"isolation_days": 0.0}, capacities={"beds": 10_000})
    assert quick.summary["isolation_late"] == 0
    full = ran(delays={"isolation_days": 0.0}, capacities={"beds": 0})
    assert full.summary["isolation_late"] == full.summary["detected"]
    old = dataclasses.replace(BASE, protocol="covid-19/2021-05-11", delays=drill.Delays(isolation_days=2))
    none = drill.run(old, seed=3, ground=GROUND).summary  # that edition has no such clock
    assert (none["clock_hours"]["positive_transfer"], none["isolation_late"]) == (None, 0)


def test_compare_tells_what_runs_out_and_whom_it_needs() -> None:
    asked = dataclasses.replace(BASE, stock={"kits": drill.Item(start=3000, a_swab=1)})
    found = drill.compare(asked, ["covid-19/2022-06-28", "none"], runs=2)
    with_, without = found.stock
    assert (with_["runs_out"], without["runs_out"]) == (2, 0)
    assert without["mean_used"] == 0
    assert "kits run out in 2 of 2 runs, first on day" in found.words
    assert "samplers" in found.words
    assert found.words.count("run out") == 1
    assert found.bottlenecks["covid-19/2022-06-28"] == "stock of kits"


def test_a_day_that_is_none_is_refused_with_its_line(tmp_path: Any) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("county: {people: 100}\npathogen: measles\nstock:\n  kits: {start: 5, deliveries: {monday: 3}}\n")
    with pytest.raises(drill.ScenarioFault, match="monday") as caught:
        drill.read_scenario(path)
    assert caught.value.line == 3

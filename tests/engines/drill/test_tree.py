"""The transmission tree: whole where small, whole branches by lot where large, with the days things happened."""

import dataclasses

import numpy as np
import pytest

from bihuan.engines import drill

COUNTY = drill.County(people=20_000)
BASE = drill.Scenario(
    COUNTY, drill.read_pathogen("covid-delta"), protocol="covid-19/2022-06-28", horizon_days=60, seeds=8,
    returnees=drill.Returnees(per_day=3, infected=0.3),
)  # fmt: skip
GROUND = drill.prepare(BASE)
WAVE = drill.run(dataclasses.replace(BASE, protocol="none"), seed=2, ground=GROUND).cases


def test_a_small_outbreak_is_whole() -> None:
    cases = drill.run(BASE, seed=2, ground=GROUND).cases
    found = drill.tree(cases, seed=2)
    assert found.is_whole
    assert found.table["case"].size == cases["case"].size > 30
    np.testing.assert_array_equal(found.table["infector"], cases["infector"])
    assert found.branches == found.all_branches == int((cases["infector"] < 0).sum())


def test_a_sample_holds_whole_branches_and_nothing_else() -> None:
    found = drill.tree(WAVE, seed=5, most=800)
    t = found.table
    assert not found.is_whole
    assert found.from_generation > 0
    assert 400 <= t["case"].size <= 800
    assert 10 <= found.branches < found.all_branches
    inside = set(t["case"].tolist())
    for case, infector in zip(WAVE["case"].tolist(), WAVE["infector"].tolist(), strict=True):
        if infector in inside:  # whoever a member infected is a member
            assert case in inside
    is_head = t["head"] == t["case"]
    assert int(is_head.sum()) == found.branches
    assert set(t["infector"][~is_head].tolist()) <= inside
    assert not set(t["infector"][is_head].tolist()) & inside
    assert (t["generation"][is_head] == found.from_generation).all()
    assert max(np.bincount(t["head"])) <= 400


def test_the_seed_draws_the_branches() -> None:
    a, b, c = (drill.tree(WAVE, seed=s, most=800).table["case"].tolist() for s in (5, 5, 6))
    assert a == b
    assert a != c


def test_branches_are_drawn_without_regard_to_their_size() -> None:
    all_of = drill.tree(WAVE, seed=1, most=WAVE["case"].size - 1)
    at = drill.tree(WAVE, seed=1, most=800).from_generation
    generation = drill.tree(WAVE, seed=1, most=10**9).table["generation"]
    mean = (generation >= at).sum() / (generation == at).sum()
    drawn = [drill.tree(WAVE, seed=s, most=800) for s in range(40)]
    means = [f.table["case"].size / f.branches for f in drawn]
    assert np.mean(means) == pytest.approx(mean, rel=0.2)
    assert all_of.all_cases == WAVE["case"].size


def test_how_and_when_a_case_was_found_and_kept() -> None:
    c = drill.run(BASE, seed=2, ground=GROUND).cases
    found = c["detected_day"] >= 0
    assert ((c["detected_by"] != "") == found).all()
    assert {"fever_clinic", "quarantine", "round"} <= set(c["detected_by"].tolist())
    kept = c["isolated_day"] >= 0
    assert (c["isolated_day"][kept] >= c["infected_day"][kept]).all()
    # isolation follows a result within a day here; who was found in quarantine had been kept before
    late = c["isolated_day"][found & kept] - c["detected_day"][found & kept]
    assert late.max() == 1
    assert kept[found & (c["detected_day"] < 58)].all()
    before = found & (c["detected_by"] == "quarantine")
    assert (c["isolated_day"][before] <= c["detected_day"][before]).all()
    clinic = found & (c["detected_by"] == "fever_clinic")
    assert (c["onset_day"][clinic] >= 0).all()


def test_nobody_is_kept_where_nothing_is_done() -> None:
    assert (WAVE["isolated_day"] == -1).all()
    assert (WAVE["detected_by"] == "").all()


def test_who_came_infected_before_day_0_counts_on_day_0() -> None:
    asked = dataclasses.replace(BASE, returnees=drill.Returnees(per_day=40, infected=0.5, infected_days=9))
    cases = drill.run(asked, seed=1, ground=GROUND).cases
    assert cases["infected_day"].min() < 0
    assert drill.reproduction(cases, 60)["infected"].sum() == cases["case"].size

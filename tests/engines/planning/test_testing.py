"""Testing plans: needs, shortages, sharing of samplers, lab queues and routes."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines import planning
from bihuan.engines.planning import Lab, SamplingRates, Site

RATES = SamplingRates(swabs_per_sampler_hour=60, hours=6, pool_size=10, spare_share=0.05)


def test_a_site_knows_what_it_needs_and_lacks() -> None:
    found = planning.plan_site(Site("东门", people=5200, samplers=8, tubes=500, kits=6000), rates=RATES)
    assert found.samplers_needed == 15  # 5200 / 360 = 14.4
    assert found.tubes_needed == 546  # 520 tubes and 5 %
    assert found.kits_needed == 5460
    assert found.hours_needed == pytest.approx(5200 / 480)
    assert (found.samplers_short, found.tubes_short, found.kits_short) == (7, 46, 0)


def test_a_site_without_samplers_never_ends_and_one_without_people_is_done() -> None:
    assert planning.plan_site(Site("a", 10), rates=RATES).hours_needed == math.inf
    assert planning.plan_site(Site("b", 0), rates=RATES).hours_needed == 0


@settings(max_examples=50)
@given(st.lists(st.integers(1, 40), min_size=1, max_size=4), st.integers(0, 6))
def test_shared_samplers_end_as_early_as_any_sharing(people: list[int], extra: int) -> None:
    sites = [Site(str(i), n) for i, n in enumerate(people)]
    shared = planning.share_samplers(sites, rates=RATES, samplers=len(sites) + extra)
    assert sum(shared.values()) == len(sites) + extra
    end = max(site.people / shared[site.name] for site in sites)

    def best(left: list[int], workers: int) -> float:
        if len(left) == 1:
            return left[0] / workers
        return min(max(left[0] / k, best(left[1:], workers - k)) for k in range(1, workers - len(left) + 2))

    assert end == pytest.approx(best(people, len(people) + extra))


def test_queue_grows_ages_and_clears() -> None:
    found = planning.backlog([100, 100, 0], tubes_per_hour=50)
    assert [hour.waiting for hour in found.hours] == [50, 100, 50, 0]
    assert [hour.oldest_hours for hour in found.hours] == [0.5, 1.0, 0.5 + 1.0, 0]
    assert found.cleared_hours == 4
    assert found.longest_queue == 100
    assert planning.backlog([], tubes_per_hour=60, queue_tubes=90).cleared_hours == 1.5
    assert planning.backlog([10], tubes_per_hour=0).cleared_hours == math.inf


def test_every_tube_is_arrived_finished_or_waiting() -> None:
    found = planning.backlog([30, 80, 10, 0, 45], tubes_per_hour=33, queue_tubes=12)
    done = 0.0
    came = 12.0
    for hour in found.hours:
        came, done = came + hour.arrived, done + hour.finished
        assert came == pytest.approx(done + hour.waiting)


def test_a_whole_round_is_as_long_as_its_slowest_part() -> None:
    sites = [Site("a", 6000, samplers=20), Site("b", 3000, samplers=20)]
    fast = planning.plan_all_residents(sites, rates=RATES, labs=[Lab("x", 1000, turnaround_hours=4)], courier_hours=2)
    assert fast.sampling_hours == 5
    assert fast.last_delivery_hours == 7
    assert fast.last_result_hours == pytest.approx(11)
    assert fast.in_time
    slow = planning.plan_all_residents(sites, rates=RATES, labs=[Lab("x", 30, turnaround_hours=4)], courier_hours=2)
    assert slow.last_result_hours == pytest.approx(2 + 900 / 30 + 4)
    assert not slow.in_time
    assert slow.lab_tubes_per_hour_needed == pytest.approx(900 / 18)


def test_without_a_lab_there_is_no_last_result() -> None:
    assert planning.plan_all_residents([Site("a", 10, samplers=1)], rates=RATES, labs=[]).last_result_hours == math.inf


def test_tubes_go_the_shortest_way_that_has_room() -> None:
    minutes = {("a", "near"): 5, ("b", "near"): 10, ("a", "far"): 30, ("b", "far"): 90}
    found = planning.route_tubes({"a": 60, "b": 60}, labs=[Lab("near", 10), Lab("far", 10)], minutes=minutes, hours=10)
    sent = {(route.site, route.lab): route.tubes for route in found.routes}
    assert sent == {("b", "near"): 60, ("a", "near"): 40, ("a", "far"): 20}
    assert found.tube_minutes == 600 + 200 + 600
    assert not found.unplaced


def test_tubes_without_an_hour_left_are_named() -> None:
    labs = [Lab("x", 10, queue_tubes=50)]
    found = planning.route_tubes({"a": 60, "b": 5}, labs=labs, minutes={("a", "x"): 5}, hours=10)
    assert found.unplaced == {"a": 10, "b": 5}


def test_numbers_that_make_no_sense_are_refused() -> None:
    with pytest.raises(planning.PlanFault, match="a: people"):
        planning.plan_site(Site("a", -1), rates=RATES)
    with pytest.raises(planning.PlanFault, match="1 samplers for 2 sites"):
        planning.share_samplers([Site("a", 1), Site("b", 1)], rates=RATES, samplers=1)


def test_more_samplers_go_where_the_end_is_latest_and_nobody_moves() -> None:
    sites = [planning.Site("a", 100, 1), planning.Site("b", 50), planning.Site("empty", 0, 2)]
    assert planning.add_samplers(sites, extra=0) == {"a": 1, "b": 0, "empty": 2}
    assert planning.add_samplers(sites, extra=1) == {"a": 1, "b": 1, "empty": 2}  # nobody there: never done
    assert planning.add_samplers(sites, extra=3) == {"a": 3, "b": 1, "empty": 2}
    with pytest.raises(planning.PlanFault):
        planning.add_samplers(sites, extra=-1)

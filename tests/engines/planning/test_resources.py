"""Stock, isolation, chain and couriers: small worked plans."""

import math
from itertools import pairwise, permutations

import pytest

from bihuan.engines import planning
from bihuan.engines.planning import Depot, IsolationRules, Item, Stage, Stop


def test_twelve_days_of_masks_are_short_and_ordered_in_whole_packs() -> None:
    found = planning.cover(Item("N95", stock=10_800, burn_per_day=900, lead_days=5, pack_size=50))
    assert found.days == 12
    assert found.short
    assert found.order_pieces == 30 * 900 - 10_800
    assert found.order_packs == 324
    assert found.order_within_days == 7
    assert found.gap_days == 0


def test_thirty_days_exactly_are_enough_and_what_is_on_order_counts_for_the_order_only() -> None:
    assert not planning.cover(Item("a", 300, 10)).short
    coming = planning.cover(Item("b", 100, 10, on_order=200, lead_days=12))
    assert coming.short
    assert coming.order_packs == 0
    assert coming.gap_days == 2
    assert planning.cover(Item("c", 0, 0)).days == math.inf


def test_rooms_fill_for_the_stay_and_stay_closed_for_disinfection() -> None:
    rules = IsolationRules(stay_days=3, turnover_days=1, residents_per_staff={"nurse": 4}, shifts=3)
    days = planning.plan_isolation([2, 4], rules=rules, rooms=5)
    assert [day.residents for day in days] == [2, 6, 6, 4, 0]
    assert [day.rooms_in_turnover for day in days] == [0, 0, 0, 2, 4]
    assert [day.rooms_needed for day in days] == [2, 6, 6, 6, 4]
    assert [day.rooms_short for day in days] == [0, 1, 1, 1, 0]
    assert [day.staff["nurse"] for day in days] == [3, 6, 6, 3, 0]


def test_families_share_rooms() -> None:
    days = planning.plan_isolation([5], rules=IsolationRules(stay_days=1, persons_per_room=2), rooms=3)
    assert days[0].rooms_taken == 3


def test_the_slowest_step_is_the_bottleneck_and_only_more_of_it_helps() -> None:
    chain = [
        Stage("sample", 8, 60),
        Stage("carry", 4, 100),
        Stage("test", 2, 150, hours_per_item=4),
        Stage("report", 1, 900),
    ]
    found = planning.plan_chain(chain, items=3000)
    assert found.bottlenecks == ("test",)
    assert found.items_per_hour == 300
    assert found.hours == 14
    gains = {stage.name: stage.gain_items_per_hour for stage in found.stages}
    assert gains == {"sample": 0, "carry": 0, "test": 100, "report": 0}
    assert found.stages[2].hours_saved == pytest.approx(10 - 3000 / 400)


def test_two_equally_slow_steps_gain_nothing_alone_and_a_missing_step_gains_all() -> None:
    both = planning.plan_chain([Stage("a", 1, 10), Stage("b", 1, 10)], items=10)
    assert both.bottlenecks == ("a", "b")
    assert [stage.gain_items_per_hour for stage in both.stages] == [0, 0]
    stopped = planning.plan_chain([Stage("a", 0, 10), Stage("b", 1, 10)], items=10)
    assert stopped.hours == math.inf
    assert stopped.stages[0].hours_saved == math.inf


def plane(places: dict[str, tuple[float, float]]) -> dict[tuple[str, str], float]:
    return {(a, b): math.dist(places[a], places[b]) for a in places for b in places if a != b}


def test_one_vehicle_drives_the_shortest_tour() -> None:
    places = {"lab": (0.0, 0.0), "a": (10.0, 0.0), "b": (10.0, 10.0), "c": (0.0, 10.0), "d": (5.0, 14.0)}
    minutes = plane(places)
    stops = [Stop(name, 10, service_minutes=1) for name in "abcd"]
    found = planning.plan_couriers(stops, depots=[Depot("lab", 3, 100)], minutes=minutes, iterations=200)
    tours = [("lab", *order, "lab") for order in permutations("abcd")]
    best = min(sum(minutes[pair] for pair in pairwise(tour)) for tour in tours)
    assert len(found.runs) == 1
    assert found.driving_minutes == pytest.approx(best)
    assert found.runs[0].minutes == pytest.approx(best + 4)
    assert found.runs[0].tubes == 40


def test_no_run_is_longer_than_the_limit_or_fuller_than_its_vehicle() -> None:
    places = {"lab": (0.0, 0.0)} | {f"s{i}": (8 * math.cos(i), 8 * math.sin(i)) for i in range(12)}
    stops = [Stop(f"s{i}", 40) for i in range(12)]
    found = planning.plan_couriers(
        stops, depots=[Depot("lab", 12, 100)], minutes=plane(places), max_run_minutes=40, iterations=300
    )
    assert found.feasible
    assert sorted(name for run in found.runs for name in run.stops) == sorted(stop.name for stop in stops)
    assert all(run.minutes <= 40.01 and run.tubes <= 100 for run in found.runs)
    again = planning.plan_couriers(
        stops, depots=[Depot("lab", 12, 100)], minutes=plane(places), max_run_minutes=40, iterations=300
    )
    assert again == found


def test_sites_out_of_reach_are_named_and_the_others_still_planned() -> None:
    minutes = plane({"lab": (0.0, 0.0), "near": (10.0, 0.0), "far": (70.0, 0.0)})
    stops = [Stop("near", 10), Stop("far", 10), Stop("island", 10)]
    found = planning.plan_couriers(stops, depots=[Depot("lab", 1, 100)], minutes=minutes, iterations=50)
    assert [(one.name, one.minutes) for one in found.unreachable] == [("far", 145), ("island", math.inf)]
    assert [run.stops for run in found.runs] == [("near",)]
    assert found.feasible


def test_too_few_vehicles_are_said_and_too_many_tubes_named() -> None:
    minutes = plane({"lab": (0.0, 0.0), "a": (50.0, 0.0), "b": (-50.0, 0.0)})
    few = planning.plan_couriers(
        [Stop("a", 1), Stop("b", 1)], depots=[Depot("lab", 1, 9)], minutes=minutes, iterations=50
    )
    assert not few.feasible
    full = planning.plan_couriers([Stop("a", 10)], depots=[Depot("lab", 1, 9)], minutes=minutes)
    assert "split the site" in full.unreachable[0].reason


def test_numbers_that_make_no_sense_are_refused() -> None:
    for bad in (
        lambda: planning.cover(Item("a", -1, 1)),
        lambda: planning.plan_isolation([1], rules=IsolationRules(stay_days=0), rooms=1),
        lambda: planning.plan_chain([], items=1),
        lambda: planning.plan_couriers([Stop("x", 1), Stop("x", 1)], depots=[Depot("d", 1, 1)], minutes={}),
    ):
        with pytest.raises(planning.PlanFault):
            bad()


def test_who_is_there_already_keeps_the_room_until_they_leave() -> None:
    rules = IsolationRules(stay_days=2, turnover_days=1)
    days = planning.plan_isolation([5, 5], rules=rules, rooms=10, leaving=[3, 2, 0, 1])
    assert [d.rooms_taken for d in days] == [5 + 6, 5 + 5 + 3, 5 + 1, 1, 0]
    assert [d.rooms_in_turnover for d in days] == [0, 3, 5 + 2, 5, 1]
    alone = planning.plan_isolation([], rules=rules, rooms=2, leaving=[1])
    assert [(d.rooms_taken, d.rooms_in_turnover) for d in alone] == [(1, 0), (0, 1)]
    with pytest.raises(planning.PlanFault):
        planning.plan_isolation([], rules=rules, rooms=2, leaving=[-1])

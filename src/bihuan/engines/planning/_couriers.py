"""Courier runs: every site's tubes at a lab within the time limit, with few vehicles and little driving."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Stop:
    """A site to be emptied: tubes, and minutes of hand-over there."""

    name: str
    tubes: int
    service_minutes: float = 5.0


@dataclass(frozen=True)
class Depot:
    """A laboratory at which vehicles start and end: vehicles, and tubes one vehicle carries."""

    name: str
    vehicles: int
    capacity_tubes: int


@dataclass(frozen=True)
class Run:
    """One courier's run: out from the lab, the stops in order, and back. minutes: driving and hand-over together."""

    lab: str
    stops: tuple[str, ...]
    tubes: int
    minutes: float
    driving_minutes: float


@dataclass(frozen=True)
class Unreachable:
    """A site no vehicle can serve alone within the limit: what the shortest run to it would take, and why it fails."""

    name: str
    minutes: float
    tubes: int
    reason: str


@dataclass(frozen=True)
class CourierPlan:
    """The runs, and the sites that no run can serve. `feasible` is False when the vehicles do not suffice."""

    runs: tuple[Run, ...]
    unreachable: tuple[Unreachable, ...]
    feasible: bool
    total_minutes: float
    driving_minutes: float


def plan_couriers(
    stops: Sequence[Stop],
    *,
    depots: Sequence[Depot],
    minutes: Mapping[tuple[str, str], float],
    max_run_minutes: float = 120.0,
    iterations: int = 1000,
    seed: int = 0,
) -> CourierPlan:
    """Runs of at most `max_run_minutes` each, fewest vehicles first, then least driving (PyVRP, hybrid search).

    minutes: driving time by (from, to) over the names of stops and depots; a missing pair is no road. Reach comes
    first: a site that even a run to it alone cannot serve, or with more tubes than any vehicle holds, is named and
    left out, so that it does not make the whole plan impossible. The same seed and iterations give the same
    plan on the same version.
    """
    names = [depot.name for depot in depots] + [stop.name for stop in stops]
    if len(set(names)) != len(names):
        raise PlanFault("two sites or labs have the same name; give each its own")
    if not depots or max_run_minutes <= 0 or iterations < 1:
        raise PlanFault("give at least one lab, a time limit above 0 and at least 1 iteration")
    far = [found for stop in stops if (found := _out_of_reach(stop, depots, minutes, max_run_minutes))]
    lost = {one.name for one in far}
    near = [stop for stop in stops if stop.name not in lost and stop.tubes > 0]
    if not near:
        return CourierPlan((), tuple(far), True, 0.0, 0.0)
    runs, feasible = _solve(near, depots, minutes, max_run_minutes, iterations, seed)
    return CourierPlan(
        runs=runs,
        unreachable=tuple(far),
        feasible=feasible,
        total_minutes=sum(run.minutes for run in runs),
        driving_minutes=sum(run.driving_minutes for run in runs),
    )


def _out_of_reach(
    stop: Stop, depots: Sequence[Depot], minutes: Mapping[tuple[str, str], float], limit: float
) -> Unreachable | None:
    there_and_back = [
        (minutes[depot.name, stop.name] + stop.service_minutes + minutes[stop.name, depot.name], depot)
        for depot in depots
        if depot.vehicles > 0 and (depot.name, stop.name) in minutes and (stop.name, depot.name) in minutes
    ]
    if not there_and_back:
        return Unreachable(stop.name, float("inf"), stop.tubes, "no road to any lab with a vehicle")
    shortest = min(time for time, _ in there_and_back)
    if shortest > limit:
        return Unreachable(stop.name, shortest, stop.tubes, f"the run alone takes more than {limit:g} minutes")
    if not any(time <= limit and depot.capacity_tubes >= stop.tubes for time, depot in there_and_back):
        return Unreachable(stop.name, shortest, stop.tubes, "more tubes than a vehicle holds; split the site")
    return None


def _solve(
    stops: Sequence[Stop],
    depots: Sequence[Depot],
    minutes: Mapping[tuple[str, str], float],
    limit: float,
    iterations: int,
    seed: int,
) -> tuple[tuple[Run, ...], bool]:
    import pyvrp
    from pyvrp.stop import MaxIterations

    model = pyvrp.Model()
    names = [depot.name for depot in depots] + [stop.name for stop in stops]
    places = {name: model.add_location(0, 0, name=name) for name in names}
    # A vehicle costs more than all driving it could save, so that fewer vehicles always win.
    longest = round(60 * max(minutes.values(), default=0.0)) + 1
    vehicle_cost = longest * (len(stops) + 1) * 2
    for depot in depots:
        base = model.add_depot(places[depot.name], name=depot.name)
        if depot.vehicles > 0:
            model.add_vehicle_type(
                num_available=depot.vehicles,
                capacity=[depot.capacity_tubes],
                start_depot=base,
                end_depot=base,
                fixed_cost=vehicle_cost,
                shift_duration=round(60 * limit),
                name=depot.name,
            )
    for stop in stops:
        model.add_client(
            places[stop.name], pickup=[stop.tubes], service_duration=round(60 * stop.service_minutes), name=stop.name
        )
    for here, start in places.items():
        for there, end in places.items():
            if here != there and (here, there) in minutes:
                seconds = round(60 * minutes[here, there])
                model.add_edge(start, end, distance=seconds, duration=seconds)
    best = model.solve(MaxIterations(iterations), seed=seed, collect_stats=False, display=False).best
    data = model.data()
    runs = []
    for route in best.routes():
        lab = data.vehicle_type(route.vehicle_type()).name
        served = [stops[activity.idx] for activity in route if activity.is_client()]
        path = [lab, *(stop.name for stop in served), lab]
        driving = sum(minutes.get(pair, float("inf")) for pair in pairwise(path))
        runs.append(
            Run(
                lab=lab,
                stops=tuple(stop.name for stop in served),
                tubes=sum(stop.tubes for stop in served),
                minutes=driving + sum(stop.service_minutes for stop in served),
                driving_minutes=driving,
            )
        )
    return tuple(sorted(runs, key=lambda run: (run.lab, run.stops))), bool(best.is_feasible())

"""How long the planner takes for a county: courier runs, tube allotment, and a table of pool sizes."""

import math
import time

import numpy as np

from bihuan.engines import planning


def county(
    *, sites: int, labs: int, seed: int
) -> tuple[list[planning.Stop], list[planning.Depot], dict[tuple[str, str], float]]:
    """Sites and labs in a square of 40 km, minutes at 40 km/h on roads 1.3 times the straight line."""
    rng = np.random.default_rng(seed)
    names = [f"lab {i}" for i in range(labs)] + [f"site {i}" for i in range(sites)]
    places = rng.uniform(0, 40, (len(names), 2))
    minutes = {
        (a, b): 1.95 * math.dist(places[i], places[j])
        for i, a in enumerate(names)
        for j, b in enumerate(names)
        if i != j
    }
    stops = [planning.Stop(name, int(rng.integers(20, 90))) for name in names[labs:]]
    return stops, [planning.Depot(name, 8, 250) for name in names[:labs]], minutes


def main() -> None:
    """Print seconds and results."""
    for sites in (40, 200):
        stops, depots, minutes = county(sites=sites, labs=3, seed=3)
        if sites > 40:
            depots = [planning.Depot(d.name, 40, d.capacity_tubes) for d in depots]
        for iterations in (500, 2000):
            start = time.perf_counter()
            plan = planning.plan_couriers(stops, depots=depots, minutes=minutes, iterations=iterations)
            print(
                f"couriers {sites} sites {iterations} iterations: {time.perf_counter() - start:.2f} s, {len(plan.runs)} runs, "
                f"{plan.driving_minutes:.0f} min, unreachable {len(plan.unreachable)}, feasible {plan.feasible}"
            )
    stops, depots, minutes = county(sites=40, labs=3, seed=3)
    start = time.perf_counter()
    labs = [planning.Lab(d.name, 90) for d in depots]
    routing = planning.route_tubes({s.name: s.tubes for s in stops}, labs=labs, minutes=minutes, hours=9)
    print(
        f"tubes of 40 sites to 3 labs: {1000 * (time.perf_counter() - start):.1f} ms, {routing.tube_minutes:.0f} tube-minutes"
    )
    start = time.perf_counter()
    for p in np.linspace(0.0005, 0.3, 1000):
        planning.best_pool_size(float(p))
    print(f"1000 best pool sizes: {1000 * (time.perf_counter() - start):.0f} ms")


if __name__ == "__main__":
    main()

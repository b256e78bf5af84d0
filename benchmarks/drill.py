"""How fast the drill runs and what it needs: full waves, traced waves and contained outbreaks, one core; then Covasim
beside it, protocols compared over many runs, and what a run costs as people, infected and rules grow."""

import dataclasses
import os
import resource
import time
from pathlib import Path
from typing import Any

from benchmarks import _plot, drill_peers
from bihuan.engines import drill

NO_ROUNDS = drill.Measures(mass_on_detected=0, lock_on_cases=0)


EDITIONS = ("2021-05-11", "2022-06-28", "2022-11-11", "2022-12-07")
PLOT = Path(__file__).parent.parent / "docs" / "images" / "drill-cost.svg"
# One rule more each time. No stay hinders a contact here (every leak is 1), so that the same people are infected.
RULES: tuple[dict[str, Any], ...] = (
    {"traced_levels": 0},  # whoever is swabbed positive is isolated
    {"traced_levels": 1},
    {"traced_levels": 2},
    {"mass_on_detected": 1},
    {"lock_on_cases": 1},
)
OPEN = {stay: dict.fromkeys(drill.LAYERS, 1.0) for stay in drill.STAYS}


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def wild() -> drill.Pathogen:
    return drill.read_pathogen("covid-wild-type")


def seconds(scenario: drill.Scenario, ground: drill.Ground, *, runs: int) -> tuple[float, float, int]:
    """Median seconds of the processor, of the days alone and with laying out the state and writing tables; infected."""
    drill.run(dataclasses.replace(scenario, horizon_days=2), seed=99, ground=ground)
    days, whole, infected = [], [], []
    for seed in range(1, runs + 1):
        began = time.thread_time()
        found = drill.run(scenario, seed=seed, ground=ground).summary
        whole.append(time.thread_time() - began)
        days.append(found["seconds"])
        infected.append(found["total_infections"])
    return sorted(days)[runs // 2], sorted(whole)[runs // 2], sorted(infected)[runs // 2]


def told_of(scenario: drill.Scenario, ground: drill.Ground, *, runs: int) -> str:
    days, whole, infected = seconds(scenario, ground, runs=runs)
    return f"{1000 * days:.1f} ms, with state and tables {1000 * whole:.1f} ms, {infected} infected"


def county(people: int) -> dict[str, str]:
    """The drill's own county: full wave, traced wave, and an outbreak of twenty seeds contained in 800,000."""
    plain = drill.Scenario(drill.County(people=people), wild(), horizon_days=120, seeds=people // 1000)
    traced = dataclasses.replace(
        plain, protocol="covid-19/2021-05-11", measures=NO_ROUNDS,
        capacities=drill.Capacities(tracers=people // 2000, beds=people // 300, rooms=people // 30),
    )  # fmt: skip
    contained = dataclasses.replace(
        drill.read_scenario("contained-800k"), pathogen=dataclasses.replace(wild(), r0=1.3), measures=NO_ROUNDS
    )
    drill.run(dataclasses.replace(traced, county=drill.County(people=2000), horizon_days=5), seed=1)  # compiles
    before = peak_mb()
    ground = drill.prepare(plain)
    told = {"no measures": told_of(plain, ground, runs=3), "test, trace, isolate": told_of(traced, ground, runs=3)}
    told["bytes a person"] = f"{(peak_mb() - before) * 2**20 / people:.0f}"
    told["800,000 contained"] = told_of(contained, drill.prepare(contained), runs=9)
    return told


def comparison(runs: int) -> str:
    """No measure and the four editions, the same seeds under each, on two cores."""
    scenario = dataclasses.replace(drill.read_scenario("contained-800k"), pathogen=dataclasses.replace(wild(), r0=1.3))
    began, cpu = time.perf_counter(), time.process_time()
    found = drill.compare(scenario, ["none", *(f"covid-19/{day}" for day in EDITIONS)], runs=runs, workers=2)
    wall, cpu = time.perf_counter() - began, time.process_time() - cpu
    worst = max(int(row["total_infections"]) for row in found.runs)
    return f"{runs} runs: {wall:.1f} s by the clock, {cpu:.1f} s of processor, at most {worst} infected"


def costs(people: int) -> dict[str, list[dict[str, float]]]:
    """What one run costs, with state and tables: by people, by infected, by rules, the other two held still."""

    def row(size: float, scenario: drill.Scenario, ground: drill.Ground) -> dict[str, float]:
        _days, whole, infected = seconds(scenario, ground, runs=5)
        return {"size": size, "ms": round(1000 * whole, 2), "infected": infected}

    wave = drill.Scenario(drill.County(people=people), wild(), horizon_days=30)
    told: dict[str, list[dict[str, float]]] = {"people": [], "infected": [], "rules": []}
    for share in (0.01, 0.03, 0.1, 0.3, 1.0):
        some = dataclasses.replace(wave, county=drill.County(people=int(people * share)), seeds=people // 5000)
        told["people"].append(row(some.county.people, some, drill.prepare(some)))
    ground = drill.prepare(wave)
    for share in (0.00001, 0.0001, 0.001, 0.01, 0.1):
        found = row(0, dataclasses.replace(wave, seeds=max(2, int(people * share))), ground)
        told["infected"].append({**found, "size": found["infected"]})
    ruled = dataclasses.replace(
        wave, seeds=people // 500, protocol="covid-19/2021-05-11",
        behaviour=drill.Behaviour(sick_at_home=1.0, leak=OPEN),
    )  # fmt: skip
    told["rules"].append(row(1, dataclasses.replace(ruled, protocol="none"), ground))
    asked: dict[str, Any] = {"mass_on_detected": 0, "lock_on_cases": 0}
    for number, rule in enumerate(RULES, start=2):
        asked |= rule
        told["rules"].append(row(number, dataclasses.replace(ruled, measures=drill.Measures(**asked)), ground))
    return told


def draw(found: dict[str, list[dict[str, float]]], file: Path = PLOT) -> None:
    """The costs as one plot: a line each for people, infected and rules."""
    series = {name: [(one["size"], one["ms"] / 1000) for one in rows] for name, rows in found.items()}
    title = "One run of the drill: seconds of a core by people, infected and rules"
    _plot.lines(file, title=title, series=series)


def run(people: int, runs: int) -> dict[str, Any]:
    """Everything, peers included; the plot is drawn at full size alone."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {drill_peers.CORE})
    told: dict[str, Any] = {"county": county(people)}
    found = costs(people)
    told["cost"] = {
        name: [f"{one['size']:g}: {one['ms']} ms, {one['infected']:.0f} infected" for one in rows]
        for name, rows in found.items()
    }
    if people >= 1_000_000:
        draw(found)
    os.sched_setaffinity(0, cores)
    told["five protocols, 800,000 people"] = comparison(runs)
    told["covasim"] = drill_peers.run(people)
    return told


def main() -> None:
    """Print what the drill's own county needs, without peers."""
    for people in (100_000, 1_000_000):
        for name, value in county(people).items():
            print(f"{people:,} {name}: {value}")


if __name__ == "__main__":
    main()

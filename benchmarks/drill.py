"""How fast the drill runs and what it needs: full waves, traced waves and contained outbreaks, one core."""

import dataclasses
import resource
import time

from bihuan.engines import drill

NO_ROUNDS = drill.Measures(mass_on_detected=0, lock_on_cases=0)


def peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measure(word: str, scenario: drill.Scenario, ground: drill.Ground, *, runs: int = 1) -> None:
    """Print seconds of the processor for a run after the first, and what happened."""
    drill.run(dataclasses.replace(scenario, horizon_days=2), seed=99, ground=ground)
    found = [drill.run(scenario, seed=s, ground=ground).summary for s in range(1, runs + 1)]
    seconds = sorted(f["seconds"] for f in found)[runs // 2]
    rate = scenario.county.people * scenario.horizon_days / seconds / 1e6
    print(
        f"{word}: {1000 * seconds:.1f} ms of processor, {rate:.0f} M person-days/s, attack {found[0]['attack_rate']:.4f}, "
        f"infected {found[0]['total_infections']}, peak memory {peak_mb():.0f} MB"
    )


def main() -> None:
    """Print figures."""
    wild = drill.read_pathogen("covid-wild-type")
    base = drill.Scenario(drill.County(people=2000), wild, horizon_days=5, protocol="covid-19/2021-05-11")
    drill.run(base, seed=1)
    before = peak_mb()
    for people in (100_000, 1_000_000):
        start = time.perf_counter()
        plain = dataclasses.replace(
            base, county=drill.County(people=people), protocol="none", horizon_days=120, seeds=people // 1000
        )
        ground = drill.prepare(plain)
        print(f"{people:,} people built in {time.perf_counter() - start:.2f} s")
        measure(f"{people:,} no measures", plain, ground)
        traced = dataclasses.replace(
            plain,
            protocol="covid-19/2021-05-11",
            measures=NO_ROUNDS,
            capacities=drill.Capacities(tracers=people // 2000, beds=people // 300, rooms=people // 30),
        )
        measure(f"{people:,} test, trace, isolate", traced, ground)
        print(f"  {(peak_mb() - before) * 1048576 / people:.0f} bytes a person over the process before")
    contained = dataclasses.replace(
        drill.read_scenario("contained-800k"), pathogen=dataclasses.replace(wild, r0=1.3), measures=NO_ROUNDS
    )
    measure("800,000 contained", contained, drill.prepare(contained), runs=9)


if __name__ == "__main__":
    main()

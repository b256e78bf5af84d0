"""One run of Covasim, either line, told as one line of JSON; run by the interpreter of an environment that has it.

    python covasim_run.py PEOPLE DAYS BETA SEEDS RAND_SEED none|trace [redrawn] [people=FILE]

Settings are those of docs/validation.md: its hybrid population, no waning of antibodies, no rescaling.
"""

import json
import resource
import sys
import time

import covasim as cv
import numpy as np

TRACE_FROM_DAY = 20


def memory_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def households(sim: cv.Sim) -> np.ndarray:
    """Where each household starts: they are ranges of people, so a household ends where no contact crosses."""
    home = sim.people.contacts["h"]
    reach = np.arange(len(sim.people))
    np.maximum.at(reach, np.minimum(home["p1"], home["p2"]), np.maximum(home["p1"], home["p2"]))
    return np.flatnonzero(np.concatenate([[True], np.maximum.accumulate(reach)[:-1] < np.arange(1, reach.size)]))


def main() -> None:
    people, days, beta, seeds, rand_seed, measures, *rest = sys.argv[1:]
    settings = {
        "pop_size": int(people), "pop_type": "hybrid", "n_days": int(days), "beta": float(beta), "pop_infected": int(seeds),
        "rand_seed": int(rand_seed), "use_waning": False, "rescale": False, "verbose": 0,
    }  # fmt: skip
    if "redrawn" in rest:
        settings["dynam_layer"] = {"h": 0, "s": 1, "w": 1, "c": 1}
    if measures == "trace":
        settings["interventions"] = [
            cv.test_prob(symp_prob=0.2, asymp_prob=0.0, test_delay=1, start_day=TRACE_FROM_DAY),
            cv.contact_tracing(
                trace_probs={"h": 1.0, "s": 0.8, "w": 0.8, "c": 0.3}, trace_time={"h": 0, "s": 1, "w": 1, "c": 2},
                start_day=TRACE_FROM_DAY,
            ),
        ]  # fmt: skip
    warm = cv.Sim({**settings, "pop_size": 2000, "pop_infected": 20, "n_days": 30})
    warm.run()  # compiles
    before, start = memory_mb(), time.process_time()
    sim = cv.Sim(settings)
    sim.initialize() if hasattr(sim, "initialize") else sim.init()
    built = time.process_time()
    for word in rest:
        if word.startswith("people="):
            np.savez(word.removeprefix("people="), age=np.asarray(sim.people.age), house_start=households(sim))
    began, wall = time.process_time(), time.perf_counter()
    sim.run()
    took, wall = time.process_time() - began, time.perf_counter() - wall

    def column(name: str) -> np.ndarray:
        return np.asarray(sim.results[name], float)

    new, infectious = column("new_infections"), column("n_infectious")
    told = {
        "version": cv.__version__, "people": int(people), "measures": measures, "build_s": round(built - start, 2),
        "run_s": round(took, 3), "wall_s": round(wall, 3), "bytes_a_person": round((memory_mb() - before) * 2**20 / int(people)),
        "attack": float(column("cum_infections")[-1]) / int(people), "diagnoses": float(column("cum_diagnoses")[-1]),
        "peak_new": float(new.max()), "peak_day": int(new.argmax()), "peak_infectious": float(infectious.max()),
        "peak_quarantined": float(column("n_quarantined").max()), "new": new.tolist(),
    }  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()

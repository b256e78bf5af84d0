"""Covasim's hybrid population, course of disease and test-trace-isolate as the drill can say them (docs/validation.md).

    python -m benchmarks.drill_matched PEOPLE_FILE DAYS BETA SEEDS none|trace REPEATS [daily]

The file is one that peers/covasim_run.py wrote. Told as one line of JSON, like a run of Covasim.
"""

import dataclasses
import json
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from scipy import stats

from bihuan.engines import drill, protocol
from bihuan.engines.drill._arrays import CLASS, N_CASES, N_PENDING, N_SERVED_0, N_TUBES_0, TEAM, State, World
from bihuan.engines.drill._day_kernels import begin, some_days
from bihuan.engines.drill._kernels import cohorts
from bihuan.engines.drill._pathogen import course
from bihuan.engines.drill._policy import response
from bihuan.engines.drill._run import finished, fresh, key_of, seeds_of

SUSCEPTIBILITY = (0.34, 0.67, 1.0, 1.0, 1.0, 1.0, 1.24, 1.47, 1.47, 1.47)
SYMPTOMATIC = (0.50, 0.55, 0.60, 0.65, 0.70, 0.75, 0.80, 0.85, 0.90, 0.90)
SEVERE = (0.0005, 0.00165, 0.0072, 0.0208, 0.0343, 0.0765, 0.1328, 0.20655, 0.2457, 0.2457)  # of all infected
LAYERS = {"household": 3.0, "school": 0.6, "work": 0.6, "community": 0.3}
SCHOOL, WORK, COMMUNITY = 20, 16, 20  # contacts a day
SHAPE = 0.45
TRACE_FROM_DAY = 20
SWABBED_A_DAY = 0.2
# Covasim names .3 of 20 fixed people of the community. The drill's are met anew on each of the about seven days asked
# after, so .3 of them would be seven times as many people sent home; as many people as there are named instead.
COMMUNITY_NAMED = 0.3 / 7
Array = np.ndarray[Any, Any]


def world(age: Array, house_start: Array, *, daily: bool = False) -> World:
    """Covasim's people: the same ages and households.

    Its pupils and workers have fixed contacts drawn at random, which the drill has not. Either they are cut into classes
    and teams of as many others, always the same, or (`daily`) they meet as many of all pupils or workers anew every day,
    as Covasim does when asked to redraw its layers. In the community the drill meets others every day in any case.
    """
    n = age.size
    rng = np.random.Generator(np.random.Philox(1))
    ends = np.append(house_start, n).astype(np.int32)
    pupils = rng.permutation(np.flatnonzero((age >= 6) & (age < 22)))
    workers = rng.permutation(np.flatnonzero((age >= 22) & (age < 65)))
    classes = np.arange(0, pupils.size, (SCHOOL - WORK if daily else SCHOOL) + 1)  # four more than workers have
    teams = pupils.size + np.arange(0, workers.size, workers.size if daily else WORK + 1)
    member = np.concatenate([pupils, workers]).astype(np.int32)
    place_start = np.concatenate([classes, teams, [member.size]]).astype(np.int32)
    place_of, position = np.full(n, -1, np.int32), np.full(n, -1, np.int32)
    position[member] = np.arange(member.size)
    place_of[member] = np.repeat(np.arange(place_start.size - 1), np.diff(place_start))
    return World(
        age=age.astype(np.uint8), house_of=np.repeat(np.arange(ends.size - 1, dtype=np.int32), np.diff(ends)),
        house_start=ends, place_of=place_of, position=position, member=member, place_start=place_start,
        place_kind=np.array([CLASS] * classes.size + [TEAM] * teams.size, np.uint8),
        site_of=np.array([0] * classes.size + [1] * teams.size, np.int32),
        site_start=np.array([0, pupils.size, member.size], np.int32),
        village_of=np.zeros(n, np.uint16), village_start=np.array([0, n], np.int32),
        post=np.zeros(n, np.uint8), doses=np.zeros(n, np.uint8), dose_age_days=np.zeros(n, np.int16),
        slots=np.array([WORK if daily else 0, 0, COMMUNITY], np.int64),
    )  # fmt: skip


def loads(age: Array, draws: int = 400_000) -> tuple[Array, Array]:
    """Viral load by day since becoming infectious, one row a draw, and which of them have symptoms."""
    rng = np.random.Generator(np.random.Philox(1))

    def days(mean: float, sd: float) -> Array:
        width = np.sqrt(np.log1p((sd / mean) ** 2))
        return np.round(rng.lognormal(np.log(mean) - width**2 / 2, width, draws))

    decade = np.minimum(rng.choice(age, draws) // 10, 9).astype(int)
    symptoms = rng.random(draws) < np.array(SYMPTOMATIC)[decade]
    severe = symptoms & (rng.random(draws) < (np.array(SEVERE) / SYMPTOMATIC)[decade])
    length = np.where(
        symptoms, days(1.1, 0.9) + np.where(severe, days(6.6, 4.9) + days(18.1, 6.3), days(8, 2)), days(8, 2)
    )
    at = np.arange(60)
    high = np.minimum(0.3, 4 / np.maximum(length, 1))
    early = at < (high * length)[:, None]
    load = np.where(early, 2.0, 1.0) / (1 + 0.3 * (2 - 1))
    return np.where(at < length[:, None], load, 0.0), symptoms


def pathogen(age: Array, house_start: Array, *, beta: float, redrawn: bool) -> drill.Pathogen:
    """Its course and strength. r0 is what one of its cases causes: a chance of beta a contact and day, not a rate."""
    load, symptoms = loads(age)
    factor = stats.gamma.ppf((np.arange(64) + 0.5) / 64, SHAPE, scale=1 / SHAPE)
    factor /= factor.mean()
    sizes = np.diff(np.append(house_start, age.size)).astype(float)
    contacts = {
        "household": float((sizes * (sizes - 1)).sum()) / age.size, "community": COMMUNITY,
        "school": SCHOOL * float(((age >= 6) & (age < 22)).mean()), "work": WORK * float(((age >= 22) & (age < 65)).mean()),
    }  # fmt: skip
    reached = 0.0
    some = load[:20_000]
    for layer, weight in LAYERS.items():
        for level in factor:
            chance = np.minimum(beta * weight * level * some, 1.0)
            once = chance.sum(axis=1) if redrawn and layer != "household" else 1 - np.prod(1 - chance, axis=1)
            reached += contacts[layer] * float(once.mean()) / factor.size
    share = np.bincount(np.minimum(age // 10, 9).astype(int), minlength=10) / age.size
    mean = load.mean(axis=0)
    last = int(np.searchsorted(np.cumsum(mean) / mean.sum(), 0.995)) + 1
    return drill.Pathogen(
        name="covasim", source="Covasim 3.1.9, its defaults", r0=reached * float(share @ np.array(SUSCEPTIBILITY)),
        incubation_mean_days=5.6, incubation_sd_days=1.5, presymptomatic_days=1.1,
        infectivity=tuple(float(x) for x in mean[:last]),
        weights={"household": 3, "school_class": 0.6, "site": 0.6, "county": 0.3,
                 "work_team": 0 if redrawn else 0.6, "village": 0},
        overdispersion=SHAPE, asymptomatic=tuple(1 - s for s in SYMPTOMATIC),
        asymptomatic_factor=float(load[~symptoms].sum(axis=1).mean() / load[symptoms].sum(axis=1).mean()),
        severe=tuple(a / b for a, b in zip(SEVERE, SYMPTOMATIC, strict=True)), susceptibility=SUSCEPTIBILITY,
        sensitivity=(0.0, *[1.0] * 14, 0.0),
    )  # fmt: skip


def untested(edition: protocol.Edition) -> protocol.Edition:
    """An edition whose contacts are not tested because they are contacts, and no post is."""
    classes = {
        name: dataclasses.replace(rule, stages=tuple(dataclasses.replace(s, tests=()) for s in rule.stages))
        for name, rule in edition.classes.items()
    }
    return dataclasses.replace(edition, classes=classes, posts={})


def scenario(found: drill.Pathogen, people: int, *, days: int, seeds: int) -> drill.Scenario:
    """Test, trace, isolate as Covasim was asked: a fifth of those with symptoms a day, results next day."""
    return drill.Scenario(
        drill.County(people=people), found, protocol="covid-19/2021-05-11", horizon_days=days, seeds=seeds,
        capacities=drill.Capacities(
            lab_tubes_per_day=people, tracers=people, hours_a_case=0.01, hours_a_contact=0.0, beds=people, rooms=people
        ),
        delays=drill.Delays(
            clinic_days=-1 / np.log(1 - SWABBED_A_DAY), result_days=1.0, isolation_days=0.0, notify_days=0.83
        ),
        behaviour=drill.Behaviour(
            clinic_share=1.0, clinic_share_severe=1.0, sick_at_home=1.0, background_swabs_per_1000=0.0,
            recall={"household": 1.0, "school_class": 0.8, "work_team": 0.8, "county": COMMUNITY_NAMED},
            leak={
                "hospital": {"household": 0.3, "school_class": 0.1, "work_team": 0.1, "county": 0.1},
                "home_quarantine": {"household": 0.6, "school_class": 0.2, "work_team": 0.2, "county": 0.2},
            },
        ),
        measures=drill.Measures(
            traced_levels=1, window_days=2, case_mode="hospital", case_days=14, close_mode="home_quarantine", close_days=14,
            mass_on_detected=0, lock_on_cases=0,
        ),
    )  # fmt: skip


def run(asked: drill.Scenario, ground: drill.Ground, *, seed: int, trace: bool) -> drill.Drill:
    """One run. Measures begin on the day they begin in Covasim: until then nobody is swabbed, and who would have been
    waits anew, as a fifth a day has no memory."""
    w, days = ground.world, asked.horizon_days
    traced = response(asked, untested(protocol.edition(asked.protocol)), w)
    measures = traced if trace else response(asked, None, w)
    state, key = fresh(w, days, 0), key_of(seed)
    some_days(w, ground.course, measures, state, key, 0, 0)  # compiled before the clock starts
    begin(w, ground.course, measures, state, seeds_of(asked, w, seed), key)
    start = time.thread_time()
    some_days(w, ground.course, measures._replace(lab_tubes_per_day=0), state, key, 0, TRACE_FROM_DAY)
    if trace:
        _wait_anew(state, seed)
    some_days(w, ground.course, measures, state, key, TRACE_FROM_DAY, days)
    cohorts(state, days)
    return finished(state, w, measures, time.thread_time() - start, asked)


def _wait_anew(state: State, seed: int) -> None:
    """Swabs taken before the start are thrown away; a fifth a day of those with symptoms are swabbed from now on."""
    rng = np.random.Generator(np.random.Philox([seed, 8]))
    clinic = state.c_clinic[: state.n[N_CASES]]
    early = (clinic >= 0) & (clinic < TRACE_FROM_DAY)
    clinic[early] = TRACE_FROM_DAY + rng.geometric(SWABBED_A_DAY, int(early.sum())) - 1
    state.n[N_PENDING] = 0
    for queue in range(2):
        state.n[N_SERVED_0 + queue] = state.n[N_TUBES_0 + queue]


def _memory_mb(word: str) -> float:
    return next(
        int(line.split()[1]) / 1024
        for line in Path("/proc/self/status").read_text().splitlines()
        if line.startswith(word)
    )


def _figures(found: drill.Drill) -> dict[str, float]:
    s, d = found.summary, found.daily
    layers = {f"by {k}": v / s["local_infections"] for k, v in s["by_layer"].items() if v}
    return {
        "attack": float(s["attack_rate"]), "diagnoses": float(s["detected"]), "peak_new": float(d["new_infections"].max()),
        "peak_day": float(d["new_infections"].argmax()), "peak_quarantined": float(d["in_isolation"].max()),
        "contacts_a_case": s["contacts_found"] / max(s["detected"], 1), **layers,
    }  # fmt: skip


def main() -> None:
    """Print figures of some runs: seconds of the processor with laying out the state and writing all tables."""
    file, days, beta, seeds, measures, repeats, *rest = sys.argv[1:]
    daily, trace = "daily" in rest, measures == "trace"
    stored = np.load(file)
    age, house_start = stored["age"], stored["house_start"]
    virus = pathogen(age, house_start, beta=float(beta), redrawn=daily)
    some = world(age[: house_start[500]], house_start[:500], daily=daily)
    small = scenario(virus, some.age.size, days=30, seeds=5)
    run(small, drill.Ground(some, course(virus, some)), seed=1, trace=trace)
    Path("/proc/self/clear_refs").write_text("5")  # what was needed at most is counted from here
    before, start = _memory_mb("VmRSS"), time.process_time()
    people = world(age, house_start, daily=daily)
    ground = drill.Ground(people, course(virus, people))
    built = time.process_time()
    asked = scenario(virus, age.size, days=int(days), seeds=int(seeds))
    figures, seconds = [], []
    for seed in range(1, int(repeats) + 1):
        began = time.process_time()
        found = run(asked, ground, seed=seed, trace=trace)
        seconds.append(time.process_time() - began)
        figures.append(_figures(found))
        del found
    told = {
        "r0": virus.r0, "build_s": built - start, "run_s": sorted(seconds)[len(seconds) // 2],
        "bytes_a_person": round((_memory_mb("VmHWM") - before) * 2**20 / age.size),
        "attack_sd": float(np.std([one["attack"] for one in figures])),
        **{name: float(np.mean([one[name] for one in figures])) for name in figures[0]},
    }  # fmt: skip
    print(json.dumps({name: round(value, 4) for name, value in told.items()}))


if __name__ == "__main__":
    main()

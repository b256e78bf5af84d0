"""One drill: a county, a pathogen and a protocol from day 0 to the horizon, with the daily table and the tree of cases."""

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from bihuan.engines.drill._arrays import (
    ACTS,
    COLUMNS,
    HOW,
    IMPORTED,
    LAYERS,
    N_CASES,
    N_COUNTERS,
    N_COUNTY_TO,
    N_LOST,
    N_ROUND_NEXT,
    Array,
    Course,
    Response,
    State,
    World,
)
from bihuan.engines.drill._county import build
from bihuan.engines.drill._day_kernels import begin, some_days
from bihuan.engines.drill._kernels import cohorts
from bihuan.engines.drill._pathogen import course
from bihuan.engines.drill._policy import response
from bihuan.engines.drill._scenario import Costs, Scenario
from bihuan.engines.drill._supplies import staff_figures, staff_hours, stock_figures, stock_table
from bihuan.engines.protocol import Edition, edition

# How often a run says how far it is.
PROGRESS_STEPS = 50
FLOATS = ("tracing_hours_p50", "tracer_hours", "r_cohort")


@dataclass(frozen=True)
class Ground:
    """A county built once with the tables of its pathogen, for many runs."""

    world: World
    course: Course


@dataclass(frozen=True)
class Drill:
    """A finished run: `daily` column -> one number a day, `cases` column -> one row an infection, `summary`; `stock`
    column -> one row a day and item, empty where the scenario has none."""

    daily: dict[str, Array]
    cases: dict[str, Array]
    summary: dict[str, Any]
    stock: dict[str, Array] = field(default_factory=dict)


def protocol_of(ident: str) -> Edition | None:
    """The edition a scenario names; None for `none`. Raises the protocol engine's `NoAnswer` or `ProtocolFault`."""
    return None if ident == "none" else edition(ident)


def prepare(scenario: Scenario) -> Ground:
    """Build the county and the pathogen's tables; the same for every seed and protocol."""
    world = build(scenario.county)
    return Ground(world, course(scenario.pathogen, world))


@dataclass(frozen=True)
class Kept:
    """A run put down between two days: what `run` goes on from. `of` says of which scenario, protocol and seed."""

    day: int
    seconds: float
    of: str
    state: State


class PutDown(Exception):
    """A run was asked to stop; `kept` is where it can go on."""

    def __init__(self, kept: Kept) -> None:
        super().__init__(f"put down before day {kept.day}")
        self.kept = kept


def run(
    scenario: Scenario,
    *,
    seed: int,
    ground: Ground | None = None,
    protocol: Edition | None = None,
    each: Callable[[int, dict[str, Array]], bool] | None = None,
    kept: Kept | None = None,
) -> Drill:
    """Run a scenario once.

    seed: decides all luck of the run; two protocols with one seed meet the same luck.
    ground: from `prepare`, when many runs share a county. protocol: an edition instead of the one the scenario names.
    each(days, daily): told about fifty times how many days are over and their table; when it answers True the run is put
    down. kept: where a run was put down; the rest comes out as if it never had been.
    Returns the daily table (`COLUMNS`, and `day`), all cases with their true infectors, and the summary of CONTRACTS
    without the caller's memory. Raises ValueError for a scenario that cannot be run or a kept state of another one, and
    PutDown.
    """
    ground = ground or prepare(scenario)
    world, days = ground.world, scenario.horizon_days
    edition_ = protocol or protocol_of(scenario.protocol)
    asked, of = response(scenario, edition_, world), _fingerprint(scenario, edition_, seed)
    if kept is not None and kept.of != of:
        raise ValueError("what was kept is of another scenario, protocol, seed or version")
    state = kept.state if kept else fresh(world, days, len(scenario.stock))
    key, seeds = key_of(seed), seeds_of(scenario, world, seed)
    some_days(world, ground.course, asked, state, key, 0, 0)  # compiled before the clock starts
    begin(world, ground.course, asked, state, seeds[:0], key)
    day, start = (kept.day, time.thread_time() - kept.seconds) if kept else (0, time.thread_time())
    if kept is None:
        begin(world, ground.course, asked, state, seeds, key)
    step = max(1, days // PROGRESS_STEPS) if each else days
    while day < days:
        last = min(days, day + step)
        some_days(world, ground.course, asked, state, key, day, last)
        day = last
        if each and each(day, table(state, day, scenario)) and day < days:
            raise PutDown(Kept(day, time.thread_time() - start, of, state))
    cohorts(state, days)
    return finished(state, world, asked, time.thread_time() - start, scenario)


def _fingerprint(scenario: Scenario, edition_: Edition | None, seed: int) -> str:
    """Says which run a kept state belongs to: everything that decides it."""
    told = repr((scenario, edition_.id if edition_ else "none", seed, COLUMNS, State._fields))
    return hashlib.sha256(told.encode()).hexdigest()


def finished(state: State, world: World, asked: Response, seconds: float, scenario: Scenario) -> Drill:
    """The tables and figures of a state whose days are over."""
    if state.n[N_LOST]:
        raise ValueError("more infections than twice the people: shorten horizon_days or slow waning")
    days = scenario.horizon_days
    daily = table(state, days, scenario)
    figures = summary(daily, world, days, seconds, scenario.costs) | staff_figures(daily, scenario)
    limits = {"case_study": asked.study_limit_hours, "positive_transfer": asked.transfer_limit_hours}
    figures["clock_hours"] = {name: hours if hours < float("inf") else None for name, hours in limits.items()}
    stock = stock_table(state, asked, scenario) if scenario.stock else {}
    figures["stock"] = stock_figures(stock, scenario)
    figures["staff_source"] = scenario.staff.source
    return Drill(daily, _cases(state, days), figures, stock)


def table(state: State, days: int, scenario: Scenario) -> dict[str, Array]:
    """The first days of the daily table."""
    daily: dict[str, Array] = {"day": np.arange(days, dtype=np.int32)}
    for i, name in enumerate(COLUMNS):
        column = np.ascontiguousarray(state.out[:days, i])
        daily[name] = column if name in FLOATS else column.astype(np.int64)
    return daily | staff_hours(daily, scenario)


def summary(daily: dict[str, Array], world: World, days: int, seconds: float, costs: Costs) -> dict[str, Any]:
    """The figures of one run."""
    people = int(world.age.size)
    total = int(daily["new_infections"].sum())
    local = total - int(daily["imported"].sum())
    return {
        "people": people,
        "days": days,
        "attack_rate": total / people,
        "peak_day": int(daily["infectious"].argmax()),
        "peak_infectious": int(daily["infectious"].max()),
        "total_infections": total,
        "local_infections": local,
        "detected": int(daily["detected"].sum()),
        "restricted_person_days": int(daily["person_days_restricted"].sum()),
        "tests": int(daily["tests"].sum()),
        "tests_late": int(daily["tests_late"].sum()),
        **{name: int(daily[name].sum()) for name in ("studies_late", "isolation_late")},
        **{name: int(daily[name].sum()) for name in ("swabs_stopped", "tubes_stopped", "studies_stopped")},
        "contacts_found": int(daily["contacts_found"].sum()),
        "tracer_hours": float(daily["tracer_hours"].sum()),
        "peak_beds": int(daily["beds_used"].max()),
        "peak_rooms": int(daily["rooms_used"].max()),
        "rooms_short": int(daily["rooms_short"].sum()),
        "most_waiting": {name: int(daily[name].max()) for name in ("tests_waiting", "studies_waiting", "beds_waiting")},
        "by_layer": {name: int(daily[f"by_{name}"].sum()) for name in LAYERS},
        "cost": cost(daily, costs),
        "seconds": seconds,
        "person_days_per_second": people * days / max(seconds, 1e-6),
    }


def cost(daily: dict[str, Array], costs: Costs) -> float:
    """What the run's tests, tracers, beds, rooms and days of restriction cost."""
    return float(
        daily["tests"].sum() * costs.test
        + daily["tracer_hours"].sum() * costs.tracer_hour
        + daily["beds_used"].sum() * costs.bed_day
        + daily["rooms_used"].sum() * costs.room_day
        + daily["person_days_restricted"].sum() * costs.restricted_day
    )


def key_of(seed: int) -> int:
    """Seeds next to each other start far apart; the result fits a signed 64-bit number."""
    return int(np.random.SeedSequence(seed).generate_state(1, np.uint64)[0] >> np.uint64(1))


def seeds_of(scenario: Scenario, world: World, seed: int) -> Array:
    rng = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 7])))
    return rng.choice(world.age.size, min(scenario.seeds, world.age.size), replace=False).astype(np.int64)


def fresh(world: World, days: int, items: int) -> State:
    n, villages = world.age.size, world.village_start.size - 1
    most = n + n // 2 + 10_000  # untouched pages of the tables of cases cost nothing

    def short(size: int, value: int = 0) -> Array:
        return np.full(size, value, np.int16) if value else np.zeros(size, np.int16)

    def empty(dtype: Any) -> Array:
        return np.empty(most, dtype)

    counters = np.zeros(N_COUNTERS, np.int64)
    counters[[N_COUNTY_TO, N_ROUND_NEXT]] = -1
    return State(
        case_of=np.full(n, -1, np.int32),
        stay_from=short(n), stay_mid=short(n), stay_to=short(n),
        stay_first=np.zeros(n, np.uint8), stay_then=np.zeros(n, np.uint8),
        lock_from=short(villages), lock_to=short(villages),
        place_closed_to=short(max(world.place_kind.size, 1)), village_cases=np.zeros(villages, np.int32),
        c_person=empty(np.int32), c_infector=empty(np.int32), c_layer=empty(np.uint8), c_day=empty(np.int16),
        c_from=empty(np.int16), c_to=empty(np.int16), c_onset=empty(np.int16), c_clinic=empty(np.int16),
        c_detected=empty(np.int16), c_severe=empty(np.uint8), c_factor=empty(np.float32), c_row=np.empty((most, 5), np.float32),
        c_caused=empty(np.int32), c_how=empty(np.uint8), c_isolated=empty(np.int16), active=empty(np.int32),
        p_case=empty(np.int32), p_place=empty(np.int64), p_queue=empty(np.uint8), p_pool=empty(np.int16),
        p_due=empty(np.int16), p_how=empty(np.uint8),
        study=empty(np.int32), tube_seen=np.zeros(n + 2, np.int64), bed_queue=empty(np.int32),
        found=np.empty(max(2_000_000, 1), np.int32),
        isolated_change=np.zeros(days + 1, np.int64), beds_change=np.zeros(days + 1, np.int64),
        rooms_change=np.zeros(days + 1, np.int64), village_change=np.zeros((villages, days + 1), np.int32),
        booked=np.zeros((2, days + 1), np.int64),
        tests_planned=np.zeros(days + 1, np.int64), arrived=np.zeros((2, days + 1), np.int64),
        n=counters, hours=np.empty(200_000), out=np.zeros((days, len(COLUMNS))),
        stock=np.zeros(items), stock_day=np.zeros((days, items, 2 + len(ACTS))),
    )  # fmt: skip


def _cases(state: State, days: int) -> dict[str, Array]:
    n = int(state.n[N_CASES])
    names = np.array([*LAYERS, "imported"], dtype=object)
    how = np.array([HOW.get(i, "") for i in range(max(HOW) + 1)], dtype=object)
    assert len(LAYERS) == IMPORTED
    isolated = state.c_isolated[:n].copy()
    isolated[isolated >= days] = -1  # promised for a day after the end
    return {
        "case": np.arange(n, dtype=np.int32),
        "person": state.c_person[:n].copy(),
        "infector": state.c_infector[:n].copy(),
        "layer": names[state.c_layer[:n]],
        "infected_day": state.c_day[:n].copy(),
        "infectious_from": state.c_from[:n].copy(),
        "onset_day": state.c_onset[:n].copy(),
        "detected_day": state.c_detected[:n].copy(),
        "detected_by": how[state.c_how[:n]],
        "isolated_day": isolated,
        "caused": state.c_caused[:n].copy(),
    }

"""Rehearsals ↔ the drill engine: which scenarios there are, which numbers may be changed, one run, and what sets runs apart."""

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bihuan.engines import drill
from bihuan.engines.protocol import NoAnswer, ProtocolFault

CHANGEABLE = drill.CHANGEABLE
STAYS = drill.STAYS
COLUMNS = (
    "new_infections", "detected", "infectious", "person_days_restricted", "in_isolation", "tests", "tests_waiting",
    "studies_waiting", "beds_waiting", "beds_used", "rooms_used",
)  # fmt: skip
SPREAD = ("r_instant", "r_cohort")
FIGURES = (
    "total_infections", "attack_rate", "peak_day", "peak_infectious", "detected", "restricted_person_days", "tests",
    "tests_late", "contacts_found", "tracer_hours", "peak_beds", "peak_rooms", "rooms_short", "cost",
)  # fmt: skip


class CannotRehearse(Exception):
    """What was asked for is no scenario, no edition or no number; its text says which."""


@dataclass(frozen=True)
class Offered:
    """A scenario that comes with the program."""

    name: str
    title: str
    protocol: str
    pathogen: str
    people: int
    days: int


def offered() -> list[Offered]:
    """Every scenario to choose from."""
    found = []
    for name in drill.scenario_names():
        s = drill.read_scenario(name)
        found.append(Offered(name, s.title, s.protocol, s.pathogen.name, s.county.people, s.horizon_days))
    return found


def numbers_now(scenario: str, protocol: str) -> dict[str, float | str]:
    """What a run would take for every number that may be changed. Raises CannotRehearse."""
    asked = _scenario(scenario, protocol, None, None, {})
    return drill.numbers_now(asked, _edition(protocol))


def check(scenario: str, protocol: str, people: int, days: int, changes: Mapping[str, Any]) -> dict[str, float | str]:
    """Whether it can be rehearsed; answers what the changed numbers were before. Raises CannotRehearse."""
    _scenario(scenario, protocol, people, days, changes)
    now = numbers_now(scenario, protocol)
    return {name: now[name] for name in changes}


class Stopped(Exception):
    """Somebody does not want the run any more."""


def run(
    asked: Any, seed: int, *, ground: Any = None, each: Callable[[int, dict[str, list[float]]], bool] | None = None
) -> tuple[dict[str, list[float]], dict[str, Any], Any]:
    """One run of a rehearsal: (its curves, its figures, the county for the next run).

    each(days, curves): told now and then; when it answers True the run ends with Stopped. Raises CannotRehearse.
    """
    scenario = _scenario(asked.scenario, asked.protocol, asked.people, asked.days, asked.changes)
    ground = ground or drill.prepare(scenario)
    tell = (lambda days, daily: each(days, _curves(daily))) if each else None
    try:
        found = drill.run(scenario, seed=seed, ground=ground, protocol=_edition(asked.protocol), each=tell)
    except drill.PutDown:
        raise Stopped from None
    except ValueError as fault:
        raise CannotRehearse(str(fault)) from None
    spread = drill.reproduction(found.cases, scenario.horizon_days)
    curves = _curves(found.daily) | {n: [_number(v) for v in spread[n]] for n in SPREAD}
    figures = {"seed": seed, **{f: found.summary[f] for f in FIGURES}, "waits_for": drill.bottleneck(found, scenario)}
    return curves, figures, ground


def picture(title: str, curves: Mapping[str, Sequence[float | None]], language: str) -> str:
    """The curves of a run so far as SVG."""
    import numpy as np

    told = {n: np.array([np.nan if x is None else x for x in v], float) for n, v in curves.items()}
    spread = {n: told[n] for n in SPREAD} if all(n in told for n in SPREAD) else None
    return drill.daily_curve(title, told, spread, language=language)


def overlay(title: str, panels: Sequence[tuple[str, Mapping[str, Sequence[float]]]]) -> str:
    """Several rehearsals in one picture: panels of (heading, name -> one number a day)."""
    import numpy as np

    return drill.curves(
        title, [(name, {n: np.array(v, float) for n, v in lines.items()}, {}) for name, lines in panels]
    )


def apart(
    figures: Sequence[Mapping[str, Any]], base: Sequence[Mapping[str, Any]], name: str
) -> tuple[float, float, float]:
    """The mean difference of a figure to the runs of the same seeds, with its interval."""
    seeds = {f["seed"]: f[name] for f in base}
    both = [(float(f[name]), float(seeds[f["seed"]])) for f in figures if f["seed"] in seeds]
    return drill.paired([a for a, _b in both], [b for _a, b in both])


def _curves(daily: Mapping[str, Any]) -> dict[str, list[float]]:
    return {n: [_number(v) for v in daily[n]] for n in COLUMNS}


def _number(value: Any) -> Any:
    """JSON has no nan."""
    value = float(value)
    return None if value != value else int(value) if value == int(value) else round(value, 3)


def _edition(protocol: str) -> Any:
    try:
        return drill.protocol_of(protocol)
    except (NoAnswer, ProtocolFault) as fault:
        raise CannotRehearse(str(fault)) from None


def _scenario(
    name: str, protocol: str, people: int | None, days: int | None, changes: Mapping[str, Any]
) -> drill.Scenario:
    if name not in drill.scenario_names():
        raise CannotRehearse(name)
    _edition(protocol)
    try:
        found = drill.changed(drill.read_scenario(name), changes)
    except drill.ScenarioFault as fault:
        raise CannotRehearse(fault.what) from None
    county = found.county if people is None else dataclasses.replace(found.county, people=people)
    return dataclasses.replace(found, protocol=protocol, county=county, horizon_days=days or found.horizon_days)

"""The numbers of a drill that a planner may set otherwise, what they are now, and a scenario with some of them changed."""

import dataclasses
import typing
from collections.abc import Mapping
from typing import Any

from bihuan.engines.drill._arrays import STAYS
from bihuan.engines.drill._county import County, build
from bihuan.engines.drill._policy import response
from bihuan.engines.drill._reading import ScenarioFault
from bihuan.engines.drill._scenario import Capacities, Delays, Measures, Scenario
from bihuan.engines.protocol import Edition

# Part of the scenario -> its numbers, in the order a planner thinks of them.
CHANGEABLE = {
    "measures": (
        "traced_levels", "window_days", "case_days", "close_mode", "close_days", "second_mode", "second_days",
        "mass_on_detected", "mass_round_days", "mass_pool", "lock_on_cases", "lock_days",
    ),
    "delays": ("clinic_days", "result_days", "isolation_days", "notify_days"),
    "capacities": ("samplers", "lab_tubes_per_day", "tracers", "beds", "rooms"),
}  # fmt: skip
_PARTS: dict[str, Any] = {"measures": Measures, "delays": Delays, "capacities": Capacities}
# Large enough for one village, one school and one firm: the numbers do not depend on who lives there.
_SOME_PEOPLE = 400


def changed(scenario: Scenario, changes: Mapping[str, float | str]) -> Scenario:
    """The scenario with numbers changed by name, as `measures.close_days` or `capacities.tracers`.

    Raises ScenarioFault for a name that cannot be changed and a value that cannot be.
    """
    parts: dict[str, dict[str, Any]] = {}
    for name, value in changes.items():
        part, _dot, key = name.partition(".")
        if key not in CHANGEABLE.get(part, ()):
            raise ScenarioFault(f"«{name}» is not a number to be changed", file=scenario.title)
        parts.setdefault(part, {})[key] = _value(name, value, typing.get_type_hints(_PARTS[part])[key], scenario)
    told = {part: dataclasses.replace(getattr(scenario, part), **values) for part, values in parts.items()}
    return dataclasses.replace(scenario, **told)


def numbers_now(scenario: Scenario, edition: Edition | None) -> dict[str, float | str]:
    """What a run would take for every changeable number: the scenario's own, else the edition's. None: no measure."""
    world = build(County(people=_SOME_PEOPLE))
    r = response(scenario, edition, world)
    told: dict[str, float | str] = {
        "measures.traced_levels": r.levels, "measures.window_days": r.window_days,
        "measures.case_days": int(r.case_stay[1] + r.case_stay[3]),
        "measures.close_mode": STAYS[int(r.close_stay[0])], "measures.close_days": int(r.close_stay[1]),
        "measures.second_mode": STAYS[int(r.second_stay[0])], "measures.second_days": int(r.second_stay[1]),
        "measures.mass_on_detected": r.mass_on_detected, "measures.mass_round_days": r.mass_round_days,
        "measures.mass_pool": r.mass_pool, "measures.lock_on_cases": r.lock_on_cases,
        "measures.lock_days": r.lock_days,
    }  # fmt: skip
    for part in ("delays", "capacities"):
        told |= {f"{part}.{key}": getattr(getattr(scenario, part), key) for key in CHANGEABLE[part]}
    return told


def _value(name: str, value: float | str, kind: Any, scenario: Scenario) -> float | int | str:
    wanted = next((k for k in typing.get_args(kind) if k is not type(None)), kind)
    if wanted is str:
        if value not in STAYS:
            raise ScenarioFault(f"{name}: «{value}» is not a stay", file=scenario.title, mend=", ".join(STAYS))
        return str(value)
    if isinstance(value, str) or not 0 <= value < 1e7 or (wanted is int and value != int(value)):
        raise ScenarioFault(f"{name}: «{value}» is not a number it can be", file=scenario.title)
    return int(value) if wanted is int else float(value)

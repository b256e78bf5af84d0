"""Hours of staff by role and day, and what ran out when and what that stopped, told from a run that is over."""

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from bihuan.engines.drill._arrays import ACTS, Array, Response, State
from bihuan.engines.drill._scenario import Scenario

# Role -> the column of its hours a day. The tracers' own are counted by the run.
HOURS = {
    "samplers": "sampler_hours",
    "laboratory": "laboratory_hours",
    "couriers": "courier_hours",
    "isolation_staff": "isolation_hours",
    "tracers": "tracer_hours",
}
# What could not be done, by the act that lacked an item.
MISSING = {act: f"{act}s_missing" for act in ACTS} | {"study": "studies_missing"}


def staff_hours(daily: Mapping[str, Array], scenario: Scenario) -> dict[str, Array]:
    """Hours a day of samplers, laboratory, couriers and staff of isolation sites, by the scenario's rates."""
    c, s = scenario.capacities, scenario.staff
    return {
        "sampler_hours": daily["swabs"] / max(c.swabs_per_sampler_hour, 1e-9),
        "laboratory_hours": daily["tubes_served"] * s.hours_a_tube,
        "courier_hours": np.ceil(daily["tests"] / s.tubes_a_trip) * s.hours_a_trip,
        "isolation_hours": daily["rooms_used"] * s.hours_a_room_day,
    }


def staff_figures(daily: Mapping[str, Array], scenario: Scenario) -> dict[str, Any]:
    """Hours by role over the run, of all together, and how many people the busiest day needs of each."""
    found: dict[str, Any] = {column: float(daily[column].sum()) for column in HOURS.values()}
    found["staff_hours"] = sum(found.values())
    for role, column in HOURS.items():
        shift = scenario.capacities.hours_a_tracer if role == "tracers" else scenario.staff.hours_a_shift
        if role == "samplers":
            shift = scenario.capacities.sampling_hours
        found[f"peak_{role}"] = math.ceil(float(daily[column].max()) / max(shift, 1e-9) - 1e-9)
    return found


def stock_table(state: State, asked: Response, scenario: Scenario) -> dict[str, Array]:
    """One row a day and item: what came, was used and is left, and how many acts the item was missing for."""
    names = np.array(list(scenario.stock), dtype=object)
    days, items = state.stock_day.shape[:2]
    table: dict[str, Array] = {
        "day": np.repeat(np.arange(days, dtype=np.int32), items),
        "item": np.tile(names, days),
        "delivered": asked.stock_in.T.reshape(-1).copy(),
        "used": state.stock_day[:, :, 0].reshape(-1).copy(),
        "left": state.stock_day[:, :, 1].reshape(-1).copy(),
    }
    for i, act in enumerate(ACTS):
        table[MISSING[act]] = state.stock_day[:, :, 2 + i].reshape(-1).astype(np.int64)
    return table


def stock_figures(table: Mapping[str, Array], scenario: Scenario) -> dict[str, dict[str, Any]]:
    """By item: sums over the run, the first day it was missing and on how many, and for how many acts of each kind."""
    found = {}
    for name in scenario.stock:
        rows = table["item"] == name
        missing = {act: table[column][rows] for act, column in MISSING.items()}
        out = np.flatnonzero(sum(missing.values()))
        left = table["left"][rows]
        found[name] = {
            "delivered": float(table["delivered"][rows].sum()),
            "used": float(table["used"][rows].sum()),
            "left": float(left[-1]),
            "runs_out_day": int(out[0]) if out.size else None,
            "days_out": int(out.size),
            "stops": {act: int(column.sum()) for act, column in missing.items() if column.any()},
            "source": scenario.stock[name].source,
        }
    return found

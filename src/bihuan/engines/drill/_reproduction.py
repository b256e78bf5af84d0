"""How many one case infects, day by day, read from who infected whom."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from bihuan.engines.drill._arrays import Array


def reproduction(cases: Mapping[str, Any], days: int, *, window_days: int = 7) -> dict[str, Array]:
    """R over time: of those infected lately, and of the day itself.

    cases: `Drill.cases`. days: how many the run had. window_days: over how many days up to each both are averaged.

    Returns `day`; `infected` and `infected_here` that day (the second without those who came infected); `r_cohort`, the
    mean number infected by those who were infected in the window (Wallinga & Teunis 2004, with the infectors known), nan
    once a twentieth of the intervals would pass the end of the run; `r_instant`, those infected here in the window over
    what earlier cases weigh by the run's own generation intervals (Fraser 2007, PLoS ONE 2:e758). nan where nobody counts.
    """
    infected_day, infector = np.asarray(cases["infected_day"]), np.asarray(cases["infector"])
    local = infector >= 0
    entered = np.maximum(infected_day, 0)  # who came infected may have been so before day 0
    infected = np.bincount(entered, minlength=days)[:days]
    here = np.bincount(entered[local], minlength=days)[:days]
    caused = np.bincount(entered, weights=np.asarray(cases["caused"]), minlength=days)[:days]
    intervals = infected_day[local] - infected_day[infector[local]]
    share = np.bincount(intervals, minlength=days + 1)[: days + 1] / max(intervals.size, 1)
    pressure = np.convolve(infected, share)[:days]
    r_cohort = _over(_windows(caused, window_days), _windows(infected, window_days))
    longest = int(np.searchsorted(np.cumsum(share), 0.95)) if intervals.size else 0
    r_cohort[max(0, days - longest) :] = np.nan
    return {
        "day": np.arange(days, dtype=np.int32),
        "infected": infected,
        "infected_here": here,
        "r_cohort": r_cohort,
        "r_instant": _over(_windows(here, window_days), _windows(pressure, window_days)),
    }


def _windows(values: Array, width: int) -> Array:
    """The sum of each day and the width - 1 days before it."""
    sums = np.concatenate([[0.0], np.cumsum(values, dtype=float)])
    ends = np.arange(1, sums.size)
    out: Array = sums[ends] - sums[np.maximum(ends - width, 0)]
    return out


def _over(above: Array, below: Array) -> Array:
    out: Array = np.divide(above, below, out=np.full(above.size, np.nan), where=below > 1e-9)
    return out

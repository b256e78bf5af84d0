"""Space-time permutation scan: where and when cases are closer together than chance deals them."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bihuan.engines.signals import _kernels
from bihuan.engines.signals._bounds import SignalError


@dataclass(frozen=True)
class SpaceTimeCluster:
    """The strongest live cluster: which zones, how many last steps, how unlikely.

    `zones` are row numbers of the counts, the centre first; `p_value` is the rank among the shuffled data sets.
    """

    zones: tuple[int, ...]
    steps: int
    observed: float
    expected: float
    log_likelihood_ratio: float
    p_value: float


def scan(
    counts: npt.ArrayLike,
    *,
    x_m: npt.ArrayLike,
    y_m: npt.ArrayLike,
    max_steps: int = 7,
    max_share: float = 0.5,
    max_radius_m: float | None = None,
    runs: int = 999,
    seed: int,
) -> SpaceTimeCluster | None:
    """The most likely cluster that is still alive at the last step, needing case counts only, no population.

    Cylinders: a circle around each zone's centre with up to `max_share` of all cases (and `max_radius_m`), over the
    last 1 … `max_steps` steps. Expected mu = (cases in the circle)(cases in the steps)/C; for c > mu the ratio is
    (c/mu)^c ((C - c)/(C - mu))^(C - c). p = rank among `runs` data sets with dates shuffled among the cases.

    Kulldorff, Heffernan, Hartman, Assunção, Mostashari 2005, PLoS Med 2:e59. counts (zones, steps), whole and known;
    x_m, y_m: zone centres in metres. None when there is no case or nothing lies above its expectation.
    """
    table = np.asarray(counts, dtype=np.float64)
    x, y = np.asarray(x_m, dtype=np.float64), np.asarray(y_m, dtype=np.float64)
    if table.ndim != 2 or x.shape != (len(table),) or y.shape != x.shape:
        raise SignalError("scan needs counts as zones × steps and one x_m and y_m for each zone")
    if np.isnan(table).any() or np.any(table < 0) or np.any(table != np.rint(table)):
        raise SignalError("scan needs a whole count for every zone and step; leave out steps with missing counts")
    if not 1 <= max_steps < table.shape[1]:
        raise SignalError(f"max_steps is {max_steps}; it must be at least 1 and below the {table.shape[1]} steps given")
    total = float(table.sum())
    if total == 0:
        return None
    distance = np.hypot(x[:, None] - x[None, :], y[:, None] - y[None, :])
    neighbours = np.argsort(distance, axis=1, kind="stable")
    held = np.cumsum(table.sum(axis=1)[neighbours], axis=1) <= max_share * total
    if max_radius_m is not None:
        held &= np.take_along_axis(distance, neighbours, axis=1) <= max_radius_m
    sizes = held.sum(axis=1)
    best, centre, radius, span, seen, due = _kernels.best_cylinder(table, neighbours, sizes, max_steps, total)
    if centre < 0:
        return None
    repeats = table.astype(np.int64).ravel()
    zone, step = np.indices(table.shape)
    shuffled = _kernels.shuffled_ratios(
        np.repeat(zone.ravel(), repeats),
        np.repeat(step.ravel(), repeats),
        table.shape[0],
        table.shape[1],
        neighbours,
        sizes,
        max_steps,
        runs,
        seed,
    )
    above = int(np.sum(shuffled >= best - 1e-9))
    return SpaceTimeCluster(
        zones=tuple(int(z) for z in neighbours[centre, :radius]),
        steps=int(span),
        observed=float(seen),
        expected=float(due),
        log_likelihood_ratio=float(best),
        p_value=(above + 1) / (runs + 1),
    )

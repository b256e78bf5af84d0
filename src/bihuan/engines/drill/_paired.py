"""How far two sets of runs with the same luck lie apart."""

from collections.abc import Sequence

import numpy as np

from bihuan.engines.drill._arrays import Array


def paired(values: Sequence[float] | Array, base: Sequence[float] | Array) -> tuple[float, float, float]:
    """The mean difference of runs to the runs of the same seeds, with its 95 % interval by Student's t.

    One run gives no interval: the bounds are nan. Raises ValueError when the two are not of one length, or empty.
    """
    from scipy import stats

    if len(values) != len(base) or not len(values):
        raise ValueError("paired runs come in equal numbers")
    gap = np.asarray(values, float) - np.asarray(base, float)
    if gap.size == 1:
        return float(gap[0]), float("nan"), float("nan")
    half = float(stats.t.ppf(0.975, gap.size - 1)) * float(gap.std(ddof=1)) / gap.size**0.5
    return float(gap.mean()), float(gap.mean()) - half, float(gap.mean()) + half

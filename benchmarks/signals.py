"""How many series a second each early-warning rule watches on one core."""

import time

import numpy as np

from bihuan.engines import signals


def measure(method: str, *, series: int, steps: int, step_days: int) -> float:
    """Series a second, whole series of `steps` each; one warm run first, so that compiling is not counted."""
    counts = np.random.default_rng(1).poisson(5, (series, steps)).astype(float)
    signals.watch(counts[:2], method=method, step_days=step_days)
    start = time.perf_counter()
    signals.watch(counts, method=method, step_days=step_days)
    return series / (time.perf_counter() - start)


def main() -> None:
    """Print one line a rule: a year of days for the short memories, 6 years of weeks for the long."""
    for method in ("ears_c1", "ears_c2", "ears_c3", "cusum", "ewma"):
        print(f"{method:22} {measure(method, series=5000, steps=365, step_days=1):10,.0f} series of 365 days a second")
    for method in ("farrington", "farrington_improved"):
        rate = measure(method, series=400, steps=264, step_days=7)
        print(f"{method:22} {rate:10,.0f} points with 5 years of weeks a second")


if __name__ == "__main__":
    main()

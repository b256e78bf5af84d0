"""How many series a second each early-warning rule watches on one core."""

import csv
import os
import time
from pathlib import Path

import numpy as np

from bihuan.engines import signals


def measure(method: str, *, series: int, steps: int, step_days: int) -> float:
    """Series a second, whole series of `steps` each; one warm run first, so that compiling is not counted."""
    counts = np.random.default_rng(1).poisson(5, (series, steps)).astype(float)
    signals.watch(counts[:2], method=method, step_days=step_days)
    start = time.perf_counter()
    signals.watch(counts, method=method, step_days=step_days)
    return series / (time.perf_counter() - start)


def outbreaks(path: Path, method: str) -> tuple[int, int, int, int]:
    """Marked outbreak weeks that a bound covers, those that alarm, unmarked weeks with a bound, false alarms there."""
    with path.open() as lines:
        rows = list(csv.DictReader(lines))
    marked = np.array([row["outbreak_state"] == "1" for row in rows])
    years = {"years": 2} if method.startswith("farrington") else {}
    found = signals.watch([float(row["observed"]) for row in rows], method=method, **years)
    watched = ~np.isnan(found.expected)
    return (
        int((marked & watched).sum()),
        int((marked & found.alarm).sum()),
        int((~marked & watched).sum()),
        int((~marked & found.alarm).sum()),
    )


def main() -> None:
    """Print one line a rule: a year of days for the short memories, 6 years of weeks for the long."""
    for method in ("ears_c1", "ears_c2", "ears_c3", "cusum", "ewma"):
        print(f"{method:22} {measure(method, series=5000, steps=365, step_days=1):10,.0f} series of 365 days a second")
    for method in ("farrington", "farrington_improved"):
        rate = measure(method, series=400, steps=264, step_days=7)
        print(f"{method:22} {rate:10,.0f} points with 5 years of weeks a second")
    shared = os.environ.get("BIHUAN_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data")
    folder = Path(shared) / "surveillance-rki"
    if not folder.is_dir():
        print("the marked outbreaks are not beside this checkout: set BIHUAN_SHARED_DATA")
        return
    names = ("k1", "m1", "m3", "n1", "s1", "s3", "h1_nrwrp")
    for method in signals.METHODS:
        counted = np.array([outbreaks(folder / f"{name}.csv", method) for name in names]).sum(axis=0)
        print(
            f"{method:22} alarms in {counted[1]} of {counted[0]} marked weeks, "
            f"in {counted[3]} of {counted[2]} unmarked ({52 * counted[3] / max(1, counted[2]):.1f} a year and series)"
        )


if __name__ == "__main__":
    main()

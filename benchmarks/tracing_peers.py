"""What others need for the close contacts of the same visits: only those that are installed (`pip install bihuan[bench]`).

Each gets merged visits as it likes them best, in memory; making them so is its index time. NCLS and pyranges know one
axis only, so the place is folded into it; groups of their own would be two hundred thousand.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from bihuan.engines import tracing

_FOLD = 1 << 22  # seconds: more than the fortnight of the data
Columns = dict[str, "np.ndarray[Any, Any]"]


def columns(visits: tracing.Visits) -> Columns:
    """Merged visits as plain columns."""
    place = np.repeat(np.arange(len(visits.places), dtype=np.int64), np.diff(visits.starts))
    low = int(visits.t_in.min())
    return {"person": visits.person, "place": place, "a": visits.t_in.astype(np.int64) - low,
            "b": visits.t_out.astype(np.int64) - low}  # fmt: skip


def sources_of(visits: tracing.Visits, v: Columns, windows: list[tracing.Window]) -> Columns:
    """The cases' stays clipped to their windows, as long as what counts."""
    low = visits.origin + int(visits.t_in.min())
    start, end = np.full(len(visits.persons), 1 << 40), np.zeros(len(visits.persons), np.int64)
    for w in windows:
        assert w.end is not None
        start[w.person_id] = np.ceil(w.start.timestamp()) - low
        end[w.person_id] = np.floor(w.end.timestamp()) - low
    a, b = np.maximum(v["a"], start[v["person"]]), np.minimum(v["b"], end[v["person"]])
    own = np.flatnonzero(b - a >= 600)
    return {"id": v["person"][own], "place": v["place"][own], "a": a[own], "b": b[own]}


def run(visits: tracing.Visits, windows: list[tracing.Window]) -> dict[str, Any]:
    """Seconds to all pairs of (case, person), by library, each beside how many pairs it found."""
    v = columns(visits)
    s = sources_of(visits, v, windows)
    is_case = np.zeros(len(visits.persons), bool)
    is_case[[w.person_id for w in windows]] = True
    told = {}
    for library in (polars, ncls, pyranges):
        with suppress(ImportError):
            told[library.__name__] = library(v, s, is_case)
    return told


def _timed(make: Callable[[], Any], ask: Callable[[Any], int]) -> dict[str, Any]:
    began, cpu = time.perf_counter(), time.process_time()
    index = make()
    made = time.perf_counter() - began
    began, cpu = time.perf_counter(), time.process_time()
    pairs = ask(index)
    return {"pairs": pairs, "seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu, "index_s": made}


def _pairs(s: Columns, v: Columns, is_case: Any, row: Any, of: Any) -> int:
    """Distinct (case, person) among candidate rows that overlap long enough."""
    long = np.minimum(v["b"][row], s["b"][of]) - np.maximum(v["a"][row], s["a"][of]) >= 600
    row, of = row[long], of[long]
    other = ~is_case[v["person"][row]]
    return int(np.unique(s["id"][of][other].astype(np.int64) << 32 | v["person"][row][other]).size)


def polars(v: Columns, s: Columns, is_case: Any) -> dict[str, Any]:
    """Polars: a join by place with a range."""
    import polars as pl

    def ask(frame: Any) -> int:
        least = pl.min_horizontal("b", "sb") - pl.max_horizontal("a", "sa") >= 600
        mine = pl.LazyFrame({"id": s["id"], "place": s["place"], "sa": s["a"], "sb": s["b"]})
        found = mine.join(frame.lazy(), on="place").filter(least).select("id", "person").unique()
        return int(found.collect(engine="streaming").height)

    return _timed(lambda: pl.DataFrame(v).filter(~pl.Series(is_case[v["person"]])), ask)


def ncls(v: Columns, s: Columns, is_case: Any) -> dict[str, Any]:
    """NCLS: nested containment lists."""
    from ncls import NCLS

    fold = v["place"] * _FOLD
    rows = np.arange(v["a"].size)

    def ask(tree: Any) -> int:
        base = s["place"] * _FOLD
        of, row = tree.all_overlaps_both(base + s["a"], base + s["b"], np.arange(s["a"].size))
        return _pairs(s, v, is_case, row, of)

    return _timed(lambda: NCLS(fold + v["a"], fold + v["b"], rows), ask)


def pyranges(v: Columns, s: Columns, is_case: Any) -> dict[str, Any]:
    """pyranges: interval joins of genomes."""
    import pandas as pd
    import pyranges as pr

    def ranges(c: Columns) -> Any:
        base = c["place"] * _FOLD
        frame = pd.DataFrame(
            {"Chromosome": "1", "Start": base + c["a"], "End": base + c["b"], "n": np.arange(base.size)}
        )
        return pr.PyRanges(frame, int64=True)

    def ask(index: Any) -> int:
        joined = ranges(s).join(index, suffix="_b").df
        return _pairs(s, v, is_case, joined["n_b"].to_numpy(), joined["n"].to_numpy())

    return _timed(lambda: ranges(v), ask)

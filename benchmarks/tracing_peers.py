"""What others need for the close contacts of the same visits: only those that are installed (`pip install bihuan[bench]`).

Each gets merged visits as it likes them best, in memory; making them so is its index time. NCLS and pyranges know one
axis only, so the place is folded into it; groups of their own would be two hundred thousand.
"""

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa

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
    for library in (polars, ncls, pyranges, postgresql_gist):
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


def postgresql_gist(v: Columns, s: Columns, is_case: Any) -> dict[str, Any]:
    """PostgreSQL: a GiST index over ranges, one axis as above; sources first, each with an index scan."""
    import shutil
    from pathlib import Path

    import psycopg
    from pyarrow import csv

    from bihuan.config import database

    data = Path("var/bench/gist/postgres").resolve()
    shutil.rmtree(data.parent, ignore_errors=True)
    server = database.Embedded(data)
    server.ensure()
    root: dict[str, Any] = {"host": str(server.sockets), "port": server.port, "user": "postgres", "dbname": "postgres"}
    with psycopg.connect(**root, autocommit=True) as there:
        there.execute("SET maintenance_work_mem = '1GB'; SET synchronous_commit = off; SET jit = off")

        def copy(name: str, columns: Columns) -> None:
            there.execute(f"CREATE UNLOGGED TABLE {name} ({', '.join(f'{c} bigint' for c in columns)})")
            with there.cursor().copy(f"COPY {name} FROM STDIN (FORMAT csv)") as sink:
                for start in range(0, columns["a"].size, 1 << 19):
                    part = pa.table({c: values[start : start + (1 << 19)] for c, values in columns.items()})
                    buffer = pa.BufferOutputStream()
                    csv.write_csv(part, buffer, csv.WriteOptions(include_header=False))
                    sink.write(buffer.getvalue().to_pybytes())

        def make() -> None:
            copy("v", v)
            copy("s", {name: s[name] for name in ("id", "place", "a", "b")})
            copy("c", {"a": np.flatnonzero(is_case)})
            there.execute(f"CREATE INDEX ON v USING gist (int8range(place * {_FOLD} + a, place * {_FOLD} + b))")
            there.execute("ANALYZE v; ANALYZE s; ANALYZE c")

        def ask(_made: None) -> int:
            there.execute("SET statement_timeout = '300s'; SET max_parallel_workers_per_gather = 0")
            found = there.execute(
                f"""SELECT count(*) FROM (
                      SELECT DISTINCT s.id, v.person FROM s JOIN v
                        ON int8range(v.place * {_FOLD} + v.a, v.place * {_FOLD} + v.b)
                        && int8range(s.place * {_FOLD} + s.a, s.place * {_FOLD} + s.b)
                      WHERE least(v.b, s.b) - greatest(v.a, s.a) >= 600 AND v.person NOT IN (SELECT a FROM c)) found"""
            ).fetchone()
            return int(found[0]) if found else 0

        try:
            return _timed(make, ask)
        except psycopg.errors.QueryCanceled:
            return {"seconds": "more than 300"}
        finally:
            there.close()
            server.stop()
            shutil.rmtree(data.parent, ignore_errors=True)


def spark(file: Any, tiny: Any, windows: list[tracing.Window], threads: int) -> dict[str, Any]:
    """The same definition on Spark in this machine's processes, both levels, and how much of it a thousand rows cost."""
    import os
    from pathlib import Path

    import pyspark

    os.environ["SPARK_HOME"] = str(Path(pyspark.__file__).parent)
    began = time.perf_counter()
    session = tracing.spark_session(f"local[{threads}]")
    fixed_from = time.perf_counter()
    tracing.trace_on_spark(session, tiny, windows[:1], min_overlap_minutes=10, depth=2)
    traced_from = time.perf_counter()
    found, _read, _merged = tracing.trace_on_spark(session, file, windows, min_overlap_minutes=10, depth=2)
    done = time.perf_counter()
    session.stop()
    return {
        "found": found.persons, "contact_rows": found.contacts.num_rows, "seconds": round(done - traced_from, 2),
        "session_s": round(fixed_from - began, 2), "thousand_rows_s": round(traced_from - fixed_from, 2),
        "fixed_share": round((traced_from - fixed_from) / (done - traced_from), 3),
    }  # fmt: skip

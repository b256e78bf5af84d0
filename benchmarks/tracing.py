"""Tracing in bulk, beside one scan of its columns and beside DuckDB's own pair plan.

    python -m benchmarks.tracing                 # 10 million visits, beside DuckDB, Polars, NCLS, pyranges
    python -m benchmarks.tracing --visits 100    # 100 million (4 GiB, some minutes)
    python -m benchmarks.tracing --grow          # 1, 10, 100 million × 1, 100, 1,000 cases: docs/images/tracing.svg

Each figure is told in seconds, in seconds of CPU, and as a multiple of one scan (a NumPy sum of four int32 columns of as
many rows as were read, measured before and after each trace): on a machine that others use, the multiple in CPU is the
one to compare. The county is invented: homes, classrooms, workplaces (Zipf 0.7), buses, markets (Zipf 0.8) over 14 days.
"""

import argparse
import json
import os
import resource
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks import _plot, tracing_peers
from bihuan.engines import tracing

START = datetime(2022, 7, 1, tzinfo=UTC)
DAYS = 14


def county(rows_m: float, *, seed: int = 1) -> pa.Table:
    """Visits of an invented county: about `rows_m` million rows, in places of very different size."""
    rng = np.random.default_rng(seed)
    rows = int(rows_m * 1e6)
    persons = max(1_000, min(rows // 20, 1_000_000))
    goes = rows / (persons * DAYS * 8)  # eight outings a day, each with this chance
    n_homes, n_work, n_stop, n_market = persons // 3, persons // 12 + 5, persons // 40 + 5, persons // 100 + 3
    home = rng.integers(0, n_homes, persons).astype(np.int32)
    work = _zipf(rng, n_work, 0.7, persons)
    parts = []
    for day in range(DAYS):
        for turn in range(8):
            who = np.flatnonzero(rng.random(persons) < goes).astype(np.int32)
            at_home, at_work = turn < 4, turn in (4, 5)
            if at_home:
                place, hour, stay_h = home[who], (2, 13, 19, 21)[turn], 3.0
            elif at_work:
                place, hour, stay_h = n_homes + work[who], (8, 14)[turn - 4], 3.0
            elif turn == 6:
                place, hour, stay_h = n_homes + n_work + _zipf(rng, n_stop, 0.7, who.size), 7.0, 0.5
            else:
                place, hour, stay_h = n_homes + n_work + n_stop + _zipf(rng, n_market, 0.8, who.size), 16.0, 0.6
            begin = ((day * 24 + hour) * 3600 + rng.normal(0, 2400, who.size)).astype(np.int64)
            stay = (rng.gamma(4, stay_h / 4, who.size) * 3600).astype(np.int64) + 60
            parts.append((who, place.astype(np.int32), begin, begin + stay))
    person, place, begin, end = (np.concatenate(c) for c in zip(*parts, strict=True))
    base = int(START.timestamp())
    table = pa.table({"person_id": person, "place_id": place})
    for name, values in (("t_in", begin), ("t_out", end)):
        table = table.append_column(name, pa.array((values + base) * 1000).cast(pa.timestamp("ms", "UTC")))
    return table


def _zipf(rng: np.random.Generator, n: int, exponent: float, size: int) -> np.ndarray[Any, Any]:
    weights = 1 / np.arange(1, n + 1) ** exponent
    return np.searchsorted(np.cumsum(weights / weights.sum()), rng.random(size)).clip(0, n - 1).astype(np.int32)


def windows(n: int, persons: int, *, seed: int = 2) -> list[tracing.Window]:
    """Cases drawn by chance, each with five days about an onset in the second week."""
    rng = np.random.default_rng(seed)
    onset = [START + timedelta(seconds=int(d * 86_400)) for d in rng.uniform(5, DAYS - 2, n)]
    who = rng.choice(persons, n, replace=False)
    return [
        tracing.Window(int(p), at - timedelta(days=2), at + timedelta(days=3)) for p, at in zip(who, onset, strict=True)
    ]


def scan(visits: tracing.Visits) -> Callable[[], tuple[float, float]]:
    """One NumPy sum over four int32 columns of as many rows as were read, in seconds and in seconds of CPU."""
    column = visits.person
    merged_away = column[: visits.rows_read - visits.rows]

    def once() -> tuple[float, float]:
        began, cpu = time.perf_counter(), time.process_time()
        for _ in range(4):
            column.sum(dtype=np.int64)
            merged_away.sum(dtype=np.int64)
        return time.perf_counter() - began, time.process_time() - cpu

    once()
    return once


def measure(visits: tracing.Visits, cases: int, *, depth: int, threads: int, repeats: int = 3) -> dict[str, Any]:
    """The best of some traces, each beside scans just before and after it, and what it found."""
    chosen = windows(cases, len(visits.persons))
    look = scan(visits)
    best: dict[str, Any] = {}
    for _ in range(repeats):
        before = look()
        began, cpu = time.perf_counter(), time.process_time()
        found = tracing.trace(visits, chosen, min_overlap_minutes=10, depth=depth, threads=threads)
        took = time.perf_counter() - began, time.process_time() - cpu
        after = look()
        wall, work = (2 * t / (x + y) for t, x, y in zip(took, before, after, strict=True))
        if not best or work < best["scans_cpu"]:
            best = {"seconds": round(took[0], 3), "cpu_s": round(took[1], 3), "scans": round(wall, 1),
                    "scans_cpu": round(work, 1)}  # fmt: skip
    return {"cases": cases, "depth": depth, "threads": threads, **best, "found": found.persons,
            "contact_rows": found.contacts.num_rows}  # fmt: skip


# Sources first, so that the big join sees a small left side; integer times. This is the plan a good analyst writes.
_DUCKDB = """
create temp table s1 as select c.case_id id, v.place_id, greatest(v.a, c.a) a, least(v.b, c.b) b
  from cases c join visits v on v.person_id = c.case_id where least(v.b, c.b) - greatest(v.a, c.a) >= 600;
create temp table t1 as select * from visits v where person_id not in (select case_id from cases);
create temp table close as select id, person_id, count(*) n, min(greatest(s1.a, v.a)) a
  from s1 join t1 v on v.place_id = s1.place_id and least(v.b, s1.b) - greatest(v.a, s1.a) >= 600 group by all;
create temp table opened as select person_id, min(a) a from close group by all;
create temp table s2 as select v.place_id, greatest(v.a, o.a) a, v.b
  from opened o join visits v on v.person_id = o.person_id where v.b - greatest(v.a, o.a) >= 600;
create temp table t2 as select * from t1 where person_id not in (select person_id from opened);
create temp table secondary as select person_id, count(*) n, min(greatest(s2.a, v.a)) a
  from s2 join t2 v on v.place_id = s2.place_id and least(v.b, s2.b) - greatest(v.a, s2.a) >= 600 group by all;
"""


def duckdb_seconds(file: Path, chosen: list[tracing.Window], *, threads: int) -> dict[str, Any]:
    """DuckDB's own pair plan for depth 2 over a native table of merged visits (their making not counted)."""
    import duckdb

    db = duckdb.connect(config={"threads": threads, "memory_limit": "6GB", "preserve_insertion_order": False})
    db.execute(
        """create table visits as with v as (
             select person_id, place_id, epoch(t_in)::int a, epoch(t_out)::int b from read_parquet(?)),
           gap as (select *, a > max(b) over (partition by person_id, place_id order by a, b
                     rows between unbounded preceding and 1 preceding) apart from v),
           run as (select *, count(*) filter (apart) over (partition by person_id, place_id order by a, b) stay from gap)
           select person_id, place_id, min(a) a, max(b) b from run group by person_id, place_id, stay
           order by place_id, a""",
        [str(file)],
    )
    cases = pa.table({"case_id": [w.person_id for w in chosen], "a": [w.start.timestamp() for w in chosen],
                      "b": [w.end.timestamp() if w.end else 4e9 for w in chosen]})  # fmt: skip
    db.register("given", cases)
    db.execute("create table cases as select case_id, ceil(a)::int a, floor(b)::int b from given")
    limit = threading.Timer(300, db.interrupt)
    limit.start()
    began, cpu = time.perf_counter(), time.process_time()
    try:
        db.execute(_DUCKDB)
    except duckdb.InterruptException:
        return {"seconds": "more than 300"}
    finally:
        limit.cancel()
    took = {"seconds": time.perf_counter() - began, "cpu_s": time.process_time() - cpu}
    counts = {
        name: db.execute(f"select count(distinct person_id) from {name}").fetchone()[0]  # type: ignore[index]
        for name in ("close", "secondary")
    }
    return took | {"found": counts}


def run(
    scale: float = 10, *, cases: int = 1000, threads: int = 2, folder: Path = Path("var/bench/tracing"),
    peers: bool = True, counts: Sequence[int] = (1, 100),
) -> dict[str, Any]:  # fmt: skip
    """Measure `scale` million visits: cold file to answer, each level as a multiple of one scan, peers to 10 million."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"visits-{scale:g}m.parquet"
    if not file.exists():
        parquet.write_table(county(scale), file, row_group_size=1 << 20)
    tiny = tracing.index_visits(parquet.ParquetFile(file).read_row_group(0).slice(0, 1000))
    tracing.trace(tiny, windows(1, 1000), min_overlap_minutes=10, threads=threads)  # compiled once, not here
    began, cpu = time.perf_counter(), time.process_time()
    visits = tracing.read_visits(file, threads=threads)
    indexed, work = time.perf_counter() - began, time.process_time() - cpu
    result: dict[str, Any] = {
        "rows": visits.rows_read, "cpus": os.cpu_count(), "load": round(os.getloadavg()[0], 1),
        "read_and_index_s": round(indexed, 2), "read_and_index_cpu_s": round(work, 2),
        "scan_s": min(scan(visits)() for _ in range(3))[0],
    }  # fmt: skip
    runs = [
        measure(visits, n, depth=depth, threads=use, repeats=3 if scale <= 10 else 2)
        for n in sorted({*counts, cases})
        for depth in (1, 2)
        for use in sorted({1, threads})
    ]
    for one in runs:
        words = "close" if one["depth"] == 1 else "both levels"
        result[f"{one['cases']} cases, {words}, {one['threads']} threads"] = one
    largest = next(r for r in runs if (r["cases"], r["depth"], r["threads"]) == (cases, 2, 1))
    result["cold_to_answer_s"] = round(indexed + largest["seconds"], 2)
    result["cold_to_answer_cpu_s"] = round(work + largest["cpu_s"], 2)
    result["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    if scale <= 10 and peers:
        result["close contacts by others"] = tracing_peers.run(visits, windows(cases, len(visits.persons)))
        persons = len(visits.persons)
        del visits
        with suppress(ImportError):
            small = folder / "visits-thousand.parquet"
            parquet.write_table(parquet.ParquetFile(file).read_row_group(0).slice(0, 1000), small)
            on_spark = tracing_peers.spark(file, small, windows(cases, persons), threads)
            assert (on_spark["found"], on_spark["contact_rows"]) == (largest["found"], largest["contact_rows"])
            result["spark, both levels"] = on_spark
            result["spark_times_local_cold"] = round(on_spark["seconds"] / result["cold_to_answer_s"], 1)
        theirs = duckdb_seconds(file, windows(cases, persons), threads=1)
        result["duckdb pair plan, both levels"] = theirs
        if "cpu_s" in theirs:
            assert theirs["found"] == largest["found"]
            result["times_duckdb"] = round(theirs["seconds"] / largest["seconds"], 1)
            result["times_duckdb_cpu"] = round(theirs["cpu_s"] / largest["cpu_s"], 1)
    return result


def grow(scales: Sequence[float] = (1, 10, 100), cases: Sequence[int] = (1, 100, 1000)) -> dict[str, Any]:
    """Cost as the work grows, one thread: a table and docs/images/tracing.svg."""
    table = []
    for scale in scales:
        told = run(scale, cases=max(cases), threads=1, peers=False, counts=cases)
        for n in cases:
            close, both = (told[f"{n} cases, {words}, 1 threads"] for words in ("close", "both levels"))
            table.append({"visits": told["rows"], "cases": n, "close_s": close["cpu_s"], "both_levels_s": both["cpu_s"],
                          "contact_rows": close["contact_rows"], "found": both["found"],
                          "read_and_index_s": told["read_and_index_cpu_s"], "peak_mib": told["peak_mib"]})  # fmt: skip
            print(json.dumps(table[-1]), file=sys.stderr)
    _plot.lines(
        Path(__file__).parent.parent / "docs" / "images" / "tracing.svg",
        title="Contacts at both levels: seconds of CPU by number of visits (one thread)",
        series={f"{n:,} cases" if n > 1 else "1 case": [(r["visits"], r["both_levels_s"]) for r in table if r["cases"] == n]
                for n in cases}
        | {"reading and indexing": [(r["visits"], r["read_and_index_s"]) for r in table if r["cases"] == cases[0]]},
    )  # fmt: skip
    return {"rows": table}


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--visits", type=float, default=10, help="millions of visits")
    options.add_argument("--cases", type=int, default=1000)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--grow", action="store_true", help="1, 10 and 100 million visits, one table and one plot")
    given = options.parse_args()
    print(json.dumps(grow() if given.grow else run(given.visits, cases=given.cases, threads=given.threads), indent=1))

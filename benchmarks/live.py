"""Contacts around one person among ten million presences in PostgreSQL, with row-level security on.

    python -m benchmarks.live                  # 10 million presences, kept under var/bench
    python -m benchmarks.live --visits 0.2     # small: does it run?

The rows are those of `benchmarks.tracing`. A case has a window of four days and contacts are looked for to the end of
the data, at both levels. The answers are compared with the engine's own on the same rows.
"""

import argparse
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from benchmarks import _county
from benchmarks import tracing as bulk

LIMIT_S = 0.5
WANTED, RECORDED, RECORDING_LIMIT_S = 500, 5, 3.0


def run(scale: float = 10, *, cases: int = 40, folder: Path = Path("var/bench")) -> dict[str, Any]:
    """p50, p95 and the longest of one case's look, level by level, and how many answers are those of the engine."""
    file = folder / "tracing" / f"visits-{scale:g}m.parquet"
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        parquet.write_table(bulk.county(scale), file, row_group_size=1 << 20)
    with _kept(folder / f"live-{scale:g}m", file) as built:
        from bihuan.engines import tracing
        from bihuan.ledgers.intake.presences.bridge import contacts_around
        from bihuan.ledgers.territory.scope import Scope, scoped

        scope = Scope("/99/9910/991027/")
        visits = tracing.read_visits(file)
        rng = np.random.default_rng(3)
        end = bulk.START + timedelta(days=bulk.DAYS)
        seconds: dict[int, list[float]] = {1: [], 2: []}
        work: dict[int, list[float]] = {1: [], 2: []}
        found, equal = [], 0
        for turn, person in enumerate(rng.choice(len(visits.persons), cases + 5, replace=False).tolist()):
            start = bulk.START + timedelta(days=float(rng.uniform(4, bulk.DAYS - 5)))
            window = (person_id(person), start, start + timedelta(days=4))
            for depth in (1, 2):
                began, cpu = time.perf_counter(), _cpu()
                with scoped(scope):
                    live = contacts_around(scope, [window], until=end, min_overlap_minutes=10, depth=depth)
                if turn >= 5:  # the first ones bring the tables into memory
                    seconds[depth].append(time.perf_counter() - began)
                    work[depth].append(_cpu() - cpu)
            if turn >= 5:
                truth = tracing.trace(
                    visits, [tracing.Window(person, *window[1:])], min_overlap_minutes=10, depth=2, until=end
                )
                equal += _rows(live.contacts) == _rows(truth.contacts)
                found.append(live.persons)
        told: dict[str, Any] = {"presences": built["rows"], "cases": cases, **built, "equal_to_engine": equal}
        for depth, name in ((1, "close"), (2, "both_levels")):
            told[name] = _spread(seconds[depth], "s") | _spread(work[depth], "cpu_s")
        told["median_close"] = int(np.median([f["close"] for f in found]))
        told["median_secondary"] = int(np.median([f.get("secondary", 0) for f in found]))
        both = told["both_levels"]
        ratios = {"ratio_to_limit": both["p95_s"] / LIMIT_S, "cpu_ratio_to_limit": both["p95_cpu_s"] / LIMIT_S}
        told |= {name: round(ratio, 3) for name, ratio in ratios.items()}
        told["recording"] = _recorded(visits, scope)
        return told | {"limit_s": LIMIT_S, "load": round(os.getloadavg()[0], 1)}


def _recorded(visits: Any, scope: Any) -> dict[str, Any]:
    """Seconds from one case to its contacts recorded, proposals made and townships told, in one act; all taken back.

    Cases are looked for that have about `WANTED` contacts at both levels; the commit itself is not in the figure.
    """
    from django.db import transaction

    from bihuan.engines import tracing
    from bihuan.ledgers.cases import reads as cases_reads
    from bihuan.ledgers.orders import reads as orders_reads
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.models import Posting
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
    from bihuan.loop import door

    with scoped(scope):
        commander = staff_reads.member_named("commander")
    assert commander is not None
    onset = bulk.START + timedelta(days=9, hours=8)
    told: list[dict[str, Any]] = []
    for person in np.random.default_rng(4).permutation(len(visits.persons))[:4_000].tolist():
        window = tracing.Window(person, onset - timedelta(days=2), onset + timedelta(hours=30))
        near = tracing.trace(visits, [window], min_overlap_minutes=10, depth=2, until=onset + timedelta(hours=30))
        if not 0.8 * WANTED <= sum(near.persons.values()) <= 1.2 * WANTED:
            continue
        at = onset + timedelta(hours=30)
        do = {"by": commander.id, "at": at, "recorded_at": at}
        with transaction.atomic():
            with scoped(Scope(EVERYWHERE)):  # founded today, told of July: whoever serves, served then
                Posting.objects.update(held_from=bulk.START)
            opened = door.perform(
                "open_case",
                {"person": person_id(person), "disease": "covid-19", "protocol": "covid-19/2022-06-28", "onset_at": onset,
                 "sampled_at": at},
                **do,
            )  # fmt: skip
            assert opened.result, opened.reason
            began, cpu = time.perf_counter(), _cpu()
            answer = door.perform("derive_contacts", {"case": opened.result["case"], "depth": 2}, **do)
            took, work = time.perf_counter() - began, _cpu() - cpu
            assert answer.result, answer.reason
            with scoped(scope):
                contacts = cases_reads.contacts_of(scope, UUID(str(opened.result["case"]))).count()
                orders = orders_reads.proposals(scope).count()
            transaction.set_rollback(True)
        told.append({"contacts": contacts, "orders": orders, "s": took, "cpu_s": work})
        if len(told) == RECORDED + 1:
            break
    told = told[1:]  # the first one brings tables and plans into memory
    walls, work = ([t[name] for t in told] for name in ("s", "cpu_s"))
    return {
        "cases": len(told), "contacts": [t["contacts"] for t in told], "proposals": [t["orders"] for t in told],
        "limit_s": RECORDING_LIMIT_S,
        "median_s": round(float(np.median(walls)), 2), "slowest_s": round(max(walls), 2),
        "median_cpu_s": round(float(np.median(work)), 2),
    }  # fmt: skip


def _spread(values: list[float], unit: str) -> dict[str, float]:
    found = {"p50": np.percentile(values, 50), "p95": np.percentile(values, 95), "max": max(values)}
    return {f"{name}_{unit}": round(float(value), 4) for name, value in found.items()}


def _cpu() -> float:
    """Seconds of CPU of this process and of its PostgreSQL backend: what a machine of one's own would take."""
    from django.db import connection

    connection.ensure_connection()
    words = Path(f"/proc/{connection.connection.info.backend_pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@contextmanager
def _kept(folder: Path, file: Path) -> Iterator[dict[str, Any]]:
    """A county with these presences, loaded once: ten million take minutes, and nothing here writes."""
    kept = folder.resolve() / "loaded.json"
    if not kept.exists():
        with _county.county(people=2_000, folder=folder) as county:
            built = _load(county, parquet.read_table(file))
        kept.write_text(json.dumps(built))
    home = (folder / "county-2000-0").resolve()
    county = _county.County(home)
    os.environ |= county.environment
    from bihuan.config import database

    server = database.Embedded(home / "postgres")
    server.ensure()
    try:
        _county.speak_to(county.environment["BIHUAN_DATABASE_NAME"])
        yield json.loads(kept.read_text())
    finally:
        _county.hang_up()
        server.stop()


def person_id(number: int) -> UUID:
    """The person of a number in the file."""
    return UUID(int=(1_656_633_600_000 << 80) | (7 << 76) | (2 << 62) | number)


def _rows(contacts: pa.Table) -> list[tuple[Any, ...]]:
    def plain(one: Any) -> Any:
        return int.from_bytes(one, "big") & 0xFFFFFFFF if isinstance(one, bytes) else one

    return sorted(
        (r["class"], plain(r["source_id"]) or 0, plain(r["person_id"]), r["first_at"].timestamp(),
         r["last_at"].timestamp(), r["overlap_s"], r["n_encounters"], sorted(plain(p) for p in r["places"] or ()))
        for r in contacts.to_pylist()
    )  # fmt: skip


def _load(county: _county.County, table: pa.Table) -> dict[str, Any]:
    """Persons, places and presences by COPY; the indexes are made after the rows, as a restore would."""
    head = f"{1_656_633_600_000:012x}"
    head = f"{head[:8]}-{head[8:]}-7000-8000-0000"
    began = time.perf_counter()
    with county.superuser() as root:
        root.execute(
            "SET session_replication_role = replica; SET maintenance_work_mem = '1GB'; SET synchronous_commit = off"
        )
        townships = [path for _code, path in county.villages[:: max(1, len(county.villages) // 15)]]
        root.execute("CREATE TEMP TABLE told (person int, place int, a bigint, b bigint)")
        with root.cursor().copy("COPY told FROM STDIN (FORMAT csv)") as copy:
            from pyarrow import csv

            for batch in table.to_batches(max_chunksize=1 << 18):
                ms = [batch.column(i).cast(pa.timestamp("ms", "UTC")).view(pa.int64()) for i in (2, 3)]
                sink = pa.BufferOutputStream()
                part = pa.table({"p": batch.column(0), "q": batch.column(1), "a": ms[0], "b": ms[1]})
                csv.write_csv(part, sink, csv.WriteOptions(include_header=False))
                copy.write(sink.getvalue().to_pybytes())
        id_of = f"('{head}' || lpad(to_hex(%s), 8, '0'))::uuid"
        path_of = f"(%(paths)s::text[])[1 + mod(place, {len(townships)})]"
        some = root.execute("SELECT code, path FROM territory_area WHERE level = 'village' LIMIT 1").fetchone()
        assert some
        root.execute(
            f"""INSERT INTO people_person (id, name, sex, area_id, path, address, recorded_at)
                SELECT {id_of % "n"}, n::text, 'unknown', %(area)s, %(path)s, '', now()
                FROM (SELECT DISTINCT person n FROM told)""",
            {"area": some[0], "path": some[1]},
        )
        root.execute(
            f"""INSERT INTO territory_place (id, area_id, path, name, kind, address, hours)
                SELECT {id_of % "place"}, %(area)s, {path_of}, place::text, 'market', '', ''
                FROM (SELECT DISTINCT place FROM told)""",
            {"area": some[0], "paths": townships},
        )
        indexes = root.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'intake_presence' AND indexname LIKE 'presence_%'"
        ).fetchall()
        for name, _make in indexes:
            root.execute(f"DROP INDEX IF EXISTS {name}")
        root.execute(
            f"""INSERT INTO intake_presence
                  (person_id, place_id, path, seen_from, seen_until, source, evidence, recorded_at, keep_until)
                SELECT DISTINCT ON (person, place, a, b) {id_of % "person"}, {id_of % "place"}, {path_of},
                  to_timestamp(a / 1000.0), to_timestamp(b / 1000.0), 'scan', '', now(), '2099-01-01' FROM told""",
            {"paths": townships},
        )
        root.execute(
            """INSERT INTO intake_longeststay (place_id, path, seconds)
               SELECT place_id, min(path), ceil(max(extract(epoch FROM seen_until - seen_from))) FROM intake_presence
               GROUP BY 1"""
        )
        for _name, make in indexes:
            root.execute(make)
        root.execute("DROP TABLE told")
        root.execute("VACUUM (ANALYZE) intake_presence, intake_longeststay, territory_place")
        rows, heap, whole = root.execute(
            "SELECT count(*), pg_relation_size('intake_presence'), pg_total_relation_size('intake_presence') FROM intake_presence"
        ).fetchone() or (0, 0, 0)
    return {"rows": rows, "heap_mib": heap >> 20, "indexes_mib": (whole - heap) >> 20,
            "load_s": round(time.perf_counter() - began, 1), "cpus": os.cpu_count()}  # fmt: skip


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--visits", type=float, default=10, help="millions of presences")
    options.add_argument("--cases", type=int, default=40)
    given = options.parse_args()
    print(json.dumps(run(given.visits, cases=given.cases), indent=1))

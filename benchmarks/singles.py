"""`POST /api/v1/acts` with one swab a call, sixteen phones at once, beside pgbench inserting single rows in the same run.

Sixteen tables, each with its own sampler's key, send person after person and wait for each answer: everything that
guards an act is on. pgbench runs before and after, sixteen clients on as many connections, with the same durability:
once a transaction that sets the scope and inserts one journal row, once one that writes all a swab writes (journal,
tube, swab). The first is the yardstick; the second says what the same rows cost without us.
"""

import json
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import _county
from benchmarks.acts import _round, server
from benchmarks.swabs import CLIENTS, _cpu_seconds, bodies_of, open_tables

LEAST_RATIO = 1.0
MOST_P99_MS = 200.0
PGBENCH_SECONDS = 3


def run(scale: float = 1.0) -> dict[str, Any]:
    """Sample `scale` × 20,000 people one by one."""
    people, calls = max(4_000, int(500_000 * scale)), max(300, int(20_000 * scale))
    with _county.county(people=people) as county:
        sessions = open_tables(county)
        bodies = bodies_of(county, sessions, calls, 1)
        with county.superuser() as root:
            root.execute("VACUUM (ANALYZE)")
        compared = [_pgbench(county, sessions)]
        with server(county) as port:
            first = min(CLIENTS * 20, len(bodies) // 3)
            _round(port, bodies[:first], CLIENTS)
            cpu = _cpu_seconds(county.home)
            started = time.perf_counter()
            seconds, statuses = _round(port, bodies[first:], CLIENTS)
            wall = time.perf_counter() - started
            used = {name: now - cpu[name] for name, now in _cpu_seconds(county.home).items()}
        compared.append(_pgbench(county, sessions))
        with county.superuser() as root:
            durable = {n: root.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit")}  # type: ignore[index]
    rate = statuses.get("done", 0) / wall
    one_row, same_rows = (float(np.mean([c[n] for c in compared])) for n in (0, 1))
    return {
        "people": people,
        "calls": len(seconds),
        "clients": CLIENTS,
        "acts_per_second": round(rate),
        "p50_ms": _county.quantile_ms(seconds, 0.5),
        "p99_ms": _county.quantile_ms(seconds, 0.99),
        "limit_p99_ms": MOST_P99_MS,
        "answers": statuses,
        "cpu_ms_an_act": {name: round(1000 * s / len(seconds), 2) for name, s in used.items()},
        "pgbench_one_row": round(one_row),
        "pgbench_same_rows": round(same_rows),
        "ratio_to_pgbench": round(rate / one_row, 3),
        "ratio_to_pgbench_same_rows": round(rate / same_rows, 3),
        "least_ratio": LEAST_RATIO,
        **durable,
    }


def _pgbench(county: _county.County, sessions: dict[str, Any]) -> tuple[float, float]:
    """Transactions a second of one journal row, and of all the rows of a swab."""
    from bihuan.config import database

    member, session = county.members["sampler1"], next(iter(sessions.values()))
    path = county.villages[0][1]
    with county.superuser() as root:
        round_ = root.execute("SELECT round_id FROM lab_session WHERE id = %s", [session]).fetchone()[0]  # type: ignore[index]
        root.execute("CREATE SEQUENCE IF NOT EXISTS bench_person")
        root.execute("CREATE TABLE IF NOT EXISTS bench_people AS SELECT row_number() OVER () n, id FROM people_person")
        root.execute("CREATE UNIQUE INDEX IF NOT EXISTS bench_people_n ON bench_people (n)")
        root.execute("GRANT SELECT ON bench_people TO PUBLIC")
    args = json.dumps({"session": str(session), "tube": "bench", "person": str(county.person_ids[0])})
    journal = f"""INSERT INTO staff_act (id, verb, actor_id, device, at, recorded_at, path, subject, args, word, result)
        SELECT gen_random_uuid(), 'draw_swab', '{member}', 'phone', now(), now(), '{path}', 'swab', '{args}', 'drawn',
        '{{"tube": "bench"}}';"""
    swab = f"""\\set tube random(1, 1000000000)
        \\set who random(1, {len(county.person_ids)})
        BEGIN;
        SELECT set_config('bihuan.scope', '/', true);
        {journal}
        WITH t AS (INSERT INTO lab_tube AS tube (id, code, round_id, session_id, path, use, capacity, swabs, state,
            opened_at, value) VALUES (gen_random_uuid(), 'bench' || :tube, '{round_}', '{session}', '{path}', 'pool', 10, 1,
            'open', now(), '') ON CONFLICT (code) DO UPDATE SET swabs = tube.swabs RETURNING id)
        INSERT INTO lab_swab (id, round_id, tube_id, person_id, spot, path, counts, retained_code, member_id, at, recorded_at)
        SELECT gen_random_uuid(), '{round_}', t.id, p.id, '', '{path}', false, '', '{member}', now(), now()
        FROM t, bench_people p WHERE p.n = :who;
        COMMIT;"""
    one = f"BEGIN;\nSELECT set_config('bihuan.scope', '/', true);\n{journal}\nCOMMIT;"
    address = database.Embedded(county.home / "postgres").owner()
    rates = []
    with TemporaryDirectory() as folder:
        for text in (one, swab):
            script = Path(folder) / "script.sql"
            script.write_text("\n".join(_one_line_a_statement(text)), encoding="utf-8")
            done = subprocess.run(
                [str(database.programs() / "pgbench"), "-n", "-c", str(CLIENTS), "-j", "2", "-T", str(PGBENCH_SECONDS),
                 "-M", "prepared", "-f", str(script), "-h", str(address.host), "-p", str(address.port), "-U", "postgres",
                 "bench_run"],
                capture_output=True, text=True, check=True,
            )  # fmt: skip
            line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
            rates.append(float(line.split()[2]))
    return rates[0], rates[1]


def _one_line_a_statement(text: str) -> list[str]:
    """pgbench's own commands stand alone on a line; statements may be long."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if line.startswith("\\")] + [
        " ".join(line for line in lines if not line.startswith("\\")).replace("; ", ";\n")
    ]

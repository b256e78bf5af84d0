"""`POST /api/v1/acts` with one swab a call, beside pgbench inserting single rows in the same run.

Sampling tables, each phone with its own key, send person after person and wait for each answer: everything that guards
an act is on. Calls that wait at the same moment are committed together, so the rate grows with the phones that are in
flight: it is measured with sixteen, as pgbench is, and with as many as a city has tables. pgbench runs before and after
with the same durability, with sixteen clients and with thirty-two, the better counts: once a transaction that sets the
scope and inserts one journal row, once one that writes all a swab writes (journal, tube, swab), which is the yardstick.
"""

import json
import subprocess
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import _county, _phones
from benchmarks.acts import server
from benchmarks.swabs import CLIENTS, _cpu_seconds, _sampler_keys, bodies_of, open_tables

LEAST_RATIO = 1.0
MOST_P99_MS = 200.0
PGBENCH_SECONDS = 3
PGBENCH_CLIENTS = (16, 32)
# Phones in flight, and what share of the calls they send.
PHONES = {CLIENTS: 0.15, 256: 0.35, 1000: 0.5}


def run(scale: float = 1.0) -> dict[str, Any]:
    """Sample `scale` × 40,000 people one by one."""
    people, calls = max(8_000, int(500_000 * scale)), max(6_000, int(40_000 * scale))
    with _county.county(people=people) as county:
        sessions = open_tables(county)
        keys = _sampler_keys(county, max(PHONES))
        bodies = [body for _key, body in bodies_of(county, sessions, calls, 1)]
        with county.superuser() as root:
            root.execute("VACUUM (ANALYZE)")
        compared = [_pgbench(county, sessions)]
        rates, answers = {}, dict.fromkeys(("done", "already_done", "refused"), 0)
        with server(county) as port:
            requests = [_phones.request(port, keys[n % len(keys)], body) for n, body in enumerate(bodies)]
            warm = len(requests) // 6  # the first calls start threads and connections, and tell each process the keys
            _phones.send(port, requests[:warm], max(PHONES))
            at, several = warm, len(requests) - warm
            for phones, share in PHONES.items():
                part, at = requests[at : at + int(several * share)], at + int(several * share)
                cpu, started = _cpu_seconds(county.home), time.perf_counter()
                seconds, statuses = _phones.send(port, part, phones)
                wall = time.perf_counter() - started
                used = {name: now - cpu[name] for name, now in _cpu_seconds(county.home).items()}
                answers = {k: answers.get(k, 0) + statuses.get(k, 0) for k in {*answers, *statuses}}
                rates[phones] = {
                    "acts_per_second": round(statuses.get("done", 0) / wall),
                    "p50_ms": _county.quantile_ms(seconds, 0.5),
                    "p99_ms": _county.quantile_ms(seconds, 0.99),
                    "cpu_ms_an_act": {name: round(1000 * s / len(seconds), 3) for name, s in used.items()},
                }
        compared.append(_pgbench(county, sessions))
        with county.superuser() as root:
            durable = {n: root.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit")}  # type: ignore[index]
    one_row, same_rows = (float(np.mean([c[n] for c in compared])) for n in (0, 1))
    for told in rates.values():
        told["ratio_to_pgbench_same_rows"] = round(told["acts_per_second"] / same_rows, 3)
        told["ratio_to_pgbench_one_row"] = round(told["acts_per_second"] / one_row, 3)
    return {
        "people": people,
        "calls": len(requests),
        "phones": rates,
        "limit_p99_ms": MOST_P99_MS,
        "answers": answers,
        "pgbench_one_row": round(one_row),
        "pgbench_same_rows": round(same_rows),
        "least_ratio": LEAST_RATIO,
        **durable,
    }


def _pgbench(county: _county.County, sessions: dict[str, Any]) -> tuple[float, float]:
    """Transactions a second of one journal row, and of all the rows of a swab, with the number of clients that does best."""
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
    return (
        max(_transactions(address, one, clients) for clients in PGBENCH_CLIENTS),
        max(_transactions(address, swab, clients) for clients in PGBENCH_CLIENTS),
    )


def _transactions(address: Any, text: str, clients: int) -> float:
    from bihuan.config import database

    with TemporaryDirectory() as folder:
        script = Path(folder) / "script.sql"
        script.write_text("\n".join(_one_line_a_statement(text)), encoding="utf-8")
        done = subprocess.run(
            [str(database.programs() / "pgbench"), "-n", "-c", str(clients), "-j", "2", "-T", str(PGBENCH_SECONDS),
             "-M", "prepared", "-f", str(script), "-h", str(address.host), "-p", str(address.port), "-U", "postgres",
             "bench_run"],
            capture_output=True, text=True, check=True,
        )  # fmt: skip
    line = next(line for line in done.stdout.splitlines() if line.startswith("tps"))
    return float(line.split()[2])


def _one_line_a_statement(text: str) -> list[str]:
    """pgbench's own commands stand alone on a line; statements may be long."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return [line for line in lines if line.startswith("\\")] + [
        " ".join(line for line in lines if not line.startswith("\\")).replace("; ", ";\n")
    ]

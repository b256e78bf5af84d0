"""`POST /api/v1/acts` with a hundred swabs a call against a running server, beside one-process COPY into the same tables.

Everything that guards an act is on: a device's key, the right, row-level security, the journal, the rate limit, the
durable commit (the answer comes after it). Ten people to a tube; every person once, at a table of their township.
COPY runs before and after the load, as the superuser, with foreign keys and indexes on, one transaction each: one row
of it is one swab with its journal row and its tenth of a tube. Processor time is told apart: server and PostgreSQL.
"""

import json
import os
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np

from benchmarks import _county
from benchmarks.acts import BATCH, _keys, _round, server

LEAST_RATIO = 0.5
CLIENTS = 16
TUBE = 10
# What one round of everybody is spread over, and how much sharper its full hours are than its mean.
ROUND_HOURS = 8.0
BURST = 10.0


def run(scale: float = 1.0) -> dict[str, Any]:
    """Sample `scale` × 100,000 people of a county of five times as many."""
    people, calls = max(4_000, int(500_000 * scale)), max(24, int(1_000 * scale))
    with _county.county(people=people) as county:
        sessions = open_tables(county)
        bodies = bodies_of(county, sessions, calls)
        with county.superuser() as root:
            root.execute("VACUUM (ANALYZE)")
        copied = [_copy(county, sessions, len(bodies) * BATCH // 2, "before")]
        with server(county) as port:
            first = min(CLIENTS * 2, len(bodies) // 3)
            _round(port, bodies[:first], CLIENTS)
            cpu = _cpu_seconds(county.home)
            started = time.perf_counter()
            seconds, statuses = _round(port, bodies[first:], CLIENTS)
            wall = time.perf_counter() - started
            used = {name: now - cpu[name] for name, now in _cpu_seconds(county.home).items()}
        copied.append(_copy(county, sessions, len(bodies) * BATCH // 2, "after"))
        with county.superuser() as root:
            durable = {n: root.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit")}  # type: ignore[index]
            told = root.execute(
                "SELECT count(*), (SELECT sum(swabs) FROM lab_tube WHERE code NOT LIKE 'copy%') FROM lab_swab s"
                " JOIN lab_tube t ON t.id = s.tube_id WHERE t.code NOT LIKE 'copy%'"
            ).fetchone()
    rate, copy_rate = statuses.get("done", 0) / wall, float(np.mean(copied))
    return {
        "people": people,
        "calls": len(seconds),
        "clients": CLIENTS,
        "swabs_per_second": round(rate),
        "p50_ms": _county.quantile_ms(seconds, 0.5),
        "p99_ms": _county.quantile_ms(seconds, 0.99),
        "answers": statuses,
        "is_balanced": bool(told and told[0] == told[1]),
        "cpu_ms_a_call": {name: round(1000 * s / len(seconds), 1) for name, s in used.items()},
        "copy_rows_per_second": round(copy_rate),
        "copy_runs": [round(r) for r in copied],
        "ratio_to_copy": round(rate / copy_rate, 3),
        "least_ratio": LEAST_RATIO,
        "city_in_one_round_millions": round(rate * 3600 * ROUND_HOURS / BURST / 1e6, 1),
        **durable,
    }


def open_tables(county: _county.County) -> dict[str, UUID]:
    """By acts: a laboratory, a round of everybody, and a table in each township; answers the sessions by township."""
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    now = datetime.now(UTC)
    with scoped(Scope(EVERYWHERE)):
        place = territory_reads.places(Scope(EVERYWHERE), ["hospital"]).first()
        townships = list(territory_reads.areas(Scope(EVERYWHERE), "township").filter(code__in=list(county.townships)))
    assert place is not None
    office, sampler = county.members["commander"], county.members["sampler1"]
    made = _does(office, "add_laboratory", now, place=place.id, tubes_per_hour=2000, turnaround_minutes=180)
    given = {"name": "全员检测", "kind": "all_residents", "area": "991027", "pool_size": TUBE}
    round_ = _does(office, "open_round", now, **given)["round"]
    sessions = {}
    for township in townships:
        words = {"name": f"{township.name}采样点", "kind": "community", "area": township.code}
        station = _does(office, "add_station", now, laboratory=made["laboratory"], **words)["station"]
        sessions[township.code] = UUID(_does(sampler, "open_session", now, of_round=round_, station=station)["session"])
    return sessions


def _does(who: UUID, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
    from bihuan.loop import door

    answer = door.perform(verb, args, by=who, at=at, recorded_at=at)
    if answer.status != "done":
        raise RuntimeError(f"{verb}: {answer.reason}")
    return dict(answer.result or {})


def bodies_of(
    county: _county.County, sessions: dict[str, UUID], calls: int, batch: int = BATCH
) -> list[tuple[str, bytes]]:
    """(device key, body) of each call: `batch` people who live where the table stands, in full tubes of ten."""
    at = datetime.now(UTC).isoformat()
    waiting: dict[str, list[UUID]] = {code: [] for code in sessions}
    for person, village in zip(county.person_ids, county.village_of, strict=True):
        waiting[county.villages[village][0][:9]].append(person)
    keys = _sampler_keys(county, 40)
    made: list[tuple[str, bytes]] = []
    while len(made) < calls:
        before = len(made)
        for code, session in sessions.items():
            people = waiting[code]
            if len(people) < batch or len(made) >= calls:
                continue
            acts = [
                {"id": str(_county.new_id()), "act": "draw_swab", "at": at, "device": "phone",
                 "args": {"session": str(session), "tube": f"{code}{len(made):06}{n // TUBE}", "person": str(people.pop())}}
                for n in range(batch)
            ]  # fmt: skip
            made.append((keys[len(made) % len(keys)], json.dumps({"acts": acts}).encode()))
        if len(made) == before:
            break
    return made


def _sampler_keys(county: _county.County, several: int) -> list[str]:
    """Fresh device keys of the county's samplers: a device keeps to the rate limit of one phone."""
    samplers = _county.County(county.home, county.members, {"samplers": ["sampler1", "sampler2", "sampler1"]})
    return _keys(samplers, "samplers", several)


def _cpu_seconds(home: Path) -> dict[str, float]:
    """Processor seconds used so far by the server's processes and by PostgreSQL's, from the process table."""
    ticks = os.sysconf("SC_CLK_TCK")
    used = {"server": 0.0, "postgres": 0.0}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace")
            stat = (entry / "stat").read_text().rsplit(")", 1)[1].split()
            environment = (entry / "environ").read_bytes().decode("utf-8", "replace")
        except OSError:
            continue
        who = (
            "server"
            if "granian" in words
            else "postgres"
            if words.startswith("postgres") or "/postgres" in words[:200]
            else ""
        )
        if who == "server" and f"BIHUAN_HOME={home}" not in environment:
            continue
        if who == "postgres" and "bench_run" not in words:
            continue
        if who:
            used[who] += (int(stat[11]) + int(stat[12])) / ticks
    return used


def _copy(county: _county.County, sessions: dict[str, UUID], swabs: int, name: str) -> float:
    """Swabs a second of one process that only copies the same rows into the same tables, in a round of its own."""
    rng = np.random.default_rng()
    now = datetime.now(UTC)
    when = [now.isoformat()] * swabs
    session = next(iter(sessions.values()))
    given = {"name": f"COPY {name}", "kind": "all_residents", "area": "991027", "pool_size": TUBE}
    round_ = _does(county.members["commander"], "open_round", now, **given)["round"]
    member = county.members["sampler1"].hex
    people = [county.person_ids[i] for i in rng.permutation(len(county.person_ids))[:swabs].tolist()]
    paths = dict(zip(county.person_ids, (county.villages[v][1] for v in county.village_of), strict=True))
    who = [i.hex for i in _county.ids(rng, swabs, now)]
    tubes = [i.hex for i in _county.ids(rng, -(-swabs // TUBE), now)]
    codes = [f"copy-{name}-{k:07}" for k in range(len(tubes))]
    path = "/".join(county.villages[0][1].split("/")[:5]) + "/"
    n = len(tubes)
    args = [
        json.dumps({"session": str(session), "tube": codes[k // TUBE], "person": str(p)}) for k, p in enumerate(people)
    ]
    tables: tuple[tuple[str, dict[str, Any]], ...] = (
        ("staff_act", {"id": who, "verb": ["draw_swab"] * swabs, "actor_id": [member] * swabs, "device": ["phone"] * swabs,
         "at": when, "recorded_at": when, "path": [path] * swabs, "subject": [f"swab:{UUID(i)}" for i in who],
         "args": args, "word": ["drawn"] * swabs, "result": [json.dumps({"tube": codes[k // TUBE]}) for k in range(swabs)]}),
        ("lab_tube", {"id": tubes, "code": codes, "round_id": [round_] * n, "session_id": [session.hex] * n,
         "path": [path] * n, "use": ["pool"] * n, "capacity": [str(TUBE)] * n, "swabs": [str(TUBE)] * n,
         "state": ["open"] * n, "opened_at": when[:n], "value": [""] * n}),
        ("lab_swab", {"id": who, "round_id": [round_] * swabs, "tube_id": [tubes[k // TUBE] for k in range(swabs)],
         "person_id": [p.hex for p in people], "spot": [""] * swabs, "path": [paths[p] for p in people],
         "counts": ["t"] * swabs, "retained_code": [""] * swabs, "member_id": [member] * swabs, "at": when,
         "recorded_at": when}),
    )  # fmt: skip
    with county.superuser() as root:
        ready = [(table, list(columns), _county.encoded(columns)) for table, columns in tables]
        started = time.perf_counter()
        with root.transaction():
            for table, names, data in ready:
                _county.send(root, table, names, data)
        return swabs / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

"""`POST /api/v1/acts` with a hundred visits a call against a running server, beside one-process COPY into the same tables.

Everything that guards an act is on: a device's key, the right, row-level security, the journal, the rate limit, the
durable commit (the answer comes after it). COPY runs before and after the load, as the superuser, with foreign keys and
indexes on, one transaction each: one row of it is one visit with its journal row and its movement of the stock.
"""

import hashlib
import http.client
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks import _county

LEAST_RATIO = 0.25
BATCH = 100
_CLIENTS = 8
_ANSWERS = {"number_checked": "1", "identity_checked": "是", "location": "在家", "control_status": "居家健康监测"}
_GUARD_SECONDS = 90


def run(scale: float = 1.0) -> dict[str, Any]:
    """Send visits for `scale` × 500,000 persons with 100,000 open rows; at most 60,000 visits."""
    people, open_rows = max(2_000, int(500_000 * scale)), max(1_000, int(100_000 * scale))
    with _county.county(people=people, open_rows=open_rows) as county:
        bodies = _bodies(county, batches=max(8, int(600 * scale)))
        copied = [_copy(county, len(bodies) * BATCH // 2)]
        with server(county) as port:
            sent = _send(port, bodies)
        copied.append(_copy(county, len(bodies) * BATCH // 2))
        with county.superuser() as root:
            durable = {n: root.execute(f"SHOW {n}").fetchone()[0] for n in ("fsync", "synchronous_commit")}  # type: ignore[index]
    copy_rate = float(np.mean(copied))
    return {
        "people": people,
        "open_rows": open_rows,
        **sent,
        "copy_rows_per_second": round(copy_rate),
        "copy_runs": [round(rate) for rate in copied],
        "ratio_to_copy": round(sent["rows_per_second"] / copy_rate, 3),
        "least_ratio": LEAST_RATIO,
        **durable,
    }


@contextmanager
def server(county: _county.County, *, workers: int = 2) -> Iterator[int]:
    """`bihuan serve` on a free port of loopback, until the end of the block."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    child = server_process(county, port, workers=workers)
    try:
        wait_until_ready(port, child)
        yield port
    finally:
        child.terminate()
        try:
            child.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)


def server_process(county: _county.County, port: int, *, workers: int) -> subprocess.Popen[bytes]:
    """`bihuan serve` with only the server, in a process group of its own."""
    words = ["serve", "--port", str(port), "--workers", str(workers), "--alone"]
    return subprocess.Popen(
        [sys.executable, "-m", "bihuan.cli", *words],
        env=os.environ | county.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip


def wait_until_ready(port: int, child: subprocess.Popen[bytes]) -> None:
    """Return when the server answers that it can work. Raises RuntimeError when it ended, or after a minute."""
    until = time.monotonic() + 60
    while True:
        try:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            line.request("GET", "/readyz")
            if line.getresponse().status == 200:
                return
        except OSError:
            pass
        if time.monotonic() > until or child.poll() is not None:
            raise RuntimeError("the server did not come up")
        time.sleep(0.1)


def _bodies(county: _county.County, *, batches: int) -> list[tuple[str, bytes]]:
    """(device key, body) of each call; every row of the county is visited once, by a worker of its township."""
    at = datetime.now(UTC).isoformat()
    made: list[tuple[str, bytes]] = []
    keys = {code: _keys(county, code, 12) for code in county.townships}
    waiting = {code: list(rows) for code, rows in county.rows.items()}
    while len(made) < batches and any(len(rows) >= BATCH for rows in waiting.values()):
        for code, rows in waiting.items():
            if len(rows) < BATCH or len(made) >= batches:
                continue
            part = [rows.pop() for _ in range(BATCH)]
            acts = [
                {"id": str(_county.new_id()), "act": "report_visit", "at": at, "device": "phone",
                 "args": {"row": str(row), "outcome": "found_managed", "answers": _ANSWERS}}
                for row in part
            ]  # fmt: skip
            made.append((keys[code][len(made) // len(county.townships) % 12], json.dumps({"acts": acts}).encode()))
    return made


def _keys(county: _county.County, township: str, several: int) -> list[str]:
    """Fresh device keys of the township's grid workers: a device keeps to the rate limit of one phone."""
    from bihuan.loop import door

    now = datetime.now(UTC)
    workers = county.townships[township][-3:]
    keys = []
    for number in range(several):
        by = county.members[workers[number % len(workers)]]
        key = secrets.token_urlsafe(32)
        given = {"member": by, "device": f"phone {number}", "digest": hashlib.sha256(key.encode()).hexdigest()}
        answer = door.perform("issue_token", given, by=by, at=now, recorded_at=now)
        if answer.status != "done":
            raise RuntimeError(answer.reason)
        keys.append(key)
    return keys


def _send(port: int, bodies: list[tuple[str, bytes]]) -> dict[str, Any]:
    """Keep-alive clients send every body once; rows a second, latency, and what the server answered."""
    first = min(_CLIENTS * 2, len(bodies) // 3)  # the first calls start connections and fill caches
    warm, rest = bodies[:first], bodies[first:]
    _round(port, warm)
    started = time.perf_counter()
    seconds, statuses = _round(port, rest)
    wall = time.perf_counter() - started
    return {
        "calls": len(seconds),
        "clients": _CLIENTS,
        "rows_per_second": round(statuses.get("done", 0) / wall),
        "p50_ms": _county.quantile_ms(seconds, 0.5),
        "p99_ms": _county.quantile_ms(seconds, 0.99),
        "answers": statuses,
    }


def _round(port: int, bodies: list[tuple[str, bytes]], several: int = _CLIENTS) -> tuple[list[float], dict[str, int]]:
    queue, lock = list(reversed(bodies)), threading.Lock()
    seconds: list[float] = []
    statuses: dict[str, int] = {}
    until = time.monotonic() + _GUARD_SECONDS

    def client() -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        while time.monotonic() < until:
            with lock:
                if not queue:
                    return
                key, body = queue.pop()
            started = time.perf_counter()
            line.request(
                "POST", "/api/v1/acts", body, {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
            )
            answer = line.getresponse()
            told = answer.read()
            took = time.perf_counter() - started
            # Counted, not parsed: the clients share the cores with what is measured.
            counts = {word: told.count(f'"status":"{word}"'.encode()) for word in ("done", "already_done", "refused")}
            if answer.status != 200:
                counts = {str(answer.status): 1}
            with lock:
                seconds.append(took)
                for word, n in counts.items():
                    statuses[word] = statuses.get(word, 0) + n

    clients = [threading.Thread(target=client) for _ in range(several)]
    for one in clients:
        one.start()
    for one in clients:
        one.join()
    return seconds, statuses


def _copy(county: _county.County, visits: int) -> float:
    """Visits a second of one process that only copies the same rows into the same tables."""
    rng = np.random.default_rng()
    at = datetime.now(UTC)
    when = [at.isoformat()] * visits
    member = county.members[next(iter(county.townships.values()))[-1]].hex
    rows = [row for several in county.rows.values() for row in several][:visits]
    rows = (rows * (visits // max(1, len(rows)) + 1))[:visits]
    who = [i.hex for i in _county.ids(rng, visits, at)]
    code, path = county.villages[0]
    with county.superuser() as root:
        tables: tuple[tuple[str, dict[str, Any]], ...] = (
            ("staff_act", {"id": who, "verb": ["report_visit"] * visits, "actor_id": [member] * visits,
             "device": ["phone"] * visits, "at": when, "recorded_at": when, "path": [path] * visits,
             "subject": [f"row:{r}" for r in rows],
             "args": [json.dumps({"row": str(r), "outcome": "found_managed"}) for r in rows],
             "word": ["ended"] * visits, "result": [json.dumps({"row": str(r), "state": "found_managed"}) for r in rows]}),
            ("command_visit", {"id": who, "subject": [f"row:{r}" for r in rows], "path": [path] * visits,
             "form": ["pushed_row_visit"] * visits, "outcome": ["found_managed"] * visits,
             "answers": [json.dumps(_ANSWERS, ensure_ascii=False)] * visits, "member_id": [member] * visits, "at": when,
             "recorded_at": when}),
            ("intake_rowevent", {"row_id": [r.hex for r in rows], "area_id": [code] * visits, "path": [path] * visits,
             "kind": ["closed"] * visits, "delta": ["-1"] * visits, "state": ["found_managed"] * visits, "at": when,
             "recorded_at": when}),
        )  # fmt: skip
        ready = [(table, list(columns), _county.encoded(columns)) for table, columns in tables]
        started = time.perf_counter()
        with root.transaction():
            for table, names, data in ready:
                _county.send(root, table, names, data)
        return visits / (time.perf_counter() - started)


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

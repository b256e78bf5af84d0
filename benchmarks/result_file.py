"""A laboratory's file of 200,000 rows: read, tried out, taken and released by a second person, as acts, durable commits on.

The tubes stand at the laboratory in one batch, ten people in each; one row in a thousand is a positive pool, so that
as many recalls are opened, each with its people, its task and its clock.
"""

import json
import sys
import time
from datetime import UTC, datetime
from typing import Any

import numpy as np

from benchmarks import _county
from benchmarks.swabs import _cpu_seconds, _does, open_tables

MOST_SECONDS = 60
ROWS = 200_000
POSITIVES_ONE_IN = 1000


def run(scale: float = 1.0) -> dict[str, Any]:
    """Check and release `scale` × 200,000 rows."""
    rows = max(1_000, int(ROWS * scale))
    with _county.county(people=max(4_000, int(500_000 * scale))) as county:
        sessions = open_tables(county)
        laboratory, codes = _at_the_laboratory(county, sessions, rows)
        csv = "管号,检测结果\n" + "".join(
            f"{code},{'阳性' if k % POSITIVES_ONE_IN == 7 else '阴性'}\n" for k, code in enumerate(codes)
        )
        before, own = _cpu_seconds(county.home)["postgres"], time.process_time()
        steps = _steps(county, laboratory, csv.encode())
        cpu = {"own": time.process_time() - own, "postgres": _cpu_seconds(county.home)["postgres"] - before}
        with county.superuser() as root:
            told = root.execute("SELECT state, count(*) FROM lab_tube GROUP BY 1").fetchall()
            recalls, people = root.execute("SELECT count(*), sum(people) FROM lab_recall").fetchone() or (0, 0)
    return {
        "rows": rows,
        **{f"{name}_seconds": round(seconds, 1) for name, seconds in steps.items()},
        "seconds": round(sum(steps.values()), 1),
        "most_seconds": MOST_SECONDS,
        "cpu_seconds": {name: round(value, 1) for name, value in cpu.items()},
        "tubes_by_state": dict(told),
        "recalls": recalls,
        "people_recalled": int(people or 0),
    }


def _steps(county: _county.County, laboratory: str, raw: bytes) -> dict[str, float]:
    """The file's way from its bytes to everybody's result, step by step."""
    from bihuan.adapters import result_files

    first, second = county.members["lab1"], county.members["lab2"]
    taken: dict[str, float] = {}
    now, started = datetime.now(UTC), time.perf_counter()
    reading = result_files.read(raw)
    taken["read"] = time.perf_counter() - started
    started = time.perf_counter()
    tried = _does(
        first, "check_results", now, laboratory=laboratory, test_run="P1", kind="all", file_name="结果.csv",
        content_hash=reading.content_hash, rows=reading.rows, unreadable=reading.unreadable,
    )  # fmt: skip
    taken["check"] = time.perf_counter() - started
    started = time.perf_counter()
    _does(first, "import_results", now, file=tried["file"])
    taken["take"] = time.perf_counter() - started
    started = time.perf_counter()
    _does(second, "release_results", now, file=tried["file"], findings=tried["findings"])
    taken["release"] = time.perf_counter() - started
    return taken


def _at_the_laboratory(county: _county.County, sessions: dict[str, Any], rows: int) -> tuple[str, list[str]]:
    """Tubes with their people, received in boxes of five hundred and on an instrument, brought in by COPY."""
    now = datetime.now(UTC)
    rng = np.random.default_rng(3)
    session = next(iter(sessions.values()))
    path = "/".join(county.villages[0][1].split("/")[:5]) + "/"
    member = county.members["lab1"].hex
    with county.superuser() as root:
        found = root.execute("SELECT id FROM lab_laboratory").fetchone()
        round_ = root.execute("SELECT round_id FROM lab_session WHERE id = %s", [session]).fetchone()
        assert found is not None
        assert round_ is not None
        laboratory, round_id = found[0], round_[0]
        boxes = [i.hex for i in _county.ids(rng, -(-rows // 500), now)]
        (run,) = [i.hex for i in _county.ids(rng, 1, now)]
        tubes = [i.hex for i in _county.ids(rng, rows, now)]
        codes = [f"L{k:08}" for k in range(rows)]
        when, n = now.isoformat(), len(boxes)
        _county.copy(
            root, "lab_box",
            {"id": boxes, "code": [f"B{k:05}" for k in range(n)], "session_id": [session.hex] * n, "round_id": [round_id.hex] * n,
             "laboratory_id": [laboratory.hex] * n, "path": [path] * n, "tubes": ["500"] * n, "people": ["5000"] * n,
             "state": ["received"] * n, "packed_at": [when] * n, "packed_by_id": [member] * n, "received_at": [when] * n},
        )  # fmt: skip
        _county.copy(
            root, "lab_testrun",
            {"id": [run], "number": ["P1"], "laboratory_id": [laboratory.hex], "path": ["/".join(path.split("/")[:4]) + "/"],
             "instrument": [""], "tubes": [str(rows)], "started_at": [when], "started_by_id": [member]},
        )  # fmt: skip
        _county.copy(
            root, "lab_tube",
            {"id": tubes, "code": codes, "round_id": [round_id.hex] * rows, "session_id": [session.hex] * rows,
             "path": [path] * rows, "use": ["pool"] * rows, "capacity": ["10"] * rows, "swabs": ["10"] * rows,
             "state": ["received"] * rows, "opened_at": [when] * rows, "box_id": [boxes[k // 500] for k in range(rows)],
             "test_run_id": [run] * rows, "value": [""] * rows},
        )  # fmt: skip
        # People in the positive pools, who will be recalled, and as many others: a city's file names tubes, not people.
        chosen = [k for k in range(rows) if k % POSITIVES_ONE_IN in (7, 8)]
        people = county.person_ids[: len(chosen) * 10]
        paths = dict(zip(county.person_ids, (county.villages[v][1] for v in county.village_of), strict=True))
        n = len(people)
        _county.copy(
            root, "lab_swab",
            {"id": [i.hex for i in _county.ids(rng, n, now)], "round_id": [round_id.hex] * n,
             "tube_id": [tubes[chosen[k // 10]] for k in range(n)], "person_id": [p.hex for p in people], "spot": [""] * n,
             "path": [paths[p] for p in people], "counts": ["t"] * n, "retained_code": [""] * n, "member_id": [member] * n,
             "at": [when] * n, "recorded_at": [when] * n},
        )  # fmt: skip
        root.execute("ANALYZE lab_tube")
    return str(laboratory), codes


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

"""A year of daily reports of 400 units on one page, and every report of the library as a spreadsheet of a county of 500,000.

The county has 500,000 persons and 200,000 rows of lists, half of them open; beside them a year of signed daily reports of
400 units (146,000 tasks, clocks and reports, one in fifty missing), brought in by COPY. The matrix is asked for through
`bihuan serve`, logged in, for a week and for a month; every report is built and written as `.xlsx` in one process.
"""

import http.client
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from benchmarks import _county
from benchmarks.acts import server
from benchmarks.pages import _ask, _session

UNITS, DAYS = 400, 365
MATRIX_MS = 300.0
REPORT_SECONDS = 10.0
SPANS = (7, 31)


def run(scale: float = 1.0) -> dict[str, Any]:
    """p95 of the matrix by span, and the seconds of each report; `scale` × all of it."""
    people, open_rows = max(2_000, int(500_000 * scale)), max(1_000, int(100_000 * scale))
    units, days = max(12, int(UNITS * scale)), max(40, int(DAYS * scale))
    with _county.county(people=people, open_rows=open_rows) as county:
        made = _year(county, units, days)
        cookie = _session(county)
        matrix = {}
        with server(county) as port:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            for span in SPANS:
                seconds, size = _ask(line, f"/unit-reports/?days={span}", cookie)
                matrix[str(span)] = {
                    "p50_ms": _county.quantile_ms(seconds, 0.5),
                    "p95_ms": _county.quantile_ms(seconds, 0.95),
                    "limit_ms": MATRIX_MS,
                    "kib": round(size / 1024, 1),
                }
        told = dict(_reports(county))
    return {
        "people": people,
        "list_rows": open_rows * 2,
        "unit_reports": made,
        "matrix_days": matrix,
        "report_seconds": told,
        "slowest_seconds": max(told.values()),
        "limit_seconds": REPORT_SECONDS,
    }


def _reports(county: _county.County) -> Iterator[tuple[str, float]]:
    from bihuan import reports
    from bihuan.adapters import documents
    from bihuan.ledgers.territory.scope import Scope, scoped

    scope = Scope("/".join(county.villages[0][1].split("/")[:4]) + "/")
    with TemporaryDirectory() as folder:
        for report in reports.library():
            started = time.perf_counter()
            with scoped(scope):
                page = report(scope, datetime.now(UTC))
            content = documents.render(page, ".xlsx")
            (Path(folder) / f"{report.name}.xlsx").write_bytes(content)
            yield report.name, round(time.perf_counter() - started, 2)


def _year(county: _county.County, units: int, days: int) -> int:
    """Signed daily reports of as many units and days."""
    rng = np.random.default_rng(9)
    now = datetime.now(UTC)
    today = now.replace(hour=8, minute=0, second=0, microsecond=0)
    member = county.members["office"].hex
    unit_ids = _county.ids(rng, units, now)
    places = [county.villages[i % len(county.villages)] for i in range(units)]
    with county.superuser() as root:
        (office,) = root.execute("SELECT id FROM staff_unit WHERE kind = 'working_group' LIMIT 1").fetchone() or (None,)
        _county.copy(
            root, "staff_unit",
            {"id": [u.hex for u in unit_ids], "name": [f"{i:03}号单位" for i in range(units)], "kind": ["department"] * units,
             "area_id": [c for c, _p in places], "path": [p for _c, p in places], "phone": [""] * units},
        )  # fmt: skip
        for back in range(days):
            opens = today - timedelta(days=back)
            due = opens + timedelta(hours=8)
            tasks = _county.ids(rng, units, opens)
            is_said = (rng.random(units) > 0.02).tolist()
            signed = [(due - timedelta(minutes=int(m))).isoformat() for m in rng.integers(-30, 200, units)]
            closed = [
                s if said and datetime.fromisoformat(s) <= now else None
                for s, said in zip(signed, is_said, strict=True)
            ]
            who, areas, paths = [u.hex for u in unit_ids], [c for c, _p in places], [p for _c, p in places]
            _county.copy(
                root, "command_task",
                {
                    "id": [t.hex for t in tasks], "kind": ["unit_report"] * units, "title": ["疫情日报告"] * units,
                    "area_id": areas, "path": paths, "subject": [f"unit_report:zero_report:{u}" for u in unit_ids],
                    "territory_owner_id": who, "sector_supervisor_id": [office.hex] * units, "responsible_unit_id": who,
                    "responsible_id": [member] * units, "opened_at": [opens.isoformat()] * units, "closed_at": closed,
                    "closed_by_id": [member if c else None for c in closed], "outcome": [""] * units, "detail": ["{}"] * units,
                },
            )  # fmt: skip
            _county.copy(
                root, "command_clock",
                {
                    "id": [i.hex for i in _county.ids(rng, units, opens)], "task_id": [t.hex for t in tasks], "path": paths,
                    "kind": ["task"] * units, "started_at": [opens.isoformat()] * units, "raised": ["0"] * units,
                    "stopped_at": closed, "warn_at": [(opens + timedelta(hours=4)).isoformat()] * units,
                    "due_at": [due.isoformat()] * units,
                },
            )  # fmt: skip
            kept = [i for i in range(units) if closed[i]]
            n = len(kept)
            _county.copy(
                root, "command_unitreport",
                {
                    "id": [i.hex for i in _county.ids(rng, n, opens)], "unit_id": [who[i] for i in kept],
                    "area_id": [areas[i] for i in kept], "path": [paths[i] for i in kept], "form": ["zero_report"] * n,
                    "day": [str(opens.date())] * n, "version": ["1"] * n, "task_id": [tasks[i].hex for i in kept],
                    "figures": ['{"cases_new": 0, "fever": 1}'] * n, "counted": ['{"cases_new": 0}'] * n, "own": ["[]"] * n,
                    "note": [""] * n, "reason": [""] * n, "signed_by_id": [member] * n, "signed_as": ["单位 负责人"] * n,
                    "signed_at": [closed[i] for i in kept], "recorded_at": [closed[i] for i in kept],
                    "due_at": [due.isoformat()] * n, "closes_at": [(due + timedelta(hours=2)).isoformat()] * n,
                },
            )  # fmt: skip
        root.execute("VACUUM (ANALYZE)")
        (count,) = root.execute("SELECT count(*) FROM command_unitreport").fetchone() or (0,)
    return int(count)

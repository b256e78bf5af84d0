"""How long the pages of isolation take in a county with 50,000 orders in force, through the server, logged in.

500 people in one site of 500 rooms, 4,500 in nine more, 45,000 at home; each with two checks a day over seven days, a sixth of
today's still open. Asked one at a time, as by one duty officer; beside them what one request costs before any question.
"""

import http.client
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import numpy as np
import psycopg

from benchmarks import _county
from benchmarks.acts import server
from benchmarks.pages import _ask, _session

LIMIT_MS = 300.0
ROOMS_A_SITE, SITES, DAYS = 500, 10, 7
_CHUNK = 10_000


def run(scale: float = 1.0) -> dict[str, Any]:
    """p50 and p95 of each page; `scale` × 50,000 orders."""
    orders, rooms = max(1_000, int(50_000 * scale)), max(20, int(ROOMS_A_SITE * scale))
    pages: dict[str, Any] = {}
    with _county.county(people=max(2_000, int(100_000 * scale))) as county:
        with county.superuser() as root:
            site = _fill(root, county, orders, rooms)
        cookie = _session(county)
        with server(county) as port:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            floor, _size = _ask(line, "/healthz", cookie)
            for name, address in {
                "room_grid": f"/sites/{site}/",
                "register": "/sites/",
                "monitoring": "/sites/monitoring/",
                "monitoring_missed": "/sites/monitoring/?state=missed",
                "leaving_today": "/sites/leaving/",
                "waiting": f"/sites/waiting/?site={site}",
                "transfers": "/transfers/",
                "phone": "/field/isolation/",
            }.items():
                seconds, size = _ask(line, address, cookie)
                p95 = _county.quantile_ms(seconds, 0.95)
                pages[name] = {
                    "p50_ms": _county.quantile_ms(seconds, 0.5),
                    "p95_ms": p95,
                    "limit_ms": LIMIT_MS,
                    "ratio_to_limit": round(p95 / LIMIT_MS, 3),
                    "kib": round(size / 1024, 1),
                }
    return {
        "orders": orders,
        "rooms_of_the_site": rooms,
        "healthz_p95_ms": _county.quantile_ms(floor, 0.95),
        "pages": pages,
    }


def _fill(root: psycopg.Connection[Any], county: _county.County, orders: int, rooms: int) -> str:
    """Sites with rooms, orders with their duties, and a stay for each; answers with the site that is looked at."""
    rng = np.random.default_rng(9)
    now = datetime.now(UTC)
    root.execute("SET session_replication_role = replica")
    commander = county.members["commander"].hex
    sites = _sites(root, rng, county, rooms, now)
    beds = [(s, r, b, p) for s, p, several in sites for r, b in several]
    for start in range(0, orders, _CHUNK):
        n = min(_CHUNK, orders - start)
        people = [county.person_ids[start + i] for i in range(n)]
        homes = [county.villages[county.village_of[start + i]] for i in range(n)]
        order_ids = _county.ids(rng, n, now)
        begun = [now - timedelta(days=float(d)) for d in rng.uniform(0.2, 6.8, n)]
        ends = [b.replace(hour=16, minute=0, second=0, microsecond=0) + timedelta(days=DAYS) for b in begun]
        away = [start + i < len(beds) for i in range(n)]
        where = [beds[start + i] if here else None for i, here in enumerate(away)]
        _orders(root, order_ids, people, homes, begun, ends, away, commander, start)
        _stays(root, rng, order_ids, people, homes, begun, ends, where, commander)
        paths = [w[3] if w else home[1] for w, home in zip(where, homes, strict=True)]
        _duties(root, rng, order_ids, paths, begun, ends, now)
    root.execute("ANALYZE")
    return str(UUID(sites[0][0]))


def _sites(
    root: psycopg.Connection[Any], rng: np.random.Generator, county: _county.County, rooms: int, now: datetime
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    made = []
    for number in range(SITES):
        code, path = county.villages[number * len(county.villages) // SITES]
        place, site = (i.hex for i in _county.ids(rng, 2, now))
        _county.copy(root, "territory_place", {"id": [place], "area_id": [code], "path": [path], "name": [f"集中隔离点{number}"],
                     "kind": ["isolation_site"], "address": [""], "hours": [""]})  # fmt: skip
        _county.copy(root, "resources_facility", {"id": [site], "place_id": [place], "path": [path], "kind": ["isolation_site"],
                     "level": ["county"], "form": ["isolation_site_check"], "check_every_days": ["7"], "faults": ["{}"],
                     "is_passed": ["true"], "opened_at": [(now - timedelta(days=9)).isoformat()]})  # fmt: skip
        room_ids, bed_ids = (
            [i.hex for i in _county.ids(rng, rooms, now)],
            [i.hex for i in _county.ids(rng, rooms, now)],
        )
        _county.copy(
            root, "resources_room",
            {
                "id": room_ids, "facility_id": [site] * rooms, "path": [path] * rooms,
                "number": [f"{n // 50 + 1}{n % 50 + 1:02d}" for n in range(rooms)],
                "floor": [str(n // 50 + 1) for n in range(rooms)], "kind": ["single"] * rooms,
                "state": ["ready"] * rooms, "state_since": [now.isoformat()] * rooms,
            },
        )  # fmt: skip
        _county.copy(
            root, "resources_bed", {"id": bed_ids, "room_id": room_ids, "path": [path] * rooms, "number": ["1"] * rooms}
        )
        made.append((site, path, list(zip(room_ids, bed_ids, strict=True))))
    return made


def _orders(
    root: psycopg.Connection[Any], ids: list[Any], people: list[Any], homes: list[Any], begun: list[datetime],
    ends: list[datetime], away: list[bool], commander: str, start: int,
) -> None:  # fmt: skip
    n = len(ids)
    at = [b.isoformat() for b in begun]
    _county.copy(
        root, "orders_order",
        {
            "id": [i.hex for i in ids], "person_id": [p.hex for p in people], "area_id": [c for c, _p in homes],
            "path": [p for _c, p in homes], "chain": [i.hex for i in ids], "stage": ["0"] * n,
            "measure": ["central_quarantine" if a else "home_quarantine" for a in away],
            "protocol": ["covid-19/2022-06-28"] * n, "class_name": ["close_contact"] * n, "room": ["single"] * n,
            "compulsory": ["false"] * n, "is_verified": ["true"] * n, "basis": ["第九版"] * n, "article": [""] * n,
            "ground": [f"contact:{start + i}" for i in range(n)], "ground_words": ["与病例同车"] * n,
            "anchors": ["{}"] * n, "facts": ["{}"] * n, "starts_at": at, "ends_at": [e.isoformat() for e in ends],
            "state": ["in_force"] * n, "proposed_at": at, "proposed_by_id": [commander] * n, "issuer_id": [commander] * n,
            "issuer_post": ["指挥长"] * n, "signed_at": at, "override_reason": [""] * n,
            "notice_number": [f"青疫控〔2022〕{start + i}号" for i in range(n)], "served_at": at,
            "served_by_id": [commander] * n, "served_how": ["handed"] * n, "end_reason": [""] * n, "end_words": [""] * n,
            "checks_per_day": ["2"] * n, "code": ["red"] * n, "release": ["[]"] * n, "lighter": ["{}"] * n,
            "person_days": ["7"] * n, "emergency_access": [""] * n, "detour": [""] * n, "contact": [""] * n,
        },
    )  # fmt: skip


def _stays(
    root: psycopg.Connection[Any], rng: np.random.Generator, ids: list[Any], people: list[Any], homes: list[Any],
    begun: list[datetime], ends: list[datetime], where: list[Any], commander: str,
) -> None:  # fmt: skip
    from bihuan.ledgers.people import cipher

    n = len(ids)
    words = {"name": "王小明", "sex": "male", "born": "1990-01-01", "phones": ["19900000000"], "needs": []}
    sealed = ["\\x" + cipher.seal_json(words).hex() for _ in range(n)]
    at = [b.isoformat() for b in begun]
    _county.copy(
        root, "orders_stay",
        {
            "id": [i.hex for i in _county.ids(rng, n, begun[0])], "order_id": [i.hex for i in ids],
            "person_id": [p.hex for p in people], "path": [w[3] if w else h[1] for w, h in zip(where, homes, strict=True)],
            "home_path": [p for _c, p in homes], "kind": ["site" if w else "home" for w in where],
            "facility_id": [w[0] if w else None for w in where], "room_id": [w[1] if w else None for w in where],
            "bed_id": [w[2] if w else None for w in where], "address": ["" if w else "3组12号" for w in where],
            "party": [p.hex for p in people], "sealed": sealed, "helper_id": [commander] * n, "stay_from": at,
            "arrived_at": at, "planned_until": [e.isoformat() for e in ends], "end_reason": [""] * n,
            "assigned_by_id": [commander] * n, "rules_at": at, "rules_how": ["signed"] * n,
        },
    )  # fmt: skip


def _duties(
    root: psycopg.Connection[Any], rng: np.random.Generator, ids: list[Any], paths: list[str], begun: list[datetime],
    ends: list[datetime], now: datetime,
) -> None:  # fmt: skip
    """The checks of each stay as the protocol dates them: done in their window, but for a sixth of the last day's."""
    columns: dict[str, list[Any]] = {name: [] for name in _DUTY}
    for order, path, begin, end in zip(ids, paths, begun, ends, strict=True):
        for since, until in _windows(begin, end):
            is_open = since > now - timedelta(hours=24) and rng.random() < 1 / 6
            done = since <= now and not is_open
            at = min(since + (until - since) / 2, now).isoformat() if done else None
            for name, value in zip(
                _DUTY, (order.hex, path, "check", "{}", since.isoformat(), until.isoformat(), at, "well" if done else "", ""),
                strict=True,
            ):  # fmt: skip
                columns[name].append(value)
    duty_ids = _county.ids(rng, len(columns["path"]), now)
    _county.copy(root, "orders_duty", {"id": [i.hex for i in duty_ids], **columns})


_DUTY = ("order_id", "path", "kind", "detail", "due_from", "due_until", "done_at", "result", "evidence")


def _windows(begin: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    from bihuan.engines import protocol

    for window in protocol.check_windows(begin, end, 2):
        yield window.due_from, window.due_until


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

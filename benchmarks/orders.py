"""The sign queue, the list of orders and one order with 50,000 orders in the county, through the server, logged in.

Half of them wait for a signature, three in ten are in force, the others are over. Each is a copy of one that the house's
own acts proposed, so that its grounds, plan and lighter measure are real. Measured as `pages` measures: one at a time.
"""

import http.client
import json
import sys
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from benchmarks import _county
from benchmarks.acts import server
from benchmarks.pages import _ask, _session

LIMIT_MS = 300.0
PROTOCOL = "covid-19/2022-06-28"
_ROWS = 5_000


def run(scale: float = 1.0) -> dict[str, Any]:
    """p50 and p95 of the pages of orders; `scale` × 50,000 orders on `scale` × 50,000 persons."""
    wanted = max(1_000, int(50_000 * scale))
    pages: dict[str, Any] = {}
    with _county.county(people=wanted) as county:
        order = _fill(county, wanted)
        township = next(iter(county.townships))
        addresses = {
            "sign_queue": "/orders/proposals/",
            "sign_queue_last_pages": f"/orders/proposals/?page={wanted // 100 - 5}",
            "sign_queue_township": f"/orders/proposals/?area=/99/9910/991027/{township}/",
            "orders": "/orders/",
            "orders_in_force": "/orders/?state=binding",
            "order": f"/orders/{order}/",
        }
        cookie = _session(county)
        with server(county) as port:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            floor, _size = _ask(line, "/healthz", cookie)
            for name, address in addresses.items():
                seconds, size = _ask(line, address, cookie)
                p95 = _county.quantile_ms(seconds, 0.95)
                pages[name] = {
                    "p50_ms": _county.quantile_ms(seconds, 0.5),
                    "p95_ms": p95,
                    "limit_ms": LIMIT_MS,
                    "ratio_to_limit": round(p95 / LIMIT_MS, 3),
                    "kib": round(size / 1024, 1),
                }
    return {"orders": wanted, "healthz_p95_ms": _county.quantile_ms(floor, 0.95), "pages": pages}


def _fill(county: _county.County, wanted: int) -> UUID:
    """One order by acts, then as many copies of it on as many persons; answers with one that is in force."""
    from bihuan.ledgers._ground import uuid7
    from bihuan.ledgers.orders.choices import EndReason, OrderState
    from bihuan.ledgers.orders.models import Order
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
    from bihuan.loop import door

    now = datetime.now(UTC)
    hour = timedelta(hours=1)
    made = door.perform(
        "propose_order",
        {
            "person": county.person_ids[0], "class_name": "close_contact", "ground": "contact:0", "protocol": PROTOCOL,
            "ground_words": "与确诊病例同乘长途班车", "anchors": {"last_exposure": now - 30 * hour, "identified": now},
        },
        by=county.members["office"], at=now, recorded_at=now,
    )  # fmt: skip
    assert made.result, made.reason
    with scoped(Scope(EVERYWHERE)):
        first = Order.objects.get(id=made.result["orders"][0])
        same = {
            f.attname: getattr(first, f.attname)
            for f in Order._meta.concrete_fields
            if f.attname not in ("id", "person_id", "area_id", "path", "chain", "ground")
        }
        in_force = None
        rows = []
        for number in range(1, wanted):
            code, path = county.villages[county.village_of[number]]
            row = Order(
                id=uuid7(), person_id=county.person_ids[number], area_id=code, path=path, chain=uuid7(),
                ground=f"contact:{number}", **same,
            )  # fmt: skip
            row.proposed_at = now - timedelta(seconds=number)
            if number % 10 >= 5:
                row.state, row.issuer_id, row.issuer_post = (
                    OrderState.IN_FORCE,
                    county.members["health"],
                    "县卫健局 局长",
                )
                row.signed_at = row.served_at = now - hour
                row.starts_at, row.notice_number = now - hour, f"青疫控〔0〕{number}号"
                in_force = in_force or row.id
            if number % 10 >= 8:
                row.state, row.end_reason, row.ended_at = OrderState.ENDED, EndReason.RELEASED, now - hour / 2
            rows.append(row)
            if len(rows) == _ROWS:
                Order.objects.bulk_create(rows)
                rows = []
        Order.objects.bulk_create(rows)
    with county.superuser() as root:
        root.execute("VACUUM (ANALYZE) orders_order")
    assert in_force
    return in_force


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

"""How long the desk's pages take in a county of 500,000 persons and 100,000 open rows, through the server, logged in.

Each page is asked for one at a time, as by one duty officer, through `bihuan serve` with two workers. Beside them, in the
same run, the answer of /healthz: what one request costs on this machine before any question is asked.
"""

import http.client
import json
import sys
import time
from typing import Any

from benchmarks import _county
from benchmarks.acts import server

LIMIT_MS = {"situation": 200.0}
OTHERS_MS = 300.0
PAGES = ("situation", "tasks", "lists", "rows", "review", "people", "letters", "roster", "journal", "notices")
_REQUESTS = 60
_ACCOUNT = "office"


def run(scale: float = 1.0) -> dict[str, Any]:
    """p50 and p95 of every ledger page; `scale` × 500,000 persons and 100,000 open rows."""
    people, open_rows = max(2_000, int(500_000 * scale)), max(1_000, int(100_000 * scale))
    pages: dict[str, Any] = {}
    with _county.county(people=people, open_rows=open_rows) as county:
        addresses = {name: _address(name) for name in PAGES}
        cookie = _session(county)
        with server(county) as port:
            line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
            floor, _size = _ask(line, "/healthz", cookie)
            for name, address in addresses.items():
                if address is None:
                    pages[name] = {"skipped": "the desk has no such page"}
                    continue
                seconds, size = _ask(line, address, cookie)
                limit = LIMIT_MS.get(name, OTHERS_MS)
                p95 = _county.quantile_ms(seconds, 0.95)
                pages[name] = {
                    "p50_ms": _county.quantile_ms(seconds, 0.5),
                    "p95_ms": p95,
                    "limit_ms": limit,
                    "ratio_to_limit": round(p95 / limit, 3),
                    "kib": round(size / 1024, 1),
                }
    return {
        "people": people,
        "open_rows": open_rows,
        "requests_a_page": _REQUESTS,
        "healthz_p95_ms": _county.quantile_ms(floor, 0.95),
        "pages": pages,
    }


def _address(name: str) -> str | None:
    from django.urls import NoReverseMatch, reverse

    try:
        return reverse(f"desk:{name}")
    except NoReverseMatch:
        return None


def _session(county: _county.County) -> str:
    """The cookie of somebody of the county's office, logged in."""
    from django.conf import settings
    from django.test import Client

    from bihuan.ledgers.staff import reads

    client, who = Client(), reads.member(county.members[_ACCOUNT])
    assert who
    client.force_login(who)
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _ask(line: http.client.HTTPConnection, address: str, cookie: str) -> tuple[list[float], int]:
    """Seconds of each request, after four that fill caches; and the size of the last answer."""
    seconds, size = [], 0
    for number in range(_REQUESTS + 4):
        started = time.perf_counter()
        line.request("GET", address, headers={"Cookie": cookie, "Host": "localhost"})
        answer = line.getresponse()
        size = len(answer.read())
        if answer.status != 200:
            raise RuntimeError(f"{address}: {answer.status}")
        if number >= 4:
            seconds.append(time.perf_counter() - started)
    return seconds, size


if __name__ == "__main__":
    print(json.dumps(run(float(sys.argv[1]) if len(sys.argv) > 1 else 1.0), ensure_ascii=False, indent=1))

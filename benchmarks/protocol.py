"""How quickly duties are dated: one person at a time, and a city's quarantine list at once. The limit is 2 s for 100,000."""

import time
from datetime import datetime

import numpy as np

from bihuan.engines import protocol

PERSONS = 100_000
LIMIT_S = 2.0
_BASE_US = 1_656_640_800_000_000  # 2022-07-01 10:00 in Asia/Shanghai


def together(ident: str, class_name: str, persons: int) -> float:
    """Seconds to date `persons` at once: exposed over 30 days, found up to 10 days late, one in fifty positive."""
    rng = np.random.default_rng(1)
    day = 86_400_000_000
    exposed = _BASE_US + rng.integers(0, 30 * day, persons)
    anchors = {
        "last_exposure": exposed,
        "identified": exposed + rng.integers(0, 10 * day, persons),
        "positive_sample": np.where(rng.random(persons) < 0.02, exposed + 4 * day, protocol.MISSING),
    }
    edition = protocol.edition(ident)
    began = time.perf_counter()
    protocol.plan_many(edition, class_name, anchors)
    return time.perf_counter() - began


def one_by_one(ident: str, class_name: str, persons: int) -> float:
    """Seconds to date `persons` one after the other."""
    edition = protocol.edition(ident)
    anchors = {"last_exposure": datetime.fromisoformat("2022-07-01T10:00+08:00")}
    began = time.perf_counter()
    for _ in range(persons):
        protocol.plan(edition, class_name, anchors)
    return time.perf_counter() - began


def main() -> None:
    """Print a line a class: persons a second both ways, and how far below the limit 100,000 persons are."""
    for ident, class_name in (
        ("covid-19/2021-05-11", "close_contact"),
        ("covid-19/2022-06-28", "close_contact"),
        ("covid-19/2022-06-28", "secondary_contact"),
        ("measles/2024-12-12", "susceptible_contact"),
    ):
        seconds = min(together(ident, class_name, PERSONS) for _ in range(3))
        single = one_by_one(ident, class_name, 2_000) / 2_000
        print(
            f"{ident:22} {class_name:20} {PERSONS:,} persons in {seconds:.3f} s "
            f"({LIMIT_S / seconds:.0f}× below the limit); one by one {1 / single:,.0f} a second"
        )


if __name__ == "__main__":
    main()

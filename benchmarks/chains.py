"""How long chains of 500 and 5,000 cases take: to think about, to draw, and as the desk's page. The limit is 2 s at 5,000.

An outbreak is simulated with a seed: R 1.1, k 0.2, serial interval 5 ± 2 days, a third of the cases with two or three
candidate infectors, exposure windows of up to four days. The page is measured in a demo county of its own, into which
the same outbreak came by `bihuan import`: first look (everything thought anew), then a second look.
"""

import csv
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from bihuan.engines import chains

SIZES = (500, 5_000)
LIMIT_SECONDS = 2.0
DAY = date(2022, 3, 1)


def outbreak(count: int, seed: int = 1) -> tuple[list[chains.Case], list[chains.Link]]:
    """Cases and stated links of one simulated outbreak."""
    random = np.random.default_rng(seed)
    days = [0]
    infector = [-1]
    at = 0
    while len(days) < count:
        if at == len(days):  # it died out: somebody comes from outside
            days.append(days[-1] + 1)
            infector.append(-1)
        for _ in range(int(random.negative_binomial(0.2, 0.2 / (0.2 + 1.1)))):
            if len(days) < count:
                days.append(days[at] + max(1, round(float(random.normal(5, 2)))))
                infector.append(at)
        at += 1
    cases, links = [], []
    for number, day in enumerate(days):
        onset = DAY + timedelta(days=day)
        exposed = onset - timedelta(days=int(random.integers(3, 9)))
        cases.append(
            chains.Case(
                f"B{number}", onset, onset + timedelta(days=2), exposed - timedelta(days=int(random.integers(0, 3))),
                exposed + timedelta(days=int(random.integers(0, 2))), group=f"township {number % 12}",
            )
        )  # fmt: skip
        sources = {infector[number]} - {-1}
        if number and random.random() < 1 / 3:
            sources |= {int(random.integers(0, number)) for _ in range(2)}
        links += [chains.Link(f"B{source}", f"B{number}") for source in sources if source != number]
    return cases, links


def seconds(work: Callable[[], Any]) -> tuple[float, Any]:
    """How long something took, and what came of it."""
    start = time.perf_counter()
    made = work()
    return time.perf_counter() - start, made


def engine(count: int) -> None:
    """Print what each step takes."""
    cases, links = outbreak(count)
    took, forest = seconds(lambda: chains.build(cases, links))
    print(
        f"{count:6,} cases, {len(links):6,} links: forest {took:6.3f} s, depth {forest.depth}, {len(forest.heads)} chains"
    )
    windows = [
        chains.Window(c.exposed_from.toordinal(), c.exposed_until.toordinal(), c.onset_on.toordinal())
        for c in cases
        if c.exposed_from and c.exposed_until and c.onset_on
    ]
    words = chains.Words("chains", lambda dot: dot.cases[0])
    steps: dict[str, Callable[[], Any]] = {
        "R and k": lambda: chains.offspring(forest.offspring().values()),
        "serial interval, 300 draws": lambda: chains.serial_interval(forest, seed=1, draws=300),
        "incubation, 40 draws": lambda: chains.incubation(windows, seed=1, draws=40),
        "100 random forests": lambda: chains.draw(forest, seed=1, draws=100),
        "tree on a time axis, SVG": lambda: chains.time_tree_svg(chains.time_tree(forest), words),
        "graph of everybody, SVG": lambda: chains.graph_svg(
            chains.graph(cases, [(link.source, link.target) for link in links]), words
        ),
    }
    for name, work in steps.items():
        took, _made = seconds(work)
        print(f"{'':16}{name:28} {took:6.3f} s")


def page(count: int) -> float:
    """The seconds of the page's first look at that many cases, in a county of its own; the second look is printed."""
    with tempfile.TemporaryDirectory(prefix="bihuan-chains-", ignore_cleanup_errors=True) as home:
        environment = os.environ | {"BIHUAN_HOME": home, "BIHUAN_PG_FAST": "1"}
        environment.pop("DATABASE_URL", None)
        cases, links = outbreak(count)
        file = Path(home) / "outbreak.csv"
        sources: dict[str, list[str]] = {}
        for link in links:
            sources.setdefault(link.target, []).append(link.source)
        with file.open("w", newline="", encoding="utf-8") as out:
            rows = csv.writer(out)
            rows.writerow(["case_id", "onset", "report_date", "exposure_start", "exposure_end", "infectors"])
            for c in cases:
                rows.writerow(
                    [c.id, c.onset_on, c.reported_on, c.exposed_from, c.exposed_until, ";".join(sources.get(c.id, ()))]
                )
        call = [sys.executable, "-m", "bihuan.cli"]
        demo = [*call, "demo", "--headless", "--people", "2000"]
        subprocess.run(demo, env=environment, check=True, capture_output=True)
        took, _made = seconds(
            lambda: subprocess.run(
                [*call, "import", str(file), "--kind", "linelist", "--disease", "covid-19", "--json"],
                env=environment, check=True, capture_output=True,
            )
        )  # fmt: skip
        print(f"{count:6,} cases by `bihuan import`, start of the program included: {took:.1f} s")
        looks = subprocess.run(
            [sys.executable, "-c", _LOOK], env=environment, check=True, capture_output=True, text=True
        ).stdout.splitlines()
        first, second, size = looks[-1].split()
        print(f"{count:6,} cases on the page: first look {first} s, second look {second} s, {int(size) // 1024} KiB")
        return float(first)


_LOOK = """
import time
from bihuan.cli._app import open_app
open_app()
from django.conf import settings
settings.ALLOWED_HOSTS = ["testserver"]
from django.test import Client
from bihuan.ledgers.staff.models import Member, Posting
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
with scoped(Scope(EVERYWHERE)):
    held = Posting.objects.filter(post__role="commander", member__is_active=True).order_by("id").first()
client = Client()
client.force_login(held.member)
client.get("/reports/")  # templates and translations are warm; chains are not
def look():
    start = time.perf_counter()
    answer = client.get("/chains/?disease=covid-19")
    assert answer.status_code == 200, answer.status_code
    return time.perf_counter() - start, len(answer.content)
first, size = look()
second, _ = look()
print(f"{first:.2f} {second:.2f} {size}")
"""


def main() -> None:
    """Print the engine's steps at both sizes, then the page."""
    for count in SIZES:
        engine(count)
    for count in SIZES:
        took = page(count)
        print(f"{'within' if took <= LIMIT_SECONDS else 'OVER'} the limit of {LIMIT_SECONDS:.0f} s")


if __name__ == "__main__":
    main()

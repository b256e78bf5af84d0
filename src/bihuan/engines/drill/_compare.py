"""Protocols side by side under the same luck: figures with intervals, paired differences, and words."""

import dataclasses
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from bihuan.engines.drill._arrays import Array
from bihuan.engines.drill._paired import paired
from bihuan.engines.drill._policy import response
from bihuan.engines.drill._run import Drill, prepare, protocol_of, run
from bihuan.engines.drill._scenario import Scenario
from bihuan.engines.drill._svg import curves, trade_offs

FIGURES = (
    "total_infections",
    "local_infections",
    "peak_infectious",
    "detected",
    "restricted_person_days",
    "tests",
    "tests_late",
    "contacts_found",
    "tracer_hours",
    "peak_beds",
    "peak_rooms",
    "rooms_short",
    "cost",
)
CURVES = ("new_infections", "person_days_restricted", "tests")


@dataclass(frozen=True)
class Comparison:
    """`table`: one row a protocol and figure. `runs`: one row a protocol and seed. `words`: for a commander."""

    table: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    curves: dict[str, dict[str, Array]]  # protocol -> column -> [3, days]: 10 %, median, 90 %
    bottlenecks: dict[str, str]
    words: str


def bottleneck(drill: Drill, scenario: Scenario) -> str:
    """What the run waited for longest, by days of its own daily capacity; empty when nothing waited a day."""
    d, c = drill.daily, scenario.capacities
    studies_a_day = max(c.tracers * c.hours_a_tracer / max(c.hours_a_case, 0.01), 1e-9)
    waits = {
        "laboratory": float(d["tests_waiting"].max()) / max(c.lab_tubes_per_day, 1e-9),
        "tracers": float(d["studies_waiting"].max()) / studies_a_day,
        "beds": float(d["beds_waiting"].max()) / max(c.beds, 1e-9) * 7,
        "rooms": float(d["rooms_short"].sum()) / max(c.rooms, 1e-9) * 7,
    }
    worst = max(waits, key=lambda k: waits[k])
    return worst if waits[worst] >= 1 else ""


def compare(
    scenario: Scenario, protocols: Sequence[str], *, runs: int, first_seed: int = 1, workers: int = 2,
    each: Callable[[int, int], None] | None = None,
) -> Comparison:  # fmt: skip
    """Run every protocol with the seeds first_seed … first_seed + runs - 1 and set them side by side.

    Differences are to the first protocol, paired by seed, with a 95 % interval by Student's t. `each(done, of)` is told
    of progress. Raises as `run`, and ValueError for fewer than two protocols or no run.
    """
    if len(set(protocols)) < 2 or len(set(protocols)) != len(protocols) or runs < 1:
        raise ValueError("compare needs at least two different protocols and one run")
    ground = prepare(scenario)
    editions = {ident: protocol_of(ident) for ident in protocols}
    for ident in protocols:
        response(scenario, editions[ident], ground.world)
    jobs = [(ident, first_seed + k) for ident in protocols for k in range(runs)]

    def one(job: tuple[str, int]) -> Drill:
        ident, seed = job
        return run(dataclasses.replace(scenario, protocol=ident), seed=seed, ground=ground)

    rows: list[dict[str, Any]] = []
    bands: dict[str, dict[str, list[Array]]] = {p: {c: [] for c in CURVES} for p in protocols}
    necks: dict[str, list[str]] = {p: [] for p in protocols}
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for done, ((ident, seed), drill) in enumerate(zip(jobs, pool.map(one, jobs), strict=True), start=1):
            rows.append({"protocol": ident, "seed": seed, **{f: drill.summary[f] for f in FIGURES}})
            for column in CURVES:
                bands[ident][column].append(drill.daily[column])
            necks[ident].append(bottleneck(drill, scenario))
            if each:
                each(done, len(jobs))
    table = []
    by = {p: {f: np.array([r[f] for r in rows if r["protocol"] == p], float) for f in FIGURES} for p in protocols}
    for ident in protocols:
        for figure in FIGURES:
            values = by[ident][figure]
            difference, least, most = paired(values, by[protocols[0]][figure])
            low, middle, high = np.quantile(values, (0.1, 0.5, 0.9))
            table.append(
                {
                    "protocol": ident, "figure": figure, "runs": runs, "mean": float(values.mean()), "p10": float(low),
                    "median": float(middle), "p90": float(high), "difference": difference,
                    "difference_low": least, "difference_high": most,
                }
            )  # fmt: skip
    usual = {p: max(sorted(set(n)), key=n.count) for p, n in necks.items()}
    shown = {p: {c: np.quantile(np.array(v), (0.1, 0.5, 0.9), axis=0) for c, v in d.items()} for p, d in bands.items()}
    return Comparison(table, rows, shown, usual, _words(scenario, protocols, table, usual, runs))


def _words(
    scenario: Scenario, protocols: Sequence[str], table: list[dict[str, Any]], necks: dict[str, str], runs: int
) -> str:
    """What a commander reads: each protocol's price and result, the difference, and what it waits for."""
    at = {(r["protocol"], r["figure"]): r for r in table}
    first = protocols[0]
    lines = [
        f"{scenario.title or 'Drill'}: {scenario.county.people:,} people, {scenario.horizon_days} days, "
        f"{runs} runs a protocol with the same luck."
    ]
    for ident in protocols:
        sick, kept = at[ident, "total_infections"], at[ident, "restricted_person_days"]
        lines.append(
            f"{ident}: {sick['mean']:,.0f} infected (8 of 10 runs between {sick['p10']:,.0f} and {sick['p90']:,.0f}), "
            f"{kept['mean']:,.0f} person-days restricted, {at[ident, 'tests']['mean']:,.0f} tests."
        )
        if ident != first:
            low, high = sick["difference_low"], sick["difference_high"]
            if not low <= high:
                lines.append("  One run does not tell luck from effect; ask for more runs.")
            elif low <= 0 <= high:
                lines.append(f"  Not told apart from {first} in infections ({low:+,.0f} to {high:+,.0f}).")
            else:
                word = "more" if sick["difference"] > 0 else "fewer"
                lines.append(
                    f"  {abs(sick['difference']):,.0f} {word} infected than {first} ({low:+,.0f} to {high:+,.0f}), "
                    f"and {kept['difference']:+,.0f} person-days restricted."
                )
        lines.append(f"  It waits longest for: {necks[ident]}." if necks[ident] else "  Nothing waits a day or more.")
    best = _front(at, protocols, "restricted_person_days")
    lines.append(f"No other protocol has both fewer infected and fewer person-days restricted than: {', '.join(best)}.")
    return "\n".join(lines)


def _front(at: dict[tuple[str, str], dict[str, Any]], protocols: Sequence[str], price: str) -> list[str]:
    """Protocols that no other beats in both infections and this price."""
    return [
        p for p in protocols
        if not any(
            q != p
            and at[q, "total_infections"]["mean"] <= at[p, "total_infections"]["mean"]
            and at[q, price]["mean"] < at[p, price]["mean"]
            for q in protocols
        )
    ]  # fmt: skip


def comparison_trade_offs(title: str, found: Comparison) -> str:
    """Infections against person-days restricted and against cost, each protocol with the middle eight tenths, as SVG.

    The line joins the protocols that no other beats in both.
    """
    at = {(r["protocol"], r["figure"]): r for r in found.table}
    protocols = list(dict.fromkeys(r["protocol"] for r in found.table))
    prices = {"restricted_person_days": "Person-days restricted", "cost": "Cost"}
    panels = []
    for price, words in prices.items():
        points = {
            p: tuple((at[p, f]["p10"], at[p, f]["mean"], at[p, f]["p90"]) for f in (price, "total_infections"))
            for p in protocols
        }
        panels.append((words, points, _front(at, protocols, price)))
    return trade_offs(title, "Infected", panels)


def comparison_curves(title: str, found: Comparison) -> str:
    """Median and the middle eight tenths of the runs, day by day, as SVG."""
    names = {"new_infections": "New infections", "person_days_restricted": "People restricted", "tests": "Tests"}
    return curves(
        title,
        [
            (
                names[c],
                {p: d[c][1] for p, d in found.curves.items()},
                {p: (d[c][0], d[c][2]) for p, d in found.curves.items()},
            )
            for c in CURVES
        ],
    )

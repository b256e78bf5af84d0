"""Protocols side by side under the same luck: figures with intervals, paired differences, and words."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from bihuan.engines.drill._arrays import ACTS, Array
from bihuan.engines.drill._paired import paired
from bihuan.engines.drill._policy import response
from bihuan.engines.drill._run import Drill, Ground, prepare, protocol_of, run
from bihuan.engines.drill._scenario import Scenario
from bihuan.engines.drill._spark import runs_on_spark
from bihuan.engines.drill._supplies import HOURS
from bihuan.engines.drill._svg import curves, trade_offs

FIGURES = (
    "total_infections",
    "local_infections",
    "peak_infectious",
    "detected",
    "restricted_person_days",
    "tests",
    "tests_late",
    "studies_late",
    "isolation_late",
    "contacts_found",
    "sampler_hours",
    "laboratory_hours",
    "courier_hours",
    "isolation_hours",
    "tracer_hours",
    "staff_hours",
    "peak_samplers",
    "peak_laboratory",
    "peak_couriers",
    "peak_isolation_staff",
    "peak_tracers",
    "swabs_stopped",
    "tubes_stopped",
    "studies_stopped",
    "peak_beds",
    "peak_rooms",
    "rooms_short",
    "cost",
)
ROLES = {
    "samplers": "samplers",
    "laboratory": "in the laboratory",
    "couriers": "couriers",
    "isolation_staff": "at isolation sites",
    "tracers": "tracers",
}
CURVES = ("new_infections", "person_days_restricted", "tests")


@dataclass(frozen=True)
class Comparison:
    """`table`: one row a protocol and figure. `runs`: one row a protocol and seed. `words`: for a commander."""

    table: list[dict[str, Any]]
    runs: list[dict[str, Any]]
    curves: dict[str, dict[str, Array]]  # protocol -> column -> [3, days]: 10 %, median, 90 %
    bottlenecks: dict[str, str]
    words: str
    stock: list[dict[str, Any]] = field(default_factory=list)  # one row a protocol and item of the scenario's stock


class Told(NamedTuple):
    """What is kept of one run."""

    row: dict[str, Any]
    curves: dict[str, Array]
    neck: str
    stock: dict[str, dict[str, Any]]


def bottleneck(drill: Drill, scenario: Scenario) -> str:
    """What the run waited for longest, by days of its own daily capacity, or by days without an item in stock; empty when
    nothing waited a day."""
    d, c = drill.daily, scenario.capacities
    studies_a_day = max(c.tracers * c.hours_a_tracer / max(c.hours_a_case, 0.01), 1e-9)
    waits = {
        "laboratory": float(d["tests_waiting"].max()) / max(c.lab_tubes_per_day, 1e-9),
        "tracers": float(d["studies_waiting"].max()) / studies_a_day,
        "beds": float(d["beds_waiting"].max()) / max(c.beds, 1e-9) * 7,
        "rooms": float(d["rooms_short"].sum()) / max(c.rooms, 1e-9) * 7,
    }
    waits |= {f"stock of {name}": float(told["days_out"]) for name, told in drill.summary["stock"].items()}
    worst = max(waits, key=lambda k: waits[k])
    return worst if waits[worst] >= 1 else ""


def compare(
    scenario: Scenario, protocols: Sequence[str], *, runs: int, first_seed: int = 1, workers: int = 2,
    each: Callable[[int, int], None] | None = None, session: Any = None,
) -> Comparison:  # fmt: skip
    """Run every protocol with the seeds first_seed … first_seed + runs - 1 and set them side by side.

    Differences are to the first protocol, paired by seed, with a 95 % interval by Student's t. `each(done, of)` is told
    of progress. session: a Spark session whose workers can import this package; then the runs are spread over it by
    protocol and seed, instead of over `workers` threads, and come out the same. Raises as `run`, and ValueError for
    fewer than two protocols or no run.
    """
    if len(set(protocols)) < 2 or len(set(protocols)) != len(protocols) or runs < 1:
        raise ValueError("compare needs at least two different protocols and one run")
    ground = prepare(scenario)
    for ident in protocols:
        response(scenario, protocol_of(ident), ground.world)  # a fault is told before anything runs
    jobs = [(ident, first_seed + k) for ident in protocols for k in range(runs)]
    told: list[Told] = []
    for done, found in enumerate(_all(scenario, jobs, ground, workers, session), start=1):
        told.append(found)
        if each:
            each(done, len(jobs))
    rows = [t.row for t in told]
    bands: dict[str, dict[str, list[Array]]] = {p: {c: [] for c in CURVES} for p in protocols}
    necks: dict[str, list[str]] = {p: [] for p in protocols}
    for (ident, _), found in zip(jobs, told, strict=True):
        for column in CURVES:
            bands[ident][column].append(found.curves[column])
        necks[ident].append(found.neck)
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
    stock = [
        _shortage(ident, item, [t.stock[item] for (p, _), t in zip(jobs, told, strict=True) if p == ident])
        for ident in protocols
        for item in scenario.stock
    ]
    return Comparison(table, rows, shown, usual, _words(scenario, protocols, table, usual, runs, stock), stock)


def one_run(scenario: Scenario, ident: str, seed: int, ground: Ground) -> Told:
    """Run one protocol with one seed, and what of it a comparison keeps."""
    drill = run(dataclasses.replace(scenario, protocol=ident), seed=seed, ground=ground)
    row = {"protocol": ident, "seed": seed, **{f: drill.summary[f] for f in FIGURES}}
    return Told(row, {c: drill.daily[c] for c in CURVES}, bottleneck(drill, scenario), drill.summary["stock"])


def _all(
    scenario: Scenario, jobs: Sequence[tuple[str, int]], ground: Ground, workers: int, session: Any
) -> Iterator[Told]:
    """All runs in the order asked for, here or on Spark."""
    if session is not None:
        yield from runs_on_spark(session, scenario, jobs)
        return
    with ThreadPoolExecutor(max(1, workers)) as pool:
        yield from pool.map(lambda job: one_run(scenario, job[0], job[1], ground), jobs)


def _shortage(ident: str, item: str, told: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """In how many runs an item ran out, when, and what that stopped on the average of all runs."""
    days = sorted(t["runs_out_day"] for t in told if t["runs_out_day"] is not None)
    return {
        "protocol": ident, "item": item, "runs": len(told), "runs_out": len(days),
        "first_day": days[0] if days else None, "median_day": float(np.median(days)) if days else None,
        "mean_used": float(np.mean([t["used"] for t in told])),
        "mean_days_out": float(np.mean([t["days_out"] for t in told])),
        **{f"mean_{act}s_missing".replace("studys", "studies"): float(np.mean([t["stops"].get(act, 0) for t in told]))
           for act in ACTS},
    }  # fmt: skip


def _words(
    scenario: Scenario, protocols: Sequence[str], table: list[dict[str, Any]], necks: dict[str, str], runs: int,
    stock: list[dict[str, Any]],
) -> str:  # fmt: skip
    """What a commander reads: each protocol's price and result, the difference, whom it needs, what runs out, what is
    late, and what it waits for."""
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
        lines.append(_staff_words({role: at[ident, f"peak_{role}"]["mean"] for role in HOURS}))
        lines += [_stock_words(row) for row in stock if row["protocol"] == ident and row["runs_out"]]
        late = [(at[ident, f]["mean"], f.replace("_", " ")) for f in ("tests_late", "studies_late", "isolation_late")]
        if any(n >= 0.5 for n, _ in late):
            lines.append("  Past their clocks: " + ", ".join(f"{w} {n:,.0f}" for n, w in late if n >= 0.5) + ".")
        lines.append(f"  It waits longest for: {necks[ident]}." if necks[ident] else "  Nothing waits a day or more.")
    best = _front(at, protocols, "restricted_person_days")
    lines.append(f"No other protocol has both fewer infected and fewer person-days restricted than: {', '.join(best)}.")
    return "\n".join(lines)


def _staff_words(peak: dict[str, float]) -> str:
    told = ", ".join(f"{n:,.0f} {ROLES[role]}" for role, n in peak.items() if n >= 0.5)
    return f"  On its busiest day it needs {told}." if told else "  It needs no staff."


def _stock_words(row: dict[str, Any]) -> str:
    acts = {"swabs": "swabs", "tubes": "tubes", "studies": "case studies"}
    acts |= {"room_days": "room-days", "bed_days": "bed-days"}
    lost = [f"{row[f'mean_{a}_missing']:,.0f} {w}" for a, w in acts.items() if row[f"mean_{a}_missing"] >= 0.5]
    return (
        f"  {row['item']} run out in {row['runs_out']} of {row['runs']} runs, first on day {row['first_day']} "
        f"(median {row['median_day']:.0f}), for {row['mean_days_out']:.0f} days; not done for want of them: {', '.join(lost)}."
    )


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

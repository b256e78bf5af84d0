"""`bihuan plan`: what a measure needs, what is short, and what one more of each would bring."""

import dataclasses
import json
import math
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from bihuan.cli._frame import Unusable, answer, json_option
from bihuan.cli._plan_input import Input, is_number

TESTING = """
\b
Example, testing.yaml (sites alone may be a .csv or .xlsx: name,people,samplers,tubes,kits):
  prevalence: 0.001            # picks the pool size; or give pool_size: 10
  pool_sizes: [1, 5, 10, 20]   # what the labs have validated
  swabs_per_sampler_hour: 60
  hours: 6                     # time for sampling
  deadline_hours: 24           # last result
  courier_hours: 2
  sites:
    - {name: East gate, people: 5200, samplers: 8, tubes: 500, kits: 5000}
  labs:
    - {name: CDC, tubes_per_hour: 90, queue_tubes: 120, turnaround_hours: 4}
  minutes:                     # optional: which lab each site's tubes go to
    - {from: East gate, to: CDC, minutes: 25}
  chain:                       # optional: measured pace of each step
    - {name: sampling, workers: 8, items_per_worker_hour: 60}
    - {name: testing, workers: 2, items_per_worker_hour: 200, hours_per_item: 4}
\b
  bihuan plan testing testing.yaml --out plan/
  bihuan plan testing sites.csv --set prevalence=0.002 --set hours=8 --out plan/

Writes sites.csv, pools.csv, lab_queue.csv, routes.csv, chain.csv (those that apply) and summary.json.
"""
LABS = """
\b
Example, labs.yaml (sites alone may be a .csv or .xlsx: name,tubes):
  hours: 8                     # until the last of these tubes is tested
  arrival_hours: 3             # over which the tubes come in
  sites:
    - {name: East gate, tubes: 420}
    - {name: West gate, tubes: 300}
  labs:
    - {name: CDC, tubes_per_hour: 60, queue_tubes: 120, turnaround_hours: 4}
    - {name: Hospital, tubes_per_hour: 60}
  minutes:                     # what is not named is no road
    - {from: East gate, to: CDC, minutes: 25}
    - {from: East gate, to: Hospital, minutes: 40}
    - {from: West gate, to: Hospital, minutes: 15}
\b
  bihuan plan labs labs.yaml --out plan/

Writes routes.csv, lab_queue.csv, labs.csv and summary.json. Exit 1 when tubes are left for which no lab has an hour.
"""
POOLS = """
\b
Example:
  bihuan plan pools --prevalence 0.001
  bihuan plan pools --prevalence 0.0001 --prevalence 0.02 --sizes 1,5,10 --out plan/

Tests a person with two-stage pooling (Dorfman 1943): each pool once, those of a positive pool one by one.
"""
STOCK = """
\b
Example, stock.csv (or .xlsx, or .yaml with items: […]):
  name,stock,burn_per_day,on_order,lead_days,pack_size
  N95 mask,12000,900,0,5,50
  pool tube,3000,450,2000,3,100
\b
  bihuan plan stock stock.csv --out plan/
  bihuan plan stock stock.csv --set target_days=45 --out plan/

burn_per_day is the use of a day at full load. Writes cover.csv and summary.json.
"""
ISOLATION = """
\b
Example, isolation.yaml (arrivals alone may be a .csv or .xlsx with column arrivals, one row a day):
  rooms: 300
  stay_days: 7
  turnover_days: 1
  persons_per_room: 1.2
  shifts: 3
  residents_per_staff: {nurse: 50, cleaner: 40, guard: 60}
  arrivals: [20, 35, 60, 80, 60, 30]
\b
  bihuan plan isolation isolation.yaml --out plan/

Writes days.csv and summary.json.
"""
COURIERS = """
\b
Example, couriers.yaml (sites alone may be a .csv or .xlsx: name,tubes,x_km,y_km, with --set for one lab at 0,0):
  max_run_minutes: 120
  speed_kmh: 40                # with x_km,y_km; roads are 1.3 times the straight line (detour)
  labs:
    - {name: CDC, vehicles: 3, capacity_tubes: 250, x_km: 0, y_km: 0}
  sites:
    - {name: East gate, tubes: 60, x_km: 8, y_km: 3, service_minutes: 5}
  minutes:                     # instead of x_km, y_km; missing ways back are as long as out
    - {from: CDC, to: East gate, minutes: 17}
\b
  bihuan plan couriers couriers.yaml --out plan/

Writes runs.csv, unreachable.csv and summary.json. Exit 1 when a site cannot be reached in time or vehicles lack.
"""

_HEADERS = {
    "lab_queue": "lab,hour,arrived,finished,waiting,oldest_hours",
    "routes": "site,lab,tubes,minutes",
    "runs": "lab,stops,tubes,minutes,driving_minutes,run",
    "unreachable": "name,minutes,tubes,reason",
}

_file = click.argument("file", type=click.Path(path_type=Path))
_out = click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
_set = click.option("--set", "settings", multiple=True, metavar="NAME=VALUE", help="Set or replace one number of FILE.")


_Planned = tuple[dict[str, list[Any]], dict[str, Any], bool]  # tables, summary, whether it found failures


@click.group()
def command() -> None:
    """Plan testing, stock, isolation or courier runs from one file.

    Example: bihuan plan testing testing.yaml --out plan/
    """


def _plan(epilog: str, *, rows: str) -> Callable[[Callable[[Input], _Planned]], click.Command]:
    """The command that makes this plan of FILE, a table alone being its `rows`; exit 1 when the plan found failures."""

    def made(say: Callable[[Input], _Planned]) -> click.Command:
        def run(file: Path, out: Path, settings: tuple[str, ...], as_json: bool) -> int | None:
            from bihuan.engines.planning import PlanFault

            source = Input(file, settings, rows=rows)
            try:
                tables, summary, failed = say(source)
            except PlanFault as fault:
                raise Unusable(str(fault), file=source.path) from None
            source.nothing_left()
            _write(out, tables, summary)
            answer(_finite(summary), as_json=as_json)
            return 1 if failed else None

        for option in (json_option, _set, _out, _file):
            run = option(run)
        return command.command(say.__name__, epilog=epilog, help=say.__doc__)(run)

    return made


@command.command(epilog=POOLS)
@click.option("--prevalence", "prevalences", multiple=True, required=True, type=float, help="Share that is positive.")
@click.option("--sizes", default="1,5,10,20", show_default=True, help="Pool sizes the labs have validated.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for pools.csv and summary.json.")
@json_option
def pools(prevalences: tuple[float, ...], sizes: str, out: Path | None, as_json: bool) -> None:
    """How many people share a tube at a prevalence, and what the other sizes would cost."""
    from bihuan.engines import planning

    try:
        allowed = sorted({int(size) for size in sizes.split(",")})
    except ValueError:
        raise Unusable(f"--sizes {sizes} are not whole numbers", mend="write --sizes 1,5,10,20") from None
    try:
        best = {p: planning.best_pool_size(p, allowed=allowed) for p in prevalences}
        rows = [{"prevalence": p} | row for p in best for row in _pool_rows(p, allowed)]
    except planning.PlanFault as fault:
        raise Unusable(str(fault)) from None
    summary = {"best": [{"prevalence": p} | dataclasses.asdict(choice) for p, choice in best.items()], "pools": rows}
    if out:
        _write(out, {"pools": rows}, summary)
    answer(summary, as_json=as_json)


@_plan(TESTING, rows="sites")
def testing(source: Input) -> _Planned:
    """Samplers, tubes, kits, hours and shortage per site; lab queue; the whole round; the chain's bottleneck."""
    from bihuan.engines import planning

    sites = source.values("sites", planning.Site)
    labs = source.values("labs", planning.Lab, optional=True)
    stages = source.values("chain", planning.Stage, optional=True)
    ways = source.values("minutes", _Way, optional=True)
    prevalence = source.number("prevalence", None)
    allowed = source.take("pool_sizes", [1, 5, 10, 20])
    if not isinstance(allowed, list) or not all(isinstance(k, int) and k > 0 for k in allowed):
        raise Unusable("pool_sizes is not a list of whole numbers", file=source.path, mend="write [1, 5, 10, 20]")
    choice = planning.best_pool_size(prevalence, allowed=allowed) if prevalence is not None else None
    size = source.whole("pool_size", choice.pool_size if choice else 1)
    rates = planning.SamplingRates(
        swabs_per_sampler_hour=source.number("swabs_per_sampler_hour", 60), hours=source.number("hours", 6),
        pool_size=size, spare_share=source.number("spare_share", 0.05),
    )  # fmt: skip
    per_person = None
    if prevalence is not None:
        per_person = planning.dorfman_tests_per_person(prevalence, pool_size=rates.pool_size)
    whole = planning.plan_all_residents(
        sites, rates=rates, labs=labs, courier_hours=source.number("courier_hours", 2), tests_per_person=per_person,
        deadline_hours=source.number("deadline_hours", 24),
    )  # fmt: skip
    tables: dict[str, list[Any]] = {"sites": list(whole.sites)}
    summary: dict[str, Any] = {k: v for k, v in dataclasses.asdict(whole).items() if k != "sites"}
    for short in ("samplers_short", "tubes_short", "kits_short"):
        summary[short] = sum(getattr(site, short) for site in whole.sites)
    summary["pool_size"] = rates.pool_size
    summary["sites_short"] = [s.name for s in whole.sites if s.samplers_short or s.tubes_short or s.kits_short]
    if prevalence is not None:
        tables["pools"] = _pool_rows(prevalence, sorted(set(allowed)))
    samplers = sum(site.samplers for site in sites)
    if samplers >= sum(site.people > 0 for site in sites):
        shared = planning.share_samplers(sites, rates=rates, samplers=samplers)
        for row, site in enumerate(whole.sites):
            tables["sites"][row] = dataclasses.asdict(site) | {"samplers_if_shared": shared[site.name]}
        moved = [dataclasses.replace(site, samplers=shared[site.name]) for site in sites]
        summary["sampling_hours_if_shared"] = max(planning.plan_site(s, rates=rates).hours_needed for s in moved)
    if labs:
        tables["lab_queue"] = [
            {"lab": lab.name} | dataclasses.asdict(hour)
            for lab in labs
            for hour in planning.backlog([], tubes_per_hour=lab.tubes_per_hour, queue_tubes=lab.queue_tubes).hours
        ]
    if ways and labs:
        tubes = {site.name: math.ceil(site.people / rates.pool_size) for site in sites}
        routing = planning.route_tubes(
            tubes, labs=labs, minutes=_ways(ways, source, both=False), hours=whole.deadline_hours
        )
        tables["routes"] = list(routing.routes)
        summary["tubes_unplaced"] = dict(routing.unplaced)
    if stages:
        chain = planning.plan_chain(stages, items=whole.people)
        tables["chain"] = list(chain.stages)
        summary |= {"bottlenecks": list(chain.bottlenecks), "chain_hours": chain.hours}
    return tables, summary, False


def _pool_rows(prevalence: float, sizes: Sequence[int]) -> list[dict[str, Any]]:
    from bihuan.engines.planning import dorfman_tests_per_person

    tests = [dorfman_tests_per_person(prevalence, pool_size=size) for size in sizes]
    return [{"pool_size": k, "tests_per_person": t, "share_spared": 1 - t} for k, t in zip(sizes, tests, strict=True)]


@dataclasses.dataclass(frozen=True)
class _Tubes:
    name: str
    tubes: int


@_plan(LABS, rows="sites")
def labs(source: Input) -> _Planned:
    """Which lab each site's tubes go to so that all are done in time, and how each lab's queue then runs."""
    from bihuan.engines import planning

    sites = source.values("sites", _Tubes)
    labs = source.values("labs", planning.Lab)
    ways = _ways(source.values("minutes", _Way), source, both=False)
    hours, arriving = source.number("hours", None), source.whole("arrival_hours", 1)
    if hours is None or hours <= 0 or arriving < 1:
        raise Unusable("hours is missing, or hours or arrival_hours is not above 0", file=source.path, mend="hours: 8")
    routing = planning.route_tubes({s.name: s.tubes for s in sites}, labs=labs, minutes=ways, hours=hours)
    rows: list[dict[str, Any]] = []
    queue: list[dict[str, Any]] = []
    for lab in labs:
        sent = sum(route.tubes for route in routing.routes if route.lab == lab.name)
        run = planning.backlog(
            [sent / arriving] * arriving, tubes_per_hour=lab.tubes_per_hour, queue_tubes=lab.queue_tubes
        )
        queue += [{"lab": lab.name} | dataclasses.asdict(hour) for hour in run.hours]
        rows.append({"lab": lab.name, "tubes": sent, "longest_queue": run.longest_queue,
                     "last_result_hours": run.cleared_hours + lab.turnaround_hours})  # fmt: skip
    summary = {
        "tubes": sum(s.tubes for s in sites), "tubes_unplaced": dict(routing.unplaced),
        "last_result_hours": max((row["last_result_hours"] for row in rows if row["tubes"]), default=0.0),
        "labs": [_finite(row) for row in rows],
    }  # fmt: skip
    return {"routes": list(routing.routes), "lab_queue": queue, "labs": rows}, summary, bool(routing.unplaced)


@_plan(STOCK, rows="items")
def stock(source: Input) -> _Planned:
    """Days of cover at full load, what is below 30 days, and what to order by when."""
    from bihuan.engines import planning

    items = source.values("items", planning.Item)
    target = source.number("target_days", 30)
    covers = [planning.cover(item, target_days=target) for item in items]
    summary = {
        "items": len(covers), "target_days": target, "short": [c.name for c in covers if c.short],
        "order_today": [c.name for c in covers if c.order_within_days == 0],
        "shortest_days": min((c.days for c in covers), default=None),
    }  # fmt: skip
    return {"cover": covers}, summary, False


@_plan(ISOLATION, rows="arrivals")
def isolation(source: Input) -> _Planned:
    """Rooms taken, in turnover, free and short by day, and the staff they need."""
    from bihuan.engines import planning

    arrivals = source.take("arrivals", None)
    if isinstance(arrivals, list) and arrivals and isinstance(arrivals[0], Mapping):
        arrivals = [one.arrivals for one in source.typed(arrivals, "arrivals", _Arrivals)]
    if not isinstance(arrivals, list) or not all(is_number(a) for a in arrivals):
        raise Unusable("arrivals is not a list of numbers", file=source.path, mend="write arrivals: [20, 35, 60]")
    trades = source.take("residents_per_staff", {})
    if not isinstance(trades, Mapping) or not all(is_number(number) for number in trades.values()):
        raise Unusable("residents_per_staff is not trade: number", file=source.path, mend="write {nurse: 50}")
    rules = planning.IsolationRules(
        stay_days=source.whole("stay_days", 7), turnover_days=source.whole("turnover_days", 1),
        persons_per_room=source.number("persons_per_room", 1), shifts=source.whole("shifts", 3),
        residents_per_staff={str(trade): float(number) for trade, number in trades.items()},
    )  # fmt: skip
    rooms = source.whole("rooms", 0)
    days = planning.plan_isolation([float(a) for a in arrivals], rules=rules, rooms=rooms)
    peak = max(days, key=lambda d: d.rooms_needed, default=None)
    summary = {
        "days": len(days), "rooms": rooms, "rooms_needed_peak": peak.rooms_needed if peak else 0,
        "peak_day": peak.day if peak else None, "rooms_short_peak": max((d.rooms_short for d in days), default=0),
        "first_short_day": next((d.day for d in days if d.rooms_short), None),
        "staff_peak": {trade: max(d.staff[trade] for d in days) for trade in trades} if days else {},
        "room_days": sum(d.rooms_needed for d in days),
    }  # fmt: skip
    rows = [
        {k: v for k, v in vars(d).items() if k != "staff"} | {f"staff_{t}": n for t, n in d.staff.items()} for d in days
    ]
    return {"days": rows}, summary, False


@_plan(COURIERS, rows="sites")
def couriers(source: Input) -> _Planned:
    """Courier runs within the time limit; sites that no run can reach in time are named."""
    from bihuan.engines import planning

    sites = source.values("sites", _CourierSite)
    labs = source.values("labs", _CourierLab, optional=True)
    if not labs:
        vehicles, capacity = source.whole("vehicles", 1), source.whole("capacity_tubes", 250)
        labs = [_CourierLab("lab", vehicles, capacity, 0.0, 0.0)]
    ways = source.values("minutes", _Way, optional=True)
    speed, detour = source.number("speed_kmh", 40), source.number("detour", 1.3)
    if speed <= 0 or detour <= 0:
        raise Unusable("speed_kmh and detour must be above 0", file=source.path)
    minutes = _ways(ways, source, both=True)
    everywhere: list[_CourierLab | _CourierSite] = [*labs, *sites]
    placed = [(o.name, (o.x_km, o.y_km)) for o in everywhere if o.x_km is not None and o.y_km is not None]
    for start, here in placed:
        for end, there in placed:
            if start != end:
                minutes.setdefault((start, end), 60 * detour * math.dist(here, there) / speed)
    known = {name for pair in minutes for name in pair}
    for site in sites:
        if site.name not in known:
            raise Unusable(
                f"site «{site.name}» has neither x_km and y_km nor minutes", file=source.path, mend="give one of them"
            )
    plan = planning.plan_couriers(
        [planning.Stop(s.name, s.tubes, s.service_minutes) for s in sites],
        depots=[planning.Depot(lab.name, lab.vehicles, lab.capacity_tubes) for lab in labs], minutes=minutes,
        max_run_minutes=source.number("max_run_minutes", 120), iterations=source.whole("iterations", 1000),
        seed=source.whole("seed", 0),
    )  # fmt: skip
    runs = [
        dataclasses.asdict(run) | {"run": at, "stops": " > ".join(run.stops)} for at, run in enumerate(plan.runs, 1)
    ]
    summary = {
        "feasible": plan.feasible, "runs": len(runs), "sites": sum(len(r.stops) for r in plan.runs),
        "tubes": sum(r.tubes for r in plan.runs), "total_minutes": plan.total_minutes,
        "driving_minutes": plan.driving_minutes, "longest_run_minutes": max((r.minutes for r in plan.runs), default=0),
        "unreachable": [one.name for one in plan.unreachable],
    }  # fmt: skip
    failed = bool(plan.unreachable) or not plan.feasible
    return {"runs": runs, "unreachable": list(plan.unreachable)}, summary, failed


@dataclasses.dataclass(frozen=True)
class _Way:
    from_: str
    to: str
    minutes: float


@dataclasses.dataclass(frozen=True)
class _Arrivals:
    arrivals: float


@dataclasses.dataclass(frozen=True)
class _CourierSite:
    name: str
    tubes: int
    x_km: float | None = None
    y_km: float | None = None
    service_minutes: float = 5.0


@dataclasses.dataclass(frozen=True)
class _CourierLab:
    name: str
    vehicles: int
    capacity_tubes: int
    x_km: float | None = None
    y_km: float | None = None


def _ways(ways: Sequence[_Way], source: Input, *, both: bool) -> dict[tuple[str, str], float]:
    if any(way.minutes < 0 for way in ways):
        raise Unusable("minutes of a way are 0 or more", file=source.path)
    found = {(way.from_, way.to): way.minutes for way in ways}
    if both:
        for (start, end), minutes in list(found.items()):
            found.setdefault((end, start), minutes)
    return found


def _write(out: Path, tables: Mapping[str, Sequence[Any]], summary: Mapping[str, Any]) -> None:
    """Each table as .csv, endless numbers as empty cells; the summary as strict JSON."""
    import pyarrow as pa

    from bihuan.cli._tables import write_table

    try:
        out.mkdir(parents=True, exist_ok=True)
        words = json.dumps(_finite(summary), ensure_ascii=False, indent=1)
        (out / "summary.json").write_text(words + "\n", encoding="utf-8")
    except OSError as fault:
        raise Unusable(f"cannot be written ({fault.strerror})", file=out, mend="check folder and rights") from None
    for name, rows in tables.items():
        records = [_finite(row if isinstance(row, dict) else dataclasses.asdict(row)) for row in rows]
        if records:
            write_table(pa.Table.from_pylist(records), out / f"{name}.csv")
        else:
            # No row is an answer too; an older file of the same name would be a wrong one.
            (out / f"{name}.csv").write_text(_HEADERS.get(name, "") + "\n", encoding="utf-8")


def _finite(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}

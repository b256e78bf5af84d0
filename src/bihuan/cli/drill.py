"""`bihuan drill`: rehearse an outbreak under a protocol, and set protocols side by side under the same luck."""

import dataclasses
import json
import math
import signal
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._drill_play import gaps, play
from bihuan.cli._frame import Unusable, answer, json_option, say
from bihuan.cli._spark import spark_session

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bihuan.engines.drill import Scenario, Tree

# The day a run was put down at, beside its results; and how a shell is told of an interrupt.
KEPT, INTERRUPTED = "kept.npz", 130
RUN = """
\b
Example, drill.yaml (every other key has a default; an unknown key is refused with its line):
  county: {people: 300000, doses: [0.2, 0.1, 0.7]}
  pathogen: covid-omicron          # or {name: covid-omicron, r0: 6}
  protocol: covid-19/2022-06-28    # or none
  horizon_days: 90
  seeds: 5
  returnees: {per_day: 60, infected: 0.003}
  capacities: {tracers: 80, lab_tubes_per_day: 20000, beds: 1000, rooms: 4000}
  delays: {clinic_days: 1.5, result_days: 0.5}
  costs: {test: 16, bed_day: 1000} # assumptions unless the county's own
  staff: {hours_a_tube: 0.05, tubes_a_trip: 200}   # the same
  stock:                           # nothing runs out unless it stands here
    kits: {start: 200000, a_swab: 1, deliveries: {10: 50000}}
    reagents: {start: 60000, a_tube: 1}
  measures: {lock_on_cases: 3}     # a number here stands instead of the protocol's
\b
  bihuan drill run drill.yaml --out drill/ --seed 7
  bihuan drill run county-omicron --out drill/     # one that comes with the program

Writes daily.parquet, cases.parquet (every infection), reproduction.parquet (how many one case infects, by day),
tree.parquet (who infected whom: all, or whole branches by lot), linelist.csv (the same as a line list with its truth,
for `bihuan chains`), stock.parquet (where the scenario has a stock), summary.json and curve.svg.
"""
COMPARE = """
\b
Example:
  bihuan drill compare county-omicron covid-19/2021-05-11 covid-19/2022-06-28 none --runs 20 --out drill/

Differences are to the first protocol, seed by seed. Writes table.csv, table.parquet, runs.csv, words.txt, summary.json,
stock.csv (where the scenario has a stock), curve.svg, and
trade_offs.svg (infected against person-days restricted and against cost).
"""


@click.group()
def command() -> None:
    """Rehearse an outbreak in a county, person by person.

    Example: bihuan drill run county-omicron --out drill/
    """


def _common(function: Any) -> Any:
    for option in (
        click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results."),
        click.option("--seed", default=1, type=click.IntRange(0), show_default=True, help="Decides all luck of a run."),
        click.option("--people", type=click.IntRange(10, 50_000_000), help="Instead of the county's people."),
        click.option("--days", type=click.IntRange(1, 3650), help="Instead of the scenario's horizon_days."),
    ):
        function = option(function)
    return json_option(function)


def _scenario(source: str, people: int | None, days: int | None) -> "Scenario":
    from bihuan.engines.drill import ScenarioFault, read_scenario

    try:
        found = read_scenario(source)
    except ScenarioFault as fault:
        raise Unusable(fault.what, file=fault.file, row=fault.line or None, mend=fault.mend) from None
    if people is not None:
        found = dataclasses.replace(found, county=dataclasses.replace(found.county, people=people))
    return found if days is None else dataclasses.replace(found, horizon_days=days)


def _protocols(source: str, *idents: str) -> None:
    from bihuan.engines.drill import protocol_of
    from bihuan.engines.protocol import NoAnswer, ProtocolFault

    for ident in idents:
        try:
            protocol_of(ident)
        except (NoAnswer, ProtocolFault) as fault:
            raise Unusable(
                str(fault), file=source, mend="name an edition as `bihuan protocol list` shows it, or none"
            ) from None


def _folder(out: Path) -> None:
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as fault:
        raise Unusable(
            f"no folder can be made here ({fault.strerror})", file=out, mend="choose another --out"
        ) from None


def _peak_mb() -> float:
    import resource
    import sys

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1024 * 1024 if sys.platform == "darwin" else 1024), 1)


def _finite(value: dict[str, Any]) -> dict[str, Any]:
    return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in value.items()}


def _write_json(path: Path, value: dict[str, Any]) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


@command.command(epilog=RUN)
@click.argument("scenario")
@click.option("--tree-cases", default=10_000, type=click.IntRange(1), show_default=True, help="Most cases in the tree.")
@click.option(
    "--begins",
    default="2022-01-01",
    type=click.DateTime(["%Y-%m-%d"]),
    show_default=True,
    help="The date of day 0, for linelist.csv.",
)
@click.option("--resume", is_flag=True, help="Go on where the same words were interrupted.")
@_common
def run(
    scenario: str, tree_cases: int, begins: datetime, resume: bool, out: Path, seed: int, people: int | None,
    days: int | None, as_json: bool,
) -> int:  # fmt: skip
    """Run SCENARIO (a .yaml file or a name) once.

    Interrupted (Ctrl-C, or a polite kill) it keeps the day it has come to; --resume goes on to the same result.
    """
    import pyarrow as pa
    from pyarrow import parquet

    from bihuan.engines import drill

    asked = _scenario(scenario, people, days)
    _protocols(scenario, asked.protocol)
    _folder(out)
    file = out / KEPT
    kept = None
    if resume:
        try:
            kept = drill.read_kept(file)
        except ValueError as fault:
            raise Unusable(str(fault), file=file, mend="run without --resume") from None
    try:
        with _progress(asked.horizon_days, kept.day if kept else 0) as each:
            found = drill.run(asked, seed=seed, each=each, kept=kept)
    except drill.PutDown as put_down:
        drill.write_kept(file, put_down.kept)
        say(f"put down before day {put_down.kept.day} of {asked.horizon_days}; go on with --resume")
        return INTERRUPTED
    except ValueError as fault:
        mend = "run the words it was interrupted with, or without --resume" if kept else "change the scenario"
        raise Unusable(str(fault), file=scenario, mend=mend) from None
    file.unlink(missing_ok=True)
    parquet.write_table(pa.table(found.daily), out / "daily.parquet", compression="zstd")
    parquet.write_table(pa.table(found.cases), out / "cases.parquet", compression="zstd")
    spread = drill.reproduction(found.cases, asked.horizon_days)
    parquet.write_table(pa.table(spread), out / "reproduction.parquet", compression="zstd")
    if found.stock:
        parquet.write_table(pa.table(found.stock), out / "stock.parquet", compression="zstd")
    tree = drill.tree(found.cases, seed=seed, most=tree_cases)
    parquet.write_table(pa.table(tree.table), out / "tree.parquet", compression="zstd")
    _write_line_list(out / "linelist.csv", tree, begins.date())
    summary = {
        "scenario": scenario, "protocol": asked.protocol, "pathogen": asked.pathogen.name, "seed": seed,
        **found.summary, "waits_for": drill.bottleneck(found, asked), "tree": _told(tree),
        "peak_rss_mb": _peak_mb(),
    }  # fmt: skip
    _write_json(out / "summary.json", summary)
    (out / "curve.svg").write_text(drill.daily_curve(asked.title or scenario, found.daily, spread), encoding="utf-8")
    answer(summary, as_json=as_json)
    return 0


def _told(tree: "Tree") -> dict[str, Any]:
    """What stands in tree.parquet and how it was chosen."""
    told = {"cases": len(tree.table["case"]), **dataclasses.asdict(dataclasses.replace(tree, table={}))}
    return {k: v for k, v in told.items() if k != "table"}


def _write_line_list(path: Path, tree: "Tree", begins: date) -> None:
    """The tree as a line list in our own words. A branch's head names no infector: theirs may not be in the file."""
    from bihuan.adapters import linelists

    def on(day: int) -> str:
        return (begins + timedelta(days=day)).isoformat()

    rows = [["external_id", "infected_on", "onset_on", "confirmed_on", "isolated_on", "source_words", "infectors"]]
    table = {name: column.tolist() for name, column in tree.table.items()}
    for i, case in enumerate(table["case"]):
        days = [on(table[n][i]) if table[n][i] >= 0 else "" for n in ("onset_day", "detected_day", "isolated_day")]
        source = f"C{table['infector'][i]}" if table["head"][i] != case else ""
        rows.append([f"C{case}", on(table["infected_day"][i]), *days, table["setting"][i], source])
    path.write_bytes(linelists.csv_bytes(rows))


@contextmanager
def _progress(days: int, begin: int) -> "Iterator[Callable[[int, dict[str, Any]], bool]]":
    """A bar with an estimate, and a listener to Ctrl-C and kill: both are told to the run between two days."""
    stopped: list[int] = []
    before = {
        s: signal.signal(s, lambda number, _frame: stopped.append(number)) for s in (signal.SIGINT, signal.SIGTERM)
    }
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("day {task.completed} of {task.total}"), BarColumn(), TextColumn("{task.fields[words]}"))
    try:
        with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
            task = bar.add_task("", total=days, completed=begin, words="")

            def each(day: int, daily: dict[str, Any]) -> bool:
                words = f"{daily['infectious'][-1]:,} infectious, {daily['new_infections'].sum():,} infected"
                bar.update(task, completed=day, words=words)
                return bool(stopped)

            yield each
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@command.command(epilog=COMPARE)
@click.argument("scenario")
@click.argument("protocols", nargs=-1, required=True)
@click.option("--runs", default=10, type=click.IntRange(1, 100_000), show_default=True, help="Runs a protocol.")
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="spark: on the cluster named by the variable SPARK_MASTER (default local[*]).",
)
@click.option("--workers", default=2, type=click.IntRange(1, 256), show_default=True, help="Runs at the same time.")
@_common
def compare(
    scenario: str, protocols: tuple[str, ...], runs: int, engine: str, workers: int, out: Path, seed: int,
    people: int | None, days: int | None, as_json: bool,
) -> None:  # fmt: skip
    """Run SCENARIO under two or more PROTOCOLS with the same seeds."""
    import pyarrow as pa
    from pyarrow import csv, parquet

    from bihuan.engines import drill

    asked = _scenario(scenario, people, days)
    _protocols(scenario, *protocols)

    def each(done: int, of: int) -> None:
        if done % max(1, of // 10) == 0:
            say(f"{done} of {of} runs")

    if len(set(protocols)) < 2:
        raise Unusable("compare needs two protocols", file=scenario, mend="name at least two protocols, each once")
    session = spark_session() if engine == "spark" else None
    try:
        found = drill.compare(asked, protocols, runs=runs, first_seed=seed, workers=workers, each=each, session=session)
    except ValueError as fault:
        raise Unusable(str(fault), file=scenario, mend="name at least two protocols, each once") from None
    finally:
        if session is not None:
            session.stop()
    _folder(out)
    table = pa.table({k: [_finite(r)[k] for r in found.table] for k in found.table[0]})
    csv.write_csv(table, out / "table.csv")
    parquet.write_table(table, out / "table.parquet", compression="zstd")
    csv.write_csv(pa.Table.from_pylist(found.runs), out / "runs.csv")
    if found.stock:
        csv.write_csv(pa.Table.from_pylist(found.stock), out / "stock.csv")
    (out / "words.txt").write_text(found.words + "\n", encoding="utf-8")
    (out / "curve.svg").write_text(drill.comparison_curves(asked.title or scenario, found), encoding="utf-8")
    (out / "trade_offs.svg").write_text(drill.comparison_trade_offs(asked.title or scenario, found), encoding="utf-8")
    summary = {
        "scenario": scenario, "protocols": list(protocols), "runs": runs, "first_seed": seed, "engine": engine,
        "waits_for": found.bottlenecks, "words": found.words, "stock": found.stock, "table": [_finite(r) for r in found.table],
        "peak_rss_mb": _peak_mb(),
    }  # fmt: skip
    _write_json(out / "summary.json", summary)
    answer(summary, as_json=as_json, words=found.words)


command.add_command(play)
command.add_command(gaps)

"""`bihuan chains`: who infected whom in a line list, in how many days, how unevenly; figures and a picture, from files alone."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from bihuan.cli._frame import DEFAULT_ZONE, Unusable, answer, json_option, say

if TYPE_CHECKING:
    from bihuan.engines.chains import Case, Days, Forest, Interval, Link, Window

# Where no earliest exposure is given, infection is looked for this many days before the onset.
LONGEST_DAYS = 20


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--links", "links_file", type=click.Path(path_type=Path), help="Pairs: case_id (source), external_id (target)."
)
@click.option("--sheet", "key", default="", help="A list we know (sheets/linelists/KEY.yaml).")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for what is found.")
@click.option("--by", type=click.Choice(["group", "generation"]), default="generation", show_default=True)
@click.option("--family", type=click.Choice(["gamma", "lognormal", "weibull"]), default="gamma", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of the bootstrap.")
@click.option("--draws", type=click.IntRange(20, 10_000), default=500, show_default=True, help="Of the bootstrap.")
@json_option
def command(
    file: Path, links_file: Path | None, key: str, out: Path, by: str, family: str, seed: int, draws: int, as_json: bool
) -> int:
    """Draw and measure the chains of a line list; no database is touched.

    FILE is a line list (see `bihuan import`): .csv, .xlsx or .json. Infectors stand in its column `infectors`, or in a second
    file of pairs. Where a case has several, each counts by the serial interval learned from the list.

    \b
    Out: cases.csv (id, infector, probability, generation, chain, infected, candidates), generations.csv,
    chains.svg, summary.json: {"cases", "links", "loose_links", "chains", "largest", "depth", "rejected",
    "r", "k", "serial_days", "incubation_days"}; an estimate is {"value", "low", "high"} with 95 % limits
    (null: not bounded), days are {"n", "mean", "median", "sd", "p95"}, null where too little is known.

    Exit 0: done. 1: done, but rows were rejected or links lead nowhere.

    \b
    Example:
      bihuan chains linelist.csv --links contacts.csv --sheet mers-korea-2015 --out chains/
    """
    from bihuan.engines import chains

    for path in (file, links_file):
        if path is not None and not path.is_file():
            raise Unusable("no such file", file=path, mend="check the path")
    today = datetime.now(UTC).astimezone(ZoneInfo(DEFAULT_ZONE)).date()
    cases, links, rejected = _cases(file, key, today)
    if links_file is not None:
        more, also = _links(links_file, key, today)
        links, rejected = links + more, rejected + also
    if not cases:
        raise Unusable("no row could be taken", file=file, mend="mend the rows: `bihuan import` names each fault")
    try:
        forest = chains.build(cases, links)
    except chains.ChainError as fault:
        raise Unusable(str(fault), file=file, mend="make it one row") from None
    serial = incubation = None
    try:
        serial = chains.serial_interval(forest, seed=seed, draws=draws)
    except chains.ChainError as fault:
        say(f"no serial interval: {fault}")
    windows = [w for case in cases if (w := _window(case))]
    try:
        incubation = chains.incubation(windows, seed=seed, family=family, draws=min(draws, 500))
    except chains.ChainError as fault:
        say(f"no incubation period: {fault}")
    spread = chains.offspring(forest.offspring().values())
    summary: dict[str, Any] = {
        "cases": len(forest.cases), "links": sum(len(c) for c in forest.candidates.values()),
        "loose_links": len(forest.loose_links), "chains": len(forest.heads), "largest": max(forest.sizes().values()),
        "depth": forest.depth, "rejected": rejected, "r": _told(spread.r), "k": _told(spread.k),
        "serial_days": _days(serial), "incubation_days": _days(incubation),
    }  # fmt: skip
    _write(out, forest, summary, by, file.stem)
    say(f"written to {out}: cases.csv, generations.csv, chains.svg, summary.json")
    words = (
        f"{summary['cases']} cases, {summary['chains']} chains, the largest {summary['largest']}, depth {summary['depth']};"
        f" R {spread.r.value:.2f}, k {spread.k.value:.3f}"
    )
    answer(summary, as_json=as_json, words=words)
    return 1 if rejected or forest.loose_links else 0


def _read(path: Path, kind: str, key: str, today: date) -> Any:
    from bihuan.adapters import linelists

    try:
        return linelists.read_plain(path, kind, key=key, today=today)
    except linelists.ListFault as fault:
        raise Unusable(
            fault.what.en, file=path, row=fault.row, column=fault.column or None, mend=fault.mend.en
        ) from None


def _cases(path: Path, key: str, today: date) -> "tuple[list[Case], list[Link], int]":
    from bihuan.engines import chains

    reading = _read(path, "linelist", key, today)
    cases, links = [], []
    for record in reading.records:
        told = record.values
        own = str(told.get("external_id") or f"row {record.number}")
        infected = told.get("infected_on")
        cases.append(
            chains.Case(
                own, told.get("onset_on"), told.get("reported_on") or told.get("confirmed_on"),
                told.get("exposed_from") or infected, told.get("exposed_until") or infected,
                group=str(told.get("address") or told.get("hospital") or ""),
            )
        )  # fmt: skip
        links += [chains.Link(source, own) for source in told.get("infectors", ())]
    return cases, links, len(reading.rejected)


def _links(path: Path, key: str, today: date) -> "tuple[list[Link], int]":
    from bihuan.engines import chains

    reading = _read(path, "contacts", key, today)
    weights = {"certain": 1.0, "probable": 0.7, "possible": 0.4}
    return [
        chains.Link(
            str(r.values["case_id"]), str(r.values["external_id"]), weights[r.values.get("certainty", "certain")],
            str(r.values.get("kind", "")),
        )
        for r in reading.records
        if r.values.get("case_id") and r.values.get("external_id") and r.values.get("is_transmission") != "no"
    ], len(reading.rejected)  # fmt: skip


def _window(case: "Case") -> "Window | None":
    from bihuan.engines import chains

    if not case.onset_on or not (case.exposed_from or case.exposed_until):
        return None
    onset = case.onset_on.toordinal()
    latest = min(case.exposed_until.toordinal() if case.exposed_until else onset, onset)
    earliest = case.exposed_from.toordinal() if case.exposed_from else onset - LONGEST_DAYS
    return chains.Window(earliest, latest, onset) if earliest <= latest else None


def _told(interval: "Interval") -> dict[str, float | None]:
    def finite(value: float | None) -> float | None:
        return value if value is not None and value != float("inf") else None

    return {"value": finite(interval.value), "low": finite(interval.low), "high": finite(interval.high)}


def _days(days: "Days | None") -> dict[str, Any] | None:
    if days is None:
        return None
    names = ("mean", "median", "sd", "p95")
    return {"n": days.n, "family": days.family, **{name: _told(getattr(days, name)) for name in names}}


def _write(out: Path, forest: "Forest", summary: dict[str, Any], by: str, title: str) -> None:
    from bihuan.adapters import linelists
    from bihuan.engines import chains

    out.mkdir(parents=True, exist_ok=True)
    head = ["case_id", "infector", "probability", "generation", "chain", "infected", "candidates"]
    rows = [head]
    for id_, case in forest.cases.items():
        several = forest.candidates.get(id_, ())
        source = forest.infector[id_]
        sure = next((c.probability for c in several if c.source == source), None)
        rows.append(
            [case.id, source or "", "" if sure is None else f"{sure:.4f}", str(forest.generation[id_]), forest.head[id_],
             str(len(forest.children.get(id_, ()))), ";".join(f"{c.source}:{c.probability:.4f}" for c in several)]
        )  # fmt: skip
    (out / "cases.csv").write_bytes(linelists.csv_bytes(rows))
    table = [["generation", "cases", "first_on", "last_on", "infected", "mean_infected"]]
    table += [
        [
            str(g.number),
            str(g.cases),
            str(g.first_on or ""),
            str(g.last_on or ""),
            str(g.infected),
            f"{g.mean_infected:.4f}",
        ]
        for g in chains.generations(forest)
    ]
    (out / "generations.csv").write_bytes(linelists.csv_bytes(table))
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    tree = chains.time_tree(forest)
    if tree is None:
        say("no picture: no chain has a day")
        return
    words = chains.Words(
        title=title,
        dot=lambda dot: f"{', '.join(dot.cases[:8])} · generation {dot.generation}",
        others="other or unknown",
        generation=lambda n: f"generation {n}",
    )
    (out / "chains.svg").write_text(chains.time_tree_svg(tree, words, by=by), encoding="utf-8")

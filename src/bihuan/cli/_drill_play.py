"""`bihuan drill play` and `bihuan drill gaps`: a simulated day played by real posts into a database of its own."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import asks_for_member, member_named, open_app
from bihuan.cli._frame import Unusable, answer, instant, json_option, say

# Said of the database itself, so that nothing but a drill is ever dropped.
MARK = "bihuan drill"
FORMATS = (".xlsx", ".docx", ".pdf", ".csv", ".json")
PLAY = """
\b
Example:
  bihuan drill play county-omicron --out drill/ --seed 7
  bihuan drill play county-omicron --out drill/ --prepare-only
  bihuan serve --drill --port 8010                     # the desks of the drill, with a banner
  bihuan drill play county-omicron --out drill/ --to http://127.0.0.1:8010 --speed 60

The drill database is made anew at every start (unless --to is given) and is never the live one. Writes summary.json,
acts.jsonl, gaps.json and the report drill in every format.
"""


def live_name() -> str:
    """The name of the live database. Raises Unusable where that is a drill's."""
    from bihuan.config import database

    found = os.environ.get("BIHUAN_DATABASE_NAME") or database.address().name
    if database.is_drill(found):
        raise Unusable(
            f"the live database is called «{found}», as only a drill database may be",
            mend="unset BIHUAN_DATABASE_NAME, or point DATABASE_URL at the live database",
        )
    return found


def drill_name(asked: str = "") -> str:
    """The name of the drill database beside the live one. Raises Unusable for one that could be live."""
    from bihuan.config import database

    live = live_name()
    name = asked or f"{live}{database.DRILL_SUFFIX}"
    if name == live:
        raise Unusable(f"«{name}» is the live database: no drill is ever played there", mend="leave --database out")
    if not database.is_drill(name) or not name.replace("_", "").isalnum():
        raise Unusable(f"«{name}» is no name of a drill database", mend=f"end it with {database.DRILL_SUFFIX}")
    return name


@contextmanager
def _server() -> Iterator[Any]:
    import psycopg

    from bihuan.config import database

    try:
        with psycopg.connect(**database.address().for_psycopg(), autocommit=True) as connection:
            yield connection
    except psycopg.Error as fault:
        raise Unusable(
            f"the drill database cannot be made: {str(fault).splitlines()[0]}",
            mend="stop what is connected to it; the database's role needs CREATEDB",
        ) from None
    except database.NoDatabase as fault:
        raise Unusable(str(fault)) from None


def make_database(name: str, *, fresh: bool) -> None:
    """Make the drill database where there is none; with `fresh`, drop an earlier drill of this name first."""
    from psycopg import sql

    with _server() as connection:
        row = connection.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if row is not None and row[0] != MARK:
            raise Unusable(f"the database «{name}» is not a drill's", mend="choose another name with --database")
        if row is not None and fresh:
            connection.execute(sql.SQL("DROP DATABASE {}").format(sql.Identifier(name)))
        if row is None or fresh:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            connection.execute(sql.SQL("COMMENT ON DATABASE {} IS {}").format(sql.Identifier(name), MARK))


@click.command(epilog=PLAY)
@click.argument("scenario")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results.")
@click.option(
    "--day", type=click.IntRange(0), help="The day of the scenario; the one with most cases found unless said."
)
@click.option(
    "--people", default=2000, show_default=True, type=click.IntRange(500, 500_000), help="Residents to found."
)
@click.option("--speed", default=0.0, type=click.FloatRange(0), help="Times faster than life; 0, as fast as it goes.")
@click.option("--injects", default="county-day", show_default=True, help="A YAML file, a name, or none.")
@click.option("--seed", default=1, type=click.IntRange(0), show_default=True, help="The same seed plays the same acts.")
@click.option("--from", "from_text", default="", help="The midnight the day begins; that of yesterday unless said.")
@click.option("--to", "url", default="", help="Send the acts over HTTP to the served drill database.")
@click.option("--prepare-only", is_flag=True, help="Make and found the drill database, to be served; play nothing.")
@click.option("--database", "database_name", default="", help="Name of the drill database; <live>_drill unless said.")
@json_option
def play(
    scenario: str, out: Path, day: int | None, people: int, speed: float, injects: str, seed: int, from_text: str,
    url: str, prepare_only: bool, database_name: str, as_json: bool,
) -> None:  # fmt: skip
    """Play one simulated day of SCENARIO as acts of real posts, in a drill database."""
    from bihuan.cli.drill import _folder, _protocols, _scenario, _write_json
    from bihuan.exercise.injects import InjectFault, read_injects
    from bihuan.exercise.script import script_of

    asked = _scenario(scenario, None, None)
    if asked.protocol == "none":
        raise Unusable("an exercise needs a protocol", file=scenario, mend="name one in the scenario")
    _protocols(scenario, asked.protocol)
    try:
        thrown = () if injects == "none" else read_injects(injects)
        script = script_of(asked, seed=seed, people=people, day=day)
    except InjectFault as fault:
        raise Unusable(str(fault), mend="see docs/drills.md") from None
    except ValueError as fault:
        raise Unusable(str(fault), file=scenario, mend="choose another --day, or change the scenario") from None
    _folder(out)
    live = live_name()
    name = drill_name(database_name)
    make_database(name, fresh=not url)
    os.environ["BIHUAN_DATABASE_NAME"] = name
    open_app(migrate=True)
    from django.conf import settings

    if not settings.IS_DRILL or settings.DATABASES["default"]["NAME"] == live:
        raise Unusable("Django stands on the live database", mend="run this command in a process of its own")
    begins = _midnight(from_text)
    start = time.monotonic()
    county, staff = _found(people, begins, is_there=bool(url))
    say(
        f"{name}: {people:,} residents, day {script.day} of {scenario}, {len(script.found)} cases, {len(thrown)} injects"
    )
    if prepare_only:
        answer({"database": name, "begins": begins.isoformat()}, as_json=as_json, words=f"{name}: bihuan serve --drill")
        return
    founded = time.monotonic()
    told = _play(county, staff, script, thrown, out, begins, seed, scenario, speed, url)
    told |= {
        "scenario": scenario, "day": script.day, "people": people, "seed": seed, "database": name,
        "begins": begins.isoformat(), "to": url or "in process",
        "seconds_founding": round(founded - start, 1), "seconds_playing": round(time.monotonic() - founded, 1),
    }  # fmt: skip
    _write_json(out / "summary.json", told)
    words = (
        f"{out}: {told['acts']:,} acts, {told['refused']} refused, {told['acts_per_second']} a second; "
        f"{told['clocks_late']} clocks late, {told['injects_missed']} injects not answered in time, {told['gaps']} gaps"
    )
    answer(told, as_json=as_json, words=words)


def _midnight(text: str) -> datetime:
    from django.utils import timezone

    at = instant(text) if text else timezone.now() - timedelta(days=1)
    return timezone.localtime(at).replace(hour=0, minute=0, second=0, microsecond=0)


def _found(people: int, begins: datetime, *, is_there: bool) -> tuple[Any, Any]:
    """The county: founded, or as it was founded by --prepare-only, read back."""
    from django.db import connection

    from bihuan.demo import county as invented
    from bihuan.demo.founding import found, staff_of
    from bihuan.ledgers.territory import reads as territory_reads

    if is_there and territory_reads.area(invented.COUNTY_CODE) is not None:
        return invented.build(people), staff_of(begins)
    with connection.cursor() as cursor:  # an invented county may be founded again: nobody waits for the disk
        cursor.execute("SET synchronous_commit TO off")
    return found(people, begins - timedelta(days=1), say=lambda _w: None, tick=lambda _n: None)


def _play(
    county: Any, staff: Any, script: Any, thrown: Any, out: Path, begins: datetime, seed: int, scenario: str, speed: float,
    url: str,
) -> dict[str, Any]:  # fmt: skip
    from bihuan.exercise.day import Exercise
    from bihuan.exercise.sending import Ledger, Served, in_process

    names = {str(id_): account for account, id_ in staff.ids.items()}
    send = Served(url, staff.ids, begins - timedelta(hours=9)) if url else in_process(staff.ids)
    with (out / "acts.jsonl").open("w", encoding="utf-8") as lines:
        ledger = Ledger(send, lines, names)
        exercise = Exercise(
            county, staff, script, thrown, ledger=ledger, begins=begins, seed=seed, scenario=scenario, speed=speed
        )
        try:
            drill = exercise.play()
        except ConnectionError as fault:
            raise Unusable(str(fault), mend="serve the drill database with `bihuan serve --drill`") from None
    return ledger.summary() | _report(out, exercise.ends, str(drill))


def _report(out: Path, as_of: datetime, drill: str) -> dict[str, Any]:
    """The report in every format, and the gaps as data."""
    from django.utils import translation

    from bihuan import reports
    from bihuan.adapters import documents
    from bihuan.cli.drill import _write_json
    from bihuan.demo.county import COUNTY_CODE
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import Scope, scoped
    from bihuan.reports.drill import scores

    area = territory_reads.area(COUNTY_CODE)
    assert area is not None  # the county was just founded
    report = reports.report("drill")
    assert report is not None
    with scoped(Scope(area.path)), translation.override("zh-hans"):
        page = report(Scope(area.path), as_of)
        for suffix in FORMATS:
            (out / f"report{suffix}").write_bytes(documents.render(page, suffix))
        told = scores(Scope(area.path), as_of)
    gaps = [{"key": g.key, "zh": g.zh, "en": g.en, "role": g.role, "late_minutes": g.late_minutes} for g in told.gaps]
    _write_json(out / "gaps.json", {"drill": drill, "gaps": gaps})
    measured = ("kind", "started", "measured", "median", "p95", "limit", "late")
    return {
        "drill": drill, "gaps": len(gaps), "clocks": [{k: c[k] for k in measured} for c in told.clocks],
        "clocks_late": sum(c["late"] for c in told.clocks), "injects": len({i["key"] for i in told.injects}),
        "injects_missed": len({i["key"] for i in told.injects if i["state"] in ("late", "none")}),
    }  # fmt: skip


@click.command(epilog="Example: bihuan drill gaps drill/ --as commander")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@asks_for_member
@json_option
def gaps(folder: Path, username: str, as_json: bool) -> None:
    """Turn the gaps of the exercise in FOLDER into tasks of the live database, each with an owner and a clock.

    The account of --as signs for them. Asked again, nothing is opened twice.
    """
    file = folder / "gaps.json"
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        drill, rows = str(told["drill"]), [(g["key"], g["zh"], g["role"]) for g in told["gaps"]]
    except (OSError, ValueError, KeyError, TypeError):
        raise Unusable(
            "there are no gaps of an exercise here", file=file, mend="run `bihuan drill play` first"
        ) from None
    live_name()
    open_app()
    from django.utils import timezone

    from bihuan.loop import door

    who = member_named(username)
    at = timezone.now()
    tasks = []
    for key, words, role in rows:
        given = {"drill": drill, "key": key, "words": words, "role": role}
        done = door.perform("raise_drill_gap", given, by=who.id, at=at, recorded_at=at, device="cli")
        if done.status == "refused":
            raise Unusable(done.reason, file=file, mend="name an account of the headquarters with --as")
        tasks.append(str((done.result or {}).get("task")))
    answer(
        {"gaps": len(rows), "tasks": tasks},
        as_json=as_json,
        words=f"{len(rows)} gaps, {len(set(tasks))} tasks in the ledger",
    )

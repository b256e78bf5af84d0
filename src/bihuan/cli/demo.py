"""`bihuan demo`: the invented county 青禾县 Qinghe, one day of it, and the desk to look at it."""

import gc
import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import Unusable, instant, say

# Stands in the demo's folder from the first act until the papers are written.
UNFINISHED = "unfinished"


@click.command(epilog="Example: bihuan demo --people 20000 --port 8000")
@click.option("--people", default=20_000, show_default=True, help="How many residents (500 to 500,000).")
@click.option("--seed", default=2022, show_default=True, help="Another seed, another day.")
@click.option("--at", "at_text", default="", help="The hour the day is played up to; now unless said.")
@click.option("--port", default=8000, show_default=True, help="Where the desk is served.")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address the desk listens on.")
@click.option("--headless", is_flag=True, help="Play the day, leave its papers under $BIHUAN_HOME/demo, and stop.")
def command(people: int, seed: int, at_text: str, port: int, host: str, headless: bool) -> None:
    """Found the invented county, play a day of an outbreak through the same acts as the web, and serve the desk.

    On a folder of state that already holds Qinghe nothing is played again: the desk is served as it was left. A demo
    that was interrupted before its day was played out starts over.
    """
    if not 500 <= people <= 500_000:
        raise Unusable(f"{people} residents", mend="choose between 500 and 500,000")
    os.environ["BIHUAN_POOL"] = "" if headless else "1"
    folder = Path(os.environ.get("BIHUAN_HOME", "var")) / "demo"
    _start_over(folder)
    open_app()
    now = instant(at_text) if at_text else datetime.now(UTC)
    from bihuan.cli.serve import leave, run
    from bihuan.demo import papers
    from bihuan.ledgers.territory import reads as territory_reads

    if territory_reads.area("991027") is None:
        if territory_reads.area("99") is None and territory_reads.areas_exist():
            raise Unusable("this folder of state holds a real county", mend="give the demo its own BIHUAN_HOME")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / UNFINISHED).touch()
        story, staff = _play(people, seed, now)
        papers.write(folder, now, story, staff)
        (folder / UNFINISHED).unlink()
        for at, words in story.lines:
            say(f"  {at.astimezone():%H:%M}  {words}")
        say("")
    accounts = json.loads((folder / "accounts.json").read_text(encoding="utf-8")) if folder.exists() else {}
    say(papers.accounts_in_words(accounts))
    if headless:
        say(f"papers: {folder}")
        leave()
        return
    run(host, port, workers=2)


def _start_over(folder: Path) -> None:
    """Forget an invented county whose founding was cut short: half of it would be taken for the whole."""
    if not (folder / UNFINISHED).exists():
        return
    if "DATABASE_URL" in os.environ:
        raise Unusable("the demo was interrupted before it was whole", mend="give it an empty database, or BIHUAN_HOME")
    from bihuan.config import database

    server = database.Embedded(folder.parent / "postgres")
    if server.is_running and not server.stop_if_idle():
        raise Unusable("another demo is being founded in this folder of state", mend="wait for it, or stop it")
    shutil.rmtree(server.data, ignore_errors=True)
    (folder / UNFINISHED).unlink()
    say("the demo was interrupted last time: it starts over")


def _play(people: int, seed: int, now: datetime) -> tuple[Any, Any]:
    from django.db import connection
    from rich.console import Console
    from rich.progress import Progress

    from bihuan.demo.day import Day
    from bihuan.demo.founding import found

    gc.freeze()  # what is loaded stays; walking it again and again is a twentieth of the time
    gc.set_threshold(100_000, 20, 50)
    with connection.cursor() as cursor:  # an invented county may be founded again: nobody waits for the disk
        cursor.execute("SET synchronous_commit TO off")
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("residents", total=people)
        county, staff = found(people, now, say=say, tick=lambda n: progress.update(bar, advance=n))
        day = progress.add_task("one day", total=None)
        story = Day(county, staff, now, seed).play()
        progress.remove_task(day)
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO on")
    return story, staff

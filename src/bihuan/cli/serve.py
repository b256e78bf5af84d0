"""`bihuan serve`: the desk, the phone, the API; beside them the clock and the worker of long jobs."""

import os
import signal
import subprocess
import sys
from contextlib import ExitStack, suppress

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import say


@click.command(epilog="Example: bihuan serve --port 8000 --workers 2")
@click.option("--host", default="127.0.0.1", help="The address to listen on.")
@click.option("--port", default=8000, help="The port.")
@click.option("--workers", default=2, help="Server processes.")
@click.option("--alone", is_flag=True, help="Only the server: tick and work run elsewhere.")
@click.option("--drill", "is_drill", is_flag=True, help="Serve the drill database; its clock is `bihuan drill play`.")
def command(host: str, port: int, workers: int, alone: bool, is_drill: bool) -> None:
    """Serve until stopped. The tick and the worker of long jobs run beside the server unless --alone."""
    os.environ["BIHUAN_POOL"] = "1"
    if is_drill:
        from bihuan.cli._drill_play import drill_name, make_database

        name = drill_name()
        make_database(name, fresh=False)
        os.environ["BIHUAN_DATABASE_NAME"] = name
    open_app(migrate=True if is_drill else None)
    run(host, port, workers, alone=alone or is_drill)


def run(host: str, port: int, workers: int, *, alone: bool = False) -> None:
    """Start the server and its two companions, and stop them together; the embedded database goes with the last."""
    with ExitStack() as stack:
        stack.callback(leave)
        if not alone:
            # A rehearsal may take minutes: a pushed list must not wait behind it.
            for words in (["tick", "--every", "10"], ["work", "--queue", "intake"], ["work", "--queue", "rehearsals"]):
                child = subprocess.Popen(
                    [sys.executable, "-m", "bihuan.cli", *words],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    env=os.environ | {"BIHUAN_POOL": ""},
                )
                stack.callback(_stop, child)
        say(f"闭环 Bihuan: http://{host}:{port}")
        server = subprocess.Popen(
            [
                *(sys.executable, "-m", "granian", "--interface", "asginl", "--host", host, "--port", str(port)),
                *("--workers", str(workers), "--backlog", "1024", "--log-level", "warning"),
                *("--no-ws", "--respawn-failed-workers", "bihuan.config.asgi:application"),
            ]
        )
        stack.callback(_stop, server)
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        try:
            server.wait()
        except KeyboardInterrupt:
            say("stopping")


def leave() -> None:
    """Let go of the database, and stop it if it is ours and nobody else is there."""
    from django.db import connections

    from bihuan.config import database

    connections.close_all()
    for connection in connections.all():
        with suppress(AttributeError, KeyError):
            connection.close_pool()  # type: ignore[attr-defined] # PostgreSQL has a pool, other databases none
    database.leave()


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(10)
    except subprocess.TimeoutExpired:  # a server that will not let go of its connections does not hold the shift up
        child.kill()

"""`bihuan work`: do long jobs that pages handed over."""

import os

import click

from bihuan.cli._app import open_app


@click.command(epilog="Example: bihuan work")
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
def command(once: bool) -> None:
    """Receive uploaded lists and make large exports in the background. Any number may run at once."""
    os.environ["BIHUAN_POOL"] = ""
    open_app()
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(wait=not once, install_signal_handlers=True, listen_notify=not once, delete_jobs="always")

"""`bihuan work`: do long jobs that pages handed over."""

import os

import click

from bihuan.cli._app import open_app


@click.command(epilog="Example: bihuan work")
@click.option("--once", is_flag=True, help="Do what is waiting, then stop.")
@click.option(
    "--queue", type=click.Choice(["intake", "rehearsals"]), help="Only jobs of this kind; every kind unless said."
)
def command(once: bool, queue: str | None) -> None:
    """Receive uploaded lists, take result files and compute rehearsals in the background. Any number may run at once."""
    os.environ["BIHUAN_POOL"] = ""
    if queue == "rehearsals":
        os.nice(10)  # whoever is on duty comes first
    open_app()
    from procrastinate.contrib.django import app

    connector = app.connector.get_worker_connector()  # type: ignore[attr-defined]
    with app.replace_connector(connector) as worker:
        worker.run_worker(
            queues=[queue] if queue else None, wait=not once, listen_notify=not once, delete_jobs="always",
            install_signal_handlers=True,
        )  # fmt: skip

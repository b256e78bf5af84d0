"""`bihuan tick`: do what time calls for."""

import time
from datetime import UTC, datetime

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import answer, instant, json_option


@click.command(epilog="Example: bihuan tick --every 15")
@click.option("--at", "at_text", default="", help="Do what is due at this time instead of now.")
@click.option("--every", "every_seconds", type=float, default=0, help="Go on, every so many seconds.")
@json_option
def command(at_text: str, every_seconds: float, as_json: bool) -> None:
    """Raise the clocks that are due: remind, then tell the office, then the duty leader. Any number may run at once."""
    open_app()
    from bihuan.loop.tick import tick

    while True:
        raised = tick(instant(at_text) if at_text else datetime.now(UTC))
        if not every_seconds:
            answer({"raised": raised}, as_json=as_json, words=f"{raised} clocks raised")
            return
        time.sleep(every_seconds)

"""`bihuan migrate`: bring the tables up to date."""

from typing import Any

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import answer, json_option


@click.command(epilog="Example: DATABASE_URL=postgresql://bihuan_owner:…@db/bihuan bihuan migrate")
@json_option
def command(as_json: bool, **_: Any) -> None:
    """Create or update the tables and the rights of the application role. Safe to repeat."""
    open_app(migrate=True)
    answer({"current": True}, as_json=as_json, words="the tables are current")

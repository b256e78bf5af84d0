"""`bihuan shed`: the switch that makes pages step back so that writes come first."""

import click
from django.conf import settings

from bihuan.cli._app import open_app
from bihuan.cli._frame import answer, json_option


@click.command(epilog="Example: bihuan shed on")
@click.argument("mode", type=click.Choice(["auto", "on", "off"]), required=False)
@json_option
def command(mode: str | None, as_json: bool) -> None:
    """Say, or with MODE set, whether the desk's pages step back: `auto` when acts are slow, `on` always, `off` never."""
    open_app()
    from bihuan.loop.pressure import Pressure, switch_file

    switch = switch_file(settings.HOME)
    if mode:
        switch.write_text(f"{mode}\n", encoding="utf-8")
    told = Pressure(switch).mode(0.0)
    answer({"mode": told}, as_json=as_json, words=f"pages step back: {told}")

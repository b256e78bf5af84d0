"""MEET: the command line. One file a command: `bihuan trace` is `cli/trace.py`, whose `command` is a click command."""

import importlib
import pkgutil
import sys

import click

from bihuan.cli._frame import Unusable


class Commands(click.Group):
    """Finds a command by its file, and imports nothing else: `bihuan --help` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(
            m.name.rstrip("_").replace("_", "-")
            for m in pkgutil.iter_modules(__path__)
            if not m.name.startswith("_") and m.name != "__main__"
        )

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        name = cmd_name.replace("-", "_")
        for module in (name, f"{name}_"):  # `import` is a Python word: its file is import_.py
            if any(m.name == module for m in pkgutil.iter_modules(__path__)):
                return importlib.import_module(f"bihuan.cli.{module}").command
        return None


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="bihuan")
def group() -> None:
    """闭环 Bihuan: the command post of an outbreak. 疫情防控指挥体系。"""


def main() -> None:
    """Run one command; exit 0 done, 1 failures found and reported, 2 the call or the input cannot be used."""
    try:
        code = group.main(standalone_mode=False)
    except Unusable as fault:
        click.echo(str(fault), err=True)
        sys.exit(2)
    except click.ClickException as fault:
        click.echo(f"bihuan: {fault.format_message()}", err=True)
        sys.exit(2)
    except click.Abort:
        click.echo("bihuan: stopped by the user", err=True)
        sys.exit(130)
    sys.exit(code if isinstance(code, int) else 0)

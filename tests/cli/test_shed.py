"""`bihuan shed` turns the switch that every process of the house reads."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bihuan.cli import shed
from bihuan.loop.pressure import switch_file


def test_the_switch_is_set_and_told(db: None, settings_home: Path) -> None:
    run = CliRunner().invoke(shed.command, ["on", "--json"])
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["mode"] == "on"
    assert switch_file(settings_home).read_text() == "on\n"
    assert json.loads(CliRunner().invoke(shed.command, ["--json"]).stdout)["mode"] == "on"
    assert CliRunner().invoke(shed.command, ["perhaps"]).exit_code == 2


@pytest.fixture
def settings_home() -> object:
    from django.conf import settings

    yield settings.HOME
    switch_file(settings.HOME).unlink(missing_ok=True)

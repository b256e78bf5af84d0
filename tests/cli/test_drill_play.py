"""`bihuan drill play`: a day of real posts in a database of its own, the same acts every time, and its gaps as tasks."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import override_settings

from bihuan.config.database import is_drill
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import make

SCENARIO = """\
county: {people: 3000}
pathogen: {name: covid-omicron, r0: 3}
protocol: covid-19/2022-06-28
horizon_days: 14
seeds: 2
"""
GAP = {"drill": "d1", "key": "clock:name_team", "words": "组建三人小组超时3次", "role": "commander"}


def plays(out: Path, *words: str) -> subprocess.CompletedProcess[str]:
    scenario = out.parent / "small.yaml"
    scenario.write_text(SCENARIO)
    command = [sys.executable, "-m", "bihuan.cli", "drill", "play", str(scenario), "--out", str(out)]
    return subprocess.run(
        [*command, "--people", "500", "--seed", "7", *words],
        capture_output=True,
        text=True,
        env=os.environ,
        check=False,
    )


def test_a_day_is_played_beside_the_live_database_and_twice_the_same(db: None, tmp_path: Path) -> None:
    first = plays(tmp_path / "a", "--json")
    assert first.returncode == 0, first.stderr
    told = json.loads(first.stdout)
    assert (told["refused"], is_drill(told["database"])) == (0, True)
    assert told["injects"] == 8
    assert {"receive_list", "name_team", "draw_swab", "release_results", "sign_order"} <= set(told["by_verb"])
    assert {p.suffix for p in (tmp_path / "a").glob("report.*")} == {".xlsx", ".docx", ".pdf", ".csv", ".json"}
    with scoped(make.EVERYBODY):
        assert not Act.objects.exists()  # nothing of it is in the live database
    second = plays(tmp_path / "b")
    assert second.returncode == 0, second.stderr
    assert (tmp_path / "a" / "acts.jsonl").read_bytes() == (tmp_path / "b" / "acts.jsonl").read_bytes()


@pytest.mark.parametrize("name", ["bihuan", "other", "x-y_drill"])
def test_no_database_that_could_be_live_is_opened(db: None, tmp_path: Path, name: str) -> None:
    refused = plays(tmp_path / "a", "--database", name)
    assert refused.returncode == 2
    assert name in refused.stderr


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def test_a_gap_is_one_task_of_life_with_an_owner_and_a_clock(county: make.County) -> None:
    with override_settings(IS_DRILL=True):
        assert make.does(county.zheng, "raise_drill_gap", **GAP).code == "drill_database"
    for _again in range(2):
        assert make.does(county.zheng, "raise_drill_gap", **GAP).status == "done"
    assert make.does(county.zheng, "raise_drill_gap", **GAP | {"role": "nobody"}).code == "no_such_role"
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind="drill_gap")
        assert task.title == GAP["words"]
        assert task.responsible_id == county.zheng.id
        assert command_reads.clocks(make.EVERYBODY, make.DAY).filter(task=task).count() == 1


def test_pages_of_a_drill_say_so(county: make.County) -> None:
    from django.test import Client

    browser = Client()
    assert "drill-mark" not in browser.get("/me/", follow=True).content.decode()
    with override_settings(IS_DRILL=True):
        for page in ("/me/", "/login/"):
            assert 'class="drill-mark"' in browser.get(page, follow=True).content.decode(), page

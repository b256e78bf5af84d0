"""`bihuan drill` from outside: files, columns, the same bytes, refusals with their line."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from pyarrow import parquet

from bihuan.cli.drill import command
from bihuan.engines import drill

SCENARIO = """\
county: {people: 5000}
pathogen: {name: covid-delta, r0: 4}
protocol: covid-19/2022-06-28
horizon_days: 40
seeds: 4
"""


def call(*words: object) -> tuple[int, str, str]:
    found = CliRunner().invoke(command, [str(w) for w in words])
    said = str(found.exception) if found.exception else ""
    return found.exit_code, found.stdout, said


@pytest.fixture
def scenario(tmp_path: Path) -> Path:
    path = tmp_path / "s.yaml"
    path.write_text(SCENARIO)
    return path


def test_run_writes_what_the_contract_names(scenario: Path, tmp_path: Path) -> None:
    code, out, _ = call("run", scenario, "--out", tmp_path / "a", "--seed", 3, "--json")
    assert code == 0
    summary = json.loads(out)
    for key in [
        "attack_rate",
        "peak_day",
        "peak_infectious",
        "total_infections",
        "restricted_person_days",
        "tests",
        "seconds",
        "person_days_per_second",
        "peak_rss_mb",
    ]:
        assert key in summary
    table = parquet.read_table(tmp_path / "a" / "daily.parquet")
    wanted = [
        "day",
        "new_infections",
        "detected",
        "in_isolation",
        "person_days_restricted",
        "tests",
        "positives",
        "tests_late",
        "contacts_found",
        "tracing_hours_p50",
        "beds_used",
        "rooms_used",
    ]
    assert set(wanted) <= set(table.column_names)
    assert table["day"].to_pylist() == list(range(40))
    assert (tmp_path / "a" / "curve.svg").read_text().startswith("<svg")
    assert json.loads((tmp_path / "a" / "summary.json").read_text()) == summary


def test_the_same_seed_gives_the_same_bytes_whatever_the_threads(scenario: Path, tmp_path: Path) -> None:
    for name, threads in (("a", "1"), ("b", "2")):
        subprocess.run(
            [sys.executable, "-m", "bihuan.cli", "drill", "run", scenario, "--out", tmp_path / name, "--seed", "9"],
            check=True, capture_output=True, env={**os.environ, "NUMBA_NUM_THREADS": threads},
        )  # fmt: skip
    call("run", scenario, "--out", tmp_path / "c", "--seed", 10)
    a, b, c = ((tmp_path / n / "daily.parquet").read_bytes() for n in "abc")
    assert a == b
    assert a != c


@pytest.mark.parametrize(
    ("add", "line", "word"),
    [
        ("countty: {}\n", 6, "countty"),
        ("delays:\n  result_dayz: 2\n", 7, "result_dayz"),
        ("capacities: {beds: many}\n", 6, "beds"),
        ("behaviour:\n  mass_share: 1.5\n", 6, "share"),
        ("measures: {close_mode: dungeon}\n", 6, "dungeon"),
    ],
)
def test_a_bad_scenario_is_refused_with_its_line(
    scenario: Path, tmp_path: Path, add: str, line: int, word: str
) -> None:
    scenario.write_text(SCENARIO + add)
    code, _, said = call("run", scenario, "--out", tmp_path / "o")
    assert code != 0
    assert f"row {line}" in said
    assert word in said
    assert not (tmp_path / "o").exists()


@pytest.mark.parametrize("name", drill.scenario_names())
def test_every_scenario_that_comes_along_runs(name: str, tmp_path: Path) -> None:
    code, _, said = call("run", name, "--out", tmp_path, "--people", 3000, "--days", 25)
    assert code == 0, said


@pytest.mark.parametrize("name", drill.pathogen_names())
def test_every_pathogen_spreads(name: str) -> None:
    scenario = drill.Scenario(drill.County(people=5000), drill.read_pathogen(name), horizon_days=120, seeds=20)
    assert drill.run(scenario, seed=1).summary["local_infections"] > 20


def test_compare_writes_table_words_and_curves(scenario: Path, tmp_path: Path) -> None:
    code, out, said = call(
        "compare", scenario, "none", "covid-19/2022-06-28", "--runs", 2, "--out", tmp_path / "c", "--json", "--days", 20
    )
    assert code == 0, said
    assert json.loads(out)["runs"] == 2
    names = {p.name for p in (tmp_path / "c").iterdir()}
    assert names == {"table.csv", "table.parquet", "runs.csv", "words.txt", "summary.json", "curve.svg"}


def test_an_unknown_protocol_is_refused(scenario: Path, tmp_path: Path) -> None:
    code, _, said = call("compare", scenario, "none", "covid-19/1999-01-01", "--out", tmp_path / "c")
    assert code != 0
    assert "covid-19/1999-01-01" in said

"""`bihuan drill` from outside: files, columns, the same bytes, refusals with their line."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
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
    assert names == {
        "table.csv",
        "table.parquet",
        "runs.csv",
        "words.txt",
        "summary.json",
        "curve.svg",
        "trade_offs.svg",
    }


def test_a_stock_that_runs_out_is_told_in_every_file(scenario: Path, tmp_path: Path) -> None:
    scenario.write_text(SCENARIO + "stock:\n  kits: {start: 2000, a_swab: 1, deliveries: {30: 500}}\n")
    code, out, said = call("run", scenario, "--out", tmp_path / "a", "--json")
    assert code == 0, said
    summary = json.loads(out)
    rows = parquet.read_table(tmp_path / "a" / "stock.parquet").to_pylist()
    assert sum(r["delivered"] for r in rows) == summary["stock"]["kits"]["delivered"] == 2500
    first = next(r["day"] for r in rows if r["swabs_missing"])
    assert first == summary["stock"]["kits"]["runs_out_day"]
    daily = parquet.read_table(tmp_path / "a" / "daily.parquet")
    assert sum(r["swabs_missing"] for r in rows) == sum(daily["swabs_stopped"].to_pylist()) > 0
    assert {"sampler_hours", "laboratory_hours", "courier_hours", "isolation_hours", "studies_late"} <= set(
        daily.column_names
    )
    code, out, said = call("compare", scenario, "none", "covid-19/2022-06-28", "--runs", 2, "--out", tmp_path / "c")
    assert code == 0, said
    assert "kits run out in 2 of 2 runs" in out
    assert (tmp_path / "c" / "stock.csv").read_text().count("kits") == 2


def test_compare_on_spark_writes_the_same_rows(scenario: Path, tmp_path: Path) -> None:
    pytest.importorskip("pyspark")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java")
    words = ["compare", scenario, "none", "covid-19/2022-06-28", "--runs", 2, "--days", 20, "--out"]
    for engine in ("local", "spark"):
        code, _, said = call(*words, tmp_path / engine, "--engine", engine)
        assert code == 0, said
    for name in ("table.csv", "runs.csv", "words.txt", "curve.svg", "trade_offs.svg"):
        assert (tmp_path / "local" / name).read_bytes() == (tmp_path / "spark" / name).read_bytes()


@pytest.mark.parametrize(("lacks", "mend"), [("java", "Java 17"), ("pyspark", "bihuan[spark]")])
def test_spark_that_is_not_there_is_one_line(
    scenario: Path, tmp_path: Path, lacks: str, mend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None if lacks == "java" else "/usr/bin/java")
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    code, _, said = call(
        "compare", scenario, "none", "covid-19/2022-06-28", "--out", tmp_path / "c", "--engine", "spark"
    )
    assert code != 0
    assert mend in said
    assert not (tmp_path / "c").exists()


def test_an_unknown_protocol_is_refused(scenario: Path, tmp_path: Path) -> None:
    code, _, said = call("compare", scenario, "none", "covid-19/1999-01-01", "--out", tmp_path / "c")
    assert code != 0
    assert "covid-19/1999-01-01" in said


def test_a_run_put_down_and_taken_up_again_ends_as_if_it_never_was(scenario: Path, tmp_path: Path) -> None:
    whole = tmp_path / "whole"
    assert call("run", scenario, "--out", whole, "--seed", 3)[0] == 0
    asked = drill.read_scenario(str(scenario))
    kept: list[drill.Kept] = []
    days_told: list[int] = []
    found = None
    while found is None:
        try:
            found = drill.run(
                asked, seed=3, kept=kept[-1] if kept else None,
                each=lambda day, daily: bool(days_told.append(day)) or (day % 10 == 0 and daily["day"].size == day),
            )  # fmt: skip
        except drill.PutDown as put_down:
            drill.write_kept(tmp_path / "kept.npz", put_down.kept)
            kept.append(drill.read_kept(tmp_path / "kept.npz"))
    assert [k.day for k in kept] == [10, 20, 30]
    assert days_told == list(range(1, 41))
    table = parquet.read_table(whole / "daily.parquet")
    for name, column in found.daily.items():
        assert np.array_equal(column, table[name].to_numpy(), equal_nan=column.dtype.kind == "f"), name
    assert found.cases["infector"].tolist() == parquet.read_table(whole / "cases.parquet")["infector"].to_pylist()
    with pytest.raises(ValueError, match="another scenario"):
        drill.run(asked, seed=4, kept=kept[0])


def test_an_interrupted_command_says_how_to_go_on(scenario: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert "run without --resume" in call("run", scenario, "--out", tmp_path / "never", "--resume")[2]
    for people in (200_000, 800_000, 2_000_000):  # on a busy machine the interrupt may come when a small county is done
        words = [sys.executable, "-m", "bihuan.cli", "drill", "run", str(scenario), "--out", str(out / str(people)),
                 "--people", str(people), "--days", "400", "--seed", "3"]  # fmt: skip
        process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        while process.poll() is None and not (out / str(people)).exists():  # the folder is made as the run begins
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        said = process.communicate()[1]
        if process.returncode:
            break
    out = out / str(people)
    assert process.returncode == 130, said
    assert "--resume" in said
    assert (out / "kept.npz").exists()
    assert not (out / "daily.parquet").exists()
    again = subprocess.run([*words, "--resume", "--json"], capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["days"] == 400
    assert not (out / "kept.npz").exists()

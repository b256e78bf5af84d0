"""`bihuan protocol` from the outside: answers, exit codes, places of faults."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bihuan.engines import protocol

V9 = "covid-19/2022-06-28"


def bihuan(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from bihuan.cli import main; main()", "protocol", *words],
        capture_output=True,
        text=True,
        check=False,
    )


def answered(*words: str) -> dict[str, Any]:
    done = bihuan(*words, "--json")
    assert done.returncode == 0, done.stderr
    value: dict[str, Any] = json.loads(done.stdout)
    return value


def test_plan_prints_the_contract_and_nothing_else() -> None:
    value = answered("plan", V9, "close_contact", "--anchor", "last_exposure=2022-07-01T10:00")
    assert list(value) == ["stages", "tests", "checks_per_day", "release", "code"]
    assert list(value["stages"][0]) == ["mode", "from", "until", "room", "basis"]
    assert list(value["tests"][0]) == ["due_from", "due_until", "kind", "pool"]
    assert value["stages"][0]["until"] == "2022-07-09T00:00:00+08:00"
    assert value["checks_per_day"] == 2


def test_a_disease_alone_is_the_edition_in_force() -> None:
    given = ("close_contact", "--anchor", "last_exposure=2022-11-20")
    old = answered("plan", "covid-19", *given, "--as-of", "2022-11-10")
    new = answered("plan", "covid-19", *given, "--as-of", "2022-11-20")
    assert len(old["tests"]) == 6
    assert [s["mode"] for s in old["stages"]] == ["central_quarantine", "home_monitoring"]
    assert [s["mode"] for s in new["stages"]] == ["central_quarantine", "home_quarantine"]


def test_times_are_read_in_the_zone_named() -> None:
    value = answered("plan", V9, "close_contact", "--anchor", "last_exposure=2022-07-01T20:00", "--tz", "UTC")
    assert value["stages"][0]["from"] == "2022-07-02T04:00:00+08:00"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("plan", V9, "close_contact"), "nothing to count from"),
        (("plan", V9, "close_contact", "--anchor", "last_exposure"), "name=value"),
        (("plan", V9, "close_contact", "--anchor", "moon=2022-07-01"), "not an anchor"),
        (("plan", V9, "close_contact", "--anchor", "last_exposure=soon"), "not a time"),
        (("plan", V9, "nobody", "--anchor", "last_exposure=2022-07-01"), "no class «nobody»"),
        (("plan", "covid-19/2022-11-11", "secondary_contact", "--anchor", "last_exposure=2022-11-20"), "never"),
        (("plan", "covid-19", "close_contact", "--anchor", "last_exposure=2022-11-20"), "in force"),
        (("show", "smallpox"), "no protocol for «smallpox»"),
        (("show", "covid-19/1999-01-01"), "no protocol"),
        (("check", "/nowhere/at/all.yaml"), "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_one_line_and_exit_two(words: tuple[str, ...], said: str) -> None:
    done = bihuan(*words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert said in done.stderr


def test_check_prints_line_and_column_and_exits_one(tmp_path: Path) -> None:
    good = (protocol.SHELF / "covid-19" / "2022-06-28.yaml").read_text(encoding="utf-8")
    path = tmp_path / "edition.yaml"
    path.write_text(good.replace("late_tests: {after", "late_tests: {befor: 1, after"), encoding="utf-8")
    done = bihuan("check", str(path))
    line = next(i for i, row in enumerate(path.read_text(encoding="utf-8").splitlines(), 1) if "befor" in row)
    assert done.returncode == 1
    assert f"edition.yaml:{line}:14: unknown key «befor»" in done.stdout
    assert json.loads(bihuan("check", str(path), "--json").stdout)["faults"][0]["line"] == line


def test_check_of_a_good_file_exits_nought() -> None:
    done = bihuan("check", str(protocol.SHELF / "measles" / "2024-12-12.yaml"))
    assert done.returncode == 0, done.stdout
    assert "no faults" in done.stdout


def test_check_of_bytes_that_are_not_text(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"\xff\xfe\x00")
    assert bihuan("check", str(path)).returncode == 2


def test_diff_says_lighter_and_counts_person_days() -> None:
    value = answered("diff", V9, "covid-19/2022-11-11")
    assert value["person_days"] < 0
    assert any(c["subject"].startswith("close_contact") for c in value["lighter"])


def test_list_and_show() -> None:
    ids = [p["id"] for p in answered("list")["protocols"]]
    assert V9 in ids
    assert len(ids) >= 16
    shown = answered("show", "covid-19", "--as-of", "2022-12-10")
    assert shown["id"] == "covid-19/2022-12-07"
    assert all(n["unit"] and n["source"] and n["confidence"] for n in shown["numbers"])


def test_every_help_has_an_example() -> None:
    for name in ("list", "check", "show", "plan", "diff"):
        assert "Example" in bihuan(name, "--help").stdout

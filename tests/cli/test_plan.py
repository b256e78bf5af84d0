"""`bihuan plan`: the examples of the help work, and every fault names its place."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bihuan.cli import plan
from bihuan.cli._frame import Unusable


def run(*words: object) -> tuple[int, dict[str, Any]]:
    result = CliRunner().invoke(plan.command, [*map(str, words), "--json"], standalone_mode=False)
    if isinstance(result.exception, Unusable):
        return 2, {"fault": str(result.exception)}
    assert result.exception is None, result.exception
    return result.return_value or 0, json.loads(result.stdout)


def example(help_text: str, path: Path) -> Path:
    """The example file of a command's help, written out."""
    block = help_text.split("\\b" if "\\b" in help_text else "\b")[1]
    path.write_text("\n".join(line[2:] for line in block.splitlines()[2:]) + "\n", encoding="utf-8")
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def test_testing_example(tmp_path: Path) -> None:
    status, found = run("testing", example(plan.TESTING, tmp_path / "t.yaml"), "--out", tmp_path / "o")
    assert status == 0, found
    assert found["pool_size"] == 20
    assert found["samplers_short"] == 7
    assert found["bottlenecks"] == ["testing"]
    assert found == json.loads((tmp_path / "o" / "summary.json").read_text())
    assert rows(tmp_path / "o" / "sites.csv")[0]["samplers_needed"] == "15"
    assert {r["pool_size"] for r in rows(tmp_path / "o" / "pools.csv")} == {"1", "5", "10", "20"}
    assert rows(tmp_path / "o" / "routes.csv")[0]["lab"] == "CDC"
    assert len(rows(tmp_path / "o" / "lab_queue.csv")) == 2


def test_testing_from_a_table_with_settings(tmp_path: Path) -> None:
    (tmp_path / "s.csv").write_text("name,people,samplers,tubes,kits\n东门,5200,8,500,5000\n西门,900,8,500,5000\n")
    status, found = run("testing", tmp_path / "s.csv", "--set", "pool_size=10", "--set", "hours=8", "--out", tmp_path)
    assert status == 0, found
    assert (found["people"], found["tubes"], found["samplers_short"]) == (6100, 610, 3)
    assert found["sampling_hours_if_shared"] < found["sampling_hours"]
    assert found["last_result_hours"] is None  # no lab, no result


def test_labs_example(tmp_path: Path) -> None:
    file = example(plan.LABS, tmp_path / "l.yaml")
    status, found = run("labs", file, "--out", tmp_path / "o")
    # CDC: 4 hours are left before its turnaround, 240 tubes, 120 of them wait there already. Hospital: 480.
    assert (status, found["tubes_unplaced"]) == (1, {"East gate": 120})
    sent = {(r["site"], r["lab"]): int(r["tubes"]) for r in rows(tmp_path / "o" / "routes.csv")}
    assert sent == {("East gate", "CDC"): 120, ("East gate", "Hospital"): 180, ("West gate", "Hospital"): 300}
    assert found["last_result_hours"] == 8
    assert {r["lab"] for r in rows(tmp_path / "o" / "lab_queue.csv")} == {"CDC", "Hospital"}
    status, found = run("labs", file, "--set", "hours=10", "--out", tmp_path / "o")
    assert (status, found["tubes_unplaced"]) == (0, {})


def test_labs_need_a_time_limit(tmp_path: Path) -> None:
    file = example(plan.LABS, tmp_path / "l.yaml")
    file.write_text(file.read_text().replace("hours: 8", "hours: 0"))
    status, found = run("labs", file, "--out", tmp_path / "o")
    assert status == 2
    assert "hours" in found["fault"]


def test_pools(tmp_path: Path) -> None:
    status, found = run("pools", "--prevalence", 0.001, "--prevalence", 0.2, "--out", tmp_path)
    assert status == 0
    assert [one["pool_size"] for one in found["best"]] == [20, 5]
    table = rows(tmp_path / "pools.csv")
    assert len(table) == 8
    assert float(table[2]["tests_per_person"]) == pytest.approx(1 / 10 + 1 - 0.999**10)
    assert run("pools", "--prevalence", 2)[0] == run("pools", "--prevalence", 0.1, "--sizes", "five")[0] == 2


def test_stock_example(tmp_path: Path) -> None:
    status, found = run("stock", example(plan.STOCK, tmp_path / "s.csv"), "--out", tmp_path / "o")
    assert status == 0, found
    assert found["short"] == ["N95 mask", "pool tube"]
    assert rows(tmp_path / "o" / "cover.csv")[0]["order_packs"] == "300"


def test_isolation_example(tmp_path: Path) -> None:
    status, found = run("isolation", example(plan.ISOLATION, tmp_path / "i.yaml"), "--out", tmp_path / "o")
    assert status == 0, found
    assert found["staff_peak"]["nurse"] == 18
    assert rows(tmp_path / "o" / "days.csv")[0]["staff_guard"] == "3"


def test_couriers_example_and_an_unreachable_site(tmp_path: Path) -> None:
    source = example(plan.COURIERS, tmp_path / "c.yaml")
    status, found = run("couriers", source, "--out", tmp_path / "o", "--set", "iterations=50")
    assert (status, found["runs"], found["total_minutes"]) == (0, 1, 39)
    assert (tmp_path / "o" / "unreachable.csv").read_text() == "name,minutes,tubes,reason\n"
    far = "  - {name: Far gate, tubes: 5, x_km: 80, y_km: 0}\n"
    source.write_text(source.read_text().replace("sites:\n", "sites:\n" + far))
    status, found = run("couriers", source, "--out", tmp_path / "o", "--set", "iterations=50")
    assert (status, found["unreachable"]) == (1, ["Far gate"])
    assert rows(tmp_path / "o" / "unreachable.csv")[0]["name"] == "Far gate"


def test_faults_name_file_row_and_field(tmp_path: Path) -> None:
    out = ("--out", tmp_path / "o")

    def fault(kind: str, name: str, text: str) -> str:
        (tmp_path / name).write_text(text)
        status, found = run(kind, tmp_path / name, *out)
        assert status == 2, found
        assert "\n" not in found["fault"]
        return str(found["fault"])

    assert "cannot be read" in run("stock", tmp_path / "none.yaml", *out)[1]["fault"]
    assert "row 3, column burn_per_day: «lots»" in fault("stock", "a.csv", "name,stock,burn_per_day\na,1,2\nb,1,lots\n")
    assert "row 2, column colour: unknown field" in fault(
        "stock", "b.csv", "name,stock,burn_per_day,colour\na,1,2,red\n"
    )
    assert "has no stock" in fault("stock", "c.csv", "name,burn_per_day\na,2\n")
    assert "twice" in fault("stock", "d.csv", "name,stock,burn_per_day\na,1,2\na,1,2\n")
    assert "row 3" in fault(
        "stock", "e.yaml", "items:\n  - {name: a, stock: 1, burn_per_day: 1}\n  - {name: b, stock: x}\n"
    )
    assert "not YAML" in fault("stock", "f.yaml", "items: [\n")
    assert "nothing here is called rooms" in fault(
        "stock", "g.yaml", "rooms: 3\nitems: [{name: a, stock: 1, burn_per_day: 1}]\n"
    )
    assert "stay_days is 7.5" in fault("isolation", "j.yaml", "stay_days: 7.5\narrivals: [1]\n")
    assert "arrivals is not a list of numbers" in fault("isolation", "h.yaml", "rooms: 3\n")
    assert "site «a» has neither x_km" in fault("couriers", "i.csv", "name,tubes\na,1\n")
    assert run("stock", tmp_path / "a.csv", *out, "--set", "days")[0] == 2


@pytest.mark.parametrize("name", ["testing", "stock", "isolation", "couriers"])
def test_help_shows_an_example(name: str) -> None:
    assert f"bihuan plan {name}" in CliRunner().invoke(plan.command, [name, "--help"]).output

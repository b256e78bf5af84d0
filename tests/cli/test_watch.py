"""`bihuan watch`: a series in, bounds out, and every fault with its row."""

import json
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pytest
from click.testing import CliRunner, Result

from bihuan.cli._frame import Unusable
from bihuan.cli._tables import read_table, write_table
from bihuan.cli.watch import command


def run(*words: object) -> Result:
    return CliRunner().invoke(command, [str(w) for w in words])


def series(path: Path, counts: list[object], *, step: int = 1, stratum: str | None = None) -> Path:
    lines = ["date,count" + (",stratum" if stratum else "")]
    for i, count in enumerate(counts):
        day = date(2022, 3, 1) + timedelta(days=i * step)
        lines.append(f"{day},{count}" + (f",{stratum}" if stratum else ""))
    path.write_text("\n".join(lines) + "\n")
    return path


def fault(*words: object) -> str:
    result = run(*words)
    assert isinstance(result.exception, Unusable), result.output
    return str(result.exception)


def test_a_rise_is_an_alarm_and_the_first_days_are_empty(tmp_path: Path) -> None:
    source = series(tmp_path / "fever.csv", [2, 4, 4, 4, 5, 5, 4, 8])
    out = tmp_path / "out.csv"
    result = run(source, "--method", "ears_c1", "--out", out, "--json")
    assert result.exit_code == 0, result.exception
    assert json.loads(result.stdout)["alarms"] == 1
    rows = read_table(out).to_pylist()
    assert list(rows[0]) == ["date", "stratum", "observed", "expected", "upper", "alarm"]
    assert rows[0]["upper"] is None
    assert rows[0]["alarm"] is False
    assert rows[7]["date"] == date(2022, 3, 8)
    assert (rows[7]["observed"], rows[7]["expected"], rows[7]["alarm"]) == (8, 4, True)
    assert rows[7]["upper"] == pytest.approx(7.0902323)


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet", "jsonl"])
def test_every_kind_of_table_in_and_out(tmp_path: Path, suffix: str) -> None:
    days = [date(2022, 3, 1) + timedelta(days=i) for i in range(20)]
    table = pa.table({"date": days * 2, "count": [3, 4] * 20, "stratum": ["东镇"] * 20 + ["西镇"] * 20})
    write_table(table, tmp_path / f"in.{suffix}")
    result = run(tmp_path / f"in.{suffix}", "--method", "ears_c2", "--out", tmp_path / f"out.{suffix}")
    assert result.exit_code == 0, result.exception
    out = read_table(tmp_path / f"out.{suffix}")
    assert out.num_rows == 40
    assert set(out.column("stratum").to_pylist()) == {"东镇", "西镇"}


def test_weekly_series_are_told_from_their_dates(tmp_path: Path) -> None:
    source = series(tmp_path / "weekly.csv", [4] * 263 + [20], step=7)
    result = run(source, "--method", "farrington", "--out", tmp_path / "out.csv", "--json")
    assert json.loads(result.stdout) | {"out": ""} == {
        "method": "farrington", "alpha": 0.05, "step": "week", "series": 1, "rows": 264, "alarms": 1,
        "missing_dates": 0, "missing_counts": 0, "too_short": 0, "out": "",
    }  # fmt: skip


def test_missing_dates_are_a_fault_by_row_or_missing_but_never_zero(tmp_path: Path) -> None:
    source = tmp_path / "gap.csv"
    lines = series(source, [4] * 12).read_text().splitlines()
    source.write_text("\n".join([*lines[:5], *lines[7:]]) + "\n")
    words = fault(source, "--method", "ears_c1", "--out", tmp_path / "o.csv")
    assert "after row 5 2022-03-05 is missing (2 dates" in words
    assert "--gaps missing" in words
    result = run(source, "--method", "ears_c1", "--gaps", "missing", "--out", tmp_path / "o.csv", "--json")
    assert json.loads(result.stdout)["missing_dates"] == 2
    rows = read_table(tmp_path / "o.csv").to_pylist()
    assert len(rows) == 12
    assert rows[4]["observed"] is None
    assert rows[11]["expected"] == 4


def test_empty_counts_are_missing(tmp_path: Path) -> None:
    source = series(tmp_path / "e.csv", [2, 4, "", 4, 5, 5, 4, 8])
    result = run(source, "--method", "ears_c1", "--out", tmp_path / "o.csv", "--json")
    assert json.loads(result.stdout)["missing_counts"] == 1
    assert read_table(tmp_path / "o.csv").to_pylist()[2]["observed"] is None


def test_faults_name_row_and_column(tmp_path: Path) -> None:
    out = tmp_path / "o.csv"
    assert "no such file" in fault(tmp_path / "none.csv", "--method", "ears_c1", "--out", out)
    good = series(tmp_path / "s.csv", [1, 2, 3])
    assert "no method «prophet»" in fault(good, "--method", "prophet", "--out", out)
    assert "takes no --years" in fault(good, "--method", "ears_c1", "--years", 3, "--out", out)
    (tmp_path / "c.csv").write_text("date,number\n2022-03-01,1\n")
    assert "column count is missing" in fault(tmp_path / "c.csv", "--method", "ears_c1", "--out", out)
    bad = series(tmp_path / "b.csv", [1, "many", 3])
    assert "row 3, column count: «many» is not a count" in fault(bad, "--method", "ears_c1", "--out", out)
    bad = series(tmp_path / "n.csv", [1, 2, -3])
    assert "row 4, column count" in fault(bad, "--method", "ears_c1", "--out", out)
    (tmp_path / "d.csv").write_text("date,count\n2022-03-01,1\n2022-02-30,1\n")
    assert "row 3, column date: «2022-02-30»" in fault(tmp_path / "d.csv", "--method", "ears_c1", "--out", out)
    (tmp_path / "t.csv").write_text("date,count\n2022-03-01,1\n2022-03-01,1\n2022-03-02,1\n")
    assert "2022-03-01 is already in row 2" in fault(tmp_path / "t.csv", "--method", "ears_c1", "--out", out)
    monthly = series(tmp_path / "m.csv", [1, 2, 3], step=30)
    assert "30 days apart" in fault(monthly, "--method", "ears_c1", "--out", out)
    assert "alpha is 7" in fault(good, "--method", "ears_c1", "--alpha", 7, "--out", out)


def test_help_shows_an_example() -> None:
    assert "bihuan watch fever.csv" in run("--help").output

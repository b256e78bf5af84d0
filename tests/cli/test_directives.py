"""`bihuan directives` as a person calls it."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from bihuan.cli import group
from bihuan.cli._frame import Unusable
from bihuan.cli._tables import read_table

TEXT = "各乡镇要在24小时内完成密接流调。\n药店、诊所要每天上报购药名单。\n"
COLUMNS = "file,start,end,quote,action,responsible,deadline,deadline_minutes,recurrence,quantity,scope,type"


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    path = tmp_path / "speech.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_json_lines_hold_the_public_columns_and_the_exact_quote(speech: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    result = CliRunner().invoke(group, ["directives", str(speech), "--out", str(out), "--json"])
    assert result.exit_code == 0, result.output
    summary = json.loads(result.stdout)
    rows = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert summary["directives"] == len(rows) == 2
    assert ",".join(rows[0]) == COLUMNS
    assert all(row["quote"] == TEXT[row["start"] : row["end"]] and row["file"] == "speech.txt" for row in rows)
    assert rows[0]["deadline_minutes"] == 1440
    assert rows[1]["responsible"] == ["药店", "诊所"]


@pytest.mark.parametrize("suffix", [".xlsx", ".csv", ".parquet"])
def test_other_tables_hold_the_same_columns(speech: Path, tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"out{suffix}"
    result = CliRunner().invoke(group, ["directives", str(speech), "--out", str(out)])
    assert result.exit_code == 0, result.output
    table = read_table(out)
    assert ",".join(table.column_names) == COLUMNS
    assert table.num_rows == 2


def test_a_text_without_orders_gives_an_empty_table(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("谢谢大家!", encoding="utf-8")
    result = CliRunner().invoke(group, ["directives", str(tmp_path / "a.txt"), "--out", str(tmp_path / "o.jsonl")])
    assert result.exit_code == 0
    assert (tmp_path / "o.jsonl").read_text(encoding="utf-8") == ""


def test_two_files_of_one_name_keep_their_folders(speech: Path, tmp_path: Path) -> None:
    other = tmp_path / "b" / "speech.txt"
    other.parent.mkdir()
    other.write_text("各村要每天上报名单。", encoding="utf-8")
    out = tmp_path / "o.jsonl"
    CliRunner().invoke(group, ["directives", str(speech), str(other), "--out", str(out)])
    assert {json.loads(line)["file"] for line in out.read_text(encoding="utf-8").splitlines()} == {
        str(speech),
        str(other),
    }


@pytest.mark.parametrize(("name", "fault"), [("none.txt", "no such file"), ("a.doc", "save it as .docx")])
def test_what_cannot_be_read_is_named_with_its_file(tmp_path: Path, name: str, fault: str) -> None:
    result = CliRunner().invoke(group, ["directives", str(tmp_path / name), "--out", str(tmp_path / "o.jsonl")])
    assert isinstance(result.exception, Unusable)
    assert fault in str(result.exception)
    assert name in str(result.exception)


def test_an_unknown_table_is_refused(speech: Path, tmp_path: Path) -> None:
    result = CliRunner().invoke(group, ["directives", str(speech), "--out", str(tmp_path / "o.pdf")])
    assert isinstance(result.exception, Unusable)


def test_help_has_an_example() -> None:
    assert "bihuan directives speech.txt" in CliRunner().invoke(group, ["directives", "--help"]).output

"""`bihuan report`: the paper its file name asks for."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bihuan.cli._frame import Unusable
from bihuan.cli.report import command
from tests import cast, make


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    make.receives(made.wang, make.told(cast.ZHAO), make.told(cast.SUN, 3))
    return made


def run(*words: str) -> Result:
    return CliRunner().invoke(command, list(words))


def fault(*words: str) -> str:
    answer = run(*words)
    assert isinstance(answer.exception, Unusable), answer.output
    return str(answer.exception)


def test_the_only_county_is_reported_as_of_the_hour(county: make.County, tmp_path: Path) -> None:
    out = tmp_path / "list.json"
    answer = run("list-ledger", "--as-of", "2022-07-01T18:00", "--out", str(out), "--json")
    assert answer.exit_code == 0, answer.exception
    told = json.loads(answer.stdout)
    assert (told["area"], told["rows"]) == ("991027", 1)
    assert "省卫健委" in out.read_text(encoding="utf-8")
    before = run("list-ledger", "--as-of", "2022-07-01T15:00", "--out", str(out), "--json")
    assert json.loads(before.stdout)["rows"] == 0


@pytest.mark.parametrize(("suffix", "begin"), [("xlsx", b"PK"), ("docx", b"PK"), ("pdf", b"%PDF"), ("csv", b"\xef")])
def test_the_file_name_chooses_the_paper(county: make.County, tmp_path: Path, suffix: str, begin: bytes) -> None:
    out = tmp_path / f"daily.{suffix}"
    assert run("daily_screening", "--area", "991027101", "--out", str(out)).exit_code == 0
    assert out.read_bytes().startswith(begin)
    assert [p.name for p in tmp_path.iterdir()] == [out.name]


def test_the_report_speaks_english_when_asked(county: make.County, tmp_path: Path) -> None:
    out = tmp_path / "daily.csv"
    run("daily-screening", "--out", str(out), "--language", "en")
    assert "期初" not in out.read_text(encoding="utf-8-sig")


def test_what_cannot_be_used_is_told_with_the_mend(county: make.County, tmp_path: Path) -> None:
    out = str(tmp_path / "x.csv")
    assert "daily-screening" in fault("nonsense", "--out", out)
    assert ".xlsx" in fault("overdue", "--out", str(tmp_path / "x.txt"))
    assert "no area 123" in fault("overdue", "--out", out, "--area", "123")
    assert "is not a time" in fault("overdue", "--out", out, "--as-of", "noon")
    assert "folder" in fault("overdue", "--out", str(tmp_path / "none" / "x.csv"))
    assert not list(tmp_path.iterdir())

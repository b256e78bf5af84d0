"""`bihuan screen`, as someone at a terminal calls it."""

import csv
import json
import sys
from pathlib import Path

import pytest

from bihuan import cli
from bihuan.demo import county as demo
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

HEADER = ["姓名", "身份证号", "联系电话", "现住址"]
WORDS = ("--source", "省卫健委", "--purpose", "密接排查", "--basis", "传染病防治法")


def write(path, *people, more=()):
    rows = [[p.name, p.id_number, p.phone, p.address] for p in people]
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([HEADER, *rows, *more])
    return path


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["bihuan", "screen", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    out = capsys.readouterr()
    return caught.value.code, out.out, out.err


def balanced(told):
    counts = sum(told[k] for k in ("duplicate_in_list", "matched", "created", "to_review"))
    return told["rows_read"] == told["accepted"] + len(told["rejected"]) and told["accepted"] == counts


@pytest.fixture
def county(db):
    return make.county()


def test_a_list_is_received_and_every_row_is_accounted_for(county, tmp_path, monkeypatch, capsys):
    make.person(cast.ZHAO)
    file = write(
        tmp_path / "list.csv", cast.ZHAO, cast.SUN, cast.SUN, more=[["", "", "", "某处"], ["合计", "", "4", ""]]
    )
    code, out, _ = run(monkeypatch, capsys, file, *WORDS, "--json")
    told = json.loads(out)
    assert code == 1, "a row without a name was rejected, and the exit says so"
    assert balanced(told)
    assert (told["rows_read"], told["accepted"], told["matched"], told["created"]) == (4, 3, 1, 1)
    assert (told["duplicate_in_list"], told["assigned"]) == (1, 2)
    assert told["due_at"]
    (rejected,) = told["rejected"]
    assert (rejected["row"], rejected["column"]) == (5, "姓名")
    mend = Path(told["rejects_file"]).read_bytes()
    assert mend[:2] == b"PK"


def test_the_same_list_twice_is_told_with_the_first_receipt(county, tmp_path, monkeypatch, capsys):
    code, out, _ = run(monkeypatch, capsys, write(tmp_path / "a.csv", cast.SUN, cast.LI), *WORDS, "--json")
    assert code == 0
    first = json.loads(out)
    code, out, err = run(monkeypatch, capsys, write(tmp_path / "b.csv", cast.LI, cast.SUN), *WORDS, "--json")
    again = json.loads(out)
    assert code == 1
    assert "received before" in err
    assert again["already_received"] is True
    assert {k: again[k] for k in first} == first
    with scoped(make.EVERYBODY):
        assert intake_reads.lists(make.EVERYBODY).count() == 1


def test_the_railways_ugly_workbook_is_received_whole(county, tmp_path, monkeypatch, capsys):
    rail = demo.pushed_lists(demo.build(500))[1]
    file = tmp_path / rail.filename
    file.write_bytes(rail.content)
    code, out, _ = run(
        monkeypatch, capsys, file, "--source", rail.sender, "--purpose", rail.purpose, "--basis", rail.basis, "--json"
    )
    told = json.loads(out)
    assert balanced(told)
    assert told["rows_read"] == len(rail.rows)
    expected = sum(t.outcome == "rejected" for t in rail.truth)
    assert (len(told["rejected"]), code) == (expected, 1 if expected else 0)


def test_a_county_without_accounts_is_told_how_to_begin(db, tmp_path, monkeypatch, capsys):
    code, out, err = run(monkeypatch, capsys, write(tmp_path / "a.csv", cast.SUN), *WORDS, "--json")
    assert (code, out) == (2, "")
    assert "bihuan demo" in err
    assert "\n" not in err.strip()


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b"%PDF-1.4", "PDF"), (b"PK\x03\x04broken", ""), ("姓名,电话\n".encode(), "")],
)
def test_a_file_that_is_no_list_is_one_line_and_exit_2(county, tmp_path, monkeypatch, capsys, content, says):
    file = tmp_path / "list.xlsx"
    file.write_bytes(content)
    code, out, err = run(monkeypatch, capsys, file, *WORDS)
    assert (code, out) == (2, "")
    assert says in err
    assert str(file) in err
    assert len(err.strip().splitlines()) == 1


def test_a_township_may_not_receive(county, tmp_path, monkeypatch, capsys):
    file = write(tmp_path / "a.csv", cast.SUN)
    code, _, err = run(monkeypatch, capsys, file, *WORDS, "--as", "chen")
    assert code == 2
    assert err.strip()
    code, _, err = run(monkeypatch, capsys, file, *WORDS, "--as", "nobody")
    assert code == 2
    assert "nobody" in err


def test_an_unknown_sheet_is_answered_with_those_there_are(county, tmp_path, monkeypatch, capsys):
    code, _, err = run(monkeypatch, capsys, write(tmp_path / "a.csv", cast.SUN), *WORDS, "--sheet", "nothing")
    assert code == 2
    assert "rail-passengers" in err

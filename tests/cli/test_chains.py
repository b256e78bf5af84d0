"""`bihuan chains`, as someone at a terminal calls it: from files alone."""

import csv
import json
import sys

import pytest

from bihuan import cli


@pytest.fixture
def run(monkeypatch, capsys):
    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["bihuan", "chains", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        out = capsys.readouterr()
        return caught.value.code, out.out, out.err

    return call


def linelist(folder, rows):
    file = folder / "list.csv"
    with file.open("w", newline="") as out:
        csv.writer(out).writerows([["case_id", "onset", "infectors"], *rows])
    return file


ROWS = [
    ["A", "2022-06-01", ""],
    ["B", "2022-06-05", "A"],
    ["C", "2022-06-06", "A"],
    ["D", "2022-06-10", "B;C"],
    ["E", "2022-06-30", ""],
]


def test_figures_and_picture_from_a_line_list(tmp_path, run):
    code, out, _err = run(linelist(tmp_path, ROWS), "--out", tmp_path / "o", "--json")
    told = json.loads(out)
    assert code == 0
    assert (told["cases"], told["links"], told["chains"], told["largest"], told["depth"]) == (5, 4, 1, 4, 2)
    assert told["r"]["value"] == pytest.approx(3 / 5)
    assert told["serial_days"]["n"] == 3
    assert told["incubation_days"] is None
    assert json.loads((tmp_path / "o" / "summary.json").read_text()) == told
    rows = {r["case_id"]: r for r in csv.DictReader((tmp_path / "o" / "cases.csv").open(encoding="utf-8-sig"))}
    assert [rows[k]["generation"] for k in "ABCDE"] == ["0", "1", "1", "2", "0"]
    assert rows["D"]["candidates"].count(":") == 2
    assert (tmp_path / "o" / "chains.svg").read_text().count("<circle") == 4


def test_a_link_that_leads_nowhere_is_told(tmp_path, run):
    pairs = tmp_path / "pairs.csv"
    pairs.write_text("source,target\nA,B\nX,B\n")
    code, out, _err = run(
        linelist(tmp_path, [[*r[:2], ""] for r in ROWS]), "--links", pairs, "--out", tmp_path / "o", "--json"
    )
    told = json.loads(out)
    assert (code, told["links"], told["loose_links"]) == (1, 1, 1)


def test_what_cannot_be_used_is_one_line(tmp_path, run):
    code, _out, err = run(tmp_path / "none.csv", "--out", tmp_path)
    assert code == 2
    assert "no such file" in err
    file = tmp_path / "bad.csv"
    file.write_text("case_id,onset\nA,2022-06-01\nA,2022-06-02\n")
    code, _out, err = run(file, "--out", tmp_path)
    assert code == 2
    assert "two cases" in err
    assert len(err.strip().splitlines()) == 1

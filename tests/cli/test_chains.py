"""`bihuan chains`, as someone at a terminal calls it: from files alone."""

import csv
import json
import sys

import pytest
from click.testing import CliRunner
from pyarrow import parquet

from bihuan import cli
from bihuan.cli.drill import command as drill_command


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


def test_a_simulated_line_list_gives_back_its_truth(tmp_path, run):
    scenario = tmp_path / "s.yaml"
    scenario.write_text(
        "county: {people: 20000}\npathogen: {name: covid-delta, r0: 2.5}\nprotocol: covid-19/2022-06-28\n"
        "horizon_days: 35\nseeds: 6\nmeasures: {mass_on_detected: 0, lock_on_cases: 0, traced_levels: 0}\n"
    )
    made = CliRunner().invoke(
        drill_command, ["run", str(scenario), "--out", str(tmp_path / "d"), "--seed", "4", "--json"]
    )
    assert made.exit_code == 0, made.output
    truth = parquet.read_table(tmp_path / "d" / "cases.parquet").to_pylist()
    assert json.loads(made.stdout)["tree"]["is_whole"]
    code, out, err = run(tmp_path / "d" / "linelist.csv", "--out", tmp_path / "o", "--json", "--draws", 50)
    told = json.loads(out)
    assert code == 0, err
    assert (told["cases"], told["loose_links"], told["rejected"]) == (len(truth), 0, 0)
    assert told["chains"] == sum(c["infector"] < 0 and c["caused"] > 0 for c in truth) > 3  # a case alone is no chain
    assert told["links"] == len(truth) - 6 > 100
    assert told["r"]["value"] == pytest.approx(sum(c["caused"] for c in truth) / len(truth))
    rows = {r["case_id"]: r for r in csv.DictReader((tmp_path / "o" / "cases.csv").open(encoding="utf-8-sig"))}
    assert all(rows[f"C{c['case']}"]["infector"] == (f"C{c['infector']}" if c["infector"] >= 0 else "") for c in truth)
    onsets = [c["onset_day"] - c["infected_day"] for c in truth if c["onset_day"] >= 0]
    assert told["incubation_days"]["mean"]["value"] == pytest.approx(sum(onsets) / len(onsets), rel=0.15)
    serial = [
        c["onset_day"] - truth[c["infector"]]["onset_day"]
        for c in truth
        if c["infector"] >= 0 and min(c["onset_day"], truth[c["infector"]]["onset_day"]) >= 0
    ]
    assert told["serial_days"]["n"] == len(serial)
    assert told["serial_days"]["mean"]["value"] == pytest.approx(sum(serial) / len(serial), rel=0.05)


def test_a_sample_of_branches_has_no_link_that_leads_nowhere(tmp_path, run):
    scenario = tmp_path / "s.yaml"
    scenario.write_text("county: {people: 8000}\npathogen: covid-delta\nprotocol: none\nhorizon_days: 60\nseeds: 6\n")
    words = [
        "run",
        str(scenario),
        "--out",
        str(tmp_path / "d"),
        "--tree-cases",
        "500",
        "--begins",
        "2023-02-03",
        "--json",
    ]
    made = CliRunner().invoke(drill_command, words)
    told = json.loads(made.stdout)["tree"]
    assert not told["is_whole"]
    code, out, err = run(tmp_path / "d" / "linelist.csv", "--out", tmp_path / "o", "--json", "--draws", 20)
    assert code == 0, err
    found = json.loads(out)
    tree = parquet.read_table(tmp_path / "d" / "tree.parquet").to_pylist()
    with_children = {c["head"] for c in tree if c["head"] != c["case"]}  # a case alone is no chain
    assert (found["cases"], found["chains"], found["loose_links"]) == (told["cases"], len(with_children), 0)
    assert found["links"] == told["cases"] - told["branches"] > 100
    assert "2023-02" in (tmp_path / "d" / "linelist.csv").read_text()

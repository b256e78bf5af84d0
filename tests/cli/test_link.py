"""`bihuan link`, as someone at a terminal calls it."""

import csv
import json
import sys

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from bihuan import cli
from tests import cast

HEADER = ["name", "id_number", "phone", "birth_date", "sex", "address"]
PEOPLE = [cast.ZHAO, cast.QIAN, cast.SUN, cast.LI]


def write(path, rows, header=HEADER, encoding="utf-8"):
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def run(monkeypatch, capsys, *arguments):
    monkeypatch.setattr(sys, "argv", ["bihuan", "link", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    out = capsys.readouterr()
    return caught.value.code, out.out, out.err


@pytest.fixture
def index(tmp_path):
    return write(tmp_path / "index.csv", [list(person) for person in PEOPLE])


@pytest.fixture
def pushed(tmp_path):
    rows = [
        ["孙三强", cast.SUN.id_number.lower(), "", "", "", ""],
        ["陌生人", "", "19988887777", "", "", ""],
        ["赵一明", "", "+86 199-0000-0001", "", "", "柳泉镇河湾村三组12号"],
        ["周建国", cast.QIAN.id_number, "", "", "", ""],
    ]
    return write(tmp_path / "pushed.csv", rows)


EXPECTED = [(0, 2, "same"), (1, None, "different"), (2, 0, "same"), (3, 1, "review")]


@pytest.mark.parametrize("suffix", [".csv", ".parquet", ".jsonl", ".xlsx"])
def test_each_row_gets_its_one_best_person(tmp_path, index, pushed, monkeypatch, capsys, suffix):
    out = tmp_path / f"links{suffix}"
    code, answer, _ = run(monkeypatch, capsys, pushed, "--index", index, "--out", out, "--json")
    assert code == 0
    told = json.loads(answer)
    assert {k: told[k] for k in ("rows", "same", "review", "different")} == {
        "rows": 4,
        "same": 2,
        "review": 1,
        "different": 1,
    }
    from bihuan.cli._tables import read_table

    rows = read_table(out).to_pylist()
    assert [(r["left_row"], r["right_row"], r["decision"]) for r in rows] == EXPECTED
    assert rows[1]["probability"] == 0
    assert all(0 <= r["probability"] <= 1 for r in rows)


def test_the_csv_has_the_columns_of_the_contract(tmp_path, index, pushed, monkeypatch, capsys):
    out = tmp_path / "links.csv"
    run(monkeypatch, capsys, pushed, "--index", index, "--out", out)
    with out.open(encoding="utf-8") as file:
        rows = list(csv.reader(file))
    assert rows[0] == ["left_row", "right_row", "probability", "decision"]
    assert rows[2][:2] == ["1", ""]


def test_a_gbk_file_and_a_parquet_file_with_whole_numbers_are_read(tmp_path, monkeypatch, capsys):
    left = write(tmp_path / "left.csv", [["赵一鸣", cast.ZHAO.phone]], ["name", "phone"], encoding="gb18030")
    right = tmp_path / "right.parquet"
    pq.write_table(pa.table({"name": ["李四娘", "赵一鸣"], "phone": [19900000004, 19900000001]}), right)
    code, _, _ = run(monkeypatch, capsys, left, "--index", right, "--out", tmp_path / "o.jsonl")
    assert code == 0
    assert json.loads((tmp_path / "o.jsonl").read_text())["right_row"] == 1


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"left": "none.csv"}, "no such file"),
        ({"left": "empty.csv"}, "empty"),
        ({"left": "other.csv"}, "none of the columns name"),
        ({"out": "links.txt"}, ".csv"),
        ({"out": "no/such/folder/links.csv"}, "folder"),
    ],
)
def test_what_cannot_be_used_is_told_on_one_line(tmp_path, index, pushed, monkeypatch, capsys, change, words):
    (tmp_path / "empty.csv").write_text("")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n")
    left = tmp_path / change["left"] if "left" in change else pushed
    out = tmp_path / change.get("out", "links.csv")
    code, answer, err = run(monkeypatch, capsys, left, "--index", index, "--out", out)
    assert code == 2
    assert answer == ""
    assert words in err
    assert err.count("\n") == 1


def test_help_has_an_example_and_says_how_rows_are_counted(monkeypatch, capsys):
    code, words, _ = run(monkeypatch, capsys, "--help")
    assert code == 0
    assert "Example:" in words
    assert "from 0" in words

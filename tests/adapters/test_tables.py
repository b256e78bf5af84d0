"""The tables of the command line: exact identifiers, faults with a place, one table from every suffix."""

# ruff: noqa: DTZ001 — cells of a sheet know no time zone

from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from bihuan.cli._frame import Unusable
from bihuan.cli._tables import SUFFIXES, read_table, write_table
from tests.cast import QIAN, ZHAO


def _csv(tmp_path: Path, words: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "people.csv"
    path.write_bytes(words.encode(encoding))
    return path


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_identifiers_and_numbers_come_back_from_every_suffix(tmp_path: Path, suffix: str) -> None:
    table = pa.table(
        {
            "id_number": [ZHAO.id_number, QIAN.id_number, None],
            "phone": ["+8619900000001", "0199", "=1+1"],
            "age": [37, None, 4],
            "score": [0.5, 1.0, None],
        }
    )
    path = tmp_path / f"people{suffix}"
    write_table(table, path)
    back = read_table(path, text=["id_number", "phone"], required=["age"])
    assert back.to_pydict() == table.to_pydict()
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_csv_of_any_office_encoding(tmp_path: Path, encoding: str) -> None:
    back = read_table(_csv(tmp_path, "person_id,name\n007,赵一鸣\n", encoding), text=["person_id"])
    assert back.to_pydict() == {"person_id": ["007"], "name": ["赵一鸣"]}


def test_times_keep_their_offset(tmp_path: Path) -> None:
    table = pa.table({"t_in": pa.array([datetime(2022, 7, 1, tzinfo=UTC)], pa.timestamp("us", "Asia/Shanghai"))})
    write_table(table, tmp_path / "v.csv")
    assert "2022-07-01T08:00:00+08:00" in (tmp_path / "v.csv").read_text()
    assert read_table(tmp_path / "v.csv").to_pylist() == [{"t_in": datetime(2022, 7, 1, tzinfo=UTC)}]


def test_lists_are_json_where_the_format_has_none(tmp_path: Path) -> None:
    table = pa.table({"places": [["市场", "学校"]]})
    write_table(table, tmp_path / "a.csv")
    write_table(table, tmp_path / "a.jsonl")
    assert read_table(tmp_path / "a.csv").to_pylist() == [{"places": '["市场", "学校"]'}]
    assert read_table(tmp_path / "a.jsonl").to_pylist() == [{"places": ["市场", "学校"]}]


def test_a_table_without_rows_keeps_its_columns(tmp_path: Path) -> None:
    empty = pa.table({"a": pa.array([], pa.string()), "b": pa.array([], pa.int64())})
    for suffix in (".csv", ".xlsx", ".parquet"):
        write_table(empty, tmp_path / f"e{suffix}")
        back = read_table(tmp_path / f"e{suffix}", required=["a", "b"])
        assert back.num_rows == 0, suffix


def test_the_first_visible_sheet_below_blank_rows_with_dates(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "hidden"
    book.active.append(["secret"])
    book.active.sheet_state = "hidden"
    sheet = book.create_sheet("visits")
    for row in ([], ["person_id", "t_in"], [7, datetime(2022, 7, 1)], [8, datetime(2022, 7, 1, 9, 30)], []):
        sheet.append(row)
    book.active = 1
    book.save(tmp_path / "v.xlsx")
    back = read_table(tmp_path / "v.xlsx", text=["person_id"])
    assert back.to_pylist() == [
        {"person_id": "7", "t_in": datetime(2022, 7, 1)},
        {"person_id": "8", "t_in": datetime(2022, 7, 1, 9, 30)},
    ]


def test_a_long_number_that_lost_digits_is_refused_with_its_place(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.active.title = "名单"
    book.active.append(["id_number"])
    book.active.append([991027198503120016])
    book.save(tmp_path / "p.xlsx")
    with pytest.raises(Unusable, match=r"sheet 名单, row 2, column id_number.*as text"):
        read_table(tmp_path / "p.xlsx", text=["id_number"])


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("a,b\n1,2\n1,2,3\n", "row 3: 3 cells where the header has 2"),
        ("a,a\n1,2\n", "column a: two columns have this name"),
        ("a,,c\n1,2,3\n", "column 2: a column has no name"),
        ("", "the file is empty"),
        ("a,b\n1,2\n", "column person_id is missing .found: a, b.; add the column"),
    ],
)
def test_faults_of_a_csv_name_the_place(tmp_path: Path, words: str, found: str) -> None:
    with pytest.raises(Unusable, match=found):
        read_table(_csv(tmp_path, words), required=["person_id"])


def test_a_file_that_is_not_what_it_says(tmp_path: Path) -> None:
    (tmp_path / "x.jsonl").write_text('{"a": 1}\n[2]\n')
    (tmp_path / "x.xlsx").write_text("a,b\n")
    (tmp_path / "x.parquet").write_text("a,b\n")
    (tmp_path / "x.doc").write_text("a,b\n")
    for name, found in [
        ("x.jsonl", "row 2: not a JSON object"),
        ("x.xlsx", "not an .xlsx workbook"),
        ("x.parquet", "not a parquet file"),
        ("x.doc", "use one of .csv .xlsx .parquet .jsonl"),
        ("none.csv", "there is no such file"),
    ]:
        with pytest.raises(Unusable, match=found):
            read_table(tmp_path / name)
    with pytest.raises(Unusable, match="cannot be written"):
        write_table(pa.table({"a": [1]}), tmp_path / "no" / "x.csv")

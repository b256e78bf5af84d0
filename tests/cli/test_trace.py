"""bihuan trace from outside: files in, files out, faults that name their place."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
import xlsxwriter
from click.testing import CliRunner
from pyarrow import parquet

from bihuan.cli._frame import Unusable
from bihuan.cli.trace import command

VISITS = """person_id,place_id,t_in,t_out,place_kind
zhao,bus 3,2022-07-01T08:00,2022-07-01T08:30,bus
zhao,bus 3,2022-07-01T08:30,2022-07-01T08:50,bus
qian,bus 3,2022-07-01T08:20,2022-07-01T08:45,bus
sun,bus 3,2022-07-01T08:46,2022-07-01T09:30,bus
sun,market,2022-07-01T10:00,2022-07-01T11:00,market
qian,market,2022-07-01T10:15,2022-07-01T10:40,market
li,market,2022-07-01T10:30,2022-07-01T12:00,market
"""
EIGHT, NINE = datetime(2022, 7, 1, 8), datetime(2022, 7, 1, 9)  # noqa: DTZ001 (a clock on a wall)
CASES = "person_id,infectious_from,infectious_to\nzhao,2022-06-30,2022-07-02\n"


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")


def call(folder: Path, *more: str, visits: str = "visits.csv", cases: str = "cases.csv") -> dict[str, Any]:
    arguments = ["--visits", str(folder / visits), "--cases", str(folder / cases), "--out", str(folder / "out")]
    if "--protocol" not in more:
        arguments += ["--protocol", "covid-19/2022-06-28"]
    ran = CliRunner().invoke(command, [*arguments, "--json", *more], catch_exceptions=False, standalone_mode=False)
    return json.loads(ran.stdout)


def contacts(folder: Path, name: str = "contacts") -> list[tuple[Any, ...]]:
    rows = parquet.read_table(folder / "out" / f"{name}.parquet").to_pylist()
    return [
        (r["class"], r["source_id"], r["person_id"], f"{r['first_at']:%H:%M}", f"{r['last_at']:%H:%M}", r["overlap_s"],
         r["n_encounters"], r.get("places"))
        for r in rows
    ]  # fmt: skip


def test_a_bus_ride_and_a_market(tmp_path):
    # zhao's two rides touch and are one; sun shares 4 minutes of it, too short for 10, long enough for 1
    write(tmp_path, visits=VISITS, cases=CASES)
    summary = call(tmp_path, "--min-overlap", "10", "--sources")
    assert contacts(tmp_path) == [
        ("close", "zhao", "qian", "08:20", "08:45", 1500, 1, ["bus 3"]),
        ("secondary", None, "li", "10:30", "10:40", 600, 1, None),
        ("secondary", None, "sun", "10:15", "10:40", 1500, 1, None),
    ]
    assert contacts(tmp_path, "sources") == [
        ("secondary", "qian", "li", "10:30", "10:40", 600, 1, None),
        ("secondary", "qian", "sun", "10:15", "10:40", 1500, 1, None),
    ]
    assert summary["counts"] == {"close": 1, "secondary": 2}
    assert summary["rows_read"] == 7
    assert summary["visits_after_merging"] == 6
    assert summary["contacts_by_place_kind"] == {"close": {"bus": 1}, "secondary": {"market": 2}}
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8"))["engine"] == "local"


def test_shorter_meetings_count_when_asked(tmp_path):
    write(tmp_path, visits=VISITS, cases=CASES)
    call(tmp_path, "--min-overlap", "4")
    assert contacts(tmp_path) == [
        ("close", "zhao", "qian", "08:20", "08:45", 1500, 1, ["bus 3"]),
        ("close", "zhao", "sun", "08:46", "08:50", 240, 1, ["bus 3"]),
        # li met both qian (10 min) and sun (30 min)
        ("secondary", None, "li", "10:30", "11:00", 2400, 2, None),
    ]


def test_until_cuts_the_windows_of_contacts(tmp_path):
    write(tmp_path, visits=VISITS, cases=CASES)
    call(tmp_path, "--min-overlap", "10", "--until", "2022-07-01T10:30")
    assert [row[:6] for row in contacts(tmp_path)[1:]] == [("secondary", None, "sun", "10:15", "10:30", 900)]


def test_the_protocol_gives_the_window_of_an_onset(tmp_path):
    # two days before onset, until isolation: the ride at 8 is before a window that opens on 2 July
    write(tmp_path, visits=VISITS, cases="person_id,onset,isolated\nzhao,2022-07-02,2022-07-03\n")
    assert call(tmp_path, "--min-overlap", "10")["counts"]["close"] == 1
    write(tmp_path, visits=VISITS, cases="person_id,onset,isolated\nzhao,2022-07-04,2022-07-05\n")
    assert call(tmp_path, "--min-overlap", "10")["counts"]["close"] == 0


def test_ids_keep_their_type_and_times_their_zone(tmp_path):
    visits = pa.table(
        {
            "person_id": pa.array([7, 70], pa.int32()),
            "place_id": ["a", "a"],
            "t_in": pa.array([EIGHT, EIGHT], pa.timestamp("ns")),
            "t_out": pa.array([NINE, NINE], pa.timestamp("ns")),
        }
    )
    parquet.write_table(visits, tmp_path / "visits.parquet")
    write(tmp_path, cases="person_id,infectious_from,infectious_to\n7,2022-07-01T00:00:00Z,2022-07-01T00:30:00Z\n")
    call(tmp_path, "--min-overlap", "10", visits="visits.parquet")  # naive 08:00 is 00:00Z in Shanghai
    found = parquet.read_table(tmp_path / "out" / "contacts.parquet")
    assert found.schema.field("person_id").type == found.schema.field("source_id").type == pa.int32()
    assert found["overlap_s"].to_pylist() == [1800]
    assert found["first_at"].to_pylist()[0].isoformat() == "2022-07-01T08:00:00+08:00"
    write(tmp_path, visits=VISITS.replace("zhao", "007").replace("qian", "12"), cases=CASES.replace("zhao", "007"))
    call(tmp_path, "--min-overlap", "10")
    assert contacts(tmp_path)[0][1:3] == ("007", "12")


def test_a_market_hall_is_named_as_too_wide(tmp_path):
    rows = [f"p{i},hall,2022-07-01T08:00,2022-07-01T09:00,market" for i in range(30)]
    write(
        tmp_path, visits=VISITS + "zhao,hall,2022-07-01T08:00,2022-07-01T09:00,market\n" + "\n".join(rows), cases=CASES
    )
    summary = call(tmp_path, "--min-overlap", "10", "--wide-above", "20")
    assert summary["wide_places"] == [{"place_id": "hall", "most_contacts_of_one_case": 30, "cases": 1}]
    assert "hall (30)" in summary["warnings"][0]


@pytest.mark.parametrize(
    ("texts", "more", "line"),
    [
        ({"visits": VISITS + "li,x,2022-07-02T09:00,2022-07-02T08:00,\n"}, [], "row 9, column t_out: the visit ends before"),
        ({"visits": VISITS.replace("2022-07-01T08:45", "soon")}, [], "visits.csv, row 4, column t_out: «soon» is not a time"),
        ({"visits": VISITS + "li,,2022-07-02T09:00,2022-07-02T10:00,\n"}, [], "visits.csv, row 9, column place_id: no place_id"),
        ({"visits": VISITS.replace("t_out", "leave")}, [], "visits.csv: column t_out is missing"),
        ({"cases": "person_id,since\nzhao,2022-07-01\n"}, [], "cases.csv: neither infectious_from nor onset"),
        ({"cases": "person_id,onset\nzhao,2022-07-01\nli,\n"}, [], "cases.csv, row 3, column onset:"),
        ({"cases": CASES.replace("07-02", "06-02")}, [], "cases.csv, row 2, column infectious_to: the window ends before"),
        ({}, ["--protocol", "covid-19/1999-01-01"], "there is no protocol «covid-19/1999-01-01»"),
        ({}, ["--tz", "Asia/Nowhere"], "«Asia/Nowhere» is not a time zone"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_named(tmp_path, texts, more, line):
    write(tmp_path, **({"visits": VISITS, "cases": CASES} | texts))
    with pytest.raises(Unusable) as fault:
        call(tmp_path, *more)
    assert line in str(fault.value)


def test_nobody_and_nothing(tmp_path):
    write(tmp_path, visits="person_id,place_id,t_in,t_out\n", cases=CASES)
    assert call(tmp_path)["counts"] == {"close": 0}
    write(tmp_path, visits=VISITS, cases=CASES.replace("zhao", "nobody"))
    summary = call(tmp_path)
    assert summary["cases_without_visits"] == 1
    assert "no case has any visit" in summary["warnings"][0]


ROWS = [tuple(line.split(",")) for line in VISITS.splitlines()[1:]]
HEAD = ("person_id", "place_id", "t_in", "t_out", "place_kind")
PERSONS = {"zhao": 1, "qian": 2, "sun": 3, "li": 4}
PLACES = {"bus 3": 10, "market": 11}


def as_csv(folder: Path, name: str, rows: Any) -> str:
    (folder / name).write_text("\n".join(",".join(map(str, row)) for row in [HEAD, *rows]) + "\n", encoding="utf-8")
    return name


def as_jsonl(folder: Path, name: str, rows: Any) -> str:
    lines = [json.dumps(dict(zip(HEAD, row, strict=True))) for row in rows]
    (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return name


def as_xlsx(folder: Path, name: str, rows: Any) -> str:
    book = xlsxwriter.Workbook(str(folder / name), {"default_date_format": "yyyy-mm-dd hh:mm"})
    sheet = book.add_worksheet()
    for i, row in enumerate([HEAD, *rows]):
        for j, cell in enumerate(row):
            at = i and j in (2, 3)
            sheet.write_datetime(i, j, datetime.fromisoformat(cell)) if at else sheet.write(i, j, cell)
    book.close()
    return name


def as_parquet(folder: Path, name: str, rows: Any) -> str:
    half = len(rows) // 2
    (folder / name).mkdir()
    for part, some in (("a", rows[:half]), ("b", rows[half:])):
        columns = dict(zip(HEAD, zip(*some, strict=True), strict=True))
        for at in ("t_in", "t_out"):
            columns[at] = pa.array([datetime.fromisoformat(t) for t in columns[at]], pa.timestamp("ns"))
        parquet.write_table(pa.table(columns), folder / name / f"{part}.parquet")
    return name


@pytest.mark.parametrize("write_as", [as_csv, as_jsonl, as_xlsx, as_parquet])
@pytest.mark.parametrize("change", ["", "backwards", "numbers", "offsets", "twice"])
def test_the_same_visits_in_any_clothes(tmp_path, write_as, change):
    rows: list[tuple[Any, ...]] = list(ROWS)
    cases = CASES
    if change == "backwards":
        rows = rows[::-1]
    elif change == "numbers":
        rows = [(PERSONS[p], PLACES[q], *rest) for p, q, *rest in rows]
        cases = CASES.replace("zhao", "1")
    elif change == "offsets" and write_as is not as_xlsx and write_as is not as_parquet:  # there cells have none
        rows = [
            (p, q, f"{a}+08:00", b, k) if i % 2 else (p, q, a, f"{b}:00+08:00", k)
            for i, (p, q, a, b, k) in enumerate(rows)
        ]
    elif change == "twice":  # the same visits again, a piece of one, and one of no length
        rows += [*rows, ("sun", "market", "2022-07-01T10:10", "2022-07-01T10:20", "market"),
                 ("zhao", "market", "2022-07-01T10:20", "2022-07-01T10:20", "market")]  # fmt: skip
    write(tmp_path, cases=cases)
    suffix = {as_csv: ".csv", as_jsonl: ".jsonl", as_xlsx: ".xlsx", as_parquet: ""}[write_as]
    file = write_as(tmp_path, f"v{suffix}", rows)
    summary = call(tmp_path, "--min-overlap", "10", "--depth", "3", visits=file)
    assert summary["counts"] == {"close": 1, "secondary": 2, "level3": 0}
    assert summary["rows_read"] == len(rows)
    names = {"zhao": "zhao", "qian": "qian", "sun": "sun", "li": "li", None: None} | {v: k for k, v in PERSONS.items()}
    found = [(c, names[s], names[p], *rest[:4]) for c, s, p, *rest in contacts(tmp_path)]
    assert sorted(found, key=str) == [
        ("close", "zhao", "qian", "08:20", "08:45", 1500, 1),
        ("secondary", None, "li", "10:30", "10:40", 600, 1),
        ("secondary", None, "sun", "10:15", "10:40", 1500, 1),
    ]


@pytest.mark.parametrize(
    "cases",
    [
        "person_id,infectious_from\nzhao,2022-07-01T08:00\n",  # open: to the end of the data
        "person_id,infectious_from,infectious_to\nzhao,2022-07-01T08:00,\n",
        "person_id,infectious_from,infectious_to\nzhao,2022-07-01T08:00,2022-07-01T08:30\nzhao,2022-07-01T08:25,2022-07-02\n",
        "person_id,infectious_from,infectious_to,onset\nzhao,,,2022-07-02\n",  # a row without window has an onset
        "person_id,onset,sampled,isolated\nzhao,,2022-07-02,\n",
    ],
)
def test_windows_however_they_are_written(tmp_path, cases):
    write(tmp_path, visits=VISITS, cases=cases)
    assert call(tmp_path, "--min-overlap", "10")["counts"] == {"close": 1, "secondary": 2}


@pytest.mark.parametrize(
    ("name", "content", "line"),
    [
        ("v.csv", b"", "v.csv: the file is empty"),
        ("v.parquet", b"junk", "v.parquet: not a readable .parquet file"),
        ("v.xlsx", b"junk", "v.xlsx: not an .xlsx workbook"),
        ("v.jsonl", b'{"person_id": 1,\n', "v.jsonl, row 1: not JSON"),
        ("v.txt", b"junk", "v.txt: «.txt» is not a table"),
    ],
)
def test_a_file_that_cannot_be_read_is_named(tmp_path, name, content, line):
    write(tmp_path, cases=CASES)
    (tmp_path / name).write_bytes(content)
    with pytest.raises(Unusable) as fault:
        call(tmp_path, visits=name)
    assert line in str(fault.value)

"""bihuan trace from outside: files in, files out, faults that name their place."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
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

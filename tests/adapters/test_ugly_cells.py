"""The table of ugly cells: what a sender wrote, and what we make of it."""

# ruff: noqa: DTZ001 — cells of a sheet know no time zone

from datetime import date, datetime, time
from typing import Any

import pytest

from bihuan.adapters.spreadsheets import _cells
from bihuan.adapters.spreadsheets._dates import read_moment, read_span
from tests.cast import ZHAO

RECEIVED = date(2022, 7, 2)
DAY = date(2022, 7, 1)


@pytest.mark.parametrize(
    ("cell", "on", "at"),
    [
        ("2022-07-01", DAY, None),
        ("2022/7/1", DAY, None),
        ("2022.7.1", DAY, None),
        ("2022.07.01.0", None, None),
        ("20220701", DAY, None),
        (20220701.0, DAY, None),
        ("2022年7月1日", DAY, None),
        ("2022 年 7 月 1 日（星期五）", DAY, None),
        ("２０２２年７月１日", DAY, None),
        ("7月1日", DAY, None),
        ("7.1", DAY, None),
        ("7/1", DAY, None),
        ("12月30日", date(2021, 12, 30), None),  # received in July: the December before
        (44743.0, DAY, None),
        ("44743", DAY, None),
        (44743.354166666664, DAY, time(8, 30)),
        (datetime(2022, 7, 1), DAY, None),
        (datetime(2022, 7, 1, 8, 30), DAY, time(8, 30)),
        (DAY, DAY, None),
        ("2022-07-01 08:30", DAY, time(8, 30)),
        ("2022-07-01T08:30:05", DAY, time(8, 30, 5)),
        ("2022/7/1 0:00", DAY, None),
        ("2022-07-01 00:00:00", DAY, None),
        ("2022年7月1日8时30分", DAY, time(8, 30)),
        ("7月1日下午3点半", DAY, time(15, 30)),
        ("2022-07-01 08:30:00.0", DAY, time(8, 30)),
        ("'2022-07-01", DAY, None),
        ("13/07/2022", date(2022, 7, 13), None),
        ("03/04/2022", None, None),  # nobody can tell
        ("2022-02-30", None, None),
        ("2022年7月", None, None),
        ("昨天", None, None),
        (7.1, None, None),  # 1 or 10 July: the spreadsheet ate the nought
        (True, None, None),
        ("2022-07-01左右", None, None),
    ],
)
def test_dates(cell: Any, on: date | None, at: time | None) -> None:
    moment = read_moment(cell, RECEIVED)
    assert (moment and moment.on, moment and moment.at) == (on, at)


@pytest.mark.parametrize(
    ("cell", "start", "end"),
    [
        ("2022-07-01 08:00至2022-07-01 09:30", (DAY, time(8)), (DAY, time(9, 30))),
        ("7月1日8:00-9:30", (DAY, time(8)), (DAY, time(9, 30))),
        ("7月1日8时—9时30分", (DAY, time(8)), (DAY, time(9, 30))),
        ("6月29日至7月1日", (date(2022, 6, 29), None), (DAY, None)),
        ("2022年6月29日~30日", (date(2022, 6, 29), None), (date(2022, 6, 30), None)),
    ],
)
def test_periods_in_one_cell(cell: str, start: Any, end: Any) -> None:
    assert read_span(cell, RECEIVED) == (start, end)


def test_a_period_that_ends_before_it_begins_is_none() -> None:
    assert read_span("7月1日9:30-8:00", RECEIVED) is None


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (ZHAO.id_number, ""),
        ("'" + ZHAO.id_number, "身份证"),
        ("\u202d" + ZHAO.id_number, ""),
        (ZHAO.id_number[:6] + " " + ZHAO.id_number[6:14] + " " + ZHAO.id_number[14:], "居民身份证"),
        ("".join(chr(ord(c) + 0xFEE0) for c in ZHAO.id_number), "二代身份证"),
        (ZHAO.id_number.lower() + "\n", "身份证号码"),
        (ZHAO.id_number, "护照"),  # the number itself says what it is
    ],
)
def test_identity_numbers_that_are_whole(cell: str, said: str) -> None:
    assert _cells.identity_of(cell, said, RECEIVED)[0].number == ZHAO.id_number


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (9.91027198503120e17, "id_digits_lost"),
        ("9.91027E+17", "id_damaged"),
        ("991027198503120000", "id_damaged"),
        ("991027********0012", "id_masked"),
        (ZHAO.id_number[:-1], "id_length"),
        (ZHAO.id_number[:-1] + ("1" if ZHAO.id_number[-1] != "1" else "2"), "id_check_digit"),
        ("991027198513120013", "id_birth_date"),
        (12345.0, "id_unknown_form"),
        ("19900000001", "id_unknown_form"),
    ],
)
def test_identity_numbers_that_are_not(cell: Any, code: str) -> None:
    with pytest.raises(_cells.Unclear) as caught:
        _cells.identity_of(cell, "", RECEIVED)
    assert caught.value.code == code
    assert caught.value.mend.zh
    assert caught.value.mend.en


@pytest.mark.parametrize(
    ("cell", "phones"),
    [
        ("199 0000 0001", ("19900000001",)),
        ("+86 19900000001", ("19900000001",)),
        ("0086-199-0000-0001", ("19900000001",)),
        (19900000001.0, ("19900000001",)),
        ("１９９００００００２１", ("19900000021",)),
        ("19900000001/19900000002", ("19900000001", "19900000002")),
        ("19900000001、0999-1234567", ("19900000001", "09991234567")),
        ("19900000001\n19900000002", ("19900000001", "19900000002")),
        ("无电话", ()),
        ("1.99E+10", ()),
    ],
)
def test_phones(cell: Any, phones: tuple[str, ...]) -> None:
    assert _cells.phones_of(cell) == phones


@pytest.mark.parametrize(
    ("written", "name", "masked"),
    [
        ("赵 一鸣", "赵一鸣", False),
        ("赵　一　鸣", "赵一鸣", False),
        ("阿依古丽 . 买买提", "阿依古丽·买买提", False),
        ("阿依古丽•买买提", "阿依古丽·买买提", False),
        ("JOHN  SMITH", "JOHN SMITH", False),
        ("赵*鸣", "赵*鸣", True),
        ("**", "", False),
        ("128人", "", False),
        ("无", "", False),
        ("/", "", False),
    ],
)
def test_names(written: str, name: str, masked: bool) -> None:
    said = _cells.plain(written)
    assert _cells.name_of(said) == (name, masked) if said else not name


@pytest.mark.parametrize(
    ("said", "sex"), [("男", "male"), ("女性", "female"), ("M", "male"), ("2", "female"), ("1男", "male"), ("?", "")]
)
def test_sexes(said: str, sex: str) -> None:
    assert _cells.sex_of(said) == sex


@pytest.mark.parametrize(
    ("said", "age"), [("37", 37), ("37岁", 37), ("3个月", 0), ("18个月", 1), ("0", 0), ("371", None), ("成年", None)]
)
def test_ages(said: str, age: int | None) -> None:
    assert _cells.age_of(said) == age

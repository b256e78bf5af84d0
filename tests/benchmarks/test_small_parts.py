"""What the benchmarks count with: quantiles, ids, and the workbook of a pushed list."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from benchmarks import _county, screen
from bihuan.adapters import spreadsheets


def test_a_quantile_is_the_smallest_value_so_many_do_not_exceed() -> None:
    seconds = [n / 1000 for n in range(1, 101)]
    assert _county.quantile_ms(seconds, 0.95) == 95.0
    assert _county.quantile_ms([0.002], 0.99) == 2.0


def test_ids_are_of_version_7_unique_and_sorted() -> None:
    made = _county.ids(np.random.default_rng(1), 5000, datetime(2022, 7, 1, tzinfo=UTC))
    assert {i.version for i in made} == {7}
    assert len(set(made)) == 5000
    assert made == sorted(made)


def test_the_pushed_workbook_is_read_whole(tmp_path: Path) -> None:
    row = {"name": ["赵一鸣"], "id_number": [""], "phone": ["19900000001"], "birth_on": ["1990-01-02"], "sex": ["男"]}
    screen.write_workbook(tmp_path / "list.xlsx", row | {"address": ["柳泉镇河湾村1号"]}, ["991027101001"])
    book = spreadsheets.Book(tmp_path / "list.xlsx")
    reading = spreadsheets.read_rows(book, spreadsheets.propose(book), received_on=datetime(2022, 7, 1).date())  # noqa: DTZ001
    assert [r.row for r in reading.accepted] == [3]

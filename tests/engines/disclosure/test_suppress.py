"""No hidden figure can be told: against every table that fits what is published, counted one by one."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.engines.disclosure import HIDDEN, suppressed

THRESHOLD = 3


def fitting(published: list[list[int]], rows: list[int], columns: list[int]) -> list[list[list[int]]]:
    """Every table of counts with these totals that agrees with what is shown: slow and plain."""
    hidden = [(i, j) for i, line in enumerate(published) for j, v in enumerate(line) if v == HIDDEN]
    found = []
    for values in product(*(range(min(rows[i], columns[j]) + 1) for i, j in hidden)):
        table = [list(line) for line in published]
        for (i, j), v in zip(hidden, values, strict=True):
            table[i][j] = v
        if [sum(r) for r in table] == rows and [sum(c) for c in zip(*table, strict=True)] == columns:
            found.append(table)
    return found


tables = st.integers(2, 3).flatmap(
    lambda width: st.lists(st.lists(st.integers(0, 4), min_size=width, max_size=width), min_size=2, max_size=3)
)


@settings(max_examples=40, deadline=None)
@given(tables)
def test_a_small_figure_fits_at_least_two_values_whatever_is_added_up(table: list[list[int]]) -> None:
    told = suppressed(table, threshold=THRESHOLD)
    assert all(v in (HIDDEN, table[i][j]) for i, line in enumerate(told) for j, v in enumerate(line))
    small = [(i, j) for i, line in enumerate(table) for j, v in enumerate(line) if 0 < v < THRESHOLD]
    assert all(told[i][j] == HIDDEN for i, j in small)
    if not small or all(v == HIDDEN for line in told for v in line):
        return
    possible = fitting(told, [sum(r) for r in table], [sum(c) for c in zip(*table, strict=True)])
    assert table in possible
    for i, j in small:
        assert len({t[i][j] for t in possible}) > 1, (table, told, (i, j))


def test_one_small_township_takes_a_second_with_it() -> None:
    assert suppressed([[12], [1], [7], [0]]) == [[12], [HIDDEN], [HIDDEN], [0]]


def test_what_was_hidden_this_morning_stays_hidden() -> None:
    assert suppressed([[12], [9], [7]], already=[(1, 0)])[1] == [HIDDEN]


def test_large_figures_and_zeros_are_shown_as_they_are() -> None:
    assert suppressed([[12, 0], [0, 9]]) == [[12, 0], [0, 9]]
    assert suppressed([]) == []


@pytest.mark.parametrize("table", [[[1, -2]], [[1], [1, 2]]])
def test_what_is_no_table_of_counts_is_refused(table: list[list[int]]) -> None:
    with pytest.raises(ValueError, match=r"rows|shape"):
        suppressed(table)

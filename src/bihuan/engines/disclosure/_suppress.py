"""Primary and complementary suppression of a table of counts with its totals.

Primary: a count from 1 to threshold − 1 could be a person somebody knows. Complementary: with row and column totals
published, one hidden cell of a line is a subtraction; so others go with it until no hidden cell can be told. What can be
told is asked of a linear programme: the least and the greatest value each hidden cell may have, given every published
figure and that a hidden count is at least 0 (Fischetti & Salazar, «Models and algorithms for optimizing cell suppression
in tabular data with linear constraints», JASA 95 (2000), calls this the attacker's problem).
"""

from collections.abc import Collection, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

HIDDEN = -1


def suppressed(
    table: Sequence[Sequence[int]], *, threshold: int = 5, already: Collection[tuple[int, int]] = ()
) -> list[list[int]]:
    """The table as it may be published: a hidden cell is HIDDEN, the others as they are. Totals of rows and columns may be
    published with it.

    table: counts, rows × columns. threshold: the least count that may be shown; 0 may be shown. already: cells hidden in
    an earlier publication of the same figures, which must stay hidden.
    Raises ValueError for a negative count or a ragged table.
    """
    counts = np.array([list(row) for row in table], dtype=np.int64)
    if counts.size == 0:
        return [list(row) for row in table]
    if counts.ndim != 2 or (counts < 0).any():
        raise ValueError("a table of counts has rows of one length and no negative figure")
    hidden = (counts > 0) & (counts < threshold)
    for row, column in already:
        hidden[row, column] = True
    while hidden.any():
        loose = unsafe_cells(counts, hidden, threshold)
        if not loose:
            break
        if hidden.all():  # nothing left to hide it with: the totals alone would tell, which the caller must not publish
            break
        _hide_one_more(counts, hidden, loose[0])
    return [
        [HIDDEN if hidden[i, j] else int(counts[i, j]) for j in range(counts.shape[1])] for i in range(counts.shape[0])
    ]


def unsafe_cells(counts: NDArray[np.int64], hidden: NDArray[np.bool_], threshold: int) -> list[tuple[int, int]]:
    """Small hidden cells that whoever knows every other figure can narrow down to one value, or to small values only.

    A cell is safe when the published figures leave room both for nobody and for at least `threshold` people, or for a
    range as wide as the threshold.
    """
    cells = [tuple(map(int, c)) for c in np.argwhere(hidden)]
    index = {cell: k for k, cell in enumerate(cells)}
    lines, sums = [], []
    for axis in (0, 1):
        if counts.shape[1 - axis] == 1:  # a line of one cell has no total of its own
            continue
        for line in range(counts.shape[axis]):
            mine = [c for c in cells if c[axis] == line]
            if mine:
                row = np.zeros(len(cells))
                row[[index[c] for c in mine]] = 1
                lines.append(row)
                sums.append(float(sum(counts[c] for c in mine)))
    matrix, right = np.array(lines).reshape(-1, len(cells)), np.array(sums)
    loose = []
    for cell in cells:
        if not 0 < counts[cell] < threshold:
            continue
        goal = np.zeros(len(cells))
        goal[index[cell]] = 1
        least, most = (_extreme(sign * goal, matrix, right) * sign for sign in (1, -1))
        if round(most) - round(least) < min(threshold, 2):
            loose.append((cell[0], cell[1]))
    return loose


def _extreme(goal: NDArray[np.float64], matrix: NDArray[np.float64], right: NDArray[np.float64]) -> float:
    found = linprog(goal, A_eq=matrix, b_eq=right, bounds=(0, None), method="highs")
    return float(found.fun)


def _hide_one_more(counts: NDArray[np.int64], hidden: NDArray[np.bool_], loose: tuple[int, int]) -> None:
    """Hide the smallest figure that is still shown in the loose cell's row or column, else anywhere; a zero helps least."""
    row, column = loose
    shown = [(i, j) for i in range(counts.shape[0]) for j in range(counts.shape[1]) if not hidden[i, j]]
    near = [c for c in shown if c[0] == row or c[1] == column]
    chosen = min(near or shown, key=lambda c: (counts[c] == 0, counts[c], c))
    hidden[chosen] = True

"""`bihuan watch`: which counts of a series are higher than its own past explains."""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._frame import Unusable, answer, json_option, say

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

EXAMPLE = """
Methods: ears_c1 ears_c2 ears_c3 (alpha 0.001), farrington farrington_improved (0.05), cusum, ewma (0.001).

\b
Example, one row a day or a week:
  date,count,stratum
  2022-03-01,4,fever clinic
  2022-03-02,6,fever clinic
\b
  bihuan watch fever.csv --method ears_c2 --out signals.csv
  bihuan watch weekly.xlsx --method farrington --alpha 0.01 --out signals.parquet

Out: date,stratum,observed,expected,upper,alarm. Rows without enough past have empty expected and upper, and no alarm.
"""


@click.command(epilog=EXAMPLE)
@click.argument("series", type=click.Path(path_type=Path))
@click.option("--method", required=True, help="The rule, by name (see below).")
@click.option("--alpha", type=float, help="Alarm level; the method's own default when left out.")
@click.option("--baseline", type=int, help="Steps of past for ears (7), cusum and ewma (28).")
@click.option("--years", type=int, help="Earlier years for farrington (5).")
@click.option("--min-sigma", type=float, help="Floor under the deviation of ears and ewma.")
@click.option(
    "--gaps",
    type=click.Choice(["refuse", "missing"]),
    default="refuse",
    show_default=True,
    help="Dates that are not in the file: a fault, or counted as missing. Never taken as zero.",
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help=".csv .xlsx .parquet or .jsonl")
@json_option
def command(
    series: Path, method: str, alpha: float | None, baseline: int | None, years: int | None,
    min_sigma: float | None, gaps: str, out: Path, as_json: bool,
) -> None:  # fmt: skip
    """Watch a series of counts (date,count[,stratum]) and mark what is higher than its past explains."""
    import pyarrow as pa

    from bihuan.cli._tables import read_table, write_table
    from bihuan.engines import signals

    if method not in signals.METHODS:
        raise Unusable(f"there is no method «{method}»", mend=f"choose one of {', '.join(signals.METHODS)}")
    settings = _settings(method, baseline=baseline, years=years, min_sigma=min_sigma)
    table = read_table(series, text=("stratum",), required=("date", "count"))
    blocks = _Blocks(table, series, gaps=gaps)
    columns: dict[str, list[Any]] = {k: [] for k in ("date", "stratum", "observed", "expected", "upper", "alarm")}
    alarms = unwatched = 0
    for names, dates, counts in blocks.regular():
        try:
            found = signals.watch(counts, method=method, alpha=alpha, step_days=blocks.step_days, **settings)
        except signals.SignalError as fault:
            raise Unusable(str(fault)) from None
        alarms += int(found.alarm.sum())
        unwatched += int((found.expected != found.expected).all(axis=1).sum())
        number, steps = counts.shape
        columns["date"].append(_tiled(dates, number))
        columns["stratum"].append(pa.array(names, pa.string()).take(_repeated(number, steps)))
        columns["observed"].append(_whole_numbers(counts))
        columns["expected"].append(pa.array(found.expected.ravel(), from_pandas=True))
        columns["upper"].append(pa.array(found.upper.ravel(), from_pandas=True))
        columns["alarm"].append(pa.array(found.alarm.ravel()))
    result = pa.table({name: pa.chunked_array(parts) for name, parts in columns.items()})
    result = result.sort_by([("stratum", "ascending"), ("date", "ascending")])
    write_table(result, out)
    if blocks.missing_dates:
        say(f"{blocks.missing_dates} dates are not in the file and count as missing: {blocks.first_gap}")
    if unwatched:
        say(f"{unwatched} of {blocks.series} series are too short for {method}: no bound, no alarm")
    step = "day" if blocks.step_days == 1 else "week"
    report = {
        "method": method, "alpha": signals.METHODS[method].alpha if alpha is None else alpha, "step": step,
        "series": blocks.series, "rows": result.num_rows, "alarms": alarms, "missing_dates": blocks.missing_dates,
        "missing_counts": blocks.missing_counts, "too_short": unwatched, "out": str(out),
    }  # fmt: skip
    words = f"{alarms} alarms in {blocks.series} series, {result.num_rows} {step}s → {out}"
    answer(report, as_json=as_json, words=words)


def _settings(method: str, *, baseline: int | None, years: int | None, min_sigma: float | None) -> dict[str, Any]:
    """The rule's own settings; one that it does not take is a fault, not a silent nothing."""
    takes = {
        "--baseline": ("baseline", baseline, not method.startswith("farrington")),
        "--years": ("years", years, method.startswith("farrington")),
        "--min-sigma": ("min_sigma", min_sigma, method.startswith("ears") or method == "ewma"),
    }
    for option, (_, value, taken) in takes.items():
        if value is not None and not taken:
            raise Unusable(f"{method} takes no {option}", mend=f"leave {option} out")
    return {name: value for name, value, _ in takes.values() if value is not None}


class _Blocks:
    """The file as regular series: sorted, evenly spaced, stacked when they cover the same dates."""

    def __init__(self, table: "pa.Table", path: Path, *, gaps: str) -> None:
        import numpy as np
        import pyarrow.compute as pc

        if not table.num_rows:
            raise Unusable("the file has no rows", file=path, mend="give one row a day or a week")
        self._path, self._gaps = path, gaps
        days = _days(table.column("date"), path)
        counts = _counts(table.column("count"), path)
        if "stratum" in table.column_names:
            coded = pc.dictionary_encode(table.column("stratum").combine_chunks(), null_encoding="encode")
            self._names = coded.dictionary.to_pylist()
            codes = np.asarray(coded.indices)
        else:
            self._names, codes = [None], np.zeros(table.num_rows, dtype=np.int64)
        order = np.lexsort((days, codes))
        self._codes, self._days, self._counts, self._rows = codes[order], days[order], counts[order], order + 2
        self.series = len(self._names)
        self.missing_counts = int(np.isnan(counts).sum())
        self.missing_dates = 0
        self.first_gap = ""
        self.step_days = self._spacing()

    def _spacing(self) -> int:
        """1 or 7 days, told from the usual distance of neighbours. Doubles and other distances are faults."""
        import numpy as np

        apart = np.diff(self._days)
        same = np.diff(self._codes) == 0
        twice = np.flatnonzero(same & (apart == 0))
        if twice.size:
            at = int(twice[0])
            self._fault(at + 1, f"{_day(self._days[at])} is already in row {self._rows[at]}", "keep one row a date")
        if not same.any():
            return 1
        usual = int(np.median(apart[same]))
        if usual == 1:
            return 1
        if 6 <= usual <= 8:
            # Weeks counted from 1 January drift by a day or two at New Year: still one step.
            off = np.flatnonzero(same & (np.abs(apart - 7 * np.rint(apart / 7)) > 2))
            if off.size:
                self._fault(int(off[0]) + 1, "is not whole weeks after the row before", "give one date a week")
            return 7
        raise Unusable(
            f"neighbouring dates are {usual} days apart", file=self._path, column="date",
            mend="give daily or weekly counts",
        )  # fmt: skip

    def _fault(self, at: int, what: str, mend: str) -> None:
        what = what if what[0].isdigit() else f"{_day(self._days[at])} {what}"
        raise Unusable(what, file=self._path, row=int(self._rows[at]), column="date", mend=mend)

    def regular(self) -> Iterator[tuple[list[str | None], "npt.NDArray[np.int64]", "npt.NDArray[np.float64]"]]:
        """Stacks of series over the same dates: names, dates (days since 1970), counts (series, steps)."""
        import numpy as np

        starts = np.flatnonzero(np.diff(self._codes, prepend=-1))
        stacks: dict[bytes, list[tuple[str | None, Any, Any]]] = {}
        for begin, end in zip(starts, [*starts[1:], len(self._codes)], strict=True):
            days, counts = self._filled(int(begin), int(end))
            stacks.setdefault(days.tobytes(), []).append((self._names[self._codes[begin]], days, counts))
        for stack in stacks.values():
            yield [name for name, _, _ in stack], stack[0][1], np.stack([counts for _, _, counts in stack])

    def _filled(self, begin: int, end: int) -> tuple[Any, Any]:
        """One series with its missing dates put in as missing counts, or refused by row."""
        import numpy as np

        days, counts = self._days[begin:end], self._counts[begin:end]
        steps = np.rint(np.diff(days) / self.step_days).astype(np.int64)
        gaps = np.flatnonzero(steps > 1)
        if not gaps.size:
            return days, counts
        at = begin + int(gaps[0])
        lost = int((steps[gaps] - 1).sum())
        next_day = _day(self._days[at] + self.step_days)
        words = f"after row {self._rows[at]} {next_day} is missing ({lost} dates in this series)"
        if self._gaps == "refuse":
            raise Unusable(
                words, file=self._path, column="date",
                mend="add the rows (0 if nothing was seen, empty if unknown) or pass --gaps missing",
            )  # fmt: skip
        self.missing_dates += lost
        self.first_gap = self.first_gap or words
        index = np.concatenate([[0], np.cumsum(steps)])
        full = np.full(index[-1] + 1, np.nan)
        full[index] = counts
        axis = np.interp(np.arange(len(full)), index, days).round().astype(np.int64)
        return axis, full


def _day(days: Any) -> str:
    import numpy as np

    return str(np.datetime64(int(days), "D"))


def _days(column: "pa.ChunkedArray", path: Path) -> "npt.NDArray[np.int64]":
    import numpy as np
    import pyarrow as pa

    if pa.types.is_temporal(column.type) and not column.null_count:
        return np.asarray(column.cast(pa.date32()).cast(pa.int32())).astype(np.int64)
    read: dict[Any, int] = {}
    days = np.empty(len(column), dtype=np.int64)
    for at, cell in enumerate(column.to_pylist()):
        if cell not in read:
            found = _one_day(cell)
            if found is None:
                what = "the date is empty" if cell is None else f"«{cell}» is not a date"
                raise Unusable(what, file=path, row=at + 2, column="date", mend="write it like 2022-03-01")
            read[cell] = found.toordinal() - 719163
        days[at] = read[cell]
    return days


def _one_day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    words = str(cell or "").strip().replace("/", "-")
    parts = words.split("-")
    try:
        if len(parts) == 2 and parts[1].upper().startswith("W"):
            return date.fromisocalendar(int(parts[0]), int(parts[1][1:]), 1)
        if len(parts) == 3 and all(p.isdigit() for p in parts):
            return date(*(int(p) for p in parts))
        return datetime.fromisoformat(words).date()
    except ValueError:
        return None


def _counts(column: "pa.ChunkedArray", path: Path) -> "npt.NDArray[np.float64]":
    import numpy as np
    import pyarrow as pa

    if pa.types.is_integer(column.type) or pa.types.is_floating(column.type):
        values = np.asarray(column.cast(pa.float64()).fill_null(float("nan")))
    else:
        values = np.array([_number(cell) for cell in column.to_pylist()])
    with np.errstate(invalid="ignore"):
        bad = np.flatnonzero((values < 0) | (values != np.rint(values)) & ~np.isnan(values) | np.isinf(values))
    if bad.size:
        at = int(bad[0])
        raise Unusable(
            f"«{column[at].as_py()}» is not a count", file=path, row=at + 2, column="count",
            mend="write a whole number, 0 or more, or leave the cell empty if it is unknown",
        )  # fmt: skip
    return values


def _number(cell: Any) -> float:
    if cell is None or str(cell).strip() == "":
        return float("nan")
    try:
        return float(int(str(cell)))
    except ValueError:
        return -1.0


def _tiled(days: "npt.NDArray[np.int64]", number: int) -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    return pa.array(np.tile(days, number).astype("datetime64[D]"), pa.date32())


def _repeated(number: int, steps: int) -> "npt.NDArray[np.int64]":
    import numpy as np

    return np.repeat(np.arange(number), steps)


def _whole_numbers(counts: "npt.NDArray[np.float64]") -> "pa.Array":
    import numpy as np
    import pyarrow as pa

    unknown = np.isnan(counts).ravel()
    return pa.array(np.where(unknown, 0, counts.ravel()).astype(np.int64), mask=unknown)

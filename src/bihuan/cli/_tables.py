"""The tables that commands read and write: `.csv .xlsx .parquet .jsonl`; faults name their place."""

import csv
import io
import json
import math
import os
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pyarrow as pa

from bihuan.cli._frame import Unusable

SUFFIXES = (".csv", ".xlsx", ".parquet", ".jsonl")
_EXACT_DIGITS = 2**53  # above this a spreadsheet's or JSON reader's float no longer holds every digit
_SHEET_ROWS = 1_048_576  # an .xlsx sheet holds no more


def read_table(path: Path, *, text: Collection[str] = (), required: Collection[str] = ()) -> pa.Table:
    """The table a file holds, one pyarrow column for each column of the file.

    path: a `.csv` (UTF-8, GB18030 or UTF-16), `.xlsx` (first visible sheet), `.parquet` or
        `.jsonl` file; the first row that is not empty names the columns.
    text: columns read as exact strings whatever the file makes of them: identity numbers, phones, codes never
        become numbers. A column named here that the file does not have is no fault.
    required: columns that must be there.

    Other columns get the type their cells have: whole numbers, decimals, booleans, dates, timestamps (with an
    offset: UTC timestamps), else strings. Empty cells are null. Spaces around column names are dropped.

    Raises Unusable, naming file, sheet, row (as a spreadsheet counts, header included), column and the mend.
    """
    path = Path(path)
    if not path.is_file():
        raise Unusable("there is no such file", file=path, mend="check the path")
    reader = {".csv": _read_csv, ".xlsx": _read_xlsx, ".parquet": _read_parquet, ".jsonl": _read_jsonl}.get(
        path.suffix.lower()
    )
    if reader is None:
        raise Unusable(f"«{path.suffix}» is not a table", file=path, mend=f"use one of {' '.join(SUFFIXES)}")
    try:
        table = reader(path, frozenset(text))
    except OSError as fault:
        raise Unusable(f"cannot be read ({fault.strerror or fault})", file=path, mend="check the file") from None
    missing = [name for name in required if name not in table.column_names]
    if missing:
        raise Unusable(
            f"column {', '.join(missing)} is missing (found: {', '.join(table.column_names)})",
            file=path,
            mend="add the column or rename it",
        )
    return table


def write_table(table: pa.Table, path: Path) -> None:
    """Write a table to `.csv .xlsx .parquet .jsonl` by suffix; the file appears whole or not at all.

    table: its columns may be lists or structs (`.parquet`, `.jsonl` keep them, `.csv`, `.xlsx` hold them as
        JSON text). Times are written ISO 8601. Text is never a live formula in `.xlsx`; whole numbers past 15
        digits are written there as text. `.csv` and `.jsonl` are UTF-8 without BOM, cells as they are.

    Raises Unusable for an unknown suffix, a folder that is not there, or more rows than a sheet holds.
    """
    path = Path(path)
    writer = {
        ".csv": _csv_bytes,
        ".xlsx": _xlsx_bytes,
        ".parquet": _parquet_bytes,
        ".jsonl": _jsonl_bytes,
    }.get(path.suffix.lower())
    if writer is None:
        raise Unusable(f"«{path.suffix}» is not a table", file=path, mend=f"use one of {' '.join(SUFFIXES)}")
    if path.suffix.lower() == ".xlsx" and table.num_rows >= _SHEET_ROWS:
        raise Unusable(f"{table.num_rows} rows do not fit a sheet", file=path, mend="write .csv or .parquet instead")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("wb") as out:
            writer(table, out)
        part.replace(path)
    except OSError as fault:
        raise Unusable(
            f"cannot be written ({fault.strerror or fault})", file=path, mend="check folder and rights"
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _names(cells: Sequence[Any], path: Path, *, sheet: str | None = None, row: int = 1) -> list[str]:
    names = ["" if cell is None else str(cell).strip().removeprefix("\ufeff") for cell in cells]
    while names and not names[-1]:
        names.pop()
    if not names:
        raise Unusable("no column names", file=path, sheet=sheet, row=row, mend="name them in the first row")
    for at, name in enumerate(names):
        if not name:
            raise Unusable(
                "a column has no name",
                file=path,
                sheet=sheet,
                row=row,
                column=at + 1,
                mend="name it or remove it",
            )
        if name in names[:at]:
            raise Unusable(
                "two columns have this name", file=path, sheet=sheet, row=row, column=name, mend="rename one"
            )
    return names


def _read_csv(path: Path, text: frozenset[str]) -> pa.Table:
    from pyarrow import csv as arrow_csv

    raw = path.read_bytes()
    raw = _utf8(raw, path)
    first = raw[: raw.find(b"\n") if b"\n" in raw else len(raw)].decode(errors="replace").rstrip("\r")
    if not raw.strip():
        raise Unusable("the file is empty", file=path, mend="put the column names in the first row")
    names = _names(next(csv.reader([first]), []), path)
    faults: list[arrow_csv.InvalidRow] = []

    def refuse(row: arrow_csv.InvalidRow) -> str:
        faults.append(row)
        return "error"

    def read(*, use_threads: bool) -> pa.Table:
        return arrow_csv.read_csv(
            io.BytesIO(raw),
            # one block: a column's type is then told from all its cells, not from the first megabyte
            read_options=arrow_csv.ReadOptions(
                column_names=names,
                skip_rows=1,
                block_size=min(len(raw) + 1, 2**31 - 1),
                use_threads=use_threads,
            ),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, invalid_row_handler=refuse),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in names if name in text},
                null_values=[""],
                strings_can_be_null=True,
            ),
        )

    try:
        try:
            table = read(use_threads=True)
        except pa.ArrowInvalid:
            faults.clear()
            table = read(use_threads=False)  # only one thread knows the number of a bad row
    except pa.ArrowInvalid as fault:
        if faults:
            bad = faults[0]
            raise Unusable(
                f"{bad.actual_columns} cells where the header has {bad.expected_columns}",
                file=path,
                row=bad.number,
                mend="quote cells that hold commas",
            ) from None
        raise Unusable(f"not a table ({fault})", file=path, mend="save it as CSV, UTF-8") from None
    return _no_null_columns(table)


def _utf8(raw: bytes, path: Path) -> bytes:
    """The bytes in UTF-8 without mark; office programs in China still save CSV as GBK or UTF-16."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        try:
            return raw.decode("utf-16").encode()
        except UnicodeDecodeError:
            raise Unusable("damaged UTF-16 text", file=path, mend="save it as CSV, UTF-8") from None
    raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as fault:
        try:
            return raw.decode("gb18030").encode()
        except UnicodeDecodeError:
            row = raw[: fault.start].count(b"\n") + 1
            raise Unusable("neither UTF-8 nor GB18030 text", file=path, row=row, mend="save as CSV, UTF-8") from None
    return raw


def _no_null_columns(table: pa.Table) -> pa.Table:
    """A column with no value at all is a column of empty strings, not of the null type nobody can join on."""
    for at, field in enumerate(table.schema):
        if pa.types.is_null(field.type):
            table = table.set_column(at, field.name, pa.nulls(table.num_rows, pa.string()))
    return table


def _read_xlsx(path: Path, text: frozenset[str]) -> pa.Table:
    from bihuan.adapters import spreadsheets

    try:
        book = spreadsheets.Book(path)
        if book.kind != "xlsx":
            raise Unusable("not an .xlsx workbook", file=path, mend="save it as .xlsx")
        if not book.visible():
            raise Unusable("the workbook shows no sheet", file=path, mend="unhide the sheet")
        sheet = book.visible()[0]
        rows = book.grid(sheet).rows
    except spreadsheets.SheetFault as fault:
        raise Unusable(fault.what.en, file=path, sheet=fault.sheet, mend=fault.mend.en) from None
    numbered = [(at, row) for at, row in enumerate(rows, start=1) if any(cell != "" for cell in row)]
    if not numbered:
        raise Unusable("the sheet is empty", file=path, sheet=sheet, mend="name the columns in the first row")
    header_at, header = numbered[0]
    names = _names(header, path, sheet=sheet, row=header_at)
    columns: dict[str, pa.Array] = {}
    for at, name in enumerate(names):
        cells = [(row, cells[at] if at < len(cells) else "") for row, cells in numbered[1:]]
        columns[name] = _sheet_column(cells, name in text, path, sheet, name)
    return pa.table(columns)


def _sheet_column(cells: list[tuple[int, Any]], as_text: bool, path: Path, sheet: str, name: str) -> pa.Array:
    if not as_text:
        found = {type(cell) for _, cell in cells if cell != ""}
        values = [None if cell == "" else cell for _, cell in cells]
        if found and found <= {float, int}:
            whole = all(v is None or (float(v).is_integer() and abs(v) < _EXACT_DIGITS) for v in values)
            return pa.array([None if v is None else int(v) for v in values] if whole else values)
        if found and found <= {datetime, date}:
            # the reader gives midnight as a date: one time of day in the column makes all of them times
            if datetime in found:
                return pa.array([_at_midnight(v) for v in values], pa.timestamp("us"))
            return pa.array(values, pa.date32())
        if found == {bool}:
            return pa.array(values)
    words: list[str | None] = []
    for row, cell in cells:
        if as_text and isinstance(cell, float) and abs(cell) >= _EXACT_DIGITS:
            raise Unusable(
                "a long number whose last digits the workbook has lost",
                file=path,
                sheet=sheet,
                row=row,
                column=name,
                mend="format the column as text and enter it again",
            )
        words.append(_word(cell))
    return pa.array(words, pa.string())


def _at_midnight(value: Any) -> Any:
    return datetime(value.year, value.month, value.day) if type(value) is date else value  # noqa: DTZ001


def _word(cell: Any) -> str | None:
    if cell is None or cell == "":
        return None
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, date | datetime):
        return cell.isoformat()
    return str(cell)


def _read_parquet(path: Path, text: frozenset[str]) -> pa.Table:
    from pyarrow import parquet

    try:
        table = parquet.read_table(path)
    except pa.ArrowInvalid as fault:
        raise Unusable(f"not a parquet file ({fault})", file=path, mend="write it again") from None
    for at, field in enumerate(table.schema):
        if field.name in text and not pa.types.is_string(field.type):
            table = table.set_column(at, field.name, _exact(table.column(at), path, field.name))
    return table


def _exact(column: pa.ChunkedArray, path: Path, name: str) -> pa.ChunkedArray:
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        # numbers with a hole become floats in data frames; whole ones can be taken back
        for row, value in enumerate(column.to_pylist(), start=1):
            if value is not None and (math.isnan(value) or not value.is_integer() or abs(value) >= _EXACT_DIGITS):
                raise Unusable(
                    f"{value} is not an exact identifier",
                    file=path,
                    row=row,
                    column=name,
                    mend="store it as text",
                )
        column = column.cast(pa.int64())
    return column.cast(pa.string())


def _read_jsonl(path: Path, text: frozenset[str]) -> pa.Table:
    records: list[dict[str, Any]] = []
    lines: list[int] = []
    with path.open(encoding="utf-8-sig") as source:
        try:
            for row, line in enumerate(source, start=1):
                if line.strip():
                    records.append(_record(line, path, row))
                    lines.append(row)
        except UnicodeDecodeError:
            raise Unusable("not UTF-8 text", file=path, row=len(lines) + 1, mend="save it as UTF-8") from None
    names = list(dict.fromkeys(chain.from_iterable(records)))
    if not names:
        raise Unusable("no records", file=path, mend="write one JSON object a line")
    columns: dict[str, pa.Array] = {}
    for name in names:
        values = [None if record.get(name) == "" else record.get(name) for record in records]
        if name in text:
            values = [_identifier(v, path, row, name) for v, row in zip(values, lines, strict=True)]
            columns[name] = pa.array(values, pa.string())
            continue
        try:
            columns[name] = pa.array(values)
        except (pa.ArrowInvalid, pa.ArrowTypeError):
            columns[name] = pa.array([_word(v) for v in values], pa.string())
    return _no_null_columns(pa.table(columns))


def _record(line: str, path: Path, row: int) -> dict[str, Any]:
    try:
        record = json.loads(line)
    except ValueError as fault:
        raise Unusable(f"not JSON ({fault})", file=path, row=row, mend="one JSON object a line") from None
    if not isinstance(record, dict):
        raise Unusable("not a JSON object", file=path, row=row, mend="one JSON object a line")
    return record


def _identifier(value: Any, path: Path, row: int, name: str) -> str | None:
    if isinstance(value, float) and not (value.is_integer() and abs(value) < _EXACT_DIGITS):
        raise Unusable(f"{value} is not an exact identifier", file=path, row=row, column=name, mend="quote it")
    if isinstance(value, list | dict):
        raise Unusable("not a single value", file=path, row=row, column=name, mend="write one string")
    return _word(value)


def _plain(value: Any) -> Any:
    """A cell for formats that know neither lists nor time zones."""
    if isinstance(value, list | dict | tuple):
        return json.dumps(value, ensure_ascii=False, default=str)
    return value.isoformat() if isinstance(value, date | datetime) else value


def _csv_bytes(table: pa.Table, out: Any) -> None:
    from pyarrow import csv as arrow_csv

    for at, field in enumerate(table.schema):
        if pa.types.is_nested(field.type) or pa.types.is_temporal(field.type):
            words = [_plain(value) for value in table.column(at).to_pylist()]
            table = table.set_column(at, field.name, pa.array(words, pa.string()))
    arrow_csv.write_csv(table, out, arrow_csv.WriteOptions(quoting_style="needed"))


def _xlsx_bytes(table: pa.Table, out: Any) -> None:
    import rustpy_xlsxwriter

    def cell(value: Any) -> Any:
        if isinstance(value, datetime) and value.tzinfo:
            return value.isoformat()
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10**15:
            return str(value)
        return json.dumps(value, ensure_ascii=False, default=str) if isinstance(value, list | dict) else value

    def rows() -> Iterable[dict[str, Any]]:
        for batch in table.to_batches(max_chunksize=10_000):
            columns = [[cell(v) for v in column.to_pylist()] for column in batch.columns]
            for values in zip(*columns, strict=True):
                yield dict(zip(table.column_names, values, strict=True))

    # the writer takes its columns from the first record: a table without rows still has a header
    records: Iterable[dict[str, Any]] = rows() if table.num_rows else [dict.fromkeys(table.column_names)]
    whole = io.BytesIO()
    write: Callable[..., Any] = rustpy_xlsxwriter.write_worksheet
    write(records, whole, "data")
    out.write(whole.getvalue())


def _parquet_bytes(table: pa.Table, out: Any) -> None:
    from pyarrow import parquet

    parquet.write_table(table, out, compression="zstd")


def _jsonl_bytes(table: pa.Table, out: Any) -> None:
    for batch in table.to_batches(max_chunksize=10_000):
        for record in batch.to_pylist():
            out.write(json.dumps(record, ensure_ascii=False, default=_json_word).encode() + b"\n")


def _json_word(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)

"""Visits from large files, a piece at a time, so that a hundred million need no more memory than their columns."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pyarrow as pa

from bihuan.engines.tracing._index import COLUMNS, KIND_COLUMN, Builder, whole_numbers_if_written_so
from bihuan.engines.tracing._values import Fault, Visits

_BATCH_ROWS = 1 << 21
_T = TypeVar("_T")


def read_visits(
    path: Path,
    *,
    zone: str = "Asia/Shanghai",
    threads: int = 1,
    progress: Callable[[str], None] = lambda _: None,
) -> Visits:
    """Visits of a `.parquet` file (or a folder of them) or a `.csv` in UTF-8, ready for tracing.

    In a CSV, ids are whole numbers if every id of the column is written as one (7, not 007), else text.
    Raises Fault naming row (a CSV's header is row 1) and column; OSError if the file cannot be opened.
    """
    try:
        if path.suffix.lower() == ".csv":
            batches, first_row = _csv_batches(path), 2
        else:
            batches, first_row = _parquet_batches(path), 1
        builder = Builder(zone=zone, first_row=first_row)
        for batch in _one_ahead(batches) if threads > 1 else batches:
            builder.add(batch)
            progress(f"read {builder.rows} visits")
    except pa.ArrowInvalid as fault:
        raise Fault(f"not a readable {path.suffix} file ({fault})", mend="write it again") from None
    return builder.finish(threads=threads, progress=progress)


def _one_ahead(batches: Iterator[_T]) -> Iterator[_T]:
    """The same batches, the next one read while this one is used."""
    with ThreadPoolExecutor(1) as reader:
        coming = reader.submit(next, batches, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, batches, None)
            yield batch


def _parquet_batches(path: Path) -> Iterator[pa.RecordBatch]:
    from pyarrow import dataset, parquet

    def wanted(schema: pa.Schema) -> list[str]:
        _need(schema.names)
        return [name for name in (*COLUMNS, KIND_COLUMN) if name in schema.names]

    if path.is_dir():
        folder: Any = dataset.dataset(path, format="parquet")
        yield from folder.to_batches(columns=wanted(folder.schema), batch_size=_BATCH_ROWS)
        return
    with parquet.ParquetFile(path, memory_map=True) as file:
        names = wanted(file.schema_arrow)
        empty = True
        for batch in file.iter_batches(batch_size=_BATCH_ROWS, columns=names):
            empty = False
            yield batch
        if empty:
            yield file.schema_arrow.empty_table().select(names)


def _csv_batches(path: Path) -> Iterator[pa.Table]:
    """All ids of a column decide together whether they are numbers: a first pass looks, a second reads."""
    _need(_csv_reader(path, [], 1 << 20).schema.names)
    numbers = {"person_id": True, "place_id": True}
    for batch in _csv_reader(path, list(numbers), 1 << 25):
        for name in numbers:
            if numbers[name]:
                numbers[name] = pa.types.is_integer(whole_numbers_if_written_so(batch.column(name)).type)
        if not any(numbers.values()):
            break
    empty = True
    for batch in _csv_reader(path, [], 1 << 25):
        table = pa.Table.from_batches([batch])
        for name, whole in numbers.items():
            if whole and batch.num_rows:
                table = table.set_column(table.column_names.index(name), name, batch.column(name).cast(pa.int64()))
        empty = False
        yield table
    if empty:
        yield pa.table({name: pa.array([], pa.string()) for name in COLUMNS})


def _csv_reader(path: Path, columns: list[str], block_size: int) -> Any:
    from pyarrow import csv

    text = {name: pa.string() for name in (*COLUMNS, KIND_COLUMN)}
    return csv.open_csv(
        path,
        read_options=csv.ReadOptions(block_size=block_size),
        parse_options=csv.ParseOptions(newlines_in_values=False),
        convert_options=csv.ConvertOptions(
            column_types=text, include_columns=columns, null_values=[""], strings_can_be_null=True
        ),
    )


def _need(names: list[str]) -> None:
    missing = [name for name in COLUMNS if name not in names]
    if missing:
        raise Fault(
            f"column {', '.join(missing)} is missing (found: {', '.join(names)})", mend="add the column or rename it"
        )

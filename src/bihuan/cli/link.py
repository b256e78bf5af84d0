"""`bihuan link`: which person of an index each row of a list is, how sure that is, and what needs a look."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bihuan.cli._frame import Unusable, answer, json_option, say

if TYPE_CHECKING:
    import pyarrow as pa

    from bihuan.engines.linkage import Links

COLUMNS = {
    "name": "name",
    "id_number": "id_number",
    "phone": "phone",
    "birth_date": "birth_on",
    "sex": "sex",
    "address": "address",
}
_PATIENCE_S = 2.0


@click.command()
@click.argument("left", type=click.Path(path_type=Path))
@click.option("--index", "right", required=True, type=click.Path(path_type=Path), help="The table to look in.")
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Where the links go.")
@json_option
def command(left: Path, right: Path, out: Path, *, as_json: bool) -> None:
    """Link each row of LEFT to the one person of the index it most likely is.

    Files are .csv (UTF-8 or GB 18030), .xlsx (first visible sheet), .parquet or .jsonl, by suffix, with any of the columns
    name, id_number, phone, birth_date, sex, address; other columns are passed over.

    The output has one row for each row of LEFT: left_row, right_row (both count data rows from 0, the header not
    counted), probability, decision: same (0.99 and more), review (0.5 to 0.99: let a person look), different.
    A row that resembles nobody has an empty right_row and probability 0. With --json:
    {"rows", "same", "review", "different", "seconds"}.

    \b
    Example:
      bihuan link pushed.xlsx --index persons.parquet --out links.csv --json
    """
    started = time.perf_counter()
    from bihuan.cli._tables import SUFFIXES, write_table

    if out.suffix.lower() not in SUFFIXES:
        raise Unusable(f"cannot write «{out.suffix}»", file=out, mend=f"use one of {' '.join(SUFFIXES)}")
    if not out.absolute().parent.is_dir():
        raise Unusable("its folder does not exist", file=out, mend="create the folder first")
    with _stage(f"reading {left.name}"):
        pushed = _read_people(left)
    with _stage(f"reading {right.name}"):
        known = _read_people(right)
    from bihuan.engines import linkage

    with _stage(f"preparing {len(next(iter(known.values()))):,} people of the index"):
        index = linkage.build_index(known)
    with _stage(f"linking {len(next(iter(pushed.values()))):,} rows"):
        links = linkage.link(pushed, index)
    with _stage(f"writing {out.name}"):
        write_table(_table_of(links), out)
    counts = {str(d): links.count(d) for d in linkage.Decision}
    seconds = round(time.perf_counter() - started, 2)
    words = ", ".join(f"{n} {word}" for word, n in counts.items())
    answer(
        {"rows": len(links.left_row), **counts, "seconds": seconds},
        as_json=as_json,
        words=f"{len(links.left_row)} rows: {words}; {seconds} s; written to {out}",
    )


@contextmanager
def _stage(words: str) -> Iterator[None]:
    """Tell the person waiting what takes so long, once it does."""
    timer = threading.Timer(_PATIENCE_S, say, (f"{words} …",))
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _read_people(path: Path) -> "dict[str, list[str | None]]":
    """The columns of a file that linkage knows, as text, named as `Record` names them; at least one."""
    from bihuan.cli._tables import read_table

    table = read_table(path, text=COLUMNS)
    found = [name for name in COLUMNS if name in table.column_names]
    if not found:
        raise Unusable(
            f"none of the columns {', '.join(COLUMNS)} is there (found: {', '.join(table.column_names)})",
            file=path,
            mend="rename the columns so",
        )
    return {COLUMNS[name]: table.column(name).to_pylist() for name in found}


def _table_of(links: "Links") -> "pa.Table":
    import pyarrow as pa

    return pa.table(
        {
            "left_row": pa.array(links.left_row, pa.int64()),
            "right_row": pa.array(links.right_row, pa.int64(), mask=links.right_row < 0),
            "probability": pa.array(links.probability.round(6), pa.float64()),
            "decision": pa.array(links.decision.tolist(), pa.string()),
        }
    )

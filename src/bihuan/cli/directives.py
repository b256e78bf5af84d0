"""`bihuan directives`: what speeches, minutes and notices order, as a table that an officer can mend."""

from pathlib import Path

import click

from bihuan.cli._frame import Unusable, answer, json_option, say

_EXAMPLE = """\b
Example:
  bihuan directives speech.txt notice.docx --out directives.xlsx
"""


@click.command(epilog=_EXAMPLE)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Table: .jsonl .xlsx .csv .parquet")
@json_option
def command(files: tuple[Path, ...], out: Path, as_json: bool) -> None:
    """Read what FILES order: who, what, by when, how often, for whom, each with its exact place in the text.

    Reads .txt (UTF-8, GBK, UTF-16), .docx, .pdf and .html, in Chinese; English texts by a smaller grammar.
    The rows are proposals: an officer confirms them before anything is sent out.
    """
    import time

    import pyarrow as pa

    from bihuan.adapters.papers import PaperFault, read_paper
    from bihuan.cli._tables import write_table
    from bihuan.engines import directives

    names = [_name(path, files) for path in files]
    begun = time.perf_counter()
    rows: list[dict[str, object]] = []
    per_file: dict[str, int] = {}
    characters = 0
    for path, name in zip(files, names, strict=True):
        try:
            text = read_paper(path)
        except PaperFault as fault:
            raise Unusable(fault.what, file=path, mend=fault.mend) from None
        found = [directives.as_row(item) for item in directives.read(text, file=name)]
        characters += len(text)
        per_file[name] = len(found)
        rows += found
        say(f"{path}: {len(found)} directives")
    words = pa.string()
    kinds = {"start": pa.int64(), "end": pa.int64(), "deadline_minutes": pa.int64(), "responsible": pa.list_(words)}
    schema = pa.schema([(column, kinds.get(column, words)) for column in directives.COLUMNS])
    write_table(pa.Table.from_pylist(rows, schema=schema), out)
    by_type: dict[str, int] = {}
    for row in rows:
        by_type[str(row["type"])] = by_type.get(str(row["type"]), 0) + 1
    summary = {
        "files": len(files),
        "characters": characters,
        "directives": len(rows),
        "per_file": per_file,
        "by_type": dict(sorted(by_type.items(), key=lambda pair: (-pair[1], pair[0]))),
        "without_responsible": sum(not row["responsible"] for row in rows),
        "with_deadline": sum(row["deadline"] is not None for row in rows),
        "seconds": round(time.perf_counter() - begun, 3),
        "out": str(out),
    }
    answer(summary, as_json=as_json, words=f"{len(rows)} directives from {len(files)} files → {out}")


def _name(path: Path, files: tuple[Path, ...]) -> str:
    """The file's name; with its folders where two files share a name."""
    return path.name if sum(other.name == path.name for other in files) == 1 else str(path)

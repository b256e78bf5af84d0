"""`bihuan import`: take over cases, contacts, follow-ups, results or stays of another system, each exactly once."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._app import asks_for_member, open_app
from bihuan.cli._frame import DEFAULT_ZONE, Unusable, answer, json_option, say
from bihuan.cli._linelists import KINDS, RIGHT, SYSTEMS, actor, adapter, format_of, perform

if TYPE_CHECKING:
    from bihuan.adapters.linelists import Reading, Record, Rejected

COUNTS = ("duplicate_in_file", "created", "updated", "unchanged", "linked")
ARGUMENT = {"linelist": "cases", "visits": "visits"}


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What a row of the file is.")
@click.option(
    "--format", "said", type=click.Choice([*SYSTEMS, "csv"]), default=None, help="Told by the columns unless said."
)
@click.option("--sheet", "key", default="", help="A list we know (sheets/linelists/KEY.yaml).")
@click.option("--disease", default="", help="The disease where the file does not say it.")
@click.option("--dates", type=click.Choice(["dmy", "mdy"]), default=None, help="Order of days written 03/04/2022.")
@asks_for_member
@json_option
def command(
    file: Path, kind: str, said: str | None, key: str, disease: str, dates: str | None, username: str, as_json: bool
) -> int:
    """Take over records of another system: a SORMAS two-row CSV, a Go.Data csv, xlsx or json, or any table.

    FILE is .csv, .xlsx, .xls, .json or .jsonl. Import the line list first: contacts, follow-ups, results and stays name
    its cases. A contact that is a case on record becomes a possible transmission. Rejected rows are written, with
    reasons, under their own header to $BIHUAN_HOME/rejects, to be mended and sent again. Nothing is isolated, no task
    opened: an import is history.

    \b
    JSON: {"kind", "format", "rows_read", "accepted", "rejected": [{"row", "column", "reason", "mend"}],
           "duplicate_in_file", "created", "updated", "unchanged", "linked",   (rows, by what came of them)
           "loose_links", "kept_unused": {column: rows}, "notices", "already_imported", "rejects_file"};
    rows_read = accepted + len(rejected);
    accepted = duplicate_in_file + created + updated + unchanged + linked.

    Exit 0: every row was accepted. 1: rows were rejected, or all of it was imported before. 2: nothing was recorded.

    \b
    Example:
      bihuan import linelist.csv --kind linelist --sheet mers-korea-2015 --json
      bihuan import cases.csv --kind linelist --format sormas
    """
    from datetime import UTC
    from zoneinfo import ZoneInfo

    if not file.is_file():
        raise Unusable("no such file", file=file, mend="check the path")
    open_app()
    from bihuan.adapters import linelists

    now = datetime.now(UTC)
    today = now.astimezone(ZoneInfo(DEFAULT_ZONE)).date()
    try:
        name = format_of(file, said or ("csv" if key else ""))
        reading = _read(name, file, kind, key, today, dates or "")
    except linelists.ListFault as fault:
        raise Unusable(
            fault.what.en, file=file, row=fault.row, column=fault.column or None, mend=fault.mend.en
        ) from None
    who = actor(username, RIGHT[kind], now)
    given: dict[str, Any] = {
        "system": reading.system,
        ARGUMENT.get(kind, kind): [_told(record) for record in reading.records],
        "file_name": file.name,
    }
    if kind == "linelist":
        given["disease"] = disease or reading.disease
    receipt = perform(RIGHT[kind], given, who, now, file=file)
    rejected = [*reading.rejected, *(_rejected(row, reading) for row in receipt["rejected"])]
    return _tell(file, name, reading, receipt, sorted(rejected, key=lambda r: r.number), as_json=as_json)


def _read(name: str, file: Path, kind: str, key: str, today: date, dates: str) -> "Reading":
    from bihuan.adapters import linelists

    module = adapter(name) if name != "csv" else None
    if module is None:
        return linelists.read_plain(file, kind, key=key, today=today, dates=dates)
    found: Reading = module.read(file, kind, today=today, dates=dates)
    return found


def _told(record: "Record") -> dict[str, Any]:
    return {"row": record.number, **record.values, "kept": dict(record.kept)}


def _rejected(row: Mapping[str, Any], reading: "Reading") -> "Rejected":
    """A row the ledger gave back, with the column by its own label."""
    from bihuan.adapters.linelists import Rejected, Words

    return Rejected(row["row"], row["column"], Words(row["zh"], row["en"]), Words(row["mend_zh"], row["mend_en"]))


def _tell(
    file: Path,
    name: str,
    reading: "Reading",
    receipt: Mapping[str, Any],
    rejected: "Sequence[Rejected]",
    *,
    as_json: bool,
) -> int:
    """Print the receipt, keep the rejected rows as a file; 1 when something is left to mend."""
    told: dict[str, Any] = {
        "kind": reading.kind,
        "format": name,
        "rows_read": reading.rows_read,
        "accepted": receipt["accepted"],
        "rejected": [fault.to_dict() for fault in rejected],
        **{count: receipt[count] for count in COUNTS},
        "loose_links": receipt["loose"],
        "kept_unused": dict(reading.unused),
        "notices": [notice.en for notice in reading.notices],
        "already_imported": bool(receipt["accepted"])
        and receipt["accepted"] == receipt["unchanged"] + receipt["duplicate_in_file"],
        "rejects_file": _keep(file, name, reading, rejected) if rejected else None,
    }
    for notice in told["notices"]:
        say(f"{file.name}: {notice}")
    if told["kept_unused"]:
        say(f"{file.name}: kept as written, not used: {', '.join(told['kept_unused'])}")
    if told["loose_links"]:
        say(f"{file.name}: {told['loose_links']} named infectors are no case on record")
    if told["already_imported"]:
        say(f"{file.name}: imported before; nothing was recorded again")
    counts = ", ".join(f"{told[count]} {count.replace('_', ' ')}" for count in COUNTS)
    words = f"{told['rows_read']} rows read = {told['accepted']} accepted + {len(rejected)} rejected; {counts}"
    for fault in rejected[:50]:
        words += f"\n  row {fault.number}, column {fault.column}: {fault.reason.en}; {fault.mend.en}"
    if len(rejected) > 50:
        words += f"\n  … and {len(rejected) - 50} more"
    if told["rejects_file"]:
        words += f"\nrejected rows, to be mended and sent again: {told['rejects_file']}"
    answer(told, as_json=as_json, words=words)
    return 1 if rejected or told["already_imported"] else 0


def _keep(file: Path, name: str, reading: "Reading", rejected: "Sequence[Rejected]") -> str:
    """Write the rejected rows in a form that can be sent again; only their owner may read the file."""
    from bihuan.adapters import linelists
    from bihuan.config import database

    module = adapter(name) if name != "csv" else None
    as_text = module is not None and hasattr(module, "write_rejects")
    folder = database.home() / "rejects"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{file.stem}-{reading.kind}-rejected{'.csv' if as_text else '.xlsx'}"
    path.touch(mode=0o600)
    if as_text and module is not None:
        path.write_bytes(module.write_rejects(reading, rejected))
    else:
        linelists.rejects_sheet(reading.heads, reading.cells, rejected, path)
    return str(path)

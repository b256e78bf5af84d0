"""`bihuan export`: cases, contacts, follow-ups, results or stays in another system's format, and what it cannot carry."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import asks_for_member, open_app
from bihuan.cli._frame import Unusable, answer, json_option, say
from bihuan.cli._linelists import KINDS, SYSTEMS, actor, adapter, perform


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--kind", required=True, type=click.Choice(KINDS), help="What a row is.")
@click.option("--format", "name", type=click.Choice([*SYSTEMS, "csv"]), default="csv", show_default=True)
@click.option("--purpose", required=True, help="What the records are taken out for; the journal keeps it.")
@click.option("--pairs", is_flag=True, help="Go.Data: write contacts as relationships (source and target).")
@asks_for_member
@json_option
def command(file: Path, kind: str, name: str, purpose: str, pairs: bool, username: str, as_json: bool) -> int:
    """Write every record of a kind inside the account's scope to FILE: names and numbers are opened, the journal says so.

    FILE is .csv or .xlsx (csv), .csv (sormas), .csv, .xlsx or .json (godata). Cells that the same system gave us go back
    as they came, unless what they say has changed since.

    \b
    JSON: {"kind", "format", "records", "not_carried": {word: records}, "file"}
    Exit 0: all of it was written. 1: the format has no place for something, which `not_carried` names.

    \b
    Example:
      bihuan export cases.csv --kind linelist --format sormas --purpose "monthly exchange with the province"
    """
    suffixes = {"csv": (".csv", ".xlsx"), "sormas": (".csv",), "godata": (".csv", ".xlsx", ".json")}[name]
    if file.suffix.lower() not in suffixes:
        raise Unusable(f"«{file.suffix}» is no format of {name}", file=file, mend=f"use {' or '.join(suffixes)}")
    if not file.parent.is_dir():
        raise Unusable("the folder is not there", file=file, mend="make it first")
    module = adapter(name) if name != "csv" else None
    if name != "csv" and module is None:
        raise Unusable(f"the adapter {name} is not installed", mend=f"put adapters/{name} back, or use csv")
    if name != "csv" and kind == "visits":
        raise Unusable(f"{name} has no table of stays", mend="use --format csv")
    open_app()
    from bihuan.adapters import linelists
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
    from bihuan.reports import _exchange as exchange

    now = datetime.now(UTC)
    who = actor(username, "export_records", now)
    perform("export_records", {"kind": kind, "system": name, "purpose": purpose}, who, now)
    with scoped(Scope(EVERYWHERE)):
        acting = staff_reads.actor(who, now)
    if acting is None:
        raise Unusable("the account holds no post", mend="name another with --as")
    with scoped(acting.scope):
        taken = exchange.KINDS[kind](acting.scope)
    keep = [
        at
        for at in range(len(taken.values))
        if not (kind == "contacts" and name == "godata" and taken.pairs[at] != pairs)
    ]
    values, kept = [taken.values[at] for at in keep], [taken.kept[at] for at in keep]
    left_out = len(taken.values) - len(keep)
    missing: dict[str, Any] = {}
    if module is None:
        header, rows = linelists.table_of(kind, values, [_open(own) for own in kept])
        grid = [header, *rows]
        data = linelists.xlsx_bytes(grid) if file.suffix.lower() == ".xlsx" else linelists.csv_bytes(grid)
    else:
        came = [taken.systems[at] == name for at in keep]
        more: dict[str, Any] = {"from_sormas": came} if name == "sormas" else {
            "from_godata": came, "suffix": file.suffix.lower(), "pairs": pairs
        }  # fmt: skip
        data, missing = module.write(kind, values, kept, **more)
    file.touch(mode=0o600)
    file.write_bytes(data)
    told = {"kind": kind, "format": name, "records": len(values), "not_carried": dict(missing), "file": str(file)}
    if left_out:
        other = "without --pairs" if pairs else "with --pairs"
        say(f"{left_out} records are written {other}: Go.Data keeps contacts and relationships apart")
    for word, n in missing.items():
        say(f"{name} has no field for {word}: {n} records lose it")
    answer(told, as_json=as_json, words=f"{len(values)} records written to {file}")
    return 1 if missing else 0


def _open(kept: dict[str, str]) -> dict[str, str]:
    """Kept cells without the marks only we read."""
    return {label: text for label, text in kept.items() if not label.startswith("\0")}

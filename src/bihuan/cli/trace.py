"""bihuan trace: contacts of cases to any depth, from a file of visits."""

import json
import os
import time
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bihuan.cli._frame import DEFAULT_ZONE, Unusable, answer, instant, json_option, say
from bihuan.cli._spark import spark_session

if TYPE_CHECKING:
    import pyarrow as pa

    from bihuan.engines import protocol, tracing

_STREAMED_CSV_BYTES = 64 * 2**20  # a larger CSV is read piece by piece, in UTF-8
_TIMES = (
    "infectious_from",
    "infectious_to",
    "onset",
    "rash_onset",
    "sampled",
    "positive_sample",
    "last_negative",
    "isolated",
)


@click.command(
    epilog="""\b
Example:
  bihuan trace --visits visits.parquet --cases cases.csv --protocol covid-19/2022-06-28 --out found
\b
visits: person_id,place_id,t_in,t_out[,place_kind]      cases: person_id and infectious_from,infectious_to
        (half-open times)                                      or onset[,sampled,isolated]; several rows a person
"""
)
@click.option("--visits", "visits_file", type=click.Path(path_type=Path), required=True, help="Who was where, when.")
@click.option("--cases", "cases_file", type=click.Path(path_type=Path), required=True, help="The cases.")
@click.option("--protocol", "protocol_id", required=True, help="Protocol id, e.g. covid-19/2022-06-28.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the answer.")
@click.option("--min-overlap", type=click.FloatRange(min=0), help="Shortest encounter that counts, minutes.")
@click.option("--depth", type=click.IntRange(min=1), default=2, show_default=True, help="1 close, 2 also secondary …")
@click.option("--until", help="End of the windows of contacts (default: end of the data).")
@click.option("--as-of", help="When the edition was in force, if --protocol names a disease alone (default: --until).")
@click.option("--engine", type=click.Choice(["local", "spark"]), default="local", show_default=True,
              help="spark: on the cluster named by the variable SPARK_MASTER (default local[*]).")  # fmt: skip
@click.option("--sources", is_flag=True, help="Also write sources.parquet: who met whom below the close contacts.")
@click.option("--tz", "zone", default=DEFAULT_ZONE, show_default=True, help="Where times without offset were written.")
@click.option("--wide-above", type=click.IntRange(min=1), default=200, show_default=True,
              help="Warn of a place that gives one case more contacts than this.")  # fmt: skip
@click.option("--threads", type=click.IntRange(min=1), default=lambda: os.cpu_count() or 1, help="Default: every core.")
@json_option
def command(
    visits_file: Path,
    cases_file: Path,
    protocol_id: str,
    out: Path,
    min_overlap: float | None,
    depth: int,
    until: str | None,
    as_of: str | None,
    engine: str,
    sources: bool,
    zone: str,
    wide_above: int,
    threads: int,
    as_json: bool,
) -> None:
    """Find close, secondary and deeper contacts of cases.

    Writes contacts.parquet and summary.json (and sources.parquet) into the folder --out.
    """
    from bihuan.engines import tracing

    began = time.perf_counter()
    _check_zone(zone)
    end = instant(until, zone) if until else None
    for file in (visits_file, cases_file):
        if not file.exists():
            raise Unusable("there is no such file", file=file, mend="check the path")
    try:
        windows, least = read_cases(
            cases_file,
            protocol_id=protocol_id,
            as_of=instant(as_of, zone) if as_of else end,
            zone=zone,
            min_overlap=min_overlap,
        )
    except tracing.Fault as fault:
        raise _unusable(fault, cases_file) from None
    work: dict[str, Any] = {"min_overlap_minutes": least, "depth": depth, "until": end, "wide_above": wide_above}
    try:
        if engine == "spark":
            session = _spark(visits_file, sources=sources)
            read = time.perf_counter()
            found, rows_read, merged = tracing.trace_on_spark(
                session, visits_file, windows, zone=zone, progress=say, **work
            )
            session.stop()
            visits = None
        else:
            visits = _read_visits(visits_file, zone=zone, threads=threads)
            read = time.perf_counter()
            found = tracing.trace(visits, windows, threads=threads, progress=say, **work)
            rows_read, merged = visits.rows_read, visits.rows
    except tracing.Fault as fault:
        raise _unusable(fault, visits_file if fault.table == "visits" else cases_file) from None
    traced = time.perf_counter()
    out.mkdir(parents=True, exist_ok=True)
    _write(found.contacts, out / "contacts.parquet")
    if sources and visits:
        _write_sources(tracing.iter_sources(visits, found, threads=threads), found, visits, out / "sources.parquet")
    done = time.perf_counter()
    summary = _summary(found, wide_above) | {
        "engine": engine,
        "protocol": protocol_id,
        "depth": depth,
        "rows_read": rows_read,
        "visits_after_merging": merged,
        "seconds": round(done - began, 3),
        "seconds_by_step": {
            "read_and_index": round(read - began, 3),
            "trace": round(traced - read, 3),
            "write": round(done - traced, 3),
        },
        "out": str(out),
    }
    (out / "summary.json").write_text(json.dumps(summary, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    for warning in summary["warnings"]:
        say(warning)
    counts = ", ".join(f"{n} {name}" for name, n in summary["counts"].items())
    answer(summary, as_json=as_json, words=f"{counts}; {summary['contact_rows']} rows in {out / 'contacts.parquet'}")


def read_cases(
    file: Path, *, protocol_id: str, as_of: datetime | None, zone: str, min_overlap: float | None
) -> "tuple[list[tracing.Window], float]":
    """The cases' windows, written in the file or given by the protocol, and the shortest encounter that counts."""
    from bihuan.cli._tables import read_table
    from bihuan.engines import tracing

    edition = _edition(protocol_id, as_of)
    by_text = file.suffix.lower() == ".csv"
    table = read_table(file, text=("person_id", *_TIMES) if by_text else (), required=("person_id",))
    first_row = 2 if file.suffix.lower() in (".csv", ".xlsx") else 1
    names = table.column_names
    if not set(_TIMES[2:]) & set(names) and "infectious_from" not in names:
        raise Unusable(
            f"neither infectious_from nor onset among the columns ({', '.join(names)})",
            file=file,
            mend="give infectious_from,infectious_to or onset[,sampled,isolated]",
        )
    ids = tracing.case_ids(table.column("person_id"), first_row=first_row)
    times = {
        name: tracing.case_times(table.column(name), name=name, zone=zone, first_row=first_row)
        for name in _TIMES
        if name in names
    }
    windows = []
    for i, person in enumerate(ids):
        facts = {name: values[i] for name, values in times.items() if values[i] is not None}
        start, end = facts.pop("infectious_from", None), facts.pop("infectious_to", None)
        if start is None:
            start, until = _window_by_protocol(edition, facts, file=file, row=first_row + i)
            end = end or until
        if end is not None and end < start:
            raise Unusable(
                "the window ends before it begins",
                file=file,
                row=first_row + i,
                column="infectious_to" if "infectious_to" in names else "isolated",
                mend="correct the times of this case",
            )
        windows.append(tracing.Window(person, start, end))
    return windows, float(edition.min_overlap_minutes) if min_overlap is None else min_overlap


def _edition(protocol_id: str, as_of: datetime | None) -> "protocol.Edition":
    from bihuan.engines import protocol

    try:
        return protocol.edition(protocol_id, as_of)
    except protocol.NoAnswer as fault:
        raise Unusable(str(fault), mend="see `bihuan protocol list`; a disease alone needs --as-of") from None
    except protocol.ProtocolFault as fault:
        raise Unusable(f"protocol {protocol_id}: {fault}", mend="see `bihuan protocol check`") from None


def _window_by_protocol(
    edition: "protocol.Edition", facts: dict[str, Any], *, file: Path, row: int
) -> tuple[datetime, datetime | None]:
    from bihuan.engines import protocol

    try:
        return protocol.contact_window(edition, facts)
    except protocol.NoAnswer as fault:
        raise Unusable(
            str(fault), file=file, row=row, column="onset", mend="fill in onset or sampled, or infectious_from"
        ) from None


def _spark(visits_file: Path, *, sources: bool) -> Any:
    if sources:
        raise Unusable("--sources lists pairs on one machine", mend="use --engine local for it")
    if visits_file.suffix.lower() not in (".parquet", ".csv") and not visits_file.is_dir():
        raise Unusable("Spark reads .parquet and .csv", file=visits_file, mend="write the visits as .parquet")
    return spark_session()


def _read_visits(file: Path, *, zone: str, threads: int) -> "tracing.Visits":
    from bihuan.cli._tables import read_table
    from bihuan.engines import tracing

    suffix = file.suffix.lower()
    if file.is_dir() or suffix == ".parquet" or (suffix == ".csv" and file.stat().st_size > _STREAMED_CSV_BYTES):
        return tracing.read_visits(file, zone=zone, threads=threads, progress=say)
    ids = ("person_id", "place_id")
    times = ("t_in", "t_out")
    table = read_table(file, text=(*ids, *times) if suffix == ".csv" else (), required=(*ids, *times))
    if suffix == ".csv":
        for name in ids:
            at = table.column_names.index(name)
            table = table.set_column(at, name, tracing.whole_numbers_if_written_so(table.column(name)))
    first_row = 2 if suffix in (".csv", ".xlsx") else 1
    return tracing.index_visits(table, zone=zone, threads=threads, first_row=first_row)


def _summary(found: "tracing.Trace", wide_above: int) -> dict[str, Any]:
    warnings = []
    if found.wide_places:
        worst = ", ".join(f"{w.place_id} ({w.most_contacts_of_one_case})" for w in found.wide_places[:5])
        warnings.append(
            f"{len(found.wide_places)} places are too wide to say who met whom: more than {wide_above} contacts of one "
            f"case at {worst}; split them into rooms, carriages or stall zones"
        )
    if found.cases and found.cases_without_visits == found.cases:
        warnings.append("no case has any visit: check that person_id is written alike in both files")
    return {
        "counts": found.persons,
        "contact_rows": found.contacts.num_rows,
        "cases": found.cases,
        "cases_without_visits": found.cases_without_visits,
        "min_overlap_minutes": found.min_overlap_minutes,
        "until": found.until.isoformat(),
        "contacts_by_place_kind": found.by_place_kind,
        "wide_places": [w._asdict() if hasattr(w, "_asdict") else vars(w) for w in found.wide_places[:100]],
        "warnings": warnings,
    }


def _write(table: "pa.Table", file: Path) -> None:
    from pyarrow import parquet

    part = file.with_name(f".{file.name}.part")
    parquet.write_table(table, part, compression="zstd", compression_level=1)
    part.replace(file)


def _write_sources(tables: Any, found: "tracing.Trace", visits: "tracing.Visits", file: Path) -> None:
    import pyarrow as pa
    from pyarrow import parquet

    schema = found.contacts.schema.remove(found.contacts.schema.get_field_index("places"))
    if visits.ticks_per_second > 1 or found.until.microsecond:
        schema = schema.set(schema.get_field_index("overlap_s"), pa.field("overlap_s", pa.float64()))
    part = file.with_name(f".{file.name}.part")
    with parquet.ParquetWriter(part, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.cast(schema))
    part.replace(file)


def _check_zone(zone: str) -> None:
    try:
        instant("2022-01-01T00:00", zone)
    except (KeyError, ValueError, OSError):
        raise Unusable(f"«{zone}» is not a time zone", mend="write it like Asia/Shanghai") from None


def _unusable(fault: "tracing.Fault", file: Path) -> Unusable:
    return Unusable(fault.what, file=file, row=fault.row, column=fault.column, mend=fault.mend)

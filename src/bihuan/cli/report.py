"""`bihuan report NAME`: one report of the library as of any hour, as the paper its file name asks for."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import Unusable, answer, instant, json_option

SUFFIXES = (".xlsx", ".docx", ".pdf", ".csv", ".json")


@click.command(epilog="Example: bihuan report daily-screening --as-of 2022-07-01T18:00+08:00 --out daily.pdf")
@click.argument("name")
@click.option("--as-of", "as_of_text", default="", help="The hour the report is true for (ISO 8601); now if not given.")
@click.option("--area", "area_code", default="", help="Code of the area; the only county of the tree if not given.")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="Where to write: .xlsx, .docx, .pdf, .csv or .json.",
)
@click.option("--language", type=click.Choice(["zh", "en"]), default="zh", help="The report's language.")
@json_option
def command(name: str, as_of_text: str, area_code: str, out: Path, language: str, as_json: bool) -> None:
    """Write one report as it was known at an hour: as a sheet, a document, a print or data."""
    as_of = instant(as_of_text) if as_of_text else datetime.now(UTC)
    suffix = out.suffix.lower()
    if suffix not in SUFFIXES:
        raise Unusable(f"«{suffix}» is not a report's format", file=out, mend=f"end it with {', '.join(SUFFIXES)}")
    if not out.absolute().parent.is_dir():
        raise Unusable("its folder does not exist", file=out, mend="make the folder first")
    open_app()
    from django.utils import translation

    from bihuan import reports
    from bihuan.adapters import documents
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

    report = reports.report(name.replace("-", "_"))
    if report is None:
        names = ", ".join(r.name.replace("_", "-") for r in reports.library())
        raise Unusable(f"there is no report «{name}»", mend=f"there are: {names}")
    with scoped(Scope(EVERYWHERE)):
        area = _area(area_code)
    with scoped(Scope(area.path)), translation.override("en" if language == "en" else "zh-hans"):
        page = report(Scope(area.path), as_of)
        body = documents.render(page, suffix, locale=language)
    draft = out.with_name(f".{out.name}.part")
    draft.write_bytes(body)
    draft.replace(out)
    rows = sum(len(table.rows) for _heading, table in page.tables())
    told = {
        "report": report.name,
        "as_of": as_of.isoformat(),
        "area": area.code,
        "rows": rows,
        "out": str(out),
        "bytes": len(body),
    }
    answer(told, as_json=as_json, words=f"{out}: {page.title}, {area.name}, {rows} rows")


def _area(code: str) -> Any:
    """The asked area, or the only county that has anything below it and, of several, a headquarters of its own."""
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.choices import UnitKind
    from bihuan.ledgers.territory import reads as territory_reads
    from bihuan.ledgers.territory.scope import EVERYWHERE, Scope

    if code:
        asked = territory_reads.area(code)
        if asked is None:
            raise Unusable(f"there is no area {code}", mend="name its code as `bihuan territory load` read it")
        return asked
    counties = list(territory_reads.areas(Scope(EVERYWHERE), "county").filter(children__isnull=False).distinct())
    if len(counties) > 1:  # a neighbour may be in the tree; whoever works here has a headquarters
        serving = {u.area_id for u in staff_reads.units(Scope(EVERYWHERE), [UnitKind.HEADQUARTERS])}
        counties = [c for c in counties if c.code in serving] or counties
    if len(counties) == 1:
        return counties[0]
    if not counties:
        raise Unusable("there is no county yet", mend="load one with `bihuan territory load`")
    few = ", ".join(f"{c.code} {c.name}" for c in counties[:5])
    raise Unusable(f"there are {len(counties)} counties", mend=f"choose with --area: {few}")

"""`bihuan territory load`: official division tables become the tree of areas."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from bihuan.cli._app import open_app
from bihuan.cli._frame import Unusable, answer, json_option, say


@click.group()
def command() -> None:
    """The tree of areas: provinces down to villages, grids and buildings."""


@command.command(epilog="Example: bihuan territory load divisions.csv --county 130430 --outlines counties.geojson")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--county", "counties", multiple=True, help="Only these counties (6 digits) and what they lie in.")
@click.option("--outlines", type=click.Path(path_type=Path), help="GeoJSON of county outlines, for the map.")
@json_option
def load(files: tuple[Path, ...], counties: tuple[str, ...], outlines: Path | None, as_json: bool) -> None:
    """Load division tables (12-digit codes, or 2/4/6/9/12-digit tables with their parents) into the tree."""
    from bihuan.engines.linkage import _divisions as divisions

    table = divisions.join_tables(_read(file, divisions) for file in files)
    found = {d.code: d for d in table.divisions}
    orphans = divisions.missing_parents(table.divisions)
    if orphans:
        raise Unusable(f"no row describes the parent {orphans[0]}", mend="name the table that holds it too")
    wanted = _within(found, counties)
    if not wanted:
        raise Unusable("no division is left", file=files[0], mend="check --county: six digits, as in the table")
    open_app()
    from bihuan.loop import door

    shapes = _outlines(wanted, outlines, counties) if outlines else {}
    say(f"{len(wanted):,} divisions")
    done = door.by_rule(
        "load_territory",
        {
            "areas": [
                {
                    "code": d.code,
                    "name": d.name,
                    "level": d.level,
                    "kind": d.kind,
                    "parent": d.parent_code,
                    "path": divisions.path_of(d.code),
                    "outline": shapes.get(d.code),
                }
                for d in wanted
            ]
        },
        at=datetime.now(UTC),
    )
    if done.status == "refused":
        raise Unusable(done.reason, file=files[0])
    levels: dict[str, int] = {}
    for d in wanted:
        levels[d.level] = levels.get(d.level, 0) + 1
    answer({"loaded": len(wanted), "levels": levels, "outlines": len(shapes)}, as_json=as_json)


def _read(file: Path, divisions: Any) -> Any:
    if not file.exists():
        raise Unusable("no such file", file=file)
    table = divisions.read_division_csv(file.read_text(encoding="utf-8-sig"))
    if table.faults:
        fault = table.faults[0]
        raise Unusable(fault.reason, file=file, row=fault.row, column=fault.column)
    return table


def _within(found: dict[str, Any], counties: tuple[str, ...]) -> list[Any]:
    """The wanted counties with everything below and above them; all counties stay known by name, for hand-overs."""
    if not counties:
        return list(found.values())
    near = {c[:n] for c in counties for n in (2, 4)}
    return [
        d
        for d in found.values()
        if d.code in near or d.level in {"province", "city", "county"} or d.code.startswith(counties)
    ]


def _outlines(wanted: list[Any], file: Path, counties: tuple[str, ...]) -> dict[str, Any]:
    """Outlines of counties as published, and schematic ones of their townships: where each lies is not published."""
    from bihuan.demo import _outlines as schematic

    try:
        features = json.loads(file.read_text(encoding="utf-8"))["features"]
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise Unusable(f"not a GeoJSON file ({fault})", file=file) from None
    shapes: dict[str, Any] = {}
    for feature in features:
        words = {str(v) for v in feature.get("properties", {}).values()}
        code = next((c for c in {d.code for d in wanted if d.level == "county"} if words & {c, f"{c}000000"}), None)
        if code is None or (counties and code not in counties):
            continue
        polygons = feature["geometry"]["coordinates"]
        if feature["geometry"]["type"] == "Polygon":
            polygons = [polygons]
        ring = max((p[0] for p in polygons), key=len)
        shapes[code] = [ring]
        townships = schematic.schematic_outlines(wanted, [(x, y) for x, y, *_ in ring], county=code)
        shapes |= {township: [[list(p) for p in outline]] for township, outline in townships.items()}
    if not shapes:
        raise Unusable(
            "no feature of the file names a county of the tables", file=file, mend="properties need its code"
        )
    return shapes

"""Every number of a file, found by walking it, with unit and provenance: what makes «each number has a source» checkable."""

from bihuan.engines.protocol._model import Basis, Number
from bihuan.engines.protocol._reader import Reader
from bihuan.engines.protocol._times import read_moment, read_span
from bihuan.engines.protocol._yaml import Node

# The unit a bare whole number has, by the key it stands under.
UNITS = {
    "age_below_months": "months",
    "age_below_years": "years",
    "age_from_months": "months",
    "age_from_years": "years",
    "bays_each_side": "bays",
    "cases": "cases",
    "checks_per_day": "per day",
    "count": "tests",
    "ct_at_least": "Ct",
    "days": "day number",
    "first_day": "day number",
    "index_below": "index",
    "keep": "tests",
    "least_rounds": "rounds",
    "max_days": "days",
    "negatives_in_a_row": "tests",
    "on_day": "day number",
    "per_day": "per day",
    "per_week": "per week",
    "person": "days",
    "area": "days",
    "pool": "swabs",
    "radius_metres": "m",
    "rows_each_side": "rows",
    "samples_on_last": "samples",
    "size": "swabs",
    "stop_after_clear": "rounds",
    "tests": "test number",
    "times": "tests",
}
# References, not quantities: articles of law, codes, dates.
REFERENCES = {"article", "persons", "areas", "icd10", "sources", "valid", "protocol", "extends", "jurisdiction"}
_WORDS = {"title", "short", "rule", "note", "definition", "clause", "document", "who", "what", "never", "not_yet"}


def numbers_in(top: Node, reader: Reader, root: Basis) -> tuple[Number, ...]:
    """Every number below `top` with value, unit, source, clause, confidence, line and column."""
    out: list[Number] = []
    _walk(top, (), root, reader, out)
    return tuple(out)


def _walk(node: Node, path: tuple[str, ...], above: Basis, reader: Reader, out: list[Number]) -> None:
    if isinstance(node.value, dict):
        quiet = Reader()  # the rule readers have already noted faults of provenance
        quiet.sources = reader.sources
        basis = (
            quiet.basis(node, above)
            if any(k in node.value for k in ("source", "clause", "confidence", "override"))
            else above
        )
        for key, below in node.value.items():
            if key in _WORDS or key == "override" or (key in REFERENCES and key not in ("area", "areas")):
                continue
            if key == "areas" and isinstance(below.value, list):
                continue  # articles of law
            _walk(below, (*path, key), basis, reader, out)
        return
    if isinstance(node.value, list):
        for i, below in enumerate(node.value):
            _walk(below, (*path, str(i)), above, reader, out)
        return
    if isinstance(node.value, bool) or node.value is None:
        return
    unit = ""
    if isinstance(node.value, (int, float)):
        key = next((k for k in reversed(path) if not k.isdigit()), "")
        unit = UNITS.get(key, "")
        if not unit:
            reader.fault(node, f"the number under «{key}» has no unit; write it like 7d, or use a key with a unit")
    else:
        moment, span = read_moment(node.value), read_span(node.value)
        if span is not None:
            unit = span.unit
        elif moment is not None and moment.unit:
            unit = moment.unit
        else:
            return
    out.append(Number(path, str(node.value), unit, above, node.line, node.column))

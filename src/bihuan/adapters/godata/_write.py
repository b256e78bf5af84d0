"""Records as a Go.Data file: flat csv or xlsx, or nested json, in the spelling the records came in."""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bihuan.adapters.godata._columns import (
    CATEGORY,
    FOLLOW_UP_CATEGORY,
    NAMES,
    PAIRS,
    PATHS,
    PREFIX,
    SECOND,
    bare,
    codes_of,
)
from bihuan.adapters.linelists import csv_bytes, xlsx_bytes
from bihuan.adapters.linelists._mapped import HIDDEN, Codes, rows_back

API, REPORT = 0, 1
# A relationship says nothing of its persons: their own file does.
_PERSON = ("case_id", "name", "sex", "age", "birth_date", "occupation")


class _Prefixed(Codes):
    """Codes as the API writes them, with their long prefix; read with or without it."""

    def read(self, text: str) -> str | None:
        return super().read(bare(text))


def _style(kept: Sequence[Mapping[str, str]]) -> int:
    told = [own.get(HIDDEN + "style") for own in kept]
    return REPORT if told.count("report") > told.count("api") else API


def _codes(kind: str, style: int) -> dict[str, Codes]:
    found: dict[str, Codes] = {}
    for word, codes in codes_of(kind).items():
        category = FOLLOW_UP_CATEGORY if kind == "followups" else CATEGORY[word]
        ours = codes.ours if style == REPORT else {v: f"{PREFIX}{category}_{own}" for v, own in codes.ours.items()}
        more = {**codes.more, **{own: v for v, own in codes.ours.items()}}
        found[word] = _Prefixed(ours, more)
    return found


def write(
    kind: str,
    records: Sequence[Mapping[str, Any]],
    kept: Sequence[Mapping[str, str]],
    *,
    suffix: str,
    from_godata: Sequence[bool] = (),
    pairs: bool = False,
) -> tuple[bytes, Mapping[str, int]]:
    """The bytes of the file as `.csv`, `.xlsx` or `.json`, and what Go.Data has no field for, counted.

    pairs: write contacts as relationships (source, target). from_godata: which records came from Go.Data; cells kept of
    other systems' files have no place here.
    """
    came = list(from_godata) or [True] * len(records)
    cells = [own if ours else {} for own, ours in zip(kept, came, strict=True)]
    style = _style(cells)
    table = PAIRS if pairs else PATHS[kind]
    paths = {word: names[style] for word, names in table.items()}
    composed: dict[str, Callable[[Any], Mapping[str, str]]] = {}
    second = SECOND.get(kind)
    if second and not pairs:
        composed["name"] = lambda name: {NAMES[0][style]: str(name)}
    told = [dict(record) for record in records]
    back = rows_back(
        kind, told, cells, paths=paths, composed=composed, codes=_codes(kind, style), day=date.isoformat,
        silent=_PERSON if pairs else ("case_id",) if kind == "contacts" else (),
    )  # fmt: skip
    missing = dict(back.not_carried)
    if pairs:
        for record, row in zip(told, back.rows, strict=True):
            row[paths["case_id"]] = str(record.get("case_id") or "")  # type: ignore[index]
    for own, ours in zip(kept, came, strict=True):
        for label in own if not ours else ():
            if not label.startswith(HIDDEN):
                missing[label] = missing.get(label, 0) + 1
    rows: list[dict[str, str]] = []
    for record, own, row in zip(told, cells, back.rows, strict=True):
        made = dict(row)
        named = own.get(HIDDEN + "id")
        if named and made.pop(paths["external_id"], None):
            made[named] = str(record["external_id"])  # the file named it by its second name
        elif second and not pairs and HIDDEN + "style" not in own and record.get("external_id"):
            made[second[style]] = str(record.get("alias") or record["external_id"])
        rows.append(made)
    labels = list(dict.fromkeys([*back.labels, *(label for row in rows for label in row)]))
    if suffix == ".json":
        return json.dumps([_nested(row) for row in rows], ensure_ascii=False, indent=1).encode(), missing
    grid = [labels, *([row.get(label, "") for label in labels] for row in rows)]
    return (xlsx_bytes(grid) if suffix == ".xlsx" else csv_bytes(grid)), missing


def _nested(row: Mapping[str, str]) -> dict[str, Any]:
    """Dotted labels as objects and arrays: {"age.years": "3"} → {"age": {"years": "3"}}."""
    whole: dict[str, Any] = {}
    for label, text in row.items():
        if not text:
            continue
        at: Any = whole
        steps = [part for part in re.split(r"[.\[\]]+", label) if part]
        for step, following in zip(steps, [*steps[1:], ""], strict=True):
            empty: Any = [] if following.isdigit() else {}
            if isinstance(at, list):
                while len(at) <= int(step):
                    at.append({} if following else "")
                if not following:
                    at[int(step)] = text
                elif not at[int(step)]:
                    at[int(step)] = empty
                at = at[int(step)]
            elif following:
                at = at.setdefault(step, empty)
            else:
                at[step] = text
    return whole

"""A Go.Data file as records in our words; every row is taken or given back with its reason."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from bihuan.adapters.godata._columns import NAMES, PAIRS, PATHS, SECOND, bare, codes_of
from bihuan.adapters.linelists import (
    OURS,
    Days,
    ListFault,
    Reading,
    Record,
    Rejected,
    Words,
    build,
    labelled,
    type_of,
    warnings,
)
from bihuan.adapters.linelists._mapped import HIDDEN

API, REPORT = 0, 1
_TELLING = frozenset(
    {"visualId", "dateOfReporting", "date_of_reporting", "followup_status", "statusId", "dateSampleTaken"}
    | {"source_uuid", "target_uuid", "persons[0].id", "dateOfOnset", "certaintyLevelId", "outcomeId", "outcome_id"}
)


def is_ours(path: Path) -> bool:
    """Whether a file's columns are Go.Data's."""
    try:
        labels, _rows = labelled(path)
    except ListFault:
        return False
    return len(_TELLING & set(labels)) >= 1


def columns(kind: str, labels: list[str]) -> tuple[Mapping[str, tuple[str, str]], int]:
    """The table that fits, and which of its spellings the file uses."""
    table = PATHS[kind]
    if kind == "contacts" and ({"persons[0].id", "source_uuid", "target_uuid"} & set(labels)):
        table = PAIRS
    hits = [len({names[style] for names in table.values()} & set(labels)) for style in (API, REPORT)]
    return table, API if hits[API] > hits[REPORT] else REPORT


def read(path: Path, kind: str, *, today: date, dates: str = "") -> Reading:
    """Read cases, contacts (or relationships), follow-ups or laboratory results from csv, xlsx or json.

    Raises ListFault for a file without Go.Data columns.
    """
    if kind not in PATHS:
        raise ListFault(
            Words("Go.Data没有轨迹表", "Go.Data has no table of stays"), Words("请用 --format csv", "use --format csv")
        )
    labels, rows = labelled(path)
    table, style = columns(kind, labels)
    words = {names[style]: word for word, names in table.items()}
    if len(set(words) & set(labels)) < 2:
        raise ListFault(
            Words("没有Go.Data的列", "there are no Go.Data columns"),
            Words("请从Go.Data重新导出", "export the file from Go.Data again"),
        )
    at_of = {label: at for at, label in enumerate(labels)}
    dated = [at_of[label] for label, word in words.items() if label in at_of and type_of(kind, word) == "date"]
    days = Days.of((row[at] for _n, row in rows for at in dated if at < len(row)), dates)
    records: list[Record] = []
    rejected: list[Rejected] = []
    unused: dict[str, int] = {}
    for number, row in rows:
        own = {
            label: row[at].removeprefix("'")
            for label, at in at_of.items()
            if at < len(row) and row[at] and label not in OURS
        }
        if not own:
            continue
        found = _record(kind, number, own, table, style, days, today, unused)
        if isinstance(found, Record):
            records.append(found)
        else:
            rejected.append(found)
    return Reading(kind, "godata", [labels], dict(rows), records, rejected, unused, warnings(kind, records))


def _record(
    kind: str,
    number: int,
    own: dict[str, str],
    table: Mapping[str, tuple[str, str]],
    style: int,
    days: Days,
    today: date,
    unused: dict[str, int],
) -> Record | Rejected:
    if table is PAIRS and style == API and own.get("persons[1].source", "").lower() == "true":
        own["persons[0].id"], own["persons[1].id"] = own.get("persons[1].id", ""), own.get("persons[0].id", "")
    words = {names[style]: word for word, names in table.items()}
    codes = codes_of(kind)
    cells = [(words[label], label, text) for label, text in own.items() if label in words and text]
    kept = {label: text for label, text in own.items() if label not in words}
    kept[HIDDEN + "style"] = ("api", "report")[style]
    more: dict[str, Any] = {}
    second = SECOND.get(kind)
    if second and table is not PAIRS:
        label = second[style]
        if own.get(label):
            more["alias"] = own[label]
            if not any(word == "external_id" for word, _l, _t in cells):
                cells.append(("external_id", label, own[label]))
                kept[HIDDEN + "id"] = label
        name = " ".join(own[n[style]] for n in NAMES if own.get(n[style]))
        if name:
            cells.append(("name", NAMES[0][style], name))
    known = {n[style] for n in NAMES} | ({second[style]} if second else set())
    for label in kept:
        if label not in known and not label.startswith(HIDDEN):
            unused[label] = unused.get(label, 0) + 1

    def decode(word: str, text: str) -> str | None:
        return codes[word].read(bare(text)) if word in codes else None

    def spell(word: str, value: str) -> str:
        return codes[word].ours.get(value, "") if word in codes else value

    found = build(kind, number, cells, kept, days, today=today, decode=decode, spell=spell)
    if isinstance(found, Rejected):
        return found
    return Record(number, {**found.values, **more}, found.kept)

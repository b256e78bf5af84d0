"""Records as a SORMAS file: two header rows, its own codes, days as day/month/year; and rejected rows to send again."""

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from bihuan.adapters.linelists import ERROR, Reading, Rejected
from bihuan.adapters.linelists._mapped import HIDDEN, Codes, rows_back
from bihuan.adapters.sormas._columns import (
    CODES,
    DISEASES,
    ENTITY_OF,
    IDS,
    MAIN,
    PATHS,
    birth_parts,
    disease_of,
    name_parts,
    symptom_parts,
)


def _day(day: date) -> str:
    return f"{day.day:02d}/{day.month:02d}/{day.year}"


def _entity(kind: str, path: str) -> str:
    if path in ENTITY_OF.get(kind, {}):
        return ENTITY_OF[kind][path]
    first = path.split(".")[0]
    by_first = {"person": "Person", "symptoms": "Symptoms", "epiData": "EpiData", "hospitalization": "Hospitalization"}
    return by_first.get(first, MAIN[kind]) if kind in ("linelist", "contacts") else MAIN[kind]


def write(
    kind: str,
    records: Sequence[Mapping[str, Any]],
    kept: Sequence[Mapping[str, str]],
    *,
    from_sormas: Sequence[bool] = (),
) -> tuple[bytes, Mapping[str, int]]:
    """The bytes of the file, and what SORMAS has no field for: our word or label → how many records fill it.

    from_sormas: which records came from a SORMAS file; cells kept of other systems' files have no place here.
    """
    came = list(from_sormas) or [True] * len(records)
    cells = [own if ours else {} for own, ours in zip(kept, came, strict=True)]
    foreign: dict[str, int] = {}
    for own, ours in zip(kept, came, strict=True):
        for label in own if not ours else ():
            if not label.startswith(HIDDEN):
                foreign[label] = foreign.get(label, 0) + 1
    composed: dict[str, Callable[[Any], Mapping[str, str]]] = {
        "name": name_parts, "birth_date": birth_parts, "symptoms": symptom_parts,
        "address": lambda text: {"person.address.city": str(text)},
    }  # fmt: skip
    if kind in ("followups", "labs"):
        composed = {}
    ids = IDS.get(kind)
    paths = dict(PATHS[kind])
    if ids:
        composed["external_id"] = lambda _value: {}
    told = [dict(record) for record in records]
    for at, (record, own) in enumerate(zip(told, cells, strict=True)):
        if any(label.startswith("person.address.") for label in own):
            record.pop("address", None)  # its parts go back as they came
        if record.get("disease") and disease_of(own.get("disease", "")) != record["disease"]:
            record["disease"] = DISEASES.get(record["disease"], record["disease"])
        elif record.get("disease"):
            record["disease"] = own["disease"]
        if kind == "followups" and record.get("outcome") == "seen_not_ok":
            record["outcome"] = "seen_ok"
            cells[at] = {**own, "symptoms.symptomatic": "YES"}
    codes: Mapping[str, Codes] = CODES[kind]
    back = rows_back(kind, told, cells, paths=paths, composed=composed, codes=codes, day=_day)
    labels = list(back.labels)
    if ids:
        for record, own, row in zip(told, kept, back.rows, strict=True):
            path = own.get(HIDDEN + "id", "externalID")
            if record.get("external_id"):
                row[path] = str(record["external_id"])  # type: ignore[index]
        named = [path for path in ids if any(row.get(path) for row in back.rows)]
        labels = [*named, *(label for label in labels if label not in named)]
    if kind == "linelist" and "caseClassification" not in labels and labels:
        labels.append("caseClassification")
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([_entity(kind, label) for label in labels])
    writer.writerow(labels)
    writer.writerows([row.get(label, "") for label in labels] for row in back.rows)
    missing = dict(back.not_carried)
    for label, n in foreign.items():
        missing[label] = missing.get(label, 0) + n
    return out.getvalue().encode(), missing


def write_rejects(reading: Reading, rejected: Sequence[Rejected]) -> bytes:
    """The rejected rows under their own header rows, the reason in a last column that is ignored when they come again."""
    wide = max((len(row) for row in reading.heads), default=0)
    out = io.StringIO()
    writer = csv.writer(out, delimiter=reading.delimiter, lineterminator="\n")
    head = next(
        (at for at, row in enumerate(reading.heads) if any("." in cell for cell in row)), len(reading.heads) - 1
    )
    for at, row in enumerate(reading.heads):
        last = ERROR if at == head else ""
        if at == 0 and head > 0:
            last = row[0] if row else ""
        writer.writerow([*row, *[""] * (wide - len(row)), last])
    for fault in rejected:
        row = list(reading.cells.get(fault.number, ()))[:wide]
        reason = (
            f"{fault.column}: {fault.reason.en}; {fault.mend.en}"
            if fault.column
            else f"{fault.reason.en}; {fault.mend.en}"
        )
        writer.writerow([*row, *[""] * (wide - len(row)), reason])
    return out.getvalue().encode()

"""HL7 v2 ORU^R01: MSH, then for each specimen OBR (and SPM) with its OBX lines."""

import re

from bihuan.adapters.hl7._said import Said, instant, number

_LINE = re.compile(r"[\r\n]+")
# Status of an observation (table 0085): only a final or corrected one may be taken.
_FINAL = {"F", "C", "U", ""}


def read_oru(text: str) -> list[Said]:
    """Every specimen of every message. MLLP frames and empty lines are left out."""
    found: list[Said] = []
    now: Said | None = None
    field_mark, marks = "|", "^~\\&"
    for row, line in enumerate(_LINE.split(text.translate({0x0B: "\r", 0x1C: "\r"})), start=1):
        kind = line[:3]
        if kind == "MSH":
            field_mark, marks = line[3:4] or "|", line[4:8]
            now = None
            continue
        fields = line.split(field_mark)
        if kind == "OBR":
            # The tube is the filler's number where there is one, else the placer's (OBR-3, OBR-2).
            now = Said(row, _first(_at(fields, 3), marks) or _first(_at(fields, 2), marks))
            now.tested_at = instant(_at(fields, 22)) or instant(_at(fields, 7))
            found.append(now)
        elif kind == "SPM" and now is not None:
            now.tube = _first(_at(fields, 2), marks) or now.tube
        elif kind == "OBX" and now is not None:
            _observe(now, fields, marks)
    return [said.closed() for said in found]


def _observe(now: Said, fields: list[str], marks: str) -> None:
    """One OBX: a number is a cycle threshold by its test's name, words are the conclusion."""
    if _at(fields, 11).upper() not in _FINAL:
        now.fault = "not_final"
    value = _at(fields, 5)
    name = _parts(_at(fields, 3), marks)
    now.tested_at = instant(_at(fields, 14)) or now.tested_at
    if _at(fields, 2) == "NM":
        threshold = number(value)
        if threshold is not None:  # where none was reached the instrument writes nothing, NaN or words
            now.thresholds[name[1] if len(name) > 1 and name[1] else name[0]] = threshold
        return
    coded = _parts(value, marks)
    now.conclusion = (coded[1] if len(coded) > 1 and coded[1] else coded[0]) or now.conclusion


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if len(fields) > place else ""


def _parts(value: str, marks: str) -> list[str]:
    return [_plain(part, marks) for part in value.split(marks[1:2] or "~")[0].split(marks[:1] or "^")]


def _first(value: str, marks: str) -> str:
    return _parts(value, marks)[0]


def _plain(value: str, marks: str) -> str:
    r"""The words of a value: \F\ \S\ \R\ \T\ \E\ stand for the marks themselves."""
    escape = marks[2:3] or "\\"
    if escape not in value:
        return value.strip()
    for letter, mark in zip("FSRT", ("|", marks[0:1], marks[1:2], marks[3:4]), strict=True):
        value = value.replace(f"{escape}{letter}{escape}", mark)
    return value.replace(f"{escape}E{escape}", escape).strip()

"""ASTM E1394 (LIS02): H, P, then O with the specimen and its R records, L at the end."""

import re

from bihuan.adapters.hl7._said import Said, instant, number

_LINE = re.compile(r"[\r\n]+")
_FRAME = re.compile(r"^\x02?\d?(?=[HPORCLMSQ]\|)")
_TAIL = re.compile(r"[\x03\x17][0-9A-F]{0,2}$")
_FINAL = {"F", "C", ""}


def read_astm(text: str) -> list[Said]:
    """Every specimen of every message; frame numbers and checksums of the line protocol are left out."""
    found: list[Said] = []
    now: Said | None = None
    part = "^"
    for row, raw in enumerate(_LINE.split(text), start=1):
        line = _TAIL.sub("", _FRAME.sub("", raw.strip("\x05\x04\x06 ")))
        fields = line.split("|")
        kind = fields[0]
        if kind == "H":
            part = fields[1][1:2] if len(fields) > 1 and len(fields[1]) > 1 else "^"
            now = None
        elif kind == "O":
            now = Said(row, _at(fields, 2).split(part)[0] or _at(fields, 3).split(part)[0])
            found.append(now)
        elif kind == "R" and now is not None:
            if _at(fields, 8).upper() not in _FINAL:
                now.fault = "not_final"
            name = next((p for p in reversed(_at(fields, 2).split(part)) if p), "")
            value = _at(fields, 3).split(part)[0]
            now.tested_at = instant(_at(fields, 12)) or instant(_at(fields, 11)) or now.tested_at
            threshold = number(value)
            if threshold is None:
                now.conclusion = value or now.conclusion
            else:
                now.thresholds[name] = threshold
    return [said.closed() for said in found]


def _at(fields: list[str], place: int) -> str:
    return fields[place].strip() if len(fields) > place else ""

"""One writing for every field. Each function takes one value or a whole column joined by line breaks, alike."""

import re
import unicodedata
from collections.abc import Sequence

_BRACKETS = re.compile(r"[(\[][^)\]\n]*[)\]]")
_DOTS = re.compile(r"[·•・‧.'’`´]")  # the dot inside 阿依古丽·买买提, the apostrophe inside O'Brien
_NOT_NAME = re.compile(r"[^\w\n]+|[\d_]+")
_COMBINING = re.compile("[\u0300-\u036f]+")
_ID_TAIL = re.compile(r"\.0+$", re.MULTILINE)
_ID_SCIENTIFIC = re.compile(r"^[\d.]+E\+?\d+$", re.MULTILINE)
_NO_ID = re.compile(r"^(?:NAN|NONE|NULL|NIL|N/A|UNKNOWN|[^A-Z0-9*\n]*)$", re.MULTILINE)
_NOT_ID = re.compile(r"[^A-Z0-9*\n]+")
_PHONE_TAIL = re.compile(r"\.0+$", re.MULTILINE)


def join(values: Sequence[str | None]) -> str:
    """A column as one text, a line a value: what the normalisers and kernels work on."""
    column = ["" if value is None else value for value in values]
    text = "\n".join(column)
    if text.count("\n") != max(0, len(column) - 1):
        text = "\n".join([" ; ".join(value.split("\n")) for value in column])
    return text


def compatible(text: str) -> str:
    """Full-width and other compatibility forms to plain ones, accents off, lower case."""
    if not text.isascii():
        if not unicodedata.is_normalized("NFKD", text):
            text = unicodedata.normalize("NFKD", text)
        text = _COMBINING.sub("", text)
    return text.lower()


def names(text: str) -> str:
    """Names: brackets with what they hold, dots and digits taken out; words parted by one blank."""
    plain = compatible(text)
    if "(" in plain or "[" in plain:
        plain = _BRACKETS.sub("", plain)
    return _NOT_NAME.sub(" ", _DOTS.sub("", plain))


def id_numbers(text: str) -> str:
    """Document numbers: capitals and digits only; nothing where the cell says none, or where digits were lost."""
    plain = compatible(text).upper()
    if "." in plain:
        plain = _ID_TAIL.sub("", plain)
        plain = _ID_SCIENTIFIC.sub("", plain)
    return _NOT_ID.sub("", _NO_ID.sub("", plain))


def phones(text: str) -> str:
    """Phones: plain digits, signs kept as separators; `.0` of a spreadsheet off."""
    plain = compatible(text)
    return _PHONE_TAIL.sub("", plain) if "." in plain else plain

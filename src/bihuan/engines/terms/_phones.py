"""Phone numbers as lists write them, brought to one form: digits only, without the country code of China."""

import re
import unicodedata

SHORTEST, LONGEST = 7, 15  # a local landline; the longest number of ITU-T E.164

_BREAKS = re.compile(r"[、/;,，；|\n\r\t]|或|和|转(?=\d{7})")
_EXTENSION = re.compile(r"(?:转|ext\.?|#|x)\s*\d+$", re.IGNORECASE)
_FLOAT_TAIL = re.compile(r"^(\d{7,15})\.0+$")
_MOBILE = re.compile(r"1[3-9]\d{9}")


def read_phones(text: str) -> tuple[str, ...]:
    """The phone numbers written in one cell, in their order, each once; empty when there is none.

    Reads full-width digits, `+86`, `0086`, spaces, dashes, brackets, the `.0` a spreadsheet adds, and several
    numbers in one cell (parted by 、 / ; , a new line, or simply by a space between two complete numbers).
    Landlines keep their area code (`0310-1234567` is `03101234567`); an extension is dropped. A number from
    abroad keeps its leading `+`. Pieces with fewer than 7 or more than 15 digits, and pieces of one repeated
    digit, are not phones and are left out.
    """
    plain = unicodedata.normalize("NFKC", text or "")
    found: list[str] = []
    for piece in _BREAKS.split(plain):
        for phone in _numbers(piece.strip().lstrip("'’‘")):
            if phone not in found:
                found.append(phone)
    return tuple(found)


def _numbers(piece: str) -> list[str]:
    tail = _FLOAT_TAIL.match(piece)
    if tail:
        piece = tail.group(1)
    piece = _EXTENSION.sub("", piece).strip()
    digits = re.sub(r"\D", "", piece)
    if len(digits) > LONGEST or (len(digits) > 13 and len(_MOBILE.findall(digits)) > 1):
        parts = piece.split()
        if len(parts) > 1:
            return [number for part in parts for number in _numbers(part)]
        mobiles: list[str] = _MOBILE.findall(digits) if len(digits) % 11 == 0 else []
        return mobiles
    abroad = piece.startswith("+") and not digits.startswith("86")
    if not abroad:
        for prefix in ("0086", "86"):
            rest = digits.removeprefix(prefix)
            if rest != digits and (_MOBILE.fullmatch(rest) or len(rest) >= 10):
                digits = rest
                break
        if digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
            digits = digits[1:]  # the trunk zero once dialled before a mobile number of another city
    if not SHORTEST <= len(digits) <= LONGEST or len(set(digits)) == 1:
        return []
    return ["+" + digits if abroad else digits]

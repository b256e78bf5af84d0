"""One cell at a time: what a name, a number, a phone, an age means, and what to tell the sender when it means nothing.

Identity documents and phones are read by `bihuan.engines.terms`; this module only undoes what spreadsheets do to them.
"""

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from bihuan.adapters.spreadsheets._book import Cell
from bihuan.adapters.spreadsheets._values import Words
from bihuan.adapters.spreadsheets._words import BLANKS, ID_KINDS, bare
from bihuan.engines import terms

_EXACT = 10**15  # a spreadsheet keeps 15 digits of a number; the 16th and later are gone
_NAME_DOTS = re.compile(r"\s*[·•.．‧∙・]\s*")
_CJK = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_BETWEEN_CJK = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")  # marks that chats and forms leave
_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_MASK = re.compile(r"[*＊×xX某●○]")
_SEXES = {
    **dict.fromkeys(("男", "男性", "m", "male", "1", "man"), "male"),
    **dict.fromkeys(("女", "女性", "f", "female", "2", "woman"), "female"),
}


_MEND_ID = Words(
    "请对照证件改正；长号码所在列请设为文本", "compare with the document; keep columns of long numbers as text"
)


class Unclear(ValueError):
    """A cell cannot be taken: code, why and how to mend it."""

    def __init__(self, code: str, reason: Words, mend: Words) -> None:
        self.code, self.reason, self.mend = code, reason, mend
        super().__init__(reason.en)


def text_of(cell: Cell) -> str:
    """A cell as the sender would read it: whole numbers without `.0`, dates in ISO form, blanks at the ends gone."""
    if cell is None or cell == "":
        return ""
    if isinstance(cell, str):
        return cell.strip()
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        if cell.is_integer() and abs(cell) < _EXACT:
            return str(int(cell))
        return repr(cell) if abs(cell) < _EXACT else f"{cell:.14E}"
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d" if cell.time() == time() else "%Y-%m-%d %H:%M:%S")
    if isinstance(cell, date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell)
    return str(cell)


def plain(cell: Cell) -> str:
    """A cell as words: full-width letters made narrow, line breaks made blanks, «nothing here» made empty."""
    if cell is None or cell == "":
        return ""
    return _plain(cell if isinstance(cell, str) else text_of(cell))


@lru_cache(maxsize=131_072)
def _plain(text: str) -> str:
    text = text.strip()
    if not text.isascii() or "\n" in text or "  " in text:
        text = " ".join(_INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).split())
    return "" if text.lower() in BLANKS else text.lstrip("'‘`")


@lru_cache(maxsize=65_536)
def name_of(text: str) -> tuple[str, bool]:
    """A name in its one form, and whether part of it is masked; ("", False) when it names nobody."""
    name = _BETWEEN_CJK.sub("", _NAME_DOTS.sub("·", text)).strip("·,，;； ")
    masked = bool(re.search(r"[*＊×●○某]", name))
    letters = _MASK.sub("", name) if masked else name
    if not any(c.isalpha() for c in letters) or len(name) > 80 or any(c.isdigit() for c in name):
        return "", False
    return name if _CJK.search(name) else " ".join(name.split()), masked


def identity_of(cell: Cell, kind_said: str, as_of: date | None) -> tuple[terms.Identity, bool]:
    """The document a cell holds, and whether it is of another kind than the list said. Raises Unclear."""
    if isinstance(cell, float | int) and abs(cell) >= _EXACT:
        raise Unclear(
            "id_digits_lost",
            Words(
                "号码按数字存放，表格只保留15位，末几位已丢失",
                "the number was stored as a number; a spreadsheet keeps 15 digits, the last ones are lost",
            ),
            Words("请把该列设为文本，重新填写完整号码", "format the column as text and enter the whole number"),
        )
    text = _INVISIBLE.sub("", text_of(cell))
    kind = kind_of(kind_said)
    try:
        found = terms.read_identity(text, kind, as_of=as_of)
    except terms.IdentityFault as fault:
        other = _of_another_kind(text, kind, as_of) if kind else None
        if other:
            return other, True
        raise Unclear(f"id_{fault.code}", Words(fault.chinese, fault.english), _MEND_ID) from None
    if kind is None and found.kind is terms.DocumentKind.OTHER:
        raise Unclear(
            "id_unknown_form",
            Words(f"“{text}”看不出是哪种证件的号码", f"«{text}» has the form of no document we know"),
            Words("请改正号码，或在“证件类型”列写明种类", "correct the number, or say the kind of document"),
        )
    return found, False


def _of_another_kind(text: str, kind: terms.DocumentKind, as_of: date | None) -> terms.Identity | None:
    """The document, if its number plainly is of another kind than the list said."""
    try:
        other = terms.read_identity(text, None, as_of=as_of)
    except terms.IdentityFault:
        return None
    return None if other.kind in (kind, terms.DocumentKind.OTHER) else other


@lru_cache(maxsize=1024)
def kind_of(said: str) -> terms.DocumentKind | None:
    """The kind of document a list's word means; None when it says none we know."""
    word = bare(said)
    found = ID_KINDS.get(word) if word else None
    return terms.DocumentKind(found) if found else None


def phones_of(cell: Cell) -> tuple[str, ...]:
    """The phones in a cell, in their one form."""
    if isinstance(cell, str) and len(cell) == 11 and _MOBILE.fullmatch(cell):
        return (cell,)  # as nearly all are: no need for the long way
    return terms.read_phones(text_of(cell))


@lru_cache(maxsize=1024)
def sex_of(text: str) -> str:
    """`male`, `female`, or "" when the cell does not say."""
    return _SEXES.get(bare(text).lstrip("12") or bare(text), _SEXES.get(bare(text), ""))


@lru_cache(maxsize=4096)
def age_of(text: str) -> int | None:
    """Whole years; babies counted in months or days are 0. None when the cell does not say."""
    found = re.fullmatch(r"(\d{1,3})(?:\.\d+)?\s*(?:岁|周岁|y|years?)?(?:零?\s*\d+\s*个?月)?", text)
    if found:
        years = int(found.group(1))
        return years if years <= 125 else None
    found = re.fullmatch(r"(\d{1,3})\s*(?:个?月|天|日)(?:龄|大)?", text)
    if not found:
        return None
    return int(found.group(1)) // 12 if "月" in text else 0


@lru_cache(maxsize=65_536)
def division_of(text: str) -> str:
    """A division code of 6, 9 or 12 digits; "" for anything else."""
    digits = re.sub(r"\D", "", text)
    return digits if len(digits) in (6, 9, 12) and digits[0] != "0" else ""

"""Our words for line lists and how others head their columns, from `sheets/linelists/*.yaml`."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from ruamel.yaml import YAML

from bihuan.adapters.linelists._values import KINDS, ListFault, Words


def _load(name: str) -> Any:
    text = resources.files("bihuan").joinpath("sheets", "linelists", name).read_text(encoding="utf-8")
    return YAML(typ="safe", pure=True).load(text)


def plain(text: str) -> str:
    """A header or a code without what writers vary: capitals, blanks, dashes, dots, full-width letters."""
    return re.sub(r"[\s_\-.:：]+", "", unicodedata.normalize("NFKC", text).lower())


_DATA: Mapping[str, Any] = _load("_words.yaml")
WORDS: dict[str, dict[str, Mapping[str, Any]]] = {kind: dict(_DATA[kind]) for kind in KINDS}
CODES: dict[str, dict[str, list[str]]] = {word: dict(codes) for word, codes in _DATA["codes"].items()}


def type_of(kind: str, word: str) -> str:
    """`text`, `date`, `time`, `number`, `code`, `ids` or `list`."""
    return str(WORDS[kind][word]["type"])


def code_table(kind: str, word: str) -> str:
    """The name of the table of codes a word takes its values from."""
    return "outcome_of_follow_up" if (kind, word) == ("followups", "outcome") else word


@dataclass(frozen=True)
class SheetKey:
    """A list we know: header → our word by kind ("" leaves a column alone), its disease, its spellings of codes."""

    key: str
    columns: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    disease: str = ""
    id_prefix: str = ""
    codes: Mapping[str, Mapping[str, list[str]]] = field(default_factory=dict)


NO_SHEET = SheetKey("")


@cache
def sheets() -> dict[str, SheetKey]:
    """The line lists we know by key."""
    found = {}
    for entry in resources.files("bihuan").joinpath("sheets", "linelists").iterdir():
        if entry.name.endswith(".yaml") and not entry.name.startswith("_"):
            told = _load(entry.name)
            columns = {kind: dict(told.get(kind) or {}) for kind in KINDS}
            for kind, named in columns.items():
                unknown = sorted({w for w in named.values() if w} - set(WORDS[kind]))
                if unknown:
                    raise ValueError(f"sheets/linelists/{entry.name}: {', '.join(unknown)} is not one of our words")
            found[told["key"]] = SheetKey(
                told["key"], columns, str(told.get("disease") or ""), str(told.get("id_prefix") or ""),
                told.get("codes") or {},
            )  # fmt: skip
    return found


@cache
def _heads(kind: str) -> dict[str, str]:
    return {plain(str(head)): word for word, told in WORDS[kind].items() for head in told["heads"]}


def word_of(kind: str, label: str, sheet: SheetKey) -> str:
    """Our word for a column, "" where we have none: the sheet's own mapping first, then our heads."""
    own = {plain(head): word for head, word in sheet.columns.get(kind, {}).items()}
    bare = plain(label)
    return own.get(bare, _heads(kind).get(bare, ""))


@cache
def _spellings(table: str) -> dict[str, str]:
    spelt = {plain(value): value for value in CODES[table]}
    return {plain(str(s)): value for value, several in CODES[table].items() for s in several} | spelt


def code_of(table: str, text: str, sheet: SheetKey = NO_SHEET) -> str | None:
    """Our value for a coded cell, or None where nobody told us what it means."""
    own = {plain(str(s)): v for v, several in sheet.codes.get(table, {}).items() for s in several}
    bare = plain(text)
    return own.get(bare, _spellings(table).get(bare))


def allowed(table: str) -> str:
    """The values a coded cell may have, for a mend."""
    return ", ".join(CODES[table])


def sheet_named(key: str) -> SheetKey:
    """The list of that key. Raises ListFault for one we do not know."""
    if key not in sheets():
        there = ", ".join(sorted(sheets()))
        raise ListFault(
            Words(f"没有名为“{key}”的清单映射", f"«{key}» is no line list we know"),
            Words(f"请用其中之一：{there}，或不写 --sheet", f"use one of {there}, or leave --sheet away"),
        )
    return sheets()[key]

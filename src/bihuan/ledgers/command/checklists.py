"""Checklists and registers as data: `bihuan/forms/<name>.yaml` says what an inspection asks and what a «no» becomes.

A checklist belongs to kinds of places, of units, or to the entries of a register (a ledger of whatever the county
follows up: projects, stores, homes). A register says which columns a sheet has, how often an entry is dispatched and
with which checklist. Neither needs a line of code.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bihuan.ledgers.command.forms import FOLDER, Words, at, words
from bihuan.ledgers.command.forms import faults as form_faults
from bihuan.ledgers.command.unit_reports.forms import faults as unit_report_faults
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory.choices import PlaceKind

# How far up an owner stands; a problem that comes back goes one step to the right.
LEVELS = ("village", "township", "sector", "headquarters")
ITEM_KINDS = ("yes_no", "number", "text", "issue")
NONE_WORDS = frozenset({"无", "没有", "none", "no"})  # data


@dataclass(frozen=True)
class Item:
    """One line of a checklist: its words, whether it must hold, and what a «no» becomes."""

    name: str
    words: Words
    kind: str
    is_must: bool
    owner: str
    due_hours: int
    unit: str
    at_least: float | None
    at_most: float | None


@dataclass(frozen=True)
class Checklist:
    """What is asked at one kind of place; problems found go to `owner`, in the sector whose units bear one of `sector`."""

    name: str
    title: Words
    source: str
    place_kinds: tuple[str, ...]
    unit_kinds: tuple[str, ...]
    register: str
    sector: tuple[str, ...]
    window_days: int
    items: tuple[Item, ...]

    def item(self, name: str) -> Item | None:
        """The line of this name."""
        return next((i for i in self.items if i.name == name), None)

    def fits(self, kind: str) -> bool:
        """Whether it is asked at places, units or entries of this kind."""
        return kind in self.place_kinds or kind in self.unit_kinds or (bool(kind) and kind == self.register)


@dataclass(frozen=True)
class Finding:
    """One answer that is not as it must be."""

    item: Item
    words: str
    is_fixed: bool


@dataclass(frozen=True)
class Column:
    """One column of a register's sheet: its words, other headings it goes by, what it holds."""

    name: str
    words: Words
    headings: tuple[str, ...]
    kind: str
    is_required: bool


@dataclass(frozen=True)
class Register:
    """A ledger of entries that are dispatched, checked and followed up alike."""

    name: str
    title: Words
    source: str
    task: Words
    columns: tuple[Column, ...]
    checklist: str
    every_days: int
    due_hours: int


def checklist(name: str) -> Checklist:
    """The checklist of this name. Raises ValueError, naming line and mend, when the file is none."""
    found = _all().get(name)
    if not isinstance(found, Checklist):
        raise ValueError(f"{name}: no such checklist")
    return found


def checklists(kind: str = "") -> list[Checklist]:
    """Every checklist, or those asked at this kind of place, unit or entry."""
    return [c for c in _all().values() if isinstance(c, Checklist) and (not kind or c.fits(kind))]


def register(name: str) -> Register | None:
    """The register of this name."""
    found = _all().get(name)
    return found if isinstance(found, Register) else None


def registers() -> list[Register]:
    """Every register."""
    return [r for r in _all().values() if isinstance(r, Register)]


def unanswered(asked: Checklist, answers: Mapping[str, Any]) -> list[Item]:
    """Lines that must be answered and are not; an issue is always asked, and «none» is an answer."""
    return [i for i in asked.items if (i.is_must or i.kind == "issue") and not _answer(answers, i.name)]


def unusable(asked: Checklist, answers: Mapping[str, Any]) -> list[Item]:
    """Lines whose answer is none of those they take."""
    return [i for i in asked.items if (told := _answer(answers, i.name)) and not _takes(i, told)]


def findings(asked: Checklist, answers: Mapping[str, Any]) -> list[Finding]:
    """What is wrong: a «no», a number out of its bounds, an issue in words; in the checklist's order."""
    found = []
    for item in asked.items:
        told = _answer(answers, item.name)
        if told and _takes(item, told) and _is_wrong(item, told):
            entry = answers[item.name]
            note = str(entry.get("note") or "").strip()
            said = told if item.kind in ("issue", "number") else ""
            found.append(Finding(item, " ".join(w for w in (said, note) if w), bool(entry.get("fixed"))))
    return found


def _answer(answers: Mapping[str, Any], name: str) -> str:
    entry = answers.get(name)
    return str(entry.get("answer") or "").strip() if isinstance(entry, Mapping) else ""


def _takes(item: Item, told: str) -> bool:
    if item.kind == "yes_no":
        return told in ("yes", "no", "na")
    if item.kind == "number":
        try:
            return abs(float(told)) < 1e15
        except ValueError:
            return told == "na"
    return True


def _is_wrong(item: Item, told: str) -> bool:
    if item.kind == "yes_no":
        return told == "no"
    if item.kind == "number":
        if told == "na":
            return False
        number = float(told)
        return (item.at_least is not None and number < item.at_least) or (
            item.at_most is not None and number > item.at_most
        )
    return item.kind == "issue" and told.strip("。. ").lower() not in NONE_WORDS


@cache
def _all() -> dict[str, Checklist | Register]:
    found: dict[str, Checklist | Register] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        if isinstance(told, dict) and {"checklist", "register"} & set(told):
            wrong = faults(path)
            if wrong:
                raise ValueError(wrong[0])
            found[path.stem] = _checklist(told) if "checklist" in told else _register(told)
    return found


def _checklist(told: Any) -> Checklist:
    default = {"owner": told.get("owner", "township"), "due_hours": int(told.get("due_hours", 24))}
    items = tuple(
        Item(
            key,
            words(i),
            i.get("kind", "yes_no"),
            i.get("level", "must") == "must",
            i.get("owner", default["owner"]),
            int(i.get("due_hours", default["due_hours"])),
            str(i.get("unit", "")),
            None if i.get("at_least") is None else float(i["at_least"]),
            None if i.get("at_most") is None else float(i["at_most"]),
        )
        for key, i in told["items"].items()
    )
    asked_at = told["at"]
    return Checklist(
        told["checklist"],
        words(told["title"]),
        str(told["source"]),
        tuple(asked_at.get("places", ())),
        tuple(asked_at.get("units", ())),
        str(asked_at.get("register", "")),
        tuple(told.get("sector", ())),
        int(told.get("window_days", 30)),
        items,
    )


def _register(told: Any) -> Register:
    columns = tuple(
        Column(
            key,
            words(c),
            (str(c["zh"]), str(c["en"]), *map(str, c.get("headings", ()))),
            c.get("kind", "text"),
            bool(c.get("required", False)),
        )
        for key, c in told["columns"].items()
    )
    return Register(
        told["register"],
        words(told["title"]),
        str(told["source"]),
        words(told["task"]),
        columns,
        str(told["checklist_of_dispatch"]),
        int(told["every_days"]),
        int(told["due_hours"]),
    )


def faults(path: Path) -> list[str]:
    """Everything wrong with a file of `forms/`, with line and column: a form, a checklist, a register, a unit's report."""
    try:
        told: Any = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError, UnicodeDecodeError) as fault:
        return [f"{path.name}: {' '.join(str(fault).split())}"]
    if isinstance(told, dict) and "checklist" in told:
        return _checklist_faults(path, told)
    if isinstance(told, dict) and "register" in told:
        return _register_faults(path, told)
    if isinstance(told, dict) and "unit_report" in told:
        return unit_report_faults(path)
    return form_faults(path)


_CHECKLIST = {"checklist", "title", "source", "at", "items", "sector", "window_days", "owner", "due_hours"}
_ITEM = {"zh", "en", "kind", "level", "owner", "due_hours", "unit", "at_least", "at_most"}
_REGISTER = {"register", "title", "source", "task", "columns", "checklist_of_dispatch", "every_days", "due_hours"}
_COLUMN = {"zh", "en", "headings", "kind", "required"}
_FIXED_COLUMNS = {"name", "unit"}


def _checklist_faults(path: Path, told: Any) -> list[str]:
    missing = {"title", "source", "at", "items"} - set(told)
    if missing:
        return [f"{path.name}:1:1: a checklist needs {' '.join(sorted(missing))}"]
    found = _common(path, told, "checklist", _CHECKLIST)
    where = told["at"]
    if not isinstance(where, dict) or not where or set(where) - {"places", "units", "register"}:
        found.append(at(path, told, "at", "«at» names places, units or a register"))
    else:
        known = {"places": set(PlaceKind.values), "units": set(UnitKind.values)}
        found += [
            at(path, where, key, f"no kind «{kind}» of {key}")
            for key in ("places", "units")
            for kind in where.get(key, ())
            if kind not in known[key]
        ]
    found += _owner_faults(path, told)
    if not isinstance(told["items"], dict) or not told["items"]:
        return [*found, at(path, told, "items", "a checklist asks at least one item")]
    for key, item in told["items"].items():
        if not isinstance(item, dict) or not {"zh", "en"} <= set(item):
            found.append(at(path, told["items"], key, f"«{key}» needs its words in zh and en"))
            continue
        found += [at(path, item, k, f"unknown key «{k}»") for k in set(item) - _ITEM]
        if item.get("kind", "yes_no") not in ITEM_KINDS:
            found.append(at(path, item, "kind", f"kind must be one of {' '.join(ITEM_KINDS)}"))
        if item.get("level", "must") not in ("must", "should"):
            found.append(at(path, item, "level", "level must be must or should"))
        found += _owner_faults(path, item)
        for bound in {"at_least", "at_most"} & set(item):
            if item.get("kind") != "number" or not isinstance(item[bound], int | float):
                found.append(at(path, item, bound, "a bound is a number, and belongs to an item of kind number"))
    return found


def _owner_faults(path: Path, told: Any) -> list[str]:
    found = []
    if told.get("owner", LEVELS[0]) not in LEVELS:
        found.append(at(path, told, "owner", f"owner must be one of {' '.join(LEVELS)}"))
    found += [
        at(path, told, key, f"{key} must be a whole number from 1")
        for key in {"due_hours", "window_days"} & set(told)
        if not isinstance(told[key], int) or told[key] < 1
    ]
    return found


def _register_faults(path: Path, told: Any) -> list[str]:
    missing = {"title", "source", "task", "columns", "checklist_of_dispatch", "every_days", "due_hours"} - set(told)
    if missing:
        return [f"{path.name}:1:1: a register needs {' '.join(sorted(missing))}"]
    found = _common(path, told, "register", _REGISTER)
    if not {"zh", "en"} <= set(told["task"]):
        found.append(at(path, told, "task", "«task» needs its words in zh and en"))
    if not set(told["columns"]) >= _FIXED_COLUMNS:
        found.append(at(path, told, "columns", f"columns must hold {' '.join(sorted(_FIXED_COLUMNS))}"))
    for key, column in told["columns"].items():
        if not {"zh", "en"} <= set(column):
            found.append(at(path, told["columns"], key, f"«{key}» needs its words in zh and en"))
        found += [at(path, column, k, f"unknown key «{k}»") for k in set(column) - _COLUMN]
        if column.get("kind", "text") not in ("text", "number", "date"):
            found.append(at(path, column, "kind", "kind must be one of text number date"))
    if not (path.parent / f"{told['checklist_of_dispatch']}.yaml").exists():
        found.append(at(path, told, "checklist_of_dispatch", f"no checklist «{told['checklist_of_dispatch']}»"))
    for key in ("every_days", "due_hours"):
        if not isinstance(told[key], int) or told[key] < 1:
            found.append(at(path, told, key, f"{key} must be a whole number from 1"))
    return found


def _common(path: Path, told: Any, key: str, known: set[str]) -> list[str]:
    found = [at(path, told, k, f"unknown key «{k}»") for k in set(told) - known]
    if told[key] != path.stem:
        found.append(at(path, told, key, f"«{told[key]}» must be the file's name"))
    if not isinstance(told["title"], dict) or not {"zh", "en"} <= set(told["title"]):
        found.append(at(path, told, "title", "the title needs zh and en"))
    return found

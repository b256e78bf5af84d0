"""Plain words for a group of people (R216): one file a group, the same for everybody, printable."""

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bihuan.ledgers.command.forms import Words, at, words

FOLDER = Path(__file__).resolve().parents[3] / "guides"
_KEYS = {"guide", "group", "title", "source", "reviewed_on", "lines"}
# A page that is read out aloud in three minutes.
MOST_LINES, MOST_CHARACTERS = 8, 60


@dataclass(frozen=True)
class Guide:
    """What one group should know and do, when somebody last looked whether it still holds."""

    name: str
    group: Words
    title: Words
    source: str
    reviewed_on: date
    lines: tuple[Words, ...]


@cache
def guides() -> tuple[Guide, ...]:
    """Every guide, by name. Raises ValueError, naming line and mend, when a file is none."""
    found = []
    for path in sorted(FOLDER.glob("*.yaml")):
        wrong = faults(path)
        if wrong:
            raise ValueError(wrong[0])
        told: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        lines = tuple(words(line) for line in told["lines"])
        found.append(
            Guide(
                told["guide"],
                words(told["group"]),
                words(told["title"]),
                told["source"],
                told["reviewed_on"],
                lines,
            )
        )
    return tuple(found)


def guide(name: str) -> Guide | None:
    """The guide of this name."""
    return next((g for g in guides() if g.name == name), None)


def faults(path: Path) -> list[str]:
    """Everything wrong with a guide's file, each with its line and column; an empty list when it is whole."""
    try:
        told: Any = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as fault:
        return [f"{path.name}: {' '.join(str(fault).split())}"]
    if not isinstance(told, dict) or not set(told) >= _KEYS:
        return [f"{path.name}:1:1: a guide needs {' '.join(sorted(_KEYS))}"]
    found = [at(path, told, key, f"unknown key «{key}»") for key in set(told) - _KEYS]
    if told["guide"] != path.stem:
        found.append(at(path, told, "guide", f"«{told['guide']}» must be the file's name"))
    if not isinstance(told["reviewed_on"], date):
        found.append(at(path, told, "reviewed_on", "must be a day, like 2022-07-01"))
    if not 1 <= len(told["lines"]) <= MOST_LINES:
        found.append(at(path, told, "lines", f"a guide has 1 to {MOST_LINES} lines"))
    for line in told["lines"]:
        if not {"zh", "en"} <= set(line):
            found.append(at(path, told, "lines", "every line needs its words in zh and en"))
        elif len(line["zh"]) > MOST_CHARACTERS:
            found.append(at(path, told, "lines", f"«{line['zh'][:12]}…» has more than {MOST_CHARACTERS} characters"))
    return found

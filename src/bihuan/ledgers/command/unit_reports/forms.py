"""What units report, drawn from `bihuan/forms/<name>.yaml`: which figures, by when, and until when a correction is early."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from bihuan.ledgers.command.forms import FOLDER, Words, at, words
from bihuan.ledgers.staff.choices import UnitKind

# What the house counts itself: the functions are in `loop/unit_reports.py`.
PREFILLS = ("cases_new", "contacts_open", "bound", "rows_open", "rows_closed", "sampled", "problems_open")
# More figures than this are no daily report.
MOST_FIGURES = 60


@dataclass(frozen=True)
class Figure:
    """One number: its words, and what of the house's own counting stands beside it."""

    name: str
    words: Words
    prefill: str = ""


@dataclass(frozen=True)
class UnitForm:
    """One form: who sends it, when it falls due on its day, how long before it opens, how long after it may be mended."""

    name: str
    title: Words
    source: str
    units: tuple[str, ...]
    due: time
    opens_hours: int
    closes_hours: int
    figures: tuple[Figure, ...]

    def due_at(self, day: date) -> datetime:
        """The instant the report of a day is due."""
        return timezone.make_aware(datetime.combine(day, self.due))

    def opens_at(self, day: date) -> datetime:
        """The instant it may first be signed."""
        return self.due_at(day) - timedelta(hours=self.opens_hours)

    def closes_at(self, day: date) -> datetime:
        """The instant the county adds the day up: a correction before then is the unit's own."""
        return self.due_at(day) + timedelta(hours=self.closes_hours)


@cache
def unit_forms() -> dict[str, UnitForm]:
    """Every form there is, by name. Raises ValueError, naming line and mend, when a file is none."""
    found = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
        if isinstance(told, dict) and "unit_report" in told:
            wrong = faults(path)
            if wrong:
                raise ValueError(wrong[0])
            found[path.stem] = _form(told)
    return found


def unit_form(name: str) -> UnitForm | None:
    """The form of this name."""
    return unit_forms().get(name)


def _form(told: Any) -> UnitForm:
    figures = tuple(Figure(key, words(f), str(f.get("prefill", ""))) for key, f in told["figures"].items())
    return UnitForm(
        told["unit_report"], words(told["title"]), str(told["source"]), tuple(told["units"]),
        time.fromisoformat(told["due"]), int(told["opens_hours"]), int(told["closes_hours"]), figures,
    )  # fmt: skip


_TOP = {"unit_report", "title", "source", "units", "due", "opens_hours", "closes_hours", "figures"}
_FIGURE = {"zh", "en", "prefill"}


def faults(path: Path) -> list[str]:
    """Everything wrong with a form's file, each with its line and column; an empty list when it is whole."""
    try:
        told: Any = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as fault:
        return [f"{path.name}: {' '.join(str(fault).split())}"]
    if not isinstance(told, dict) or set(told) != _TOP:
        return [f"{path.name}:1:1: a unit's report needs {', '.join(sorted(_TOP))} and nothing else"]
    found = []
    if told["unit_report"] != path.stem:
        found.append(at(path, told, "unit_report", f"«{told['unit_report']}» must be the file's name"))
    found += [
        at(path, told, "units", f"there is no kind of unit «{u}»") for u in told["units"] if u not in UnitKind.values
    ]
    try:
        time.fromisoformat(told["due"])
    except (TypeError, ValueError):
        found.append(at(path, told, "due", f'«{told["due"]}» is no hour like "17:00"'))
    for key in ("opens_hours", "closes_hours"):
        if not isinstance(told[key], int) or not 0 < told[key] < 24:
            found.append(at(path, told, key, f"{key} must be between 1 and 23 hours"))
    if not 0 < len(told["figures"]) <= MOST_FIGURES:
        found.append(at(path, told, "figures", f"between 1 and {MOST_FIGURES} figures"))
    for key, figure in told["figures"].items():
        if not {"zh", "en"} <= set(figure) or set(figure) - _FIGURE:
            found.append(at(path, told["figures"], key, f"«{key}» needs zh and en, and may have prefill"))
        elif figure.get("prefill", PREFILLS[0]) not in PREFILLS:
            found.append(at(path, figure, "prefill", f"nothing counts «{figure['prefill']}»: {', '.join(PREFILLS)}"))
    return found

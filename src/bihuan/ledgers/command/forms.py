"""Forms as data: what the field is asked, drawn by any door from `bihuan/forms/<name>.yaml`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

FOLDER = Path(__file__).resolve().parents[2] / "forms"
KINDS = ("text", "number", "date", "yes_no", "choice", "note")
# How a yes_no question is answered, whatever the language of the page.
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Words:
    """A label in both languages."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True)
class Field:
    """One question: how it is answered, its label, for which outcomes it must be answered.

    A must-item of a checklist is a yes_no field whose «no» fails the whole check.
    """

    name: str
    kind: str
    label: Words
    required_for: tuple[str, ...]
    choices: tuple[tuple[str, Words], ...]
    is_must: bool = False


@dataclass(frozen=True)
class Question:
    """A field as a page asks it: in the reader's language, with what stands in it already."""

    name: str
    kind: str
    label: str
    is_must: bool
    is_required: bool
    choices: list[tuple[str, str]]
    value: str


@dataclass(frozen=True)
class Form:
    """What is asked, by outcome: `asks` names the fields of each."""

    name: str
    title: Words
    outcomes: tuple[tuple[str, Words], ...]
    asks: dict[str, tuple[str, ...]]
    fields: dict[str, Field]

    def fields_of(self, outcome: str) -> list[Field]:
        """The questions an outcome asks, in order."""
        return [self.fields[name] for name in self.asks.get(outcome, ())]

    def questions(self, outcome: str, language: str, given: Mapping[str, str] | None = None) -> list[Question]:
        """What an outcome asks, in one language; `given` is what was written before."""
        return [
            Question(
                f.name, f.kind, f.label.in_language(language), f.is_must, outcome in f.required_for,
                [(key, words.in_language(language)) for key, words in f.choices], (given or {}).get(f.name, ""),
            )
            for f in self.fields_of(outcome)
        ]  # fmt: skip

    def written(self, told: Mapping[str, str]) -> dict[str, str]:
        """What was written into the form's fields, by their names; empty ones are left out."""
        return {name: words for name in self.fields if (words := told.get(name, "").strip())}

    def failed_musts(self, outcome: str, answers: Mapping[str, Any]) -> list[str]:
        """The must-items an outcome asks that were not answered with yes."""
        return [f.name for f in self.fields_of(outcome) if f.is_must and answers.get(f.name) != YES]

    def unanswered(self, outcome: str, answers: Mapping[str, Any]) -> list[Field]:
        """The required questions of an outcome left empty."""
        return [
            f
            for f in self.fields_of(outcome)
            if outcome in f.required_for and not str(answers.get(f.name) or "").strip()
        ]


@cache
def form(name: str) -> Form:
    """The form of this name. Raises ValueError, naming line and mend, when the file is no form."""
    path = FOLDER / f"{name}.yaml"
    found = faults(path)
    if found:
        raise ValueError(found[0])
    told: Any = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    fields = {
        key: Field(
            key,
            f["kind"],
            words(f),
            tuple(f.get("required_for", ())),
            tuple((c, words(w)) for c, w in f.get("choices", {}).items()),
            bool(f.get("must", False)),
        )
        for key, f in told["fields"].items()
    }
    return Form(
        told["form"],
        words(told["title"]),
        tuple((key, words(o)) for key, o in told["outcomes"].items()),
        {key: tuple(o["asks"]) for key, o in told["outcomes"].items()},
        fields,
    )


def faults(path: Path) -> list[str]:
    """Everything wrong with a form's file, each with its line and column; an empty list when it is whole."""
    try:
        told: Any = YAML(typ="rt", pure=True).load(path.read_text(encoding="utf-8"))
    except (OSError, YAMLError) as fault:
        return [f"{path.name}: {' '.join(str(fault).split())}"]
    if not isinstance(told, dict) or not {"form", "title", "outcomes", "fields"} <= set(told):
        return [f"{path.name}:1:1: a form needs form, title, outcomes and fields"]
    found = [at(path, told, key, f"unknown key «{key}»") for key in set(told) - _TOP]
    if told["form"] != path.stem:
        found.append(at(path, told, "form", f"«{told['form']}» must be the file's name"))
    fields = told["fields"]
    for key, field in fields.items():
        found += [at(path, field, k, f"unknown key «{k}»") for k in set(field) - _FIELD]
        if field.get("kind") not in KINDS:
            found.append(at(path, field, "kind", f"kind must be one of {' '.join(KINDS)}"))
        if field.get("must") and field.get("kind") != "yes_no":
            found.append(at(path, field, "must", f"«{key}»: only a yes_no question can be a must-item"))
        if not {"zh", "en"} <= set(field):
            found.append(at(path, fields, key, f"«{key}» needs its words in zh and en"))
        found += [
            at(path, field, "required_for", f"no outcome «{o}»")
            for o in field.get("required_for", ())
            if o not in told["outcomes"]
        ]
    for key, outcome in told["outcomes"].items():
        if not {"zh", "en", "asks"} <= set(outcome):
            found.append(at(path, told["outcomes"], key, f"«{key}» needs zh, en and asks"))
        found += [at(path, outcome, "asks", f"no field «{f}»") for f in outcome.get("asks", ()) if f not in fields]
    return found


_TOP = {"form", "title", "source", "outcomes", "fields"}
_FIELD = {"kind", "zh", "en", "required_for", "choices", "must"}


def words(told: Any) -> Words:
    """The label a mapping with zh and en says."""
    return Words(str(told["zh"]), str(told["en"]))


def at(path: Path, mapping: Any, key: str, said: str) -> str:
    """A fault with the line and column of the key it is about."""
    try:
        line, column = mapping.lc.key(key)
    except (AttributeError, KeyError):
        line, column = 0, 0
    return f"{path.name}:{line + 1}:{column + 1}: {said}"

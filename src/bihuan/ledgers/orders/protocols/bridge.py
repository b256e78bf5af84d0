"""Editions ↔ pages: the shelf, one edition with the source of every number, and what changes between two."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from typing import Any

from bihuan.engines import protocol


@dataclass(frozen=True)
class Shelved:
    """One edition as the shelf shows it."""

    id: str
    title: str
    disease: str
    layer: str
    valid_from: date
    valid_until: date | None
    classes: int
    numbers: int
    unverified: int
    extends: str

    def is_valid(self, day: date) -> bool:
        """Whether the edition's own period holds the day."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)


@dataclass(frozen=True)
class Tests:
    """Tests of one stage: which, on which days, or how many."""

    kind: str
    days: tuple[int, ...]
    count: int
    pool: int


@dataclass(frozen=True)
class Stage:
    """One stage of a class: what, counted from what, and where that stands written."""

    measure: str
    start: tuple[str, int, str]  # anchor, amount, unit
    until: tuple[str, int, str]
    compulsory: bool
    checks_per_day: int
    code: str
    tests: tuple[Tests, ...]
    document: str
    clause: str
    confidence: str
    binds: bool


@dataclass(frozen=True)
class Class:
    """One class of person, or why the edition has no rule for it."""

    name: str
    title: str
    stages: tuple[Stage, ...]
    release: tuple[str, ...]
    restricted_days: int
    no: str
    why_not: str


@dataclass(frozen=True)
class Sheet:
    """One edition, whole."""

    shelved: Shelved
    law: str
    articles: tuple[int, ...]
    max_days: int
    appeal_to: tuple[str, ...]
    managed_as: str
    classes: tuple[Class, ...]
    clocks: tuple[tuple[str, str, str, str, str], ...]  # id, limit, who, raised to, basis
    areas: tuple[tuple[str, str, str, str], ...]  # level, units, rule, basis
    numbers: tuple[protocol.Number, ...]
    changes: tuple[tuple[str, str, str], ...]  # key, before, after: what a layer changes of the edition it extends


@dataclass(frozen=True)
class Difference:
    """One class under two editions: which way it goes, and by how many days of restriction a person."""

    before: Class | None
    after: Class | None
    direction: str  # stricter, lighter, other
    days: int

    @property
    def title(self) -> str:
        """Whom it is about."""
        shown = self.after or self.before
        return shown.title if shown else ""


@dataclass(frozen=True)
class Comparison:
    """Two editions side by side: classes first, then everything that is about no class."""

    before: Shelved
    after: Shelved
    classes: tuple[Difference, ...]
    others: tuple[protocol.Change, ...]

    @property
    def days(self) -> int:
        """Days of restriction gained or saved, one person of each class."""
        return sum(d.days for d in self.classes)


def shelf() -> list[Shelved]:
    """Every edition, diseases in order, the latest edition of each first."""
    every = [_shelved(id_) for id_ in protocol.edition_ids()]
    return sorted(sorted(every, key=lambda e: e.valid_from, reverse=True), key=lambda e: e.id.partition("/")[0])


def sheet(id_: str) -> Sheet | None:
    """One edition as a page reads it, or None where the shelf has none of this id."""
    if id_ not in protocol.edition_ids():
        return None
    one = protocol.edition(id_)
    return Sheet(
        shelved=_shelved(id_),
        law=one.legal.law,
        articles=one.legal.persons,
        max_days=one.legal.max_person_days,
        appeal_to=one.legal.appeal_to,
        managed_as=one.managed_as,
        classes=tuple(_class(one, name) for name in one.classes),
        clocks=tuple((c.id, str(c.limit), c.who, c.raised_to, str(c.basis)) for c in one.clocks.values()),
        areas=tuple((a.level, "/".join(a.units), a.rule, str(a.basis)) for a in one.areas.values()),
        numbers=one.numbers,
        changes=tuple((c.path, str(c.before), str(c.after)) for c in protocol.changes_of(id_)),
    )


def compare(before: str, after: str) -> Comparison | None:
    """What becomes stricter and lighter from one edition to another; None where the shelf lacks one of them."""
    if not {before, after} <= set(protocol.edition_ids()):
        return None
    old, new = protocol.edition(before), protocol.edition(after)
    changes = protocol.diff_editions(old, new).changes
    differences: list[Difference] = []
    named: set[int] = set()
    for name in dict.fromkeys((*old.classes, *new.classes)):
        about = [c for c in changes if c.subject.split(" ")[0] == name]
        if not about:
            continue
        named.update(id(c) for c in about)
        differences.append(
            Difference(
                _class(old, name) if name in old.classes else None,
                _class(new, name) if name in new.classes else None,
                _direction(about),
                sum(c.person_days for c in about),
            )
        )
    others = tuple(c for c in changes if id(c) not in named)
    return Comparison(_shelved(before), _shelved(after), tuple(differences), others)


def _direction(changes: Sequence[protocol.Change]) -> str:
    """Which way a class goes: by its days of restriction; where those stay, by its stages, its tests, its release."""
    days = sum(c.person_days for c in changes)
    if days:
        return "stricter" if days > 0 else "lighter"
    return next((c.direction for c in changes if c.direction != "other"), "other")


@cache
def _shelved(id_: str) -> Shelved:
    one = protocol.edition(id_)
    return Shelved(
        id=id_, title=one.title, disease=one.disease_name, layer=one.layer, valid_from=one.valid_from,
        valid_until=one.valid_until, classes=sum(not rule.no for rule in one.classes.values()),
        numbers=len(one.numbers), unverified=sum(not n.basis.binds for n in one.numbers), extends=one.extends,
    )  # fmt: skip


def _class(one: protocol.Edition, name: str) -> Class:
    rule = one.classes[name]
    return Class(
        name=name,
        title=rule.title,
        stages=tuple(_stage(s) for s in rule.stages),
        release=tuple(c.text for c in rule.release),
        restricted_days=protocol.restricted_days(one, name),
        no=rule.no,
        why_not=rule.why_not,
    )


def _stage(stage: Any) -> Stage:
    return Stage(
        measure=stage.mode,
        start=(stage.start.anchor, stage.start.amount, stage.start.unit),
        until=(stage.until.anchor, stage.until.amount, stage.until.unit),
        compulsory=stage.compulsory,
        checks_per_day=stage.checks_per_day,
        code=stage.code,
        tests=tuple(Tests(t.kind, t.days, t.count, t.pool) for t in stage.tests),
        document=stage.basis.document,
        clause=stage.basis.clause,
        confidence=stage.basis.confidence,
        binds=stage.basis.binds,
    )


def in_force(disease: str, at: datetime) -> str:
    """The edition of a disease whose own period holds the day of `at`; empty where none does."""
    try:
        return protocol.edition(disease, at).id
    except protocol.NoAnswer:
        return ""

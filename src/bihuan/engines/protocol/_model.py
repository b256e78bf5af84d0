"""What a protocol edition says, as values: every rule with its source, clause and confidence."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bihuan.engines.protocol._times import Moment, Span
from bihuan.engines.protocol._yaml import Node

MODES = (
    "hospital",
    "central_quarantine",
    "home_quarantine",
    "home_monitoring",
    "self_monitoring",
    "exclusion",
    "prophylaxis",
    "area_lockdown",
    "area_closed",
)
# Modes that take a person's freedom to come and go: these need a legal ground when compulsory.
RESTRICTING = ("hospital", "central_quarantine", "home_quarantine", "home_monitoring", "exclusion")
CONFIDENCES = ("read", "secondary", "memory", "assumed")
BINDING = ("read", "secondary")
CODES = ("red", "yellow", "green", "none")
LAYERS = ("national", "province", "county")


class NoAnswer(LookupError):
    """The edition gives no answer, and why. `kind` is one of three kinds of no.

    `never`: the edition says this is not done. `not_yet`: it may be answered later, when a text is read or a fact is
    known. `not_implemented`: the question is outside what a protocol file can carry.
    """

    def __init__(self, kind: str, reason: str) -> None:
        self.kind = kind
        self.reason = reason
        super().__init__(f"{kind.replace('_', ' ')}: {reason}")


@dataclass(frozen=True)
class Basis:
    """Where a number comes from: the document, its clause, and how far the wording was verified."""

    source: str
    document: str
    clause: str
    confidence: str
    override: str = ""

    @property
    def binds(self) -> bool:
        """Whether a measure resting on this may bind a person: read or secondary, or overridden by signature."""
        return self.confidence in BINDING or bool(self.override)

    def __str__(self) -> str:
        clause = f" {self.clause}" if self.clause else ""
        signed = f", override signed by {self.override}" if self.override else ""
        return f"{self.document}{clause} ({self.confidence}{signed})"


@dataclass(frozen=True)
class Condition:
    """One named thing that must be true, with its numbers; `text` is how it reads in a list of what is missing."""

    name: str
    args: tuple[tuple[str, Any], ...] = ()
    parts: tuple["Condition", ...] = ()

    def arg(self, name: str, default: Any = None) -> Any:
        """One of its numbers or words."""
        return dict(self.args).get(name, default)

    @property
    def text(self) -> str:
        """How it reads."""
        if self.parts:
            return f"{self.name.replace('_', ' ')}: {', '.join(part.text for part in self.parts)}"
        words = []
        for key, value in self.args:
            shown = " ".join(str(one) for one in value) if isinstance(value, tuple) else str(value)
            words.append(f"{key} {shown}")
        if words and not words[0].startswith(f"{self.name} "):
            words.insert(0, self.name)
        return "; ".join(words) or self.name


@dataclass(frozen=True)
class TestRule:
    """Which tests, on which days counted from which anchor."""

    kind: str
    basis: Basis
    pool: int = 1
    days: tuple[int, ...] = ()
    day_from: str = "stage_start"
    first_day: int = 1
    count: int = 0
    within: Moment | None = None
    gap: Span | None = None
    specimen: str = ""
    samples_on_last: int = 1

    __test__ = False  # pytest: this is a rule about tests of people


@dataclass(frozen=True)
class Instead:
    """Another place or mode for persons to whom the ordinary one would do harm."""

    when: Condition
    mode: str
    room: str
    basis: Basis


@dataclass(frozen=True)
class StageRule:
    """One stage: mode, from, until, where, what is checked and tested."""

    mode: str
    start: Moment
    until: Moment
    basis: Basis
    room: str | None = None
    compulsory: bool = False
    checks_per_day: int = 0
    code: str = "none"
    tests: tuple[TestRule, ...] = ()
    instead: tuple[Instead, ...] = ()
    when: Condition | None = None
    give: str = ""
    activities: tuple[str, ...] = ()
    words: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Upon:
    """An event that puts the person into another class from that moment."""

    event: str
    to: str
    basis: Basis
    linked: Condition | None = None


@dataclass(frozen=True)
class ClassRule:
    """One class of person: how it is judged, its stages, what release waits for."""

    name: str
    title: str
    of: str
    basis: Basis
    stages: tuple[StageRule, ...] = ()
    release: tuple[Condition, ...] = ()
    upon: tuple[Upon, ...] = ()
    when: Condition | None = None
    definition: str = ""
    no: str = ""
    why_not: str = ""


@dataclass(frozen=True)
class WindowRule:
    """From when until when a case is taken to have infected others, for one kind of case."""

    when: Condition
    start: Moment
    until: Moment
    basis: Basis


@dataclass(frozen=True)
class LateTests:
    """What happens to tests whose day lies after the stage has ended."""

    keep: int
    gap: Span
    basis: Basis


@dataclass(frozen=True)
class Vehicle:
    """Who counts as exposed in one kind of vehicle."""

    kind: str
    whole: str
    rows_each_side: int | None
    bays_each_side: int | None
    roles: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class StepDown:
    """One way an area's level falls: to what, and what must have happened."""

    to: str
    when: tuple[Condition, ...]
    only_if: str
    basis: Basis


@dataclass(frozen=True)
class AreaRule:
    """One level of area: its unit, its measure, and how it falls."""

    level: str
    title: str
    units: tuple[str, ...]
    measure: str
    rule: str
    down: tuple[StepDown, ...]
    leave_test_within: Span | None
    basis: Basis
    survey_every: Span | None = None
    radius_metres: int | None = None
    compulsory: bool = False
    max_days: int = 0
    tests: tuple[TestRule, ...] = ()


@dataclass(frozen=True)
class PostRule:
    """A group of posts and how often its people are tested."""

    id: str
    who: tuple[str, ...]
    kind: str
    every: Span | None
    per_week: int
    closed_loop: bool
    basis: Basis


@dataclass(frozen=True)
class ClockRule:
    """From one event to another within a limit; a breach is raised to a named role."""

    id: str
    start: str
    stop: str
    limit: Span
    least: Span | None
    who: str
    raised_to: str
    basis: Basis


@dataclass(frozen=True)
class PoolRule:
    """How many swabs may share a tube, for whom."""

    when: Condition
    size: int
    basis: Basis


@dataclass(frozen=True)
class RoundRule:
    """A round of testing an area: how fast, and when to stop."""

    within: Span | None
    stop_after_clear: int
    wait: Span | None
    least_rounds: int
    basis: Basis


@dataclass(frozen=True)
class DutyRule:
    """Something a unit does with a rhythm."""

    id: str
    who: str
    what: str
    per_day: int
    every: Span | None
    report: str
    basis: Basis


@dataclass(frozen=True)
class ReserveRule:
    """What must be kept in store, measured in days at full load."""

    id: str
    what: tuple[str, ...]
    keep: Span
    check_every: Span | None
    who: str
    basis: Basis


@dataclass(frozen=True)
class OutbreakRule:
    """How many cases within how long in which kinds of place are an outbreak."""

    cases: int
    within: Span | None
    places: tuple[str, ...]
    basis: Basis


@dataclass(frozen=True)
class OutbreakEnd:
    """When an outbreak is over, counted from its last case (or the anchor the rule names)."""

    quiet: Span
    counted_from: str
    heightened: Span | None
    basis: Basis


@dataclass(frozen=True)
class Legal:
    """The ground for compulsion and its limits."""

    law: str
    persons: tuple[int, ...]
    areas: tuple[int, ...]
    max_person_days: int
    max_area_days: int
    appeal_to: tuple[str, ...]
    appeal_article: int | None
    appeal_answer_within: Span | None
    notice_says: tuple[str, ...]
    retention: tuple[tuple[str, str], ...]
    basis: Basis

    @property
    def reference(self) -> str:
        """How the ground for measures on persons is cited."""
        return f"{self.law} Art. {', '.join(str(a) for a in self.persons)}" if self.persons else ""


@dataclass(frozen=True)
class Number:
    """One number of a file with everything a reader needs to check it."""

    path: tuple[str, ...]
    value: str
    unit: str
    basis: Basis
    line: int
    column: int


@dataclass(frozen=True)
class Edition:
    """One edition of one disease's protocol, whole."""

    id: str
    title: str
    short: str
    layer: str
    disease: str
    valid_from: date
    valid_until: date | None
    statutory_class: str
    managed_as: str
    disease_name: str
    icd10: tuple[str, ...]
    legal: Legal
    windows: tuple[WindowRule, ...]
    min_overlap_minutes: int
    exposure_kinds: dict[str, tuple[str, ...]]
    vehicles: dict[str, Vehicle]
    classes: dict[str, ClassRule]
    late_tests: LateTests | None
    areas: dict[str, AreaRule]
    posts: dict[str, PostRule]
    clocks: dict[str, ClockRule]
    pools: tuple[PoolRule, ...]
    pool_positive: tuple[str, ...]
    rounds: dict[str, RoundRule]
    duties: dict[str, DutyRule]
    reserves: dict[str, ReserveRule]
    outbreak: tuple[OutbreakRule, ...]
    outbreak_end: OutbreakEnd | None
    numbers: tuple[Number, ...]
    extends: str = ""
    overlap_basis: Basis | None = None
    tree: Node | None = field(default=None, repr=False, compare=False)

    def rule(self, class_name: str) -> ClassRule:
        """The rule of a class. Raises `NoAnswer` where the edition has none, with the kind of no."""
        found = self.classes.get(class_name)
        if found is None:
            raise NoAnswer(
                "not_implemented", f"{self.id} has no class «{class_name}»; it has {', '.join(self.classes)}"
            )
        if found.no:
            raise NoAnswer(found.no, f"{self.id} {class_name}: {found.why_not}")
        return found

"""Whom to look for: the window of a case, the seats of a vehicle, the class of an exposure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bihuan.engines.protocol._conditions import met
from bihuan.engines.protocol._model import Edition, NoAnswer
from bihuan.engines.protocol._times import edge

# What a case's row may be called in lists, and which anchor it is.
_ALSO = {"sampled": "positive_sample"}


def contact_window(edition: Edition, case_facts: Mapping[str, Any]) -> tuple[datetime, datetime | None]:
    """From when until when a case's contacts are looked for: half-open instants in Asia/Shanghai.

    `case_facts` holds what is known of the case: `onset`, `rash_onset`, `positive_sample` (or `sampled`),
    `last_negative`, `isolated` as aware datetimes, and words such as `routinely_tested`. The first rule of the edition
    that fits and whose anchor is known wins. The end is None while the case is not isolated. Raises `NoAnswer`
    (`not_yet`) where no rule can be dated, (`never`) where the disease does not pass between persons.
    """
    facts = {_ALSO.get(key, key): value for key, value in case_facts.items() if value is not None}
    if not edition.windows:
        raise NoAnswer("never", f"{edition.id} looks for no contacts of a case")
    needed = []
    for rule in edition.windows:
        if not met(rule.when, facts):
            continue
        at = facts.get(rule.start.anchor)
        if not isinstance(at, datetime):
            needed.append(rule.start.anchor)
            continue
        until = facts.get(rule.until.anchor)
        if not isinstance(until, datetime):
            return edge(rule.start, at, end=False), None
        return edge(rule.start, at, end=False), edge(rule.until, until, end=True)
    raise NoAnswer("not_yet", f"the window of this case needs {' or '.join(dict.fromkeys(needed)) or 'an onset'}")


@dataclass(frozen=True)
class Seat:
    """Where somebody sat: row, carriage or zone, bay or cabin as far as known; `role` for crew."""

    row: int | None = None
    carriage: str = ""
    bay: int | None = None
    cabin: str = ""
    role: str = ""


def exposed_in_vehicle(edition: Edition, kind: str, case: Seat, other: Seat) -> bool:
    """Whether a person in the same vehicle counts as a close contact by seat.

    Kinds: those of the edition (`aircraft`, `train_sealed`, `train_open`, `coach_sealed`, `bus_open`, `ship` …).
    Raises `NoAnswer` for a kind the edition does not name, and where a seat needed by the rule is not known.
    """
    rule = edition.vehicles.get(kind)
    if rule is None:
        raise NoAnswer("not_implemented", f"{edition.id} says nothing of «{kind}»")
    if other.role and other.role in rule.roles:
        return not other.carriage or not case.carriage or other.carriage == case.carriage
    if rule.whole == "everyone":
        return True
    pairs: list[tuple[Any, Any]] = []
    if rule.whole == "carriage":
        pairs = [(case.carriage, other.carriage)]
    elif rule.whole == "cabin":
        pairs = [(case.cabin, other.cabin)]
    if pairs:
        if not all(all(pair) for pair in pairs):
            raise NoAnswer("not_yet", f"«{kind}» needs the {rule.whole} of both")
        return all(a == b for a, b in pairs)
    if case.carriage and other.carriage and case.carriage != other.carriage:
        return False
    for here, there, reach in (
        (case.row, other.row, rule.rows_each_side),
        (case.bay, other.bay, rule.bays_each_side),
    ):
        if reach is not None:
            if here is None or there is None:
                raise NoAnswer("not_yet", f"«{kind}» needs the row or bay of both")
            return abs(here - there) <= reach
    return False


def exposure_class(edition: Edition, kind: str) -> str:
    """The class a kind of exposure puts a person into, or `NoAnswer` where the edition does not name it."""
    for name, kinds in edition.exposure_kinds.items():
        if kind in kinds:
            return name
    known = ", ".join(k for kinds in edition.exposure_kinds.values() for k in kinds)
    raise NoAnswer("not_implemented", f"{edition.id} does not name the exposure «{kind}»; it names {known}")


def classify(edition: Edition, kind: str, facts: Mapping[str, Any]) -> str:
    """The class of a person of a kind (`case`, `close_contact`, `traveller`, `post`) by what is known of them.

    This is how a class is split by immunity or age: the first class of that kind whose condition holds. Immunity that
    is not known counts as none.
    """
    for name, rule in edition.classes.items():
        if rule.of == kind and not rule.no and met(rule.when, facts):
            return name
    raise NoAnswer("not_implemented", f"{edition.id} has no class of {kind} for these facts")

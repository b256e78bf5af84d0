"""A case and the protocol engine: its window, the classes of those it met, until when they are followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.engines import protocol
from bihuan.ledgers.cases.choices import Relation
from bihuan.ledgers.cases.models import Case

# What a relation is called among the exposures of a protocol, the first that the edition names.
_KINDS: Mapping[str, tuple[str, ...]] = {
    Relation.HOUSEHOLD: ("lives_with",),
    Relation.FAMILY: ("visits", "direct_contact", "shared_food", "shared_meal", "shared_air", "close_talk"),
    Relation.COLLEAGUE: ("same_office", "same_workroom", "shared_air"),
    Relation.CLASSMATE: ("same_class", "childcare", "shared_air"),
    Relation.CARER: ("cares_for", "health_care"),
    Relation.PATIENT: ("same_ward", "shared_treatment", "shared_air"),
    Relation.FELLOW_TRAVELLER: ("same_vehicle_within_1_m", "same_vehicle"),
    Relation.FRIEND: ("visits", "shares_toilet_lift_meal", "shared_meal", "direct_contact", "shared_air"),
}
ZONE = ZoneInfo("Asia/Shanghai")  # civil days of protocols


@dataclass(frozen=True)
class InfectiousWindow:
    """From when until when a case may have infected others, and which rule says so; undated where a fact is missing."""

    start: datetime | None
    until: datetime | None
    reason: str

    @property
    def is_dated(self) -> bool:
        """Whether contacts can be looked for."""
        return self.start is not None


def edition_id(disease: str, at: datetime) -> str:
    """The edition of a disease in force at an instant; where none is, the latest that was. Raises LookupError."""
    try:
        return protocol.edition(disease, at).id
    except protocol.NoAnswer:
        known = [i for i in protocol.edition_ids() if i.startswith(f"{disease}/")]
        if not known:
            raise LookupError(disease) from None
        return max(known)


def diseases() -> dict[str, str]:
    """The diseases there is a protocol for, with their names."""
    latest: dict[str, str] = {}
    for ident in sorted(protocol.edition_ids()):
        if not ident.startswith("county/"):
            latest[ident.partition("/")[0]] = ident
    return {disease: protocol.edition(ident).disease_name for disease, ident in latest.items()}


def facts_of(case: Case) -> dict[str, Any]:
    """What is known of a case, in the words of a protocol."""
    return {
        "onset": case.onset_at,
        "rash_onset": case.onset_at,
        "positive_sample": case.sampled_at,
        "last_negative": case.last_negative_at,
        "isolated": case.isolated_at,
        "routinely_tested": case.routinely_tested or None,
    }


def window_of(case: Case) -> InfectiousWindow:
    """The infectious window of a case by its protocol."""
    try:
        edition = protocol.edition(case.protocol)
        start, until = protocol.contact_window(edition, facts_of(case))
    except protocol.NoAnswer as no:
        return InfectiousWindow(None, None, no.reason)
    anchor = "onset" if case.onset_at else "positive_sample"
    if case.routinely_tested and case.last_negative_at:
        anchor = "last_negative"
    return InfectiousWindow(start, until, f"{edition.short or edition.id}: {anchor}")


def exposure_kinds(protocol_id: str) -> dict[str, tuple[str, ...]]:
    """What kinds of exposure an edition names, by class; vehicles under `vehicle`."""
    edition = protocol.edition(protocol_id)
    return {**edition.exposure_kinds, "vehicle": tuple(edition.vehicles)}


def class_titles(protocol_id: str) -> dict[str, str]:
    """What an edition calls its classes."""
    try:
        return {name: rule.title for name, rule in protocol.edition(protocol_id).classes.items()}
    except protocol.NoAnswer:
        return {}


def last_day_of(until: datetime | None) -> date | None:
    """The civil day a half-open end closes: followed up until 9 July 00:00 means the 8th is the last day."""
    if until is None:
        return None
    return (until - timedelta(microseconds=1)).astimezone(ZONE).date()


def watch(
    protocol_id: str, class_name: str, *, first: datetime | None, last: datetime | None, identified: datetime,
    facts: Mapping[str, Any],
) -> tuple[datetime | None, str]:  # fmt: skip
    """Until when somebody of a class is followed up (half-open), or why the edition asks nothing."""
    anchors = {"first_exposure": first, "last_exposure": last, "identified": max(identified, last or identified)}
    try:
        made = protocol.plan(
            protocol.edition(protocol_id), class_name, {k: v for k, v in anchors.items() if v}, None, facts
        )
    except protocol.NoAnswer as no:
        return None, no.reason
    ends = [made.ends] if made.ends else [t.due_until for t in made.tests]
    return max((e for e in ends if e), default=None), ""


def keep_until(protocol_id: str, what: str, at: datetime) -> date:
    """When a record must have been reviewed or forgotten: the edition's own limit, counted from `at`."""
    days = 180
    try:
        for name, length in protocol.edition(protocol_id).legal.retention:
            if name == what and length.endswith("d"):
                days = int(length[:-1])
    except protocol.NoAnswer:
        pass
    return (at + timedelta(days=days)).date()


def kind_of(edition: protocol.Edition, relation: str) -> str:
    """What an edition calls meeting somebody of a relation; empty where it names nothing near."""
    named = [k for kinds in edition.exposure_kinds.values() for k in kinds]
    wanted = [*_KINDS.get(relation, ()), "field_judgement", "direct_contact", "lives_with", *named]
    return next((k for k in wanted if k in named), "")


def class_by_relation(protocol_id: str, relation: str, kind: str = "") -> tuple[str, str]:
    """The class and the kind of exposure of somebody named by hand."""
    edition = protocol.edition(protocol_id)
    kind = kind or kind_of(edition, relation)
    try:
        return protocol.exposure_class(edition, kind), kind
    except protocol.NoAnswer:
        return "close_contact", kind


def age_facts(birth_on: date | None, at: datetime) -> dict[str, Any]:
    """What a birth date says to a protocol."""
    if birth_on is None:
        return {}
    months = (at.year - birth_on.year) * 12 + at.month - birth_on.month - (at.day < birth_on.day)
    return {"age_months": months, "age_years": months / 12}

"""One look around one case: who met it, by every way of knowing. Reads only."""

import contextlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import chain
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db.models import Q

from bihuan.engines import protocol, tracing
from bihuan.ledgers.cases import reads
from bihuan.ledgers.cases.bridge._protocol import (
    InfectiousWindow,
    age_facts,
    kind_of,
    last_day_of,
    watch,
    window_of,
)
from bihuan.ledgers.cases.bridge._stays import Stay, presences, stays_at, stays_of
from bihuan.ledgers.cases.choices import Certainty, ContactBasis, ExposureRole, Relation
from bihuan.ledgers.cases.models import Case, Contact
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.territory.scope import Scope

_STRENGTH = (
    ContactBasis.HOUSEHOLD, ContactBasis.TRACE, ContactBasis.SEAT, ContactBasis.LETTER, ContactBasis.INTERVIEW,
    ContactBasis.IMPORT,
)  # fmt: skip
WIDE_ABOVE = 50  # contacts of one case at one place: more says that the place was registered too wide


@dataclass(frozen=True)
class Evidence:
    """One reason for holding somebody a contact."""

    basis: str
    kind: str
    class_name: str
    relation: str
    first_at: datetime | None
    last_at: datetime | None
    overlap_s: int = 0
    encounters: int = 1
    places: tuple[str, ...] = ()
    certain: bool = True
    exposure: UUID | None = None


@dataclass(frozen=True)
class Candidate:
    """Somebody a trace found: who, at which level, as what, why, and what the protocol would ask of them."""

    person: UUID
    level: int
    class_name: str
    evidence: tuple[Evidence, ...]
    via: UUID | None = None
    follow_until: datetime | None = None
    refusal: str = ""

    @property
    def main(self) -> Evidence:
        """The strongest reason."""
        return min(self.evidence, key=lambda e: _STRENGTH.index(ContactBasis(e.basis)))

    @property
    def first_at(self) -> datetime | None:
        """When they met first."""
        return min((e.first_at for e in self.evidence if e.first_at), default=None)

    @property
    def last_at(self) -> datetime | None:
        """When they met last."""
        return max((e.last_at for e in self.evidence if e.last_at), default=None)

    @property
    def overlap_s(self) -> int:
        """How long they were together, as far as clocks say."""
        return max(e.overlap_s for e in self.evidence)

    @property
    def last_day(self) -> date | None:
        """The last day of follow-up, itself followed."""
        return last_day_of(self.follow_until)

    @property
    def certainty(self) -> str:
        """How sure this is."""
        if any(e.certain for e in self.evidence):
            return Certainty.CERTAIN
        return Certainty.POSSIBLE


@dataclass(frozen=True)
class Traced:
    """What a look around one case found."""

    window: InfectiousWindow
    candidates: tuple[Candidate, ...]
    cases_met: tuple[tuple[UUID, int], ...] = ()
    wide: tuple[tuple[str, int], ...] = ()
    notes: tuple[str, ...] = ()
    stays: int = 0
    by_place_kind: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def trace_case(scope: Scope, case: Case, *, at: datetime, depth: int = 2) -> Traced:
    """Look around one case: stays that overlap, the household, rides, companions, whoever was named. Writes nothing."""
    window = window_of(case)
    if not window.is_dated or case.is_refuted:
        return Traced(window, (), notes=("refuted",) if case.is_refuted else ())
    edition = protocol.edition(case.protocol)
    assert window.start is not None
    until = window.until or at
    notes: list[str] = []
    secondary = edition.classes.get("secondary_contact")
    if depth > 1 and (secondary is None or secondary.no):
        depth = 1
        notes.append("no_secondary")
    look = _Look(scope, case, edition, window.start, max(until, window.start), at)
    found: dict[UUID, list[Evidence]] = {}
    levels: dict[UUID, int] = {}
    via: dict[UUID, UUID] = {}
    stays = look.stays(depth)
    wide: tuple[tuple[str, int], ...] = ()
    kinds: Mapping[str, Mapping[str, int]] = {}
    if stays:
        wide, kinds = look.overlaps(stays, depth, found, levels, via)
    for person, evidence in chain(look.household(notes), look.rides(notes), look.statements(notes)):
        if levels.get(person, 1) > 1:  # met through another, and also directly: the nearer way counts
            found[person], levels[person] = [], 1
            via.pop(person, None)
        found.setdefault(person, []).append(evidence)
        levels.setdefault(person, 1)
    others = look.other_cases
    met = [(others[p], max(e.overlap_s for e in found[p])) for p in found if p in others] + look.met_cases(stays)
    people = {p: e for p, e in found.items() if p not in others and p != case.person_id}
    return Traced(
        window,
        tuple(look.judged(people, levels, via)),
        tuple(dict(met).items()),
        wide,
        tuple(dict.fromkeys(notes)),
        len(stays),
        kinds,
    )


class _Look:
    """One look around one case, with what every way of looking needs."""

    def __init__(
        self, scope: Scope, case: Case, edition: protocol.Edition, start: datetime, until: datetime, at: datetime
    ) -> None:
        self.scope, self.case, self.edition = scope, case, edition
        self.start, self.until, self.at = start, until, at
        self.window = tracing.Window(str(case.person_id), start, until)
        standing = reads.standing_cases(scope).exclude(person=case.person_id).order_by("reported_at")
        self.other_cases: dict[UUID, UUID] = dict(standing.values_list("person", "id"))

    def stays(self, depth: int) -> list[Stay]:
        """Every stay the answer can hang on: hop by hop from the case's places to its contacts' places."""
        end = max(self.at, self.until)
        own = stays_of(self.scope, [self.case.person_id], self.start, self.until)
        seen = set(own)
        rows, places = list(own), {place for _p, place, *_ in own}
        asked: set[UUID] = set()
        people = {self.case.person_id}
        for hop in range(depth):
            here = stays_at(self.scope, places - asked, self.start, self.until if hop == 0 else end)
            asked |= places
            rows += [row for row in here if row not in seen]
            seen.update(here)
            fresh = {row[0] for row in here} - people
            people |= fresh
            if hop + 1 == depth or not fresh:
                break
            theirs = stays_of(self.scope, fresh, self.start, end)
            rows += [row for row in theirs if row not in seen]
            seen.update(theirs)
            places = {place for _p, place, *_ in theirs}
        least = float(self.edition.min_overlap_minutes)
        known = presences(
            self.scope, self.case.person_id, self.start, self.until, end=end, least=least, depth=depth,
            others=self.other_cases, told=rows,
        )  # fmt: skip
        return rows + [row for row in known if row not in seen]

    def overlaps(
        self, stays: Sequence[Stay], depth: int, found: dict[UUID, list[Evidence]], levels: dict[UUID, int],
        via: dict[UUID, UUID],
    ) -> tuple[tuple[tuple[str, int], ...], Mapping[str, Mapping[str, int]]]:  # fmt: skip
        """Contacts by stays that overlap, to the depth asked; other cases are sources of their own and barred here."""
        barred = [tracing.Window(str(p), self.start, self.start) for p in self.other_cases]
        visits = _indexed(stays)
        traced = tracing.trace(
            visits, [self.window, *barred], min_overlap_minutes=self.edition.min_overlap_minutes, depth=depth,
            until=max(self.at, self.until), wide_above=WIDE_ABOVE,
        )  # fmt: skip
        for row in traced.contacts.to_pylist():
            person, level = UUID(row["person_id"]), _LEVELS.get(row["class"], 9)
            levels[person] = level
            found.setdefault(person, []).append(
                Evidence(
                    ContactBasis.TRACE, "", "close_contact" if level == 1 else "secondary_contact",
                    Relation.SAME_PLACE if level == 1 else Relation.OTHER, row["first_at"], row["last_at"],
                    int(row["overlap_s"]), row["n_encounters"], tuple(row["places"] or ()),
                )
            )  # fmt: skip
        if depth > 1:
            most: dict[UUID, int] = {}
            for table in tracing.iter_sources(visits, traced):
                for row in table.to_pylist():
                    person = UUID(row["person_id"])
                    if row["overlap_s"] > most.get(person, 0):
                        most[person], via[person] = int(row["overlap_s"]), UUID(row["source_id"])
        wide = tuple((str(w.place_id), w.most_contacts_of_one_case) for w in traced.wide_places)
        return wide, traced.by_place_kind

    def met_cases(self, stays: Sequence[Stay]) -> list[tuple[UUID, int]]:
        """Which other cases this one met while infectious, and for how long."""
        among = [s for s in stays if s[0] in self.other_cases or s[0] == self.case.person_id]
        if len({s[0] for s in among}) < 2:
            return []
        traced = tracing.trace(
            _indexed(among), [self.window], min_overlap_minutes=self.edition.min_overlap_minutes, until=self.until
        )
        return [(self.other_cases[UUID(r["person_id"])], int(r["overlap_s"])) for r in traced.contacts.to_pylist()]

    def household(self, notes: list[str]) -> Iterable[tuple[UUID, Evidence]]:
        """Whoever lives behind the same door."""
        home = self.case.person.household_id
        if home is None:
            return
        people = [self.case.person_id, *people_reads.household_members(self.scope, self.case.person).values_list(
            "id", flat=True)]  # fmt: skip
        members = [tracing.Member(str(p), str(home), "household") for p in people]
        try:
            exposures = tracing.exposures_by_group(members, [self.window], self.edition)
        except protocol.NoAnswer as no:
            notes.append(no.reason)
            return
        for e in exposures:
            yield (
                UUID(str(e.person_id)),
                Evidence(
                    ContactBasis.HOUSEHOLD, "lives_with", e.contact_class, Relation.HOUSEHOLD, e.first_at, e.last_at
                ),
            )

    def rides(self, notes: list[str]) -> Iterable[tuple[UUID, Evidence]]:
        """Fellow travellers by the edition's rule of seats; who sat apart is a general contact."""
        for event in reads.exposures(self.scope, self.case.id):
            if event.role != ExposureRole.INFECTING or event.kind not in self.edition.vehicles:
                continue
            run = str(event.id)
            rides = [_ride(str(self.case.person_id), run, event.kind, event.seat, event.from_at, event.until_at)]
            rides += [_ride(str(p.person_id), run, event.kind, p.seat, p.from_at or event.from_at,
                            p.until_at or event.until_at) for p in event.people.all()]  # fmt: skip
            try:
                exposures = tracing.exposures_by_seat(rides, [self.window], self.edition)
            except protocol.NoAnswer as no:
                notes.append(no.reason)
                continue
            for e in exposures:
                yield UUID(str(e.person_id)), Evidence(
                    ContactBasis.SEAT, event.kind, e.contact_class, Relation.FELLOW_TRAVELLER, e.first_at, e.last_at,
                    places=(event.run or event.words,), certain=e.certain, exposure=event.id,
                )  # fmt: skip

    def statements(self, notes: list[str]) -> Iterable[tuple[UUID, Evidence]]:
        """Whoever was named: companions of a stay, people at an exposure, contacts entered by hand."""
        case = str(self.case.person_id)
        said: list[tuple[tracing.Statement, str, str, UUID | None, tuple[str, ...]]] = []
        for stay in reads.visits(self.scope, self.case.id):
            place = str(stay.place_id) if stay.place_id else stay.words
            for one in stay.companions:
                if one.get("person"):
                    relation = one.get("relation") or Relation.OTHER
                    kind = self.kind_of(relation)
                    told = tracing.Statement(case, one["person"], kind, first_at=stay.from_at, last_at=stay.until_at)
                    if kind:
                        said.append((told, relation, ContactBasis.INTERVIEW, None, (place,)))
        for event in reads.exposures(self.scope, self.case.id):
            if event.role == ExposureRole.INFECTING and event.kind not in self.edition.vehicles:
                for p in event.people.all():
                    told = tracing.Statement(
                        case, str(p.person_id), event.kind, first_at=p.from_at or event.from_at,
                        last_at=p.until_at or event.until_at,
                    )  # fmt: skip
                    said.append((told, p.relation, ContactBasis.INTERVIEW, event.id, (event.words,)))
        by_hand = Contact.objects.filter(
            Q(basis__in=[ContactBasis.INTERVIEW, ContactBasis.IMPORT, ContactBasis.LETTER]), self.scope.inside(),
            case=self.case, exposure__isnull=True, extra__by_hand=True, level=1,
        )  # fmt: skip
        for row in by_hand:
            kind = row.kind or self.kind_of(row.relation)
            told = tracing.Statement(
                case, str(row.person_id), kind, first_at=row.extra.get("told_from") and _at(row.extra["told_from"]),
                last_at=row.extra.get("told_until") and _at(row.extra["told_until"]),
            )  # fmt: skip
            if kind:
                said.append((told, row.relation, row.basis, None, ()))
        for told, relation, basis, exposure, places in said:
            try:
                (made,) = tracing.exposures_by_interview([told], [self.window], self.edition) or (None,)
            except protocol.NoAnswer as no:
                notes.append(no.reason)
                continue
            if made is not None:
                yield UUID(str(made.person_id)), Evidence(
                    basis, told.kind, made.contact_class, relation, made.first_at, made.last_at,
                    places=tuple(p for p in places if p), certain=made.certain, exposure=exposure,
                )  # fmt: skip

    def kind_of(self, relation: str) -> str:
        """What the edition calls meeting somebody of this relation; empty where it names nothing near."""
        return kind_of(self.edition, relation)

    def judged(
        self, found: Mapping[UUID, list[Evidence]], levels: Mapping[UUID, int], via: Mapping[UUID, UUID]
    ) -> Iterable[Candidate]:
        """Each person once, with the strictest class any reason gives and the dates that follow from it."""
        order = [*self.edition.exposure_kinds, "close_contact", "general_contact", "secondary_contact"]
        birth = dict(people_reads.these("id", list(found), Person).values_list("id", "birth_on"))
        earlier = dict(Contact.objects.filter(case=self.case).values_list("person", "identified_at"))
        for person, evidence in sorted(found.items(), key=lambda item: (levels[item[0]], str(item[0]))):
            if person not in birth:  # outside the scope
                continue
            facts = age_facts(birth[person], self.at)
            name = min((e.class_name for e in evidence), key=order.index)
            if name == "close_contact":
                with contextlib.suppress(protocol.NoAnswer):
                    name = protocol.classify(self.edition, "close_contact", facts)
            made = Candidate(person, levels[person], name, tuple(evidence), via.get(person))
            follow, refusal = watch(
                self.edition.id, name, first=made.first_at, last=made.last_at or self.until,
                identified=earlier.get(person) or self.at, facts=facts,
            )  # fmt: skip
            yield replace(made, follow_until=follow, refusal=refusal)


_LEVELS = {"close": 1, "secondary": 2, **{f"level{n}": n for n in range(3, 9)}}


def _indexed(stays: Sequence[Stay]) -> tracing.Visits:
    person, place, start, until, kind = zip(*stays, strict=True)
    at = pa.timestamp("us", tz="UTC")
    return tracing.index_visits(
        pa.table(
            {
                "person_id": pa.array([str(p) for p in person]),
                "place_id": pa.array([str(p) for p in place]),
                "t_in": pa.array(start, at),
                "t_out": pa.array(until, at),
                "place_kind": pa.array(kind),
            }
        )
    )


def _ride(
    person: str, run: str, kind: str, seat: Mapping[str, Any], start: datetime | None, until: datetime | None
) -> tracing.Ride:
    known = {k: v for k, v in seat.items() if k in ("row", "carriage", "bay", "cabin", "role") and v not in (None, "")}
    for number in ("row", "bay"):
        if number in known:
            known[number] = int(known[number])
    return tracing.Ride(person, run, kind, protocol.Seat(**known), start, until)


def _at(text: str) -> datetime:
    return datetime.fromisoformat(text)

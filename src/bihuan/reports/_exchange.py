"""Cases, contacts, follow-ups, results and stays as other systems are told them: our words, and the cells they once gave us.

Not a report of its own: the command line asks it, after the act `export_records` has said who takes them out and why.
"""

from base64 import b64decode
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ExposureRole
from bihuan.ledgers.cases.models import CaseVisit, Exposure, FollowUp
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory.scope import Scope

ZONE = ZoneInfo("Asia/Shanghai")
NOTE = "\0note"


@dataclass
class Taken:
    """Records of one kind: `values` in our words, `kept` cells by the system they came from, `systems` beside them.

    pairs: for contacts, which records are a pair of a source and a target.
    """

    values: list[dict[str, Any]] = field(default_factory=list)
    kept: list[dict[str, str]] = field(default_factory=list)
    systems: list[str] = field(default_factory=list)
    pairs: list[bool] = field(default_factory=list)

    def add(self, values: Mapping[str, Any], extra: Mapping[str, Any], system: str, *, is_pair: bool = False) -> None:
        """One more record; cells and note are unsealed here."""
        kept = dict(cipher.unseal_json(b64decode(extra["sealed"]))) if extra.get("sealed") else {}
        note = kept.pop(NOTE, "")
        told = {**values, **({"note": note} if note else {})}
        self.values.append({k: v for k, v in told.items() if v not in (None, "", [])})
        self.kept.append(kept)
        self.systems.append(system)
        self.pairs.append(is_pair)


def _day(at: datetime | None) -> date | None:
    return at.astimezone(ZONE).date() if at else None


def _told(extra: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """What a record said that has no column of ours; days come back as days."""
    told = extra.get("told") or {}
    found: dict[str, Any] = {}
    for name in names:
        value = told.get(name)
        found[name] = date.fromisoformat(value) if name.endswith(("_on", "_from")) and value else value
    return found


def _said(extra: Mapping[str, Any], name: str, value: Any, default: Any) -> Any:
    """A column that has a value of its own even where nobody said one: that default is not told."""
    return None if value == default and not (extra.get("told") or {}).get(name) else value


def _people(rows: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    people = {row.person_id: row.person for row in rows}
    numbers = people_reads.numbers(list(people))
    found = {}
    for id_, person in people.items():
        own = numbers[id_]
        found[id_] = {
            "name": person.name, "sex": person.sex if person.sex != "unknown" else None, "birth_date": person.birth_on,
            "address": person.address, "id_number": own.documents[0][1] if own.documents else "",
            "phone": own.phones[0] if own.phones else "",
        }  # fmt: skip
    return found


def _who(told: Mapping[str, Any], person: Mapping[str, Any], external_id: str) -> dict[str, Any]:
    who = dict(person)
    if who["name"] == external_id:
        who["name"] = None  # a record without a name was called by its number
    if told.get("sex"):
        who["sex"] = who["sex"] or told["sex"]
    return who


def linelist(scope: Scope) -> Taken:
    """Every case inside the scope, refuted ones too."""
    taken = Taken()
    rows = list(cases_reads.cases(scope).order_by("reported_at", "number"))
    people = _people(rows)
    windows = {
        e.case_id: e
        for e in Exposure.objects.filter(
            scope.inside(), role=ExposureRole.INFECTED, voided_at__isnull=True, case__in=[c.id for c in rows]
        )
    }
    infectors: dict[Any, list[Any]] = {}
    for link in cases_reads.links(scope):
        infectors.setdefault(link.infectee_id, []).append(link.infector.external_id or link.infector.number)
    for case in rows:
        told = case.extra.get("told") or {}
        extra = case.extra
        window = windows.get(case.id)
        own = case.external_id or case.number
        said = _told(extra, "age", "generation", "latitude", "longitude", "infected_on", "outcome_on")
        values = {
            "external_id": own, "alias": extra.get("alias"), **_who(told, people[case.person_id], own), **said,
            "occupation": case.occupation, "workplace": case.workplace,
            "disease": _said(extra, "disease", case.disease, case.disease if case.extra.get("mark") else None),
            "classification": _said(extra, "classification", case.classification, "confirmed" if extra.get("mark") else None),
            "severity": _said(extra, "severity", case.severity, "unknown"), "onset_on": _day(case.onset_at),
            "exposed_from": _day(window.from_at) if window and not said["infected_on"] else None,
            "exposed_until": _day(window.until_at) if window and not said["infected_on"] else None,
            "reported_on": _day(case.reported_at) if told.get("reported_on") or not extra.get("mark") else None,
            "sampled_on": _day(case.sampled_at) if told.get("sampled_on") or not extra.get("mark") else None,
            "confirmed_on": _day(case.confirmed_at), "isolated_on": _day(case.isolated_at),
            "admitted_on": _day(case.admitted_at), "hospital": case.hospital,
            "outcome": _said(extra, "outcome", case.outcome, "unknown"),
            "symptoms": list(case.symptoms), "source_kind": _said(extra, "source_kind", case.source_kind, "unknown"),
            "source_words": case.source_words, "summary": case.summary,
            "infectors": told.get("infectors") if extra.get("mark") else infectors.get(case.id),
        }  # fmt: skip
        for word, outcome in (("died_on", "died"), ("recovered_on", "recovered")):
            if told.get(word) and case.outcome == outcome:
                values[word] = _day(case.outcome_at)
                if not told.get("outcome"):
                    values["outcome"] = None
                if not told.get("outcome_on"):
                    values["outcome_on"] = None
        if not extra.get("mark"):
            values["outcome_on"] = _day(case.outcome_at)
        taken.add(values, extra, case.source_system)
    return taken


def contacts(scope: Scope) -> Taken:
    """Every contact inside the scope, and every stated link between cases: a row for each row that was told."""
    taken = Taken()
    rows = list(cases_reads.contacts(scope).order_by("identified_at", "id"))
    people = _people(rows)
    for contact in rows:
        own = contact.external_id or str(contact.id)
        told_rows = [contact.extra[about] for about in ("pair", "person") if contact.extra.get(about)]
        for about in told_rows or [{}]:
            is_pair = about is contact.extra.get("pair") or not told_rows
            for at, extra in enumerate([about, *about.get("also", ())]):
                values = {"external_id": own, "alias": contact.extra.get("alias"), **_contact_words(contact, extra, at)}
                if not is_pair or not told_rows:
                    values |= _who(extra.get("told") or {}, people[contact.person_id], own)
                if is_pair and contact.case:
                    values["case_id"] = contact.case.external_id or contact.case.number
                taken.add(values, extra, contact.source_system, is_pair=is_pair and bool(contact.case_id))
    for link in cases_reads.links(scope).filter(basis="import").order_by("recorded_at", "id"):
        if not link.extra.get("mark"):
            continue  # the line list itself names this infector
        for extra in [link.extra, *link.extra.get("also", ())]:
            told = extra.get("told") or {}
            values = {k: v for k, v in told.items() if k not in ("case_id", "external_id")} | _told(
                extra, "first_exposure_on", "last_exposure_on", "reported_on"
            )
            values |= {"case_id": link.infector.external_id, "external_id": link.infectee.external_id}
            taken.add(values, extra, link.infectee.source_system, is_pair=True)
    return taken


def _contact_words(contact: Any, extra: Mapping[str, Any], at: int) -> dict[str, Any]:
    """What one told row of a contact says: the first with today's values, further rows as they were told."""
    told = extra.get("told") or {}
    names = ("first_exposure_on", "last_exposure_on", "reported_on", "follow_from")
    fixed = {
        k: told.get(k) for k in ("age", "occupation", "is_transmission", "kind", "certainty", "relation", "class_name")
    }
    fixed |= _told(extra, *names) | {
        "state": told.get("state"), "last_day": date.fromisoformat(told["last_day"]) if told.get("last_day") else None
    }  # fmt: skip
    if at or not told:
        now = {} if told else {"kind": contact.kind, "relation": contact.relation, "certainty": contact.certainty,
                               "class_name": contact.class_name, "state": contact.state, "last_day": contact.last_day,
                               "first_exposure_on": _day(contact.first_exposure_at),
                               "last_exposure_on": _day(contact.last_exposure_at),
                               "reported_on": _day(contact.identified_at)}  # fmt: skip
        return fixed | now
    now = {
        "kind": contact.kind, "relation": contact.relation, "certainty": contact.certainty,
        "class_name": contact.class_name, "state": contact.state, "last_day": contact.last_day,
    }  # fmt: skip
    # what the row said follows what is known now; what it did not say stays unsaid
    return fixed | {k: v for k, v in now.items() if told.get(k)}


def followups(scope: Scope) -> Taken:
    """Every follow-up inside the scope."""
    taken = Taken()
    found = FollowUp.objects.filter(scope.inside()).select_related("contact").order_by("day", "contact", "slot")
    for row in found:
        told = row.extra.get("told") or {}
        values = {
            "external_id": row.external_id, "day": row.day, "outcome": row.outcome,
            "contact_id": told.get("contact_id") or row.contact.external_id or str(row.contact_id),
            "slot": row.slot if told.get("slot") or not told else None, "temperature_c": row.temperature_c,
            "symptoms": list(row.symptoms), "note": row.note,
        }  # fmt: skip
        taken.add(values, row.extra, row.contact.source_system)
    return taken


def labs(scope: Scope) -> Taken:
    """Every result of another system that is kept with a case or a contact inside the scope."""
    taken = Taken()
    owners: Sequence[Any] = [
        *cases_reads.cases(scope).order_by("reported_at", "number"),
        *cases_reads.contacts(scope).order_by("identified_at", "id"),
    ]
    for owner in owners:
        for lab in owner.extra.get("labs", ()):
            days = {k: date.fromisoformat(v) for k, v in lab.items() if k.endswith("_on")}
            values = {k: v for k, v in lab.items() if k not in ("mark", "sealed")} | days
            taken.add(values, lab, owner.source_system)
    return taken


def visits(scope: Scope) -> Taken:
    """Every stay inside the scope that was not taken back."""
    taken = Taken()
    found = CaseVisit.objects.filter(scope.inside(), voided_at__isnull=True).select_related("case", "place")
    for row in found.order_by("from_at", "id"):
        told = row.extra.get("told") or {}
        case = row.case
        values = {
            "external_id": row.external_id, "place": row.words or (row.place.name if row.place else ""),
            "person_id": told.get("person_id") or (case.external_id or case.number if case else str(row.person_id)),
            "from_at": row.from_at, "until_at": row.until_at, "activity": row.activity,
            "protection": row.protection if told.get("protection") or row.protection != "unknown" else None,
        }  # fmt: skip
        taken.add(values, row.extra, str(row.extra.get("system", "")))
    return taken


KINDS = {"linelist": linelist, "contacts": contacts, "followups": followups, "labs": labs, "visits": visits}

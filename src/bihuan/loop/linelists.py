"""What the five imports share: records as they are told, whom they are about, and receipts that balance.

An import records what another system held. It opens no tasks, starts no clocks and binds nobody.
"""

from base64 import b64encode
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from hashlib import blake2b
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.people.choices import IdentityKind, Sex
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop.act import Doing, Refused

ZONE = ZoneInfo("Asia/Shanghai")
KEEP_DAYS = 365 * 3


class ToldPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a record is about, as far as it says. `row` is its row in the file; `kept` what we have no word for."""

    row: int
    external_id: str = ""
    name: str = ""
    sex: str = ""
    birth_date: date | None = None
    age: float | None = None
    phone: str = ""
    id_number: str = ""
    address: str = ""
    division_code: str = ""
    occupation: str = ""
    alias: str = ""
    reported_on: date | None = None
    kept: dict[str, str] = {}


class ToldCase(ToldPerson, frozen=True, kw_only=True):
    """One case of a line list."""

    workplace: str = ""
    disease: str = ""
    classification: str = ""
    severity: str = ""
    onset_on: date | None = None
    infected_on: date | None = None
    exposed_from: date | None = None
    exposed_until: date | None = None
    sampled_on: date | None = None
    confirmed_on: date | None = None
    isolated_on: date | None = None
    admitted_on: date | None = None
    hospital: str = ""
    outcome: str = ""
    outcome_on: date | None = None
    died_on: date | None = None
    recovered_on: date | None = None
    symptoms: tuple[str, ...] = ()
    source_kind: str = ""
    source_words: str = ""
    infectors: tuple[str, ...] = ()
    generation: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    summary: str = ""


class ToldContact(ToldPerson, frozen=True, kw_only=True):
    """One contact, or one pair of a source and a target."""

    case_id: str = ""
    relation: str = ""
    certainty: str = ""
    kind: str = ""
    class_name: str = ""
    first_exposure_on: date | None = None
    last_exposure_on: date | None = None
    follow_from: date | None = None
    last_day: date | None = None
    state: str = ""
    is_transmission: str = ""
    note: str = ""


class ToldFollowUp(msgspec.Struct, frozen=True, kw_only=True):
    """One follow-up of one contact."""

    row: int
    contact_id: str
    day: date
    outcome: str
    external_id: str = ""
    slot: float | None = None
    temperature_c: float | None = None
    symptoms: tuple[str, ...] = ()
    note: str = ""
    kept: dict[str, str] = {}


class ToldLab(msgspec.Struct, frozen=True, kw_only=True):
    """One sample and its result."""

    row: int
    person_id: str
    sampled_on: date
    external_id: str = ""
    sample_id: str = ""
    received_on: date | None = None
    tested_on: date | None = None
    result_on: date | None = None
    sample_type: str = ""
    test_type: str = ""
    result: str = ""
    ct_value: float | None = None
    laboratory: str = ""
    kept: dict[str, str] = {}


class ToldStay(msgspec.Struct, frozen=True, kw_only=True):
    """One stay of a case somewhere."""

    row: int
    person_id: str
    place: str
    from_at: datetime
    until_at: datetime | None = None
    external_id: str = ""
    activity: str = ""
    protection: str = ""
    note: str = ""
    kept: dict[str, str] = {}


@dataclass
class Receipt:
    """Counts that balance: accepted = duplicate_in_file + created + updated + unchanged + linked."""

    duplicate_in_file: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    linked: int = 0
    loose: int = 0
    rejected: list[dict[str, Any]] = field(default_factory=list)

    def reject(self, row: int, column: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        """Give one row back with its reason."""
        self.rejected.append({"row": row, "column": column, "zh": zh, "en": en, "mend_zh": mend_zh, "mend_en": mend_en})

    def result(self) -> dict[str, Any]:
        """The same as plain values."""
        names = ("duplicate_in_file", "created", "updated", "unchanged", "linked", "loose")
        counts = {name: getattr(self, name) for name in names}
        accepted = sum(counts[name] for name in names[:-1])
        return {"accepted": accepted, **counts, "rejected": self.rejected}


def county_of(doing: Doing) -> Any:
    """The county that takes the records in."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None:
        raise Refused(_("只能由县级岗位导入"), "not_a_county")
    return county


def midnight(day: date | None) -> datetime | None:
    """A day of a list as an instant: its beginning in China."""
    return datetime.combine(day, time(0), ZONE) if day else None


def noon(day: date) -> datetime:
    """The middle of a day, where only the day is known and its order matters."""
    return datetime.combine(day, time(12), ZONE)


def mark(told: msgspec.Struct) -> str:
    """A mark of all a record says but its row: the same record told again is known by it."""
    plain = msgspec.to_builtins(told)
    plain.pop("row", None)
    return blake2b(msgspec.json.encode(plain, order="sorted"), digest_size=12).hexdigest()


def keep_until(doing: Doing) -> date:
    """Until when an imported record is kept."""
    return (doing.at + timedelta(days=KEEP_DAYS)).date()


@dataclass
class People:
    """Finds or makes the persons of one import. Records that name nobody are a person called by their number."""

    doing: Doing
    county: Any
    _fresh: list[people_writes.NewPerson] = field(default_factory=list)

    def of(self, told: Sequence[ToldPerson], ids: Sequence[UUID]) -> list[tuple[UUID, str, str]]:
        """For each record its person with area code and path; `ids` are those of persons seen for the first time.

        Somebody on record is taken only where the match is sure and a document or a phone speaks for it: a name alone
        in another system's file is not enough. The doubles page finds the rest.
        """
        areas = {a.code: a for a in territory_reads.areas(Scope(self.county.path))}
        places = territory_bridge.locate(self.county, [(t.address, t.division_code) for t in told])
        records = [
            people_bridge.record_of(
                name=t.name, id_number=t.id_number, phone=t.phone, birth_on=t.birth_date,
                sex=t.sex, address=t.address,
            )
            for t in told
        ]  # fmt: skip
        asked = [at for at, t in enumerate(told) if t.name and (t.id_number or t.phone)]
        found = dict(zip(asked, people_bridge.find([records[at] for at in asked]), strict=True)) if asked else {}
        keys = people_bridge.link_keys_of([records[at] for at in asked])
        words = dict(zip(asked, keys, strict=True))
        answer = []
        for at, t in enumerate(told):
            area = areas.get(places[at].area_code) or self.county
            verdict = found.get(at)
            if verdict and verdict.decision == "same" and verdict.person:
                answer.append((verdict.person, area.code, area.path))
                continue
            self._fresh.append(
                people_writes.NewPerson(
                    id=ids[at], name=t.name or t.external_id, sex=t.sex if t.sex in Sex.values else Sex.UNKNOWN,
                    birth_on=t.birth_date, area_code=area.code, path=area.path, address=t.address,
                    documents=((IdentityKind.RESIDENT_CARD if len(t.id_number) == 18 else IdentityKind.OTHER, t.id_number),)
                    if t.id_number
                    else (),
                    phones=(t.phone,) if t.phone else (), link_keys=words.get(at, ()),
                )
            )  # fmt: skip
            answer.append((ids[at], area.code, area.path))
        return answer

    def write(self) -> None:
        """Record the new ones."""
        people_writes.add_persons(self._fresh, recorded_at=self.doing.recorded_at, keep_until=keep_until(self.doing))


def cases_named(scope: Scope, system: str, ids: Iterable[str]) -> dict[str, Any]:
    """Cases by what a file calls them: their id in that system, its second name there, or our own number."""
    wanted = [i for i in dict.fromkeys(ids) if i]
    every = cases_reads.cases(scope)
    found = {c.number: c for c in every.filter(number__in=wanted)}
    found |= {c.extra["alias"]: c for c in every.filter(source_system=system, extra__alias__in=wanted)}
    return found | {c.external_id: c for c in every.filter(source_system=system, external_id__in=wanted)}


def contacts_named(scope: Scope, system: str, ids: Iterable[str]) -> dict[str, list[Any]]:
    """Contacts by what a file calls them; one person may be a contact of several cases."""
    wanted = [i for i in dict.fromkeys(ids) if i]
    every = cases_reads.contacts(scope).filter(source_system=system)
    found: dict[str, list[Any]] = {}
    for contact in every.filter(extra__alias__in=wanted):
        found.setdefault(contact.extra["alias"], []).append(contact)
    for contact in every.filter(external_id__in=wanted):
        several = found.setdefault(contact.external_id, [])
        if contact not in several:
            several.append(contact)
    return found


def told_twice(told: Sequence[Any], key: Any, receipt: Receipt) -> list[Any]:
    """The records without those a file tells twice: equal ones are counted, different ones of one id are given back."""
    first: dict[Any, str] = {}
    kept = []
    for one in told:
        own, said = key(one), mark(one)
        if not own:
            kept.append(one)
        elif own not in first:
            first[own] = said
            kept.append(one)
        elif first[own] == said:
            receipt.duplicate_in_file += 1
        else:
            receipt.reject(
                one.row, "external_id", f"编号{own}在文件里出现过，内容不同",
                f"the id {own} stands in the file before, with other content",
                "请合并为一行", "make it one row",
            )  # fmt: skip
    return kept


# What names a person is never kept in the open: it stands in the person's own sealed record, or in the sealed cells.
_PERSONAL = frozenset({"row", "kept", "name", "phone", "id_number", "address", "birth_date", "summary", "note"})


def extra_of(told: Any) -> dict[str, Any]:
    """What is kept of a record beside its columns: its mark, what it said in our words, the sender's own cells sealed."""
    plain = {k: v for k, v in msgspec.to_builtins(told).items() if k not in _PERSONAL and v not in (None, "", [])}
    extra = {"mark": mark(told), "told": plain}
    private = {**told.kept, **({"\0note": told.note} if getattr(told, "note", "") else {})}
    if private:
        extra["sealed"] = b64encode(cipher.seal_json(private)).decode()
    if getattr(told, "alias", ""):
        extra["alias"] = told.alias
    return extra

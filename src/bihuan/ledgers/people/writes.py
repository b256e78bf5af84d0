"""Facts about persons: records, merges, and the digests they are found by."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.people import access, cipher
from bihuan.ledgers.people.choices import IdentityKind
from bihuan.ledgers.people.models import AccessCode, Identity, Merge, Person, PossibleDouble

# Rows that travel as one value: large enough to be few, small enough to be read and let go.
STEP = 5_000


@dataclass(frozen=True)
class NewPerson:
    """What is recorded of a person seen for the first time. `link_keys` are the words linkage finds candidates by."""

    name: str
    sex: str
    birth_on: date | None
    area_code: str
    path: str
    address: str
    documents: tuple[tuple[str, str], ...] = ()  # (kind, number)
    phones: tuple[str, ...] = ()
    link_keys: tuple[str, ...] = ()
    household: UUID | None = None
    id: UUID | None = None


def add_persons(people: Sequence[NewPerson], *, recorded_at: datetime, keep_until: date | None) -> list[UUID]:
    """Record persons with their sealed documents and phones; answers with their ids in order."""
    ids = [p.id or uuid7() for p in people]
    rows = [
        {
            "id": id_, "name": p.name, "sex": p.sex, "birth_on": p.birth_on, "area": p.area_code, "path": p.path,
            "address": p.address, "household": p.household,
        }
        for id_, p in zip(ids, people, strict=True)
    ]  # fmt: skip
    identities = [
        {"id": uuid7(), "person": id_, "path": p.path, "kind": kind,
         "sealed": cipher.seal(number), "blind": cipher.blind(number)}
        for id_, p in zip(ids, people, strict=True)
        for kind, number in [*p.documents, *((IdentityKind.PHONE, phone) for phone in p.phones)]
    ]  # fmt: skip
    with connection.cursor() as cursor:
        # As one value a step, not a parameter a cell: a register of half a million people comes through here.
        for step in _steps(rows):
            cursor.execute(
                """INSERT INTO people_person (id, name, sex, birth_on, area_id, path, address, household_id, recorded_at,
                          keep_until)
                   SELECT id, name, sex, birth_on, area, path, address, household, %s, %s
                   FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, name text, sex text, birth_on date, area text,
                          path text, address text, household uuid)""",
                [recorded_at, keep_until, step],
            )
        for step in _steps(identities):
            cursor.execute(
                """INSERT INTO people_identity (id, person_id, path, kind, sealed, blind)
                   SELECT id, person, path, kind, decode(sealed, 'base64'), blind
                   FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, person uuid, path text, kind text, sealed text,
                          blind bigint)""",
                [step],
            )
    add_link_keys({id_: p.link_keys for id_, p in zip(ids, people, strict=True)})
    return ids


def add_link_keys(keys: Mapping[UUID, Sequence[str]]) -> None:
    """Make persons findable by these words, and count how common each name's sound is."""
    rows, sounds = [], Counter[int]()
    for person, words in keys.items():
        for word in words:
            digest = cipher.blind(word)
            if word.startswith("n:"):
                sounds[digest] += 1
            rows.append((digest, person))
    with connection.cursor() as cursor:
        # A dozen keys a person: COPY, which row-level security allows here because digests are no rows of a person.
        with cursor.copy("COPY people_linkkey (digest, person_id) FROM STDIN") as sink:
            for row in rows:
                sink.write_row(row)
        cursor.execute(
            """INSERT INTO people_namecount (digest, count)
               SELECT digest, count FROM jsonb_to_recordset(%s::jsonb) AS r(digest bigint, count int)
               ORDER BY digest  -- one order for everybody: two lists at once must not wait for each other in a ring
               ON CONFLICT (digest) DO UPDATE SET count = people_namecount.count + excluded.count""",
            [json.dumps([{"digest": d, "count": n} for d, n in sounds.items()])],
        )


def add_households(rows: Sequence[Mapping[str, Any]]) -> None:
    """Record households; known ids stay."""
    with connection.cursor() as cursor:
        for step in _steps(rows):
            cursor.execute(
                """INSERT INTO people_household (id, area_id, path, address)
                   SELECT id, area_id, path, address
                   FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, area_id text, path text, address text)
                   ON CONFLICT DO NOTHING""",
                [step],
            )


def _steps(rows: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Rows as JSON, some thousands at a time."""
    for start in range(0, len(rows), STEP):
        yield msgspec.json.encode(rows[start : start + STEP], enc_hook=str).decode()


def add_identity(person: Person, kind: str, number: str) -> None:
    """One more document or phone of a person; an equal one is not written twice."""
    digest = cipher.blind(number)
    if not Identity.objects.filter(person=person, kind=kind, blind=digest).exists():
        Identity.objects.create(person=person, path=person.path, kind=kind, sealed=cipher.seal(number), blind=digest)


def add_merge(kept: Person, gone: Person, *, at: datetime, reason: str, moved: dict[str, Any]) -> Merge:
    """Two records are one person: `gone` points at `kept`, and the merge remembers what moved."""
    Person.objects.filter(id=gone.id).update(merged_into=kept)
    return Merge.objects.create(kept=kept, gone=gone, path=kept.path, at=at, reason=reason, moved=moved)


def void_merge(merge: Merge, at: datetime) -> None:
    """They were two after all."""
    Person.objects.filter(id=merge.gone_id).update(merged_into=None)
    Merge.objects.filter(id=merge.id).update(undone_at=at)


def add_doubles(pairs: Sequence[Mapping[str, Any]], at: datetime) -> int:
    """Put pairs before a person; a pair that was looked at before stays as it was decided."""
    before = PossibleDouble.objects.count()
    PossibleDouble.objects.bulk_create(
        [PossibleDouble(found_at=at, **pair) for pair in pairs], batch_size=2000, ignore_conflicts=True
    )
    return PossibleDouble.objects.count() - before


def settle_double(double: UUID, *, is_same: bool, at: datetime) -> bool:
    """A person has decided; True for the first who does."""
    return bool(
        PossibleDouble.objects.filter(id=double, settled_at__isnull=True).update(settled_at=at, is_same=is_same)
    )


def add_access_code(id_: UUID, person: Person, *, made_at: datetime, ends_at: datetime) -> AccessCode:
    """Keep the digest of a code that follows from this id."""
    return AccessCode.objects.create(
        id=id_, person=person, path=person.path, digest=access.digest_of(access.code_of(id_)), made_at=made_at,
        ends_at=ends_at,
    )  # fmt: skip

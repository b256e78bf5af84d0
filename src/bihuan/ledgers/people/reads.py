"""Questions about persons. The only ways to fetch one; every way takes the scope first."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from bihuan.engines import terms
from bihuan.ledgers.people import access, cipher
from bihuan.ledgers.people.choices import IdentityKind
from bihuan.ledgers.people.models import AccessCode, Identity, Merge, Person, PossibleDouble
from bihuan.ledgers.territory.scope import Scope


@dataclass(frozen=True)
class Numbers:
    """The documents and phones of one person, opened. To be masked before a page shows them."""

    documents: tuple[tuple[str, str], ...]
    phones: tuple[str, ...]


def persons(scope: Scope) -> QuerySet[Person]:
    """Living records inside the scope (a merged one is found through the one it went into)."""
    return Person.objects.filter(scope.inside(), merged_into__isnull=True).select_related("area")


def person(scope: Scope, id_: UUID) -> Person | None:
    """One person, if inside the scope."""
    return Person.objects.filter(scope.inside(), id=id_).select_related("area", "household", "merged_into").first()


def household_members(scope: Scope, who: Person) -> QuerySet[Person]:
    """The others behind the same door."""
    if who.household_id is None:
        return Person.objects.none()
    return persons(scope).filter(household=who.household_id).exclude(id=who.id)


def search(scope: Scope, words: str) -> QuerySet[Person]:
    """Persons whose document, phone or whole name equals `words`. Equality only: a blind index knows nothing nearer."""
    text = words.strip()
    wanted = {text, text.upper()}
    phones = terms.read_phones(text)
    wanted |= set(phones)
    hits = Identity.objects.filter(scope.inside(), blind__in=[cipher.blind(w) for w in wanted]).values("person")
    return persons(scope).filter(Q(name=text) | Q(id__in=hits))


def by_numbers(scope: Scope, wanted: Collection[str]) -> dict[str, UUID]:
    """Who bears each of these document numbers: equal digests, verified on the opened value."""
    by_digest = {cipher.blind(n): n for n in wanted}
    found = Identity.objects.filter(scope.inside(), blind__in=list(by_digest)).exclude(kind=IdentityKind.PHONE)
    return {
        by_digest[digest]: merged or person_
        for digest, sealed, person_, merged in found.values_list("blind", "sealed", "person", "person__merged_into")
        if cipher.unseal(sealed) == by_digest[digest]
    }


def persons_by_id(scope: Scope, ids: Collection[UUID]) -> dict[UUID, Person]:
    """Several persons at once, those inside the scope."""
    found = these("id", ids, Person).filter(scope.inside()).select_related("area")
    return {p.id: p for p in found}


def numbers(ids: Collection[UUID]) -> dict[UUID, Numbers]:
    """Documents and phones of several persons, opened in one query."""
    documents: dict[UUID, list[tuple[str, str]]] = {i: [] for i in ids}
    phones: dict[UUID, list[str]] = {i: [] for i in ids}
    rows = these("person_id", ids, Identity).order_by("id").values_list("person_id", "kind", "sealed")
    for id_, kind, sealed in rows.iterator(chunk_size=5000):
        opened = cipher.unseal(sealed)
        if kind == IdentityKind.PHONE:
            phones[id_].append(opened)
        else:
            documents[id_].append((kind, opened))
    return {i: Numbers(tuple(documents[i]), tuple(phones[i])) for i in documents}


def these(column: str, ids: Collection[UUID], model: type[Any]) -> QuerySet[Any]:
    """Rows by very many ids: one array instead of a placeholder each, which takes seconds to write for a whole list."""
    return model._default_manager.extra(  # noqa: S610 - the column is our own word
        where=[f"{model._meta.db_table}.{column} = ANY(%s::uuid[])"], params=[[str(i) for i in ids]]
    )


def masked_name(name: str) -> str:
    """The surname and stars."""
    return terms.mask_name(name)


def masked_address(address: str) -> str:
    """The place without the door."""
    return terms.mask_address(address)


def masked(found: Numbers) -> Numbers:
    """The same, as a page may show it before a reason is given."""
    return Numbers(
        tuple((kind, terms.mask_number(n)) for kind, n in found.documents),
        tuple(terms.mask_phone(p) for p in found.phones),
    )


def candidates(digests: Sequence[Sequence[int]], ceiling: int) -> list[tuple[int, UUID]]:
    """Who shares a digest with each record: pairs of (record, person). A digest that more than `ceiling` persons
    share says too little and is passed over."""
    flat = [(d, i) for i, several in enumerate(digests) for d in several]
    if not flat:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT DISTINCT k.record, found.person_id
               FROM unnest(%s::bigint[], %s::int[]) AS k(digest, record)
               CROSS JOIN LATERAL (
                   SELECT array_agg(person_id) AS several FROM (
                       SELECT person_id FROM people_linkkey l WHERE l.digest = k.digest LIMIT %s) AS few
               ) AS hits
               CROSS JOIN LATERAL unnest(hits.several) AS found(person_id)
               WHERE cardinality(hits.several) <= %s""",
            [[d for d, _i in flat], [i for _d, i in flat], ceiling + 1, ceiling],
        )
        return cursor.fetchall()


def name_counts(digests: Collection[int]) -> dict[int, int]:
    """How many persons bear each of these names' sounds."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT digest, count FROM people_namecount WHERE digest = ANY(%s)", [list(digests)])
        return dict(cursor.fetchall())


def total() -> int:
    """How many persons are on record, about: PostgreSQL's own estimate, or the count while it has none."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE relname = 'people_person'")
        (estimate,) = cursor.fetchone()
    return estimate if estimate > 1000 else max(1, Person.objects.count())


def merges(scope: Scope, who: UUID) -> QuerySet[Merge]:
    """Merges this person took part in, latest first."""
    return Merge.objects.filter(scope.inside()).filter(Q(kept=who) | Q(gone=who)).order_by("-at")


def merge(scope: Scope, id_: UUID) -> Merge | None:
    """One merge."""
    return Merge.objects.filter(scope.inside(), id=id_).first()


def homes(scope: Scope, ids: Collection[UUID]) -> dict[UUID, tuple[str, str]]:
    """Where these persons live: (area code, path) by person."""
    found = Person.objects.filter(scope.inside(), id__in=list(ids)).values_list("id", "area_id", "path")
    return {id_: (area, path) for id_, area, path in found}


def these_exist(scope: Scope, ids: Collection[UUID]) -> set[UUID]:
    """Which of these are on record."""
    return set(Person.objects.filter(scope.inside(), id__in=list(ids)).values_list("id", flat=True))


def living(scope: Scope, ids: Collection[UUID]) -> dict[UUID, UUID]:
    """The living record behind each of these that is on record: itself, or the one it was merged into."""
    found = Person.objects.filter(scope.inside(), id__in=list(ids)).values_list("id", "merged_into")
    return {id_: merged or id_ for id_, merged in found}


def living_here(scope: Scope, most: int) -> list[tuple[UUID, str]]:
    """(id, name) of those who live in a place, doubles merged away left out, at most so many, by household."""
    found = Person.objects.filter(scope.inside(), merged_into__isnull=True).order_by("path", "household", "id")
    return list(found.values_list("id", "name")[:most])


def count_by_step(scope: Scope, steps: int) -> dict[str, int]:
    """How many living records lie under each path of that many steps."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT rtrim(array_to_string((string_to_array(path, '/'))[1:%s], '/'), '/') || '/' AS place, sum(n)::int
               FROM (SELECT path, count(*) AS n FROM people_person
                     WHERE merged_into_id IS NULL AND path >= %s AND path < %s GROUP BY path) AS doors
               GROUP BY 1""",
            [steps + 1, scope.path, scope.path + "~"],
        )
        return dict(cursor.fetchall())


def doubles(scope: Scope) -> QuerySet[PossibleDouble]:
    """Pairs of the register that wait for a decision, the surest first."""
    return (
        PossibleDouble.objects.filter(scope.inside(), settled_at__isnull=True)
        .select_related("left__area", "right__area")
        .order_by("-probability", "id")
    )


def double(scope: Scope, id_: UUID) -> PossibleDouble | None:
    """One pair."""
    return doubles(scope).filter(id=id_).first()


def access_code(scope: Scope, person_: UUID, at: datetime) -> AccessCode | None:
    """The code on paper of this person that still counts."""
    return AccessCode.objects.filter(scope.inside(), person=person_, ends_at__gt=at).order_by("-made_at").first()


def person_of_code(code: str, at: datetime) -> UUID | None:
    """Whom a code on paper belongs to, if it still counts. Asked by rule, with the county's eyes, for one digest."""
    held = AccessCode.objects.filter(digest=access.digest_of(code), ends_at__gt=at).select_related("person")[:2]
    return (held[0].person.merged_into_id or held[0].person_id) if len(held) == 1 else None


def person_of_papers(phone: str, document: str) -> UUID | None:
    """Who alone has both this phone and this document. Asked by rule, with the county's eyes, for two digests."""
    phones = {cipher.blind(p) for p in terms.read_phones(phone)}
    papers = {cipher.blind(w) for w in (document.strip(), document.strip().upper())}
    with_phone = Identity.objects.filter(kind=IdentityKind.PHONE, blind__in=phones).values("person")
    both = Identity.objects.filter(blind__in=papers, person__in=with_phone).exclude(kind=IdentityKind.PHONE)
    found = {merged or own for own, merged in both.values_list("person_id", "person__merged_into_id")}
    return found.pop() if len(found) == 1 else None

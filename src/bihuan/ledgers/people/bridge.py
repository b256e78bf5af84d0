"""Persons ↔ the linkage engine: whom a row is about, with the reasons."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import numpy as np

from bihuan.engines import linkage
from bihuan.ledgers.people import cipher, reads
from bihuan.ledgers.people.choices import IdentityKind
from bihuan.ledgers.people.models import Person
from bihuan.ledgers.territory.scope import Scope


@dataclass(frozen=True)
class Verdict:
    """Whom a record is: the best person found (None: nobody near), how sure, and why, field by field."""

    person: UUID | None
    decision: str  # same, review, different
    probability: float
    reasons: tuple[tuple[str, str, float], ...] = ()


def link_keys(record: linkage.Record) -> tuple[str, ...]:
    """The words by which the records of one person find each other."""
    return linkage.block_keys(record)


def link_keys_of(records: Sequence[linkage.Record]) -> list[tuple[str, ...]]:
    """The same for a whole register, many times quicker than one by one."""
    return linkage.block_keys_of(records)


def record_of(
    *, name: str, id_number: str, phone: str, birth_on: date | None, sex: str, address: str
) -> linkage.Record:
    """A person as the engine compares one."""
    return linkage.Record(
        name=name,
        id_number=id_number,
        phone=phone,
        birth_on=birth_on.isoformat() if birth_on else "",
        sex=sex if sex != "unknown" else "",
        address=address,
    )


def find(records: Sequence[linkage.Record]) -> list[Verdict]:
    """For each record the nearest person on record, within the scope of the transaction; rivals are weighed too."""
    keys = linkage.block_keys_of(records)
    pairs = reads.candidates([[cipher.blind(k) for k in several] for several in keys], linkage.CEILING)
    known = records_of({person for _record, person in pairs})
    people = list(known)
    place = {person: i for i, person in enumerate(people)}
    inside = sorted((record, place[person]) for record, person in pairs if person in place)  # out of scope: unseen
    verdicts = [Verdict(None, "different", 0.0)] * len(records)
    if not inside:
        return verdicts
    left_row, right_row = (np.array(column, np.int64) for column in zip(*inside, strict=True))
    persons = [known[person][1] for person in people]
    total = reads.total()
    shares = _sound_shares(persons, total)[right_row]
    links = linkage.choose(
        linkage.prepare(records), linkage.prepare(persons), left_row, right_row,
        name_share=shares, sound_share=shares, population=total,
    )  # fmt: skip
    told = (links.right_row != linkage.NOBODY) & (links.decision != "different")
    best = list(zip(links.left_row[told].tolist(), links.right_row[told].tolist(), strict=True))
    accounts = linkage.compare_pairs(records, persons, best, population=total)
    said = zip(best, links.probability[told], links.decision[told], accounts, strict=True)
    for (left, right), probability, decision, account in said:
        verdicts[left] = Verdict(
            known[people[right]][0], str(decision), round(float(probability), 4), _reasons_of(account)
        )
    return verdicts


def compare(left: linkage.Record, right: linkage.Record, *, population: int = 0) -> Verdict:
    """Two records side by side, field by field; `population` saves asking how many persons there are."""
    match = linkage.compare(left, right, population=population or reads.total())
    return Verdict(None, str(match.decision), round(match.probability, 4), _reasons_of(match))


def _reasons_of(match: linkage.Match) -> tuple[tuple[str, str, float], ...]:
    return tuple((r.field, r.level, round(r.weight, 1)) for r in match.reasons)


def records_of(people: set[UUID]) -> dict[UUID, tuple[UUID, linkage.Record]]:
    """Persons as the engine reads them, with the living record each went into when merged."""
    found = list(
        reads.these("id", people, Person).values_list("id", "name", "sex", "birth_on", "address", "merged_into")
    )
    numbers = reads.numbers([row[0] for row in found])
    answer = {}
    for id_, name, sex, birth_on, address, merged_into in found:
        own = numbers[id_]
        cards = [n for kind, n in own.documents if kind == IdentityKind.RESIDENT_CARD]
        answer[id_] = (
            merged_into or id_,
            record_of(
                name=name,
                id_number=cards[0] if cards else next((n for _k, n in own.documents), ""),
                phone="、".join(own.phones[:2]),
                birth_on=birth_on,
                sex=sex,
                address=address,
            ),
        )
    return answer


def _sound_shares(persons: Sequence[linkage.Record], total: int) -> np.ndarray:
    """Which share of everybody bears each person's name by its sound, from counts kept by digest alone."""
    sounds = [next((cipher.blind(k) for k in keys if k.startswith("n:")), 0) for keys in linkage.block_keys_of(persons)]
    counts = reads.name_counts(set(sounds))
    return np.array([max(1, counts.get(s, 1)) / total for s in sounds], np.float32)


def find_doubles(scope: Scope) -> list[dict[str, object]]:
    """Pairs of living records inside the scope that are likely one person, with the reasons field by field.

    The whole register is compared at once in columns; only the pairs found are explained one by one.
    """
    table: dict[str, list[str]] = {name: [] for name in ("name", "id_number", "phone", "birth_on", "sex", "address")}
    ids, paths = [], []
    people = reads.persons(scope).order_by("id").values_list("id", "name", "sex", "birth_on", "address", "path")
    for id_, name, sex, birth_on, address, path in people.iterator(chunk_size=10_000):
        ids.append(id_)
        paths.append(path)
        table["name"].append(name)
        table["sex"].append(sex if sex != "unknown" else "")
        table["birth_on"].append(birth_on.isoformat() if birth_on else "")
        table["address"].append(address)
    for part in range(0, len(ids), 20_000):
        for own in reads.numbers(ids[part : part + 20_000]).values():
            cards = [n for kind, n in own.documents if kind == IdentityKind.RESIDENT_CARD]
            table["id_number"].append(cards[0] if cards else next((n for _k, n in own.documents), ""))
            table["phone"].append("、".join(own.phones[:2]))
    if len(ids) < 2:
        return []
    found = linkage.dedupe(table)
    pairs: list[dict[str, object]] = []
    for left, right, probability in zip(found.left_row, found.right_row, found.probability, strict=True):
        records = [linkage.Record(**{name: column[row] for name, column in table.items()}) for row in (left, right)]
        first, second = sorted((ids[left], ids[right]))
        pairs.append(
            {
                "left_id": first,
                "right_id": second,
                "path": _common(paths[left], paths[right]),
                "probability": round(float(probability), 4),
                "reasons": [list(r) for r in compare(*records).reasons],
            }
        )
    return pairs


def _common(one: str, other: str) -> str:
    """The path of the nearest place two paths lie in."""
    shared = []
    for a, b in zip(one.split("/"), other.split("/"), strict=False):
        if a != b:
            break
        shared.append(a)
    return "/".join(shared).rstrip("/") + "/"

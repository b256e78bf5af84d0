"""A sender's row ↔ the linkage engine's record; and twins within one list."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from bihuan.engines import linkage, signals
from bihuan.ledgers.intake.models import ListRow
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people.choices import IdentityKind, Sex
from bihuan.ledgers.people.writes import NewPerson

# A key this many rows of one list share (a factory's switchboard, a school's address) finds no twins.
CROWD = 40


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One row as its sender told it, read but not believed. `cells` keeps the sender's own words by the sender's own headings."""

    row_number: int
    sheet: str = ""
    cells: dict[str, str] = {}
    name: str = ""
    id_number: str = ""
    id_kind: str = ""
    phones: tuple[str, ...] = ()
    birth_on: str = ""
    sex: str = ""
    address: str = ""
    division_code: str = ""
    note: str = ""
    more: dict[str, str] = {}
    faults: tuple[dict[str, str], ...] = ()


class ToldRejection(msgspec.Struct, frozen=True, kw_only=True):
    """A row that can identify nobody, and why, in both languages; `zh` and `en` tell the first of its `faults`."""

    row_number: int
    sheet: str = ""
    column: str = ""
    reason_code: str = ""
    zh: str = ""
    en: str = ""
    cells: dict[str, str] = {}
    faults: tuple[dict[str, str], ...] = ()


def record(told: Told) -> linkage.Record:
    """The row as the engine compares it."""
    return linkage.Record(
        name=told.name,
        id_number=told.id_number,
        phone="、".join(told.phones[:2]),
        birth_on=told.birth_on,
        sex=told.sex,
        address=told.address,
    )


def words(told: Told) -> dict[str, Any]:
    """All the sender said and what was read from it, to be sealed."""
    return {
        "cells": told.cells,
        "id_kind": told.id_kind,
        "id_number": told.id_number,
        "phones": told.phones,
        "birth_on": told.birth_on,
        "sex": told.sex,
        "note": told.note,
        **told.more,
    }


def birth_date(told: Told) -> date | None:
    """The birth date told, if it is one."""
    try:
        return date.fromisoformat(told.birth_on[:10])
    except ValueError:
        return None


def sex(told: Told) -> str:
    """The sex told, in our words."""
    return told.sex if told.sex in Sex.values else Sex.UNKNOWN


def documents(told: Told) -> tuple[tuple[str, str], ...]:
    """The document told, as (kind, number)."""
    if not told.id_number:
        return ()
    kind = told.id_kind if told.id_kind in IdentityKind.values else IdentityKind.OTHER
    return ((kind, told.id_number),)


def new_person_of(row: ListRow, id_: UUID) -> NewPerson:
    """A person as a row on record tells them."""
    words = cipher.unseal_json(row.sealed)
    told = Told(
        row_number=row.row_number, name=row.name, address=row.address, id_number=words["id_number"],
        id_kind=words["id_kind"], phones=tuple(words["phones"]), birth_on=words["birth_on"], sex=words["sex"],
    )  # fmt: skip
    return new_person(told, id_=id_, area_code=row.area_id, path=row.path)


def new_person(told: Told, *, id_: UUID, area_code: str, path: str) -> NewPerson:
    """A person as a row tells them, to be recorded at a place."""
    return NewPerson(
        id=id_,
        name=told.name,
        sex=sex(told),
        birth_on=birth_date(told),
        area_code=area_code,
        path=path,
        address=told.address,
        documents=documents(told),
        phones=told.phones,
        link_keys=linkage.block_keys(record(told)),
    )


@dataclass(frozen=True)
class Twin:
    """An earlier row of the same list that is the same person, surely or perhaps; index -1 where there is none."""

    decision: str = "different"
    index: int = -1
    probability: float = 0.0
    reasons: Sequence[Any] = ()


class TwinFinder:
    """Finds, step after step, earlier rows of the same list that are the same person."""

    def __init__(self) -> None:
        self._by_key: dict[str, list[int]] = {}
        self._records: list[linkage.Record] = []

    def add(self, several: Sequence[Told]) -> list[Twin]:
        """The verdict on each of these rows against all before it."""
        fresh = [record(told) for told in several]
        first = len(self._records)
        pairs: list[tuple[int, int]] = []  # (row, an earlier row that shares a key)
        for here, keys in enumerate(linkage.block_keys_of(fresh), start=first):
            near: set[int] = set()
            for key in keys:
                there = self._by_key.setdefault(key, [])
                if len(there) <= CROWD:
                    near.update(there)
                there.append(here)
            pairs += [(here, index) for index in sorted(near)]
        self._records += fresh
        asked = sorted({index for _here, index in pairs})
        place = {index: n for n, index in enumerate(asked)}
        matches = linkage.compare_pairs(
            [self._records[i] for i in asked], fresh, [(place[index], here - first) for here, index in pairs]
        )
        best = [Twin() for _told in several]
        for (here, index), match in zip(pairs, matches, strict=True):
            if match.decision != "different" and match.probability > best[here - first].probability:
                reasons = [(r.field, r.level, round(r.weight, 1)) for r in match.reasons]
                best[here - first] = Twin(str(match.decision), index, match.probability, reasons)
        return best


def silent_from(arrivals: Sequence[datetime]) -> tuple[datetime, timedelta] | None:
    """From when on a sender's silence is worth a call, and how often its lists usually come; None without a habit."""
    return signals.silent_from(arrivals)

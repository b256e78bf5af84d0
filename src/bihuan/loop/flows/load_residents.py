"""The register of residents is taken over from whoever keeps it, by the thousand."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import writes as people_writes
from bihuan.loop.act import Doing, Outcome, flow

# A register taken over without its own rule is reviewed after a year: nothing personal is kept for ever by default.
REVIEW_AFTER_DAYS = 365


class Resident(msgspec.Struct, frozen=True, kw_only=True):
    """One resident as the register tells them."""

    id: UUID
    name: str
    sex: str = "unknown"
    birth_on: date | None = None
    area: str
    path: str
    address: str = ""
    id_number: str = ""
    id_kind: str = "resident_identity_card"
    phone: str = ""
    household: UUID | None = None


@flow(private=("residents",))
def load_residents(doing: Doing, *, residents: tuple[Resident, ...], source: str) -> Outcome:
    """Record residents and their households."""
    doors: dict[UUID, dict[str, Any]] = {}
    for r in residents:
        if r.household and r.household not in doors:
            doors[r.household] = {"id": r.household, "area_id": r.area, "path": r.path, "address": r.address}
    people_writes.add_households(list(doors.values()))
    keys = people_bridge.link_keys_of(
        [
            people_bridge.record_of(
                name=r.name, id_number=r.id_number, phone=r.phone, birth_on=r.birth_on, sex=r.sex, address=r.address
            )
            for r in residents
        ]
    )
    people = [
        people_writes.NewPerson(
            id=r.id,
            name=r.name,
            sex=r.sex,
            birth_on=r.birth_on,
            area_code=r.area,
            path=r.path,
            address=r.address,
            documents=((r.id_kind, r.id_number),) if r.id_number else (),
            phones=(r.phone,) if r.phone else (),
            link_keys=words,
            household=r.household,
        )
        for r, words in zip(residents, keys, strict=True)
    ]
    keep_until = (doing.at + timedelta(days=REVIEW_AFTER_DAYS)).date()
    people_writes.add_persons(people, recorded_at=doing.recorded_at, keep_until=keep_until)
    return Outcome("loaded", doing.actor.scope.path, "residents:", {"residents": len(people), "source": source})

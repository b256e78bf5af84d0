"""Where cases and contacts were, from another system's file, is taken over into their timelines."""

from typing import Any

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Protection, VisitSource
from bihuan.loop import linelists
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.linelists import Receipt, ToldStay


@flow(private=("visits", "file_name"))
def import_visits(doing: Doing, *, system: str, visits: tuple[ToldStay, ...], file_name: str = "") -> Outcome:
    """Record stays. The place is kept in the file's own words; a person joins it to a registered place."""
    county = linelists.county_of(doing)
    receipt = Receipt()
    told = linelists.told_twice(visits, lambda one: one.external_id or (one.person_id, one.place, one.from_at), receipt)
    cases = linelists.cases_named(doing.actor.scope, system, [t.person_id for t in told])
    contacts = linelists.contacts_named(doing.actor.scope, system, [t.person_id for t in told])
    owners: dict[str, Any] = {key: several[0] for key, several in contacts.items()} | cases
    people = {owner.person_id for owner in owners.values()}
    before = cases_reads.visits_of_persons(doing.actor.scope, people)
    marks = {(v.person_id, v.extra.get("mark")) for v in before}
    rows = []
    for one in told:
        owner = owners.get(one.person_id)
        if owner is None:
            receipt.reject(
                one.row, "person_id", f"没有编号为{one.person_id}的病例或接触者",
                f"no case or contact {one.person_id} is on record", "请先导入病例", "import the line list first",
            )  # fmt: skip
            continue
        said = linelists.mark(one)
        if (owner.person_id, said) in marks:
            receipt.unchanged += 1
            continue
        rows.append(
            {
                "id": doing.derive(f"visit:{one.row}"), "case_id": owner.id if one.person_id in cases else None,
                "person_id": owner.person_id, "path": owner.path, "words": one.place, "from_at": one.from_at,
                "until_at": one.until_at, "activity": one.activity, "protection": one.protection or Protection.UNKNOWN,
                "source": VisitSource.IMPORT, "recorded_at": doing.recorded_at, "external_id": one.external_id,
                "extra": {**linelists.extra_of(one), "system": system},
                "keep_until": owner.keep_until,
            }
        )  # fmt: skip
    cases_writes.add_visits(rows)
    receipt.created = len(rows)
    return Outcome("imported", county.path, "import:visits", receipt.result())

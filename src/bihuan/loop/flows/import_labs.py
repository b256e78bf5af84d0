"""Laboratory results another system holds are kept with the case or contact they belong to."""

from typing import Any

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.loop import linelists
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.linelists import Receipt, ToldLab, midnight


@flow(private=("labs", "file_name"))
def import_labs(doing: Doing, *, system: str, labs: tuple[ToldLab, ...], file_name: str = "") -> Outcome:
    """Keep results with their person. A first positive dates the case's sample; no order hangs on another's result."""
    county = linelists.county_of(doing)
    receipt = Receipt()
    told = linelists.told_twice(
        labs, lambda one: one.external_id or (one.person_id, one.sample_id, one.sampled_on, one.test_type), receipt
    )
    cases = linelists.cases_named(doing.actor.scope, system, [t.person_id for t in told])
    contacts = linelists.contacts_named(doing.actor.scope, system, [t.person_id for t in told])
    touched: dict[Any, tuple[bool, Any]] = {}
    for one in told:
        case = cases.get(one.person_id)
        owner = case or next(iter(contacts.get(one.person_id, ())), None)
        if owner is None:
            receipt.reject(
                one.row, "person_id", f"没有编号为{one.person_id}的病例或接触者",
                f"no case or contact {one.person_id} is on record", "请先导入病例", "import the line list first",
            )  # fmt: skip
            continue
        before = owner.extra.setdefault("labs", [])
        made = linelists.extra_of(one)
        plain = {**made.pop("told"), **made}
        same = [at for at, lab in enumerate(before) if _key(lab) == _key(plain)]
        if same and before[same[0]]["mark"] == plain["mark"]:
            receipt.unchanged += 1
            continue
        if same:
            before[same[0]] = plain
            receipt.updated += 1
        else:
            before.append(plain)
            receipt.created += 1
        touched[owner.id] = (case is not None, owner)
    for is_case, owner in touched.values():
        if not is_case:
            cases_writes.set_contacts([owner.id], extra=owner.extra)
            continue
        first = min((lab["sampled_on"] for lab in owner.extra["labs"] if lab.get("result") == "positive"), default="")
        dated = {}
        if first and owner.sampled_at is None:
            from datetime import date

            dated = {"sampled_at": midnight(date.fromisoformat(first))}
        cases_writes.set_case(owner.id, extra=owner.extra, **dated)
    return Outcome("imported", county.path, "import:labs", receipt.result())


def _key(lab: dict[str, Any]) -> tuple[Any, ...]:
    return (lab["external_id"],) if lab.get("external_id") else (
        lab.get("sample_id"), lab["sampled_on"], lab.get("test_type")
    )  # fmt: skip

"""Contacts, or pairs of a source and a target, are taken over: a target that is a case is a possible transmission."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Certainty, ContactBasis, ContactState, Relation
from bihuan.loop import linelists
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.linelists import Receipt, ToldContact, midnight

# How far a stated link is believed, by the certainty it was stated with.
WEIGHTS = {Certainty.CERTAIN: 1.0, Certainty.PROBABLE: 0.7, Certainty.POSSIBLE: 0.4}
ENDED = {ContactState.COMPLETED, ContactState.LOST, ContactState.HANDED_OVER, ContactState.DIED, ContactState.DROPPED}
DEFAULTS = {
    "relation": Relation.OTHER, "certainty": Certainty.CERTAIN, "class_name": "close_contact",
    "state": ContactState.IDENTIFIED,
}  # fmt: skip


@flow(private=("contacts", "file_name"))
def import_contacts(doing: Doing, *, system: str, contacts: tuple[ToldContact, ...], file_name: str = "") -> Outcome:
    """Record contacts of cases on record. Between two cases a link is recorded, unless the file says it is none.

    Several rows of one pair (they met twice, in two ways) are one contact that keeps every row.
    """
    county = linelists.county_of(doing)
    receipt = Receipt()
    scope = doing.actor.scope
    pairs: dict[tuple[str, str], list[ToldContact]] = {}
    marks: set[str] = set()
    for one in contacts:
        if (said := linelists.mark(one)) in marks:
            receipt.duplicate_in_file += 1
            continue
        marks.add(said)
        pairs.setdefault((one.case_id, one.external_id or f"row:{one.row}"), []).append(one)
    named = [i for pair in pairs for i in pair]
    cases = linelists.cases_named(scope, system, named)
    known = linelists.contacts_named(scope, system, named)
    linked = {(link.infector_id, link.infectee_id): link for link in cases_reads.links(scope).filter(basis="import")}
    links: dict[tuple[Any, Any], dict[str, Any]] = {}
    fresh: list[tuple[Sequence[ToldContact], Any]] = []
    # rows about a pair come before rows about a person alone: these then find their contact
    for (case_id, own_id), several in sorted(pairs.items(), key=lambda pair: not pair[0][0]):
        case, target = cases.get(case_id), cases.get(own_id)
        if case_id and case is None:
            for one in several:
                receipt.reject(
                    one.row, "case_id", f"没有编号为{case_id}的病例", f"no case {case_id} is on record",
                    "请先导入病例", "import the line list first",
                )  # fmt: skip
        elif case is not None and target is not None and case.id == target.id:
            for one in several:
                receipt.reject(
                    one.row,
                    "case_id",
                    "病例不能感染自己",
                    "a case cannot infect itself",
                    "请核对编号",
                    "check both ids",
                )
        elif case is not None and target is not None and any(one.is_transmission != "no" for one in several):
            before = linked.get((case.id, target.id))
            if before is not None and before.extra.get("mark") == _mark(several):
                receipt.unchanged += len(several)
            else:
                links[case.id, target.id] = _link(doing, several, case, target)
                receipt.linked += len(several)
        else:
            _sort(doing, several, case, known.get(own_id, []), fresh, receipt)
    cases_writes.add_links(links.values())
    _add(doing, county, system, fresh, cases, known)
    receipt.created = sum(len(several) for several, _case in fresh)
    return Outcome("imported", county.path, "import:contacts", receipt.result())


def _mark(several: Sequence[ToldContact]) -> str:
    return "+".join(sorted(linelists.mark(one) for one in several))


def _extra(several: Sequence[ToldContact]) -> dict[str, Any]:
    """Every row of one pair: the first as the contact says it, the others beside it."""
    extra = linelists.extra_of(several[0]) | {"mark": _mark(several)}
    if len(several) > 1:
        extra["also"] = [linelists.extra_of(one) for one in several[1:]]
    return extra


def _link(doing: Doing, several: Sequence[ToldContact], case: Any, target: Any) -> dict[str, Any]:
    weight = max(WEIGHTS.get(Certainty(one.certainty or Certainty.CERTAIN), 1.0) for one in several)
    return {
        "infector_id": case.id, "infectee_id": target.id, "path": target.path, "basis": "import", "weight": weight,
        "recorded_at": doing.recorded_at, "extra": _extra(several), "keep_until": target.keep_until,
    }  # fmt: skip


def _sort(
    doing: Doing,
    several: Sequence[ToldContact],
    case: Any,
    before: Sequence[Any],
    fresh: list[tuple[Sequence[ToldContact], Any]],
    receipt: Receipt,
) -> None:
    """Known and unchanged, known and changed, known without its case yet, or new."""
    about = "person" if case is None else "pair"
    said = _mark(several)
    if case is None:
        at = before[0] if before else None
    else:
        at = next((c for c in before if c.case_id == case.id), None) or next((c for c in before if not c.case_id), None)
    if at is None:
        fresh.append((several, case))
        return
    if at.extra.get(about, {}).get("mark") == said and (case is None or at.case_id == case.id):
        receipt.unchanged += len(several)
        return
    at.extra = {**at.extra, about: _extra(several)}
    if several[0].alias:
        at.extra["alias"] = several[0].alias
    fields = {k: v for k, v in _fields(doing, several[0]).items() if v not in (None, "")}
    cases_writes.set_contacts([at.id], **fields, extra=at.extra, case_id=case.id if case else at.case_id)
    at.case_id = case.id if case else at.case_id
    receipt.updated += len(several)


def _fields(doing: Doing, one: ToldContact) -> dict[str, Any]:
    """What a told contact says, in the columns of ours."""
    over = midnight(one.last_day + timedelta(days=1)) if one.last_day else None
    ended = one.state in ENDED
    return {
        "kind": one.kind, "relation": one.relation, "certainty": one.certainty, "class_name": one.class_name,
        "first_exposure_at": midnight(one.first_exposure_on), "last_exposure_at": midnight(one.last_exposure_on),
        "state": one.state, "last_day": one.last_day, "follow_until": over,
        "identified_at": midnight(one.reported_on), "ended_at": (over or doing.at) if ended else None,
        "end_reason": f"import:{one.state}" if ended else "",
    }  # fmt: skip


def _add(
    doing: Doing,
    county: Any,
    system: str,
    fresh: Sequence[tuple[Sequence[ToldContact], Any]],
    cases: dict[str, Any],
    known: dict[str, list[Any]],
) -> None:
    """Record new contacts; somebody met by several cases is one person with several rows."""
    who: dict[str, tuple[Any, str, str]] = {}
    new: dict[str, ToldContact] = {}
    for several, _case in fresh:
        one = several[0]
        key = one.external_id or f"row:{one.row}"
        on_record = cases.get(one.external_id) or next(iter(known.get(one.external_id, ())), None)
        if on_record is not None:
            who[key] = (on_record.person_id, on_record.area_id, on_record.path)
        elif key not in new or one.name:
            new[key] = one
    people = linelists.People(doing, county)
    ids = [doing.derive(f"person:{key}") for key in new]
    who |= dict(zip(new, people.of(list(new.values()), ids), strict=True))
    people.write()
    rows: dict[tuple[Any, Any], Any] = {}
    for several, case in fresh:
        one = several[0]
        person, area, path = who[one.external_id or f"row:{one.row}"]
        about = "person" if case is None else "pair"
        # a person alone and the same person in one pair of this file are one contact
        pair = next((row for (c, p), row in rows.items() if p == person), None) if case is None else None
        if pair is not None:
            pair.extra[about] = _extra(several)
            for name, value in _fields(doing, one).items():
                if value not in (None, ""):
                    setattr(pair, name, value)
            continue
        fields = {k: v for k, v in _fields(doing, one).items() if v not in (None, "")}
        extra = {about: _extra(several)} | ({"alias": one.alias} if one.alias else {})
        made = cases_writes.new_contact(
            id=doing.derive(f"contact:{one.case_id}:{one.external_id or one.row}"), person_id=person, area_id=area,
            path=path, case=case, level=1, basis=ContactBasis.IMPORT, external_id=one.external_id,
            source_system=system, recorded_at=doing.recorded_at, keep_until=linelists.keep_until(doing), extra=extra,
            **({"identified_at": doing.at} | DEFAULTS | fields),
        )  # fmt: skip
        rows[case.id if case else None, person] = made
    cases_writes.add_contacts(list(rows.values()))

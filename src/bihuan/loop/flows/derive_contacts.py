"""From one case to everybody who met it, and to those they met: judged by the protocol, each with the reason why."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.bridge import Candidate
from bihuan.ledgers.cases.choices import ContactBasis, ContactState, ReclassKind, Step
from bihuan.ledgers.people import reads as people_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened

# What a look around a case may take back: what such a look has found, or a statement it weighs again.
OURS = (ContactBasis.TRACE, ContactBasis.HOUSEHOLD, ContactBasis.SEAT, ContactBasis.INTERVIEW)
MOST_DEPTH = 4


@flow(private=("leave_out_reason",))
def derive_contacts(
    doing: Doing, *, case: UUID, depth: int = 2, leave_out: tuple[UUID, ...] = (), leave_out_reason: str = ""
) -> Outcome:
    """Record the contacts a look around the case finds. Done again after the window moved, it takes back who no longer
    belongs and re-dates the rest; what was before is kept for an undo."""
    asked = investigations.asked_case(doing, case)
    if not 1 <= depth <= MOST_DEPTH:
        raise Refused(_("层数须为 1 到 4"), "bad_depth")
    if leave_out and not leave_out_reason.strip():
        raise Refused(_("剔除人员必须写明原因"), "no_reason")
    with widened(doing):  # contacts live in every township of the county
        traced = cases_bridge.trace_case(doing.actor.scope, asked, at=doing.at, depth=depth)
        if not traced.window.is_dated:
            raise Refused(_("还不能确定传染期，请先填写发病或采样时间"), "no_window")
        known = {c.person_id: c for c in cases_reads.contacts_of(doing.actor.scope, asked.id)}
        dropped_by_hand = {p for p, c in known.items() if c.state == ContactState.DROPPED and c.extra.get("left_out")}
        wanted = [c for c in traced.candidates if c.person not in leave_out and c.person not in dropped_by_hand]
        homes = people_reads.homes(doing.actor.scope, [c.person for c in wanted])
        fresh = [_new(doing, asked, c, homes[c.person]) for c in wanted if c.person not in known]
        by_person = {c.person_id: c.id for c in known.values()} | {c.person_id: c.id for c in fresh}
        before: dict[str, dict[str, Any]] = {}
        changed: list[Any] = []
        for candidate in wanted:
            row = known.get(candidate.person)
            if row is not None and _judge(row, candidate, asked.protocol, doing.at, before):
                changed.append(row)
        found = {c.person for c in wanted}
        gone = [
            c for p, c in known.items()
            if p not in found and c.ended_at is None and c.basis in OURS and _is_ours(c)
        ]  # fmt: skip
        for row in gone:
            before[str(row.id)] = cases_writes.snapshot(row)
            row.state, row.ended_at = ContactState.DROPPED, doing.at
            row.end_reason = "left_out" if row.person_id in leave_out else "outside_window"
            if row.person_id in leave_out:
                row.extra = {**row.extra, "left_out": leave_out_reason.strip()}
        via = {c.person: c.via for c in wanted}
        for row in fresh + changed:
            through = via.get(row.person_id)
            row.via_id = by_person.get(through) if through else None
        cases_writes.add_contacts(sorted(fresh, key=lambda c: c.level))
        cases_writes.set_judged([*changed, *gone])
        for row in gone:
            if row.extra.get("left_out"):
                cases_writes.set_contacts([row.id], extra=row.extra)
        cases_writes.set_case(
            asked.id, derived_at=doing.at, derived_from=traced.window.start, derived_until=traced.window.until,
            infectious_from=traced.window.start, infectious_until=traced.window.until,
            window_reason=traced.window.reason,
        )  # fmt: skip
        cases_writes.set_step_done(asked.id, Step.CONTACTS, at=doing.at, by=doing.actor.member)
        cases_writes.add_links(
            {"infector_id": asked.id, "infectee_id": other, "path": path, "basis": "trace",
             "weight": max(1.0, seconds / 3600), "recorded_at": doing.recorded_at}
            for other, seconds in traced.cases_met
            if (path := _infectee_path(doing, asked, other))
        )  # fmt: skip
        reclassing = None
        if asked.derived_at is not None and (before or fresh):
            reclassing = cases_writes.add_reclassing(
                id=doing.derive("reclassing"), case=asked, path=asked.path, kind=ReclassKind.WINDOW_MOVED, at=doing.at,
                reason=traced.window.reason, before={"contacts": before, "added": [str(c.id) for c in fresh]},
                counts={"added": len(fresh), "changed": len(changed), "dropped": len(gone)},
            )  # fmt: skip
    result = {
        "case": str(asked.id), "added": len(fresh), "changed": len(changed), "dropped": len(gone),
        "close": sum(c.level == 1 for c in fresh), "secondary": sum(c.level == 2 for c in fresh),
        "reclassing": str(reclassing.id) if reclassing else None,
        "_case": str(asked.id), "_contacts": [str(c.id) for c in fresh + _back(changed, before)],
        "_again": [str(c.id) for c in changed], "_gone": [str(c.id) for c in gone], "_moved": _moved(changed, before),
    }  # fmt: skip
    return Outcome("derived", asked.path, f"case:{asked.id}", result)


def _back(changed: list[Any], before: dict[str, dict[str, Any]]) -> list[Any]:
    """Contacts that had been taken back and are contacts again, or are held in another class."""
    return [
        c for c in changed
        if c.ended_at is None
        and (before[str(c.id)]["ended_at"] is not None or before[str(c.id)]["class_name"] != c.class_name)
    ]  # fmt: skip


def _moved(changed: list[Any], before: dict[str, dict[str, Any]]) -> dict[str, list[str]]:
    """Contacts whose last exposure is another now, by the new one; those that came back are proposed for anew."""
    found: dict[str, list[str]] = {}
    for row in changed:
        old = before[str(row.id)]
        new = row.last_exposure_at.astimezone(UTC).isoformat() if row.last_exposure_at else ""
        if row.ended_at is None and new and old["last_exposure_at"] != new:
            found.setdefault(new, []).append(str(row.id))
    return found


def _is_ours(row: Any) -> bool:
    """An imported contact or one of a letter is never taken back by a look around."""
    return not row.external_id


def _infectee_path(doing: Doing, asked: Any, other: UUID) -> str:
    met = cases_reads.case(doing.actor.scope, other)
    later = met is not None and (met.onset_at or met.reported_at) >= (asked.onset_at or asked.reported_at)
    return met.path if met is not None and later else ""


def _new(doing: Doing, case: Any, found: Candidate, home: tuple[str, str]) -> Any:
    contact = cases_writes.new_contact(
        id=doing.derive(f"contact:{found.person}"), person_id=found.person, area_id=home[0], path=home[1], case=case,
        state=ContactState.IDENTIFIED, identified_at=doing.at, recorded_at=doing.recorded_at,
        keep_until=cases_bridge.keep_until(case.protocol, "contact", found.follow_until or doing.at),
    )  # fmt: skip
    _write(contact, found, case.protocol)
    return contact


def _write(row: Any, found: Candidate, protocol: str) -> None:
    main = found.main
    row.level, row.class_name, row.protocol = found.level, found.class_name, protocol
    row.kind, row.relation, row.basis, row.certainty = main.kind, main.relation, main.basis, found.certainty
    row.first_exposure_at, row.last_exposure_at = found.first_at, found.last_at
    row.overlap_s, row.encounters = found.overlap_s, max(e.encounters for e in found.evidence)
    row.exposure_id = next((e.exposure for e in found.evidence if e.exposure), None)
    row.places = sorted({p for e in found.evidence for p in e.places})
    row.follow_until, row.last_day = found.follow_until, found.last_day


def _judge(row: Any, found: Candidate, protocol: str, at: datetime, before: dict[str, dict[str, Any]]) -> bool:
    """Write a second look on a contact; False where it says the same as before."""
    old = cases_writes.snapshot(row)
    if row.extra.get("by_hand"):
        kept = (row.basis, row.relation, row.kind)
        _write(row, found, protocol)
        row.basis, row.relation, row.kind = kept
    else:
        _write(row, found, protocol)
    if row.ended_at is None:
        row.end_reason = ""  # a last day that was missing may have moved
    if row.state == ContactState.DROPPED:
        row.state, row.ended_at, row.end_reason = ContactState.IDENTIFIED, None, ""
    if row.state == ContactState.COMPLETED and row.follow_until and row.follow_until > at:
        row.state, row.ended_at, row.end_reason = ContactState.FOLLOWED, None, ""
    if cases_writes.snapshot(row) == old:
        return False
    before[str(row.id)] = old
    return True

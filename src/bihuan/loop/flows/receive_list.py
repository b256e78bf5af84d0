"""A list arrives from outside: every row is accepted or rejected, matched, routed, and nothing is dropped in silence."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.bridge import Told, ToldRejection
from bihuan.ledgers.intake.choices import MatchState, RowState
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.act import Doing, Outcome, Refused, flow

# Rows are taken in steps of this many: memory stays level and progress can be told.
STEP_ROWS = 5000


@dataclass
class _Intake:
    """What is known while a list is being taken: the list itself, the county, and counts that must balance."""

    doing: Doing
    pushed: Any
    county: Any
    areas: dict[str, Any]
    keep_until: Any
    twins: intake_bridge.TwinFinder = field(default_factory=intake_bridge.TwinFinder)
    earlier: list[tuple[UUID, UUID | None]] = field(default_factory=list)  # (row, person) of each row so far
    counts: dict[str, int] = field(
        default_factory=lambda: {"duplicate_in_list": 0, "matched": 0, "created": 0, "to_review": 0}
    )


@flow(private=("rows", "rejected", "skipped", "file_name"))
def receive_list(
    doing: Doing,
    *,
    source: str,
    purpose: str,
    basis: str,
    rows: tuple[Told, ...],
    rejected: tuple[ToldRejection, ...] = (),
    skipped: tuple[dict[str, str], ...] = (),
    sheet: str = "",
    file_name: str = "",
    content_hash: str,
    upload: UUID | None = None,
) -> Outcome:
    """Take in one pushed list whole: receipt, matching against everybody on record, routing to areas."""
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None:
        raise Refused(_("名单只能由县级岗位接收"), "not_a_county")
    for words, what in ((source, _("来源")), (purpose, _("用途")), (basis, _("法律依据"))):
        if not words.strip():
            raise Refused(_("接收名单必须写明%(what)s") % {"what": what}, "incomplete")
    same = intake_reads.same_list(county.path, content_hash)
    if same:
        raise Refused(
            _("这份名单已于 %(at)s 收到，编号 %(number)s，没有再次录入")
            % {
                "at": same.received_at.astimezone(doing.at.tzinfo).strftime("%Y-%m-%d %H:%M"),
                "number": same.number,
            },
            "same_list",
        )
    keep_until = (doing.at + timedelta(days=command_bridge.limit("keep_list", doing.at).minutes // 1440)).date()
    pushed = intake_writes.add_list(
        id=doing.derive("list"),
        number=intake_reads.next_number(doing.at, county.path),
        path=county.path,
        source=source.strip(),
        purpose=purpose.strip(),
        basis=basis.strip(),
        sheet=sheet,
        file_name=file_name,
        content_hash=content_hash,
        received_at=doing.at,
        received_by_id=doing.actor.member,
        keep_until=keep_until,
    )
    areas = {a.code: a for a in territory_reads.areas(Scope(county.path))}
    work = _Intake(doing, pushed, county, areas, keep_until)
    for start in range(0, len(rows), STEP_ROWS):
        _take(work, rows[start : start + STEP_ROWS])
        if upload:
            with scoped(doing.actor.scope, "aside"):
                intake_writes.set_upload(upload, using="aside", rows_done=min(start + STEP_ROWS, len(rows)))
    _keep_rejected(work, rejected)
    receipt: dict[str, Any] = {
        "list": str(pushed.id),
        "number": pushed.number,
        "rows_read": len(rows) + len(rejected),
        "accepted": len(rows),
        "rejected": [
            {
                "row": r.row_number,
                "sheet": r.sheet,
                "column": r.column,
                "code": r.reason_code,
                "zh": r.zh,
                "en": r.en,
            }
            for r in rejected
        ],
        **work.counts,
        "skipped": list(skipped),
        "faults": sum(bool(r.faults) for r in rows),
    }
    intake_writes.set_receipt(pushed, receipt, read=receipt["rows_read"], accepted=len(rows), rejected=len(rejected))
    if upload:
        intake_writes.forget_upload(upload)
        intake_writes.set_upload(upload, state="received", rows_done=len(rows), answer={"list": str(pushed.id)})
    return Outcome("received", county.path, f"list:{pushed.id}", receipt)


def _take(work: _Intake, rows: Sequence[Told]) -> None:
    """One step of rows: twins within the list first, then everybody on record, then where to send them."""
    doing = work.doing
    twins = work.twins.add(rows)
    asked = [i for i, twin in enumerate(twins) if twin.decision != "same"]
    found = people_bridge.find([intake_bridge.record(rows[i]) for i in asked])
    verdicts = dict(zip(asked, found, strict=True))
    places = territory_bridge.locate(work.county, [(told.address, told.division_code) for told in rows])
    homes = people_reads.homes(doing.actor.scope, {v.person for v in found if v.person and v.decision == "same"})
    people: list[people_writes.NewPerson] = []
    made: list[Any] = []
    events: list[Any] = []
    for index, told in enumerate(rows):
        twin = twins[index]
        place = places[index]
        row = intake_writes.new_row(
            id=doing.derive(f"row:{told.sheet}:{told.row_number}"),
            pushed_list=work.pushed,
            row_number=told.row_number,
            name=told.name,
            address=told.address,
            sealed=cipher.seal_json(intake_bridge.words(told)),
            faults=list(told.faults),
            opened_at=doing.at,
        )
        _route(work, row, place)
        if twin.decision == "same":
            row.match_state, row.state = MatchState.DUPLICATE_IN_LIST, RowState.DUPLICATE
            row.duplicate_of_id, row.person_id = work.earlier[twin.index]
            row.probability, row.reasons = round(twin.probability, 4), twin.reasons
            row.closed_at, row.evidence = doing.at, f"row:{row.duplicate_of_id}"
        else:
            _settle(work, row, told, verdicts[index], twins[index], people)
            home = homes.get(row.person_id) if row.person_id else None
            if home and row.path == work.county.path and not place.outside_code:
                # The list says no address we can read, but we know where this person lives.
                row.area_id, row.path = home
                row.routing = {"confidence": row.probability, "reason": "residence"}
        work.counts[row.match_state] += 1
        work.earlier.append((row.id, row.person_id or row.candidate_id))
        made.append(row)
        events += intake_writes.opening(row, at=doing.at, recorded_at=doing.recorded_at)
    people_writes.add_persons(people, recorded_at=doing.recorded_at, keep_until=work.keep_until)
    intake_writes.add_rows(made)
    intake_writes.add_events(events)


def _settle(
    work: _Intake,
    row: Any,
    told: Told,
    verdict: people_bridge.Verdict,
    twin: intake_bridge.Twin,
    people: list[people_writes.NewPerson],
) -> None:
    """Say whom the row is about: somebody on record, somebody new, or a doubt for a person to look at."""
    row.probability, row.reasons = verdict.probability or None, [list(r) for r in verdict.reasons]
    if verdict.decision == "same":
        row.match_state, row.person_id = MatchState.MATCHED, verdict.person
        return
    doubt = verdict.person if verdict.decision == "review" else None
    if twin.decision == "review" and twin.probability > verdict.probability:
        doubt = work.earlier[twin.index][1]
        row.probability, row.reasons = round(twin.probability, 4), twin.reasons
    if doubt is not None:
        row.match_state, row.state, row.candidate_id = MatchState.TO_REVIEW, RowState.REVIEW, doubt
        return
    row.match_state, row.person_id = MatchState.CREATED, uuid7()
    people.append(intake_bridge.new_person(told, id_=row.person_id, area_code=row.area_id, path=row.path))


def _route(work: _Intake, row: Any, place: territory_bridge.Location) -> None:
    """Where the row is to be verified. An address we cannot read, or one of another county, waits at the county."""
    area = work.areas.get(place.area_code) or work.county
    row.area_id, row.path, row.state = area.code, area.path, RowState.UNROUTED
    row.routing = {"confidence": place.confidence, "reason": place.reason}
    if place.outside_code:
        row.routing |= {"outside_code": place.outside_code, "outside_name": place.outside_name}


def _keep_rejected(work: _Intake, rejected: Sequence[ToldRejection]) -> None:
    intake_writes.add_rejected(
        [
            intake_writes.new_rejected(
                pushed_list=work.pushed,
                path=work.county.path,
                sheet=r.sheet,
                row_number=r.row_number,
                column=r.column,
                reason_code=r.reason_code,
                reason={"zh": r.zh, "en": r.en, "faults": list(r.faults)},
                sealed=cipher.seal_json(r.cells),
            )
            for r in rejected
        ]
    )

"""Facts of intake: lists received, rows routed, closed and reopened. What the sender wrote is never touched."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection
from django.db.models import F
from django.utils import timezone

from bihuan.ledgers.intake.choices import EventKind, RowState
from bihuan.ledgers.intake.models import Dispatch, ListRow, PushedList, RejectedRow, RowEvent, Upload
from bihuan.ledgers.territory.models import Area

STEP = 5_000
_COLUMNS = ListRow._meta.local_concrete_fields


def add_list(**fields: Any) -> PushedList:
    """Enter a list in the register."""
    return PushedList.objects.create(**fields)


def set_receipt(pushed: PushedList, receipt: Mapping[str, Any], *, read: int, accepted: int, rejected: int) -> None:
    """Write the receipt on the list."""
    PushedList.objects.filter(id=pushed.id).update(
        receipt=dict(receipt), rows_read=read, rows_accepted=accepted, rows_rejected=rejected
    )


def set_replied(pushed: UUID, at: datetime) -> bool:
    """The sender has been answered; True for the first who says so."""
    return bool(PushedList.objects.filter(id=pushed, replied_at__isnull=True).update(replied_at=at))


def new_row(**fields: Any) -> ListRow:
    """A row of a list, not yet written."""
    return ListRow(**fields)


def new_rejected(**fields: Any) -> RejectedRow:
    """A row that could not be taken, not yet written."""
    return RejectedRow(**fields)


def opening(row: ListRow, *, at: datetime, recorded_at: datetime) -> list[RowEvent]:
    """What a new row does to its area's stock: it opens, and a twin of an earlier row closes at once."""
    first = event(row, EventKind.OPENED, area=row.area_id, path=row.path, at=at, recorded_at=recorded_at)
    if row.closed_at is None:
        return [first]
    return [
        first,
        event(row, EventKind.CLOSED, area=row.area_id, path=row.path, at=at, recorded_at=recorded_at),
    ]


def add_rows(rows: Sequence[ListRow]) -> None:
    """Record the rows of a list; a list may have hundreds of thousands, so PostgreSQL takes them apart itself."""
    with connection.cursor() as cursor:
        for start in range(0, len(rows), STEP):
            told = [{f.column: getattr(row, f.attname) for f in _COLUMNS} for row in rows[start : start + STEP]]
            cursor.execute(
                """INSERT INTO intake_listrow (id, pushed_list_id, row_number, area_id, path, name, address,
                   sealed, faults, person_id, match_state, candidate_id, probability, reasons, routing,
                   duplicate_of_id, dispatch_id, assignee_id, state, opened_at, closed_at, evidence,
                   return_reason, revisit_at)
                   SELECT id, pushed_list_id, row_number, area_id, path, name, address, decode(sealed, 'base64'),
                   faults, person_id, match_state, candidate_id, probability, reasons, routing, duplicate_of_id,
                   dispatch_id, assignee_id, state, opened_at, closed_at, evidence, return_reason, revisit_at
                   FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, pushed_list_id uuid, row_number int, area_id
                   text, path text, name text, address text, sealed text, faults jsonb, person_id uuid,
                   match_state text, candidate_id uuid, probability float8, reasons jsonb, routing jsonb,
                   duplicate_of_id uuid, dispatch_id uuid, assignee_id uuid, state text, opened_at timestamptz,
                   closed_at timestamptz, evidence text, return_reason text, revisit_at timestamptz)""",
                [msgspec.json.encode(told).decode()],  # bytes travel as base64
            )


def add_rejected(rows: Sequence[RejectedRow]) -> None:
    """Keep the rows that could not be taken, so that they can be mended."""
    RejectedRow.objects.bulk_create(rows, batch_size=2000)


def add_events(events: Sequence[RowEvent]) -> None:
    """Record what moved rows in and out of open stocks."""
    RowEvent.objects.bulk_create(events, batch_size=5000)


def event(
    row: ListRow, kind: EventKind, *, area: Area | str, path: str, at: datetime, recorded_at: datetime
) -> RowEvent:
    """One movement of one row, not yet written."""
    delta = 1 if kind in (EventKind.OPENED, EventKind.MOVED_IN, EventKind.REOPENED) else -1
    return RowEvent(
        row=row, area_id=area if isinstance(area, str) else area.code, path=path, kind=kind, delta=delta,
        state=row.state, at=at, recorded_at=recorded_at,
    )  # fmt: skip


def add_dispatch(**fields: Any) -> Dispatch:
    """A township is sent its rows of a list."""
    return Dispatch.objects.create(**fields)


def set_dispatched(rows: Sequence[UUID], dispatch: Dispatch) -> int:
    """These rows went out with a dispatch."""
    return ListRow.objects.filter(id__in=rows).update(dispatch=dispatch, state=RowState.DISPATCHED)


def move_row(row: ListRow, area: Area, *, routing: Mapping[str, Any], at: datetime, recorded_at: datetime) -> None:
    """Send an open row to another area: out of one stock, into the other."""
    add_events(
        [
            event(row, EventKind.MOVED_OUT, area=row.area_id, path=row.path, at=at, recorded_at=recorded_at),
            event(row, EventKind.MOVED_IN, area=area, path=area.path, at=at, recorded_at=recorded_at),
        ]
    )
    ListRow.objects.filter(id=row.id).update(
        area=area,
        path=area.path,
        routing=dict(routing),
        dispatch=None,
        assignee=None,
        state=RowState.UNROUTED,
    )


def set_person(row: UUID, **fields: Any) -> None:
    """Whom a row is about, once it is known."""
    ListRow.objects.filter(id=row).update(**fields)


def close_row(
    row: ListRow,
    state: RowState,
    *,
    evidence: str,
    at: datetime,
    recorded_at: datetime,
    return_reason: str = "",
) -> None:
    """End a row with its evidence."""
    ListRow.objects.filter(id=row.id).update(
        state=state, closed_at=at, evidence=evidence, return_reason=return_reason, revisit_at=None
    )
    row.state = state
    add_events([event(row, EventKind.CLOSED, area=row.area_id, path=row.path, at=at, recorded_at=recorded_at)])


def reopen_row(row: ListRow, *, at: datetime, recorded_at: datetime) -> None:
    """An end was wrong: the row is open again, and both its end and its reopening stay on record."""
    state = RowState.DISPATCHED if row.dispatch_id else RowState.UNROUTED
    ListRow.objects.filter(id=row.id).update(state=state, closed_at=None, evidence="", return_reason="")
    row.state = state
    add_events([event(row, EventKind.REOPENED, area=row.area_id, path=row.path, at=at, recorded_at=recorded_at)])


def set_assignee(rows: Sequence[UUID], member: UUID | None) -> int:
    """Who visits these."""
    return ListRow.objects.filter(id__in=rows, closed_at__isnull=True).update(assignee=member)


def add_visits(visits: Sequence[Mapping[str, Any]]) -> None:
    """Record visits to rows and what each means for its row, in one statement however many they are.

    A visit that `ends` its row closes it; `revisit` keeps it open until another day; one to a row that was closed
    meanwhile is kept as a fact and changes nothing. The rows are locked: `place` is where each lies.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH v AS MATERIALIZED (
                 SELECT * FROM jsonb_to_recordset(%s::jsonb) AS r(id uuid, subject text, path text, form text,
                    outcome text, answers jsonb, member uuid, at timestamptz, recorded_at timestamptz, listrow uuid, place tid,
                    area text, state text, effect text, revisit_at timestamptz)),
               visits AS (
                 INSERT INTO command_visit (id, subject, path, form, outcome, answers, member_id, at, recorded_at)
                 SELECT id, subject, path, form, outcome, answers, member, at, recorded_at FROM v),
               rows AS (
                 UPDATE intake_listrow r SET
                   state = v.state,
                   closed_at = CASE WHEN v.effect = 'ends' THEN v.at END,
                   evidence = CASE WHEN v.effect = 'ends' THEN 'visit:' || v.id ELSE '' END,
                   revisit_at = v.revisit_at,
                   assignee_id = coalesce(r.assignee_id, v.member)
                 FROM v WHERE r.ctid = v.place AND r.id = v.listrow AND v.effect <> 'none')
               INSERT INTO intake_rowevent (row_id, area_id, path, kind, delta, state, at, recorded_at)
               SELECT listrow, area, path, 'closed', -1, state, at, recorded_at FROM v WHERE v.effect = 'ends'""",
            [msgspec.json.encode(visits, enc_hook=str).decode()],
        )


def move_rows_to_person(source: UUID, target: UUID) -> list[str]:
    """All rows of one person become another's; answers which, so that it can be undone."""
    moved = [str(i) for i in ListRow.objects.filter(person=source).values_list("id", flat=True)]
    ListRow.objects.filter(person=source).update(person=target)
    return moved


def move_rows_back(rows: Sequence[str], target: UUID) -> None:
    """These rows go back to the person they came from."""
    ListRow.objects.filter(id__in=rows).update(person=target)


def add_upload(**fields: Any) -> Upload:
    """A file on its way in."""
    return Upload.objects.create(created_at=timezone.now(), **fields)


def set_upload(upload: UUID, *, using: str = "default", **fields: Any) -> None:
    """How far an upload has come. Through `aside` it is told while the long transaction is still open."""
    Upload.objects.using(using).filter(id=upload).update(**fields)


def forget_upload(upload: UUID) -> None:
    """The file has been received, or will never be: its bytes are gone."""
    Upload.objects.filter(id=upload).update(sealed=b"")


def off_list_of_the_day(path: str, at: datetime, *, source: str, received_by: UUID) -> PushedList:
    """The county's own list of people found on no list that day; made by the first find, joined by the others."""
    day = timezone.localtime(at).strftime("%Y%m%d")
    pushed, _ = PushedList.objects.get_or_create(
        path=path,
        content_hash=f"off-list:{day}",
        defaults={
            "number": f"{day}-00",
            "source": source,
            "purpose": source,
            "basis": source,
            "received_at": at,
            "received_by_id": received_by,
            "keep_until": (at + timedelta(days=180)).date(),
        },
    )
    PushedList.objects.filter(id=pushed.id).update(
        rows_read=F("rows_read") + 1, rows_accepted=F("rows_accepted") + 1, replied_at=None
    )
    return pushed


def forget_list(pushed: PushedList, at: datetime) -> list[UUID]:
    """Empty what a list said of people; its counts, states and movements stay. Answers with its rows."""
    rows = list(ListRow.objects.filter(pushed_list=pushed.id).values_list("id", flat=True))
    ListRow.objects.filter(pushed_list=pushed.id).update(
        name="", address="", sealed=b"", faults=[], reasons=[], routing={}
    )
    RejectedRow.objects.filter(pushed_list=pushed.id).delete()
    PushedList.objects.filter(id=pushed.id).update(forgotten_at=at)
    return rows

"""Facts of command: tasks opened and closed, clocks started and stopped, people told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.command.models import (
    BoardEntry,
    Clock,
    Directive,
    DirectiveItem,
    Entry,
    Hearing,
    Inspection,
    InspectionStop,
    Letter,
    Notice,
    Problem,
    Proof,
    ReadReceipt,
    Response,
    Rhythm,
    Task,
    TeamSeat,
    Visit,
)
from bihuan.ledgers.staff.models import Posting, Unit


@dataclass(frozen=True)
class Parties:
    """The four that answer for a task; only the person may be open."""

    territory_owner: Unit
    sector_supervisor: Unit
    responsible_unit: Unit
    responsible: UUID | None = None


def add_task(
    *, id_: UUID, kind: str, title: str, area_code: str, path: str, subject: str, parties: Parties, at: datetime,
    detail: Mapping[str, Any] | None = None,
) -> Task:  # fmt: skip
    """Open a task."""
    return Task.objects.create(
        id=id_, kind=kind, title=title, area_id=area_code, path=path, subject=subject, opened_at=at,
        territory_owner=parties.territory_owner, sector_supervisor=parties.sector_supervisor,
        responsible_unit=parties.responsible_unit, responsible_id=parties.responsible, detail=dict(detail or {}),
    )  # fmt: skip


def add_clock(task: Task, *, kind: str, started_at: datetime, warn_at: datetime, due_at: datetime) -> Clock:
    """Start a clock on a task; the tick looks at it first when it is time to warn."""
    return Clock.objects.create(
        task=task,
        path=task.path,
        kind=kind,
        started_at=started_at,
        warn_at=warn_at,
        due_at=due_at,
        look_at=warn_at,
    )


def close_task(task: UUID, *, at: datetime, by: UUID, outcome: str) -> bool:
    """Close a task and stop its clock; False if somebody did so before."""
    closed = Task.objects.filter(id=task, closed_at__isnull=True).update(closed_at=at, closed_by=by, outcome=outcome)
    if closed:
        Clock.objects.filter(task=task, stopped_at__isnull=True).update(stopped_at=at, look_at=None)
    return bool(closed)


def set_detail(task: UUID, **told: Any) -> None:
    """What is known of a task has grown; nothing said before is lost."""
    row = Task.objects.select_for_update().get(id=task)
    Task.objects.filter(id=task).update(detail={**row.detail, **told})


def add_team(task: Task, seats: Mapping[str, UUID], at: datetime) -> None:
    """Name the people of a team."""
    TeamSeat.objects.bulk_create(
        [TeamSeat(task=task, path=task.path, seat=s, member_id=m, named_at=at) for s, m in seats.items()]
    )


def set_look(clock: UUID, *, was: datetime, then: datetime | None, raised: int) -> bool:
    """Claim a due clock by compare-and-set: True for exactly one of several workers."""
    return bool(Clock.objects.filter(id=clock, look_at=was).update(look_at=then, raised=raised))


def add_notices(
    told: Sequence[Posting], *, kind: str, words: Mapping[str, Any], task: UUID | None, at: datetime
) -> int:
    """Tell the holders of these postings once each."""
    rows = [
        Notice(
            member_id=p.member_id,
            post_id=p.post_id,
            path=p.path,
            kind=kind,
            words=dict(words),
            task_id=task,
            created_at=at,
        )
        for p in told
    ]
    return len(Notice.objects.bulk_create(rows, ignore_conflicts=True))


def set_read(member: UUID, notices: Sequence[UUID], at: datetime) -> int:
    """The member has seen these."""
    return Notice.objects.filter(member=member, id__in=notices, read_at__isnull=True).update(read_at=at)


def add_letter(**fields: Any) -> Letter:
    """Enter a letter in the register."""
    return Letter.objects.create(**fields)


def set_letter_sent(letter: UUID, at: datetime) -> None:
    """The letter has left."""
    Letter.objects.filter(id=letter, sent_at__isnull=True).update(sent_at=at)


def set_letter_acknowledged(letter: UUID, at: datetime) -> None:
    """The addressee has confirmed."""
    Letter.objects.filter(id=letter, acknowledged_at__isnull=True).update(acknowledged_at=at)


def add_response(**fields: Any) -> Response:
    """An outbreak is being answered from now on."""
    return Response.objects.create(**fields)


def end_responses(path: str, at: datetime) -> None:
    """Whatever response was in force there ends."""
    Response.objects.filter(path=path, response_until__isnull=True).update(response_until=at)


def move_tasks(from_member: UUID, to_member: UUID, path: str) -> int:
    """The open tasks of one member at a place become another's."""
    return Task.objects.filter(
        responsible=from_member, closed_at__isnull=True, path__gte=path, path__lt=path + "~"
    ).update(responsible=to_member)


def add_visit(**fields: Any) -> Visit:
    """A form filled about somebody or something; its id is the act's."""
    return Visit.objects.create(**fields)


def forget_answers(subjects: Sequence[str]) -> None:
    """Empty what visits wrote down about these subjects; that they took place stays."""
    Visit.objects.filter(subject__in=subjects).update(answers={})


def set_task_detail(task: UUID, detail: Mapping[str, Any]) -> None:
    """What a task carries besides its parties: its source sentence, who reported it done, why it was reopened."""
    Task.objects.filter(id=task).update(detail=dict(detail))


def reopen_task(task: UUID, detail: Mapping[str, Any], look_at: datetime) -> bool:
    """A closed task runs again with its old limit; False if it was open. The tick looks at its clock again."""
    opened = Task.objects.filter(id=task, closed_at__isnull=False).update(
        closed_at=None, closed_by=None, outcome="", detail=dict(detail)
    )
    if opened:
        Clock.objects.filter(task=task).update(stopped_at=None, look_at=look_at)
    return bool(opened)


def set_task_owner(task: UUID, unit: UUID, responsible: UUID | None) -> None:
    """Another unit answers for an open task."""
    Task.objects.filter(id=task, closed_at__isnull=True).update(responsible_unit=unit, responsible=responsible)


def set_due(task: UUID, due_at: datetime, warn_at: datetime) -> None:
    """A running clock gets another limit."""
    Clock.objects.filter(task=task, stopped_at__isnull=True).update(
        due_at=due_at, warn_at=warn_at, look_at=warn_at, raised=0
    )


def add_problem(**fields: Any) -> Problem:
    """A finding enters the ledger."""
    return Problem.objects.create(**fields)


def set_problem(problem: UUID, **fields: Any) -> None:
    """What is known of a problem changes."""
    Problem.objects.filter(id=problem).update(**fields)


def add_proof(**fields: Any) -> Proof:
    """Words or a sealed photo that show something."""
    return Proof.objects.create(**fields)


def add_board_entry(**fields: Any) -> bool:
    """A hazard goes on the watch board; False if it hangs there."""
    BoardEntry.objects.bulk_create([BoardEntry(**fields)], ignore_conflicts=True)
    return BoardEntry.objects.filter(id=fields["id"]).exists()


def take_from_board(problem: UUID, at: datetime, because: str) -> int:
    """A hazard comes off the watch board."""
    return BoardEntry.objects.filter(problem=problem, taken_at__isnull=True).update(taken_at=at, taken_because=because)


def add_inspection(stops: Sequence[Mapping[str, Any]], **fields: Any) -> Inspection:
    """A round is planned with its stops."""
    made = Inspection.objects.create(**fields)
    InspectionStop.objects.bulk_create([InspectionStop(inspection=made, path=made.path, **s) for s in stops])
    return made


def set_stop(stop: UUID, visit: UUID) -> bool:
    """Somebody has been to a stop; False if somebody was before."""
    return bool(InspectionStop.objects.filter(id=stop, visit__isnull=True).update(visit=visit))


def add_directive(items: Sequence[Mapping[str, Any]], **fields: Any) -> Directive:
    """A text enters with what it orders, as proposed."""
    made = Directive.objects.create(**fields)
    DirectiveItem.objects.bulk_create([DirectiveItem(directive=made, path=made.path, **i) for i in items])
    return made


def add_item(directive: Directive, **fields: Any) -> DirectiveItem:
    """An officer adds something the text orders."""
    return DirectiveItem.objects.create(directive=directive, path=directive.path, **fields)


def set_items(items: Sequence[UUID], **fields: Any) -> int:
    """What is known of draft items changes; those no longer drafts stay as they are."""
    return DirectiveItem.objects.filter(id__in=items, state="draft").update(**fields)


def add_receipt(**fields: Any) -> None:
    """A unit has read a version; the first time counts."""
    ReadReceipt.objects.bulk_create([ReadReceipt(**fields)], ignore_conflicts=True)


def add_rhythm(**fields: Any) -> Rhythm:
    """A task will come back."""
    return Rhythm.objects.create(**fields)


def set_rhythm(rhythm: UUID, *, was: datetime, then: datetime) -> bool:
    """Claim the next opening by compare-and-set: True for exactly one of several workers."""
    return bool(Rhythm.objects.filter(id=rhythm, next_at=was, stopped_at__isnull=True).update(next_at=then))


def stop_rhythm(rhythm: UUID, at: datetime) -> bool:
    """A task no longer comes back."""
    return bool(Rhythm.objects.filter(id=rhythm, stopped_at__isnull=True).update(stopped_at=at))


def set_entries(entries: Sequence[Mapping[str, Any]]) -> dict[str, UUID]:
    """Entries of a register enter or are brought up to date by their name; answers with the id of each."""
    rows = [Entry(**e) for e in entries]
    Entry.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["register", "name"],
        update_fields=["number", "area", "path", "unit", "sector", "cells"],
    )  # fmt: skip
    names = [r.name for r in rows]
    return (
        dict(Entry.objects.filter(register=rows[0].register, name__in=names).values_list("name", "id")) if rows else {}
    )


def add_hearing(**fields: Any) -> Hearing:
    """A talk or a referral is opened."""
    return Hearing.objects.create(**fields)


def set_hearing(hearing: UUID, **fields: Any) -> None:
    """What became of a talk or a referral."""
    Hearing.objects.filter(id=hearing).update(**fields)

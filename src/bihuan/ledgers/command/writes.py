"""Facts of command: tasks opened and closed, clocks started and stopped, people told."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from bihuan.ledgers.command.models import Clock, Letter, Notice, Response, Task, TeamSeat, Visit
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

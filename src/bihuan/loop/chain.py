"""What several acts of the testing chain share: who answers for a station's matters, and a task with its clock."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Refused

EVERYBODY = Scope(EVERYWHERE)
COUNTY_BODIES = [UnitKind.WORKING_GROUP, UnitKind.HEADQUARTERS]


def order(
    doing: Doing, *, kind: str, title: str, path: str, subject: str, started_at: datetime, roles: Sequence[str],
    warn_at: datetime | None = None, due_at: datetime | None = None, detail: dict[str, Any] | None = None,
) -> Any:  # fmt: skip
    """Open a task about a link of the chain at `path`, with the clock of its kind, and tell whoever answers there."""
    limit = command_bridge.limit(kind, started_at)
    place = territory_reads.above(path)[-1]
    sector = staff_reads.unit_of(path, COUNTY_BODIES)
    owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP]) or sector
    if owner is None or sector is None:
        raise Refused(
            _("“%(area)s”没有登记乡镇单位或县级工作组，任务无人负责") % {"area": place.name}, "nobody_answers"
        )
    told = staff_reads.answering(path, roles, doing.at) or staff_reads.answering(path, [Role.OFFICE], doing.at)
    task = command_writes.add_task(
        id_=doing.derive(f"task:{kind}:{subject}"),
        kind=kind,
        title=title,
        area_code=place.code,
        path=path,
        subject=subject,
        parties=command_writes.Parties(owner, sector, owner, told[0].member_id if told else None),
        at=doing.at,
        detail=detail,
    )
    due = due_at or limit.due(started_at)
    command_writes.add_clock(
        task, kind=kind, started_at=started_at, warn_at=warn_at or limit.warn(started_at), due_at=due
    )
    words = {"title": title, "due_at": due.isoformat(), "area": place.name}
    command_writes.add_notices(told, kind=kind, words=words, task=task.id, at=doing.at)
    return task


def done(doing: Doing, kind: str, subject: str, outcome: str) -> None:
    """What a task about a link of the chain waited for has come: it ends, and its clock stops."""
    for task in command_reads.open_tasks(EVERYBODY).filter(subject=subject, kind=kind):
        command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=outcome)


def found_all(doing: Doing, recall: UUID) -> None:
    """End the search of a positive pool once everybody in it was told and has a single of their own."""
    waiting = [r for r in lab_reads.rechecks(EVERYBODY, recall) if r.told_at is None or r.tube_id is None]
    if not waiting:
        done(doing, TaskKind.RECALL_POOL, f"recall:{recall}", "found")


def count_at(
    doing: Doing, stage: str, expected: Collection[str], scanned: Collection[str], *, path: str, session: Any = None,
    box: Any = None,
) -> Any:  # fmt: skip
    """Compare the tubes scanned at a hand-over with those that should be there, and keep the count either way."""
    there, told = set(expected), [code.strip() for code in scanned]
    missing = sorted(there - set(told))
    twice = {code for code in told if told.count(code) > 1} if len(told) != len(set(told)) else set()
    extra = sorted((set(told) - there) | twice)
    return lab_writes.add_receipt(
        id=doing.derive(f"receipt:{stage}:{box.id if box else ''}"),
        stage=stage,
        session=session,
        box=box,
        path=path,
        member_id=doing.actor.member,
        at=doing.at,
        expected=len(there),
        counted=len(told),
        missing=missing,
        extra=extra,
        is_accepted=not missing and not extra,
    )

"""What an outcome calls for becomes a task with its parties and a clock. Done by rule."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow

COUNTY = (UnitKind.WORKING_GROUP, UnitKind.HEADQUARTERS)


@flow(private=("title", "detail"))
def open_follow_up(
    doing: Doing,
    *,
    kind: str,
    title: str,
    path: str,
    subject: str,
    limit: str,
    roles: tuple[str, ...],
    detail: dict[str, Any] | None = None,
    responsible: UUID | None = None,
    is_repeatable: bool = False,
) -> Outcome:
    """Open the task where it is to be done and tell those who answer there, or the one who is named.

    One still open for the same subject is kept, unless several may be asked for at once.
    """
    area = territory_reads.above(path)[-1]
    subject = subject or f"area:{area.code}"
    open_before = command_reads.open_tasks(Scope(EVERYWHERE)).filter(kind=kind, subject=subject).first()
    if open_before is not None and not is_repeatable:
        return Outcome("open_before", path, f"task:{open_before.id}", {"task": str(open_before.id)})
    sector = staff_reads.unit_of(path, COUNTY)
    owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP]) or sector
    if owner is None or sector is None:
        raise Refused(_("“%(area)s”没有登记乡镇单位或县级工作组，任务无人负责") % {"area": area.name}, "nobody_answers")
    told = staff_reads.answering(path, roles, doing.at)
    if responsible is not None:
        told = list(staff_reads.postings(Scope(EVERYWHERE), doing.at).filter(member=responsible)[:1])
    unit = told[0].post.unit if told else owner
    task = command_writes.add_task(
        id_=doing.derive("task"),
        kind=kind,
        title=title,
        area_code=area.code,
        path=path,
        subject=subject,
        parties=command_writes.Parties(owner, sector, unit, told[0].member_id if told else None),
        at=doing.at,
        detail=detail,
    )
    clock = command_bridge.limit(limit, doing.at)
    command_writes.add_clock(
        task, kind=limit, started_at=doing.at, warn_at=clock.warn(doing.at), due_at=clock.due(doing.at)
    )
    words = {"title": title, "due_at": clock.due(doing.at).isoformat(), "area": area.name}
    command_writes.add_notices(told, kind="task", words=words, task=task.id, at=doing.at)
    return Outcome("opened", path, f"task:{task.id}", {"task": str(task.id)})

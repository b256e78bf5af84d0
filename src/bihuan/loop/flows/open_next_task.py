"""A task comes back, or a report is due: a rhythm has come to the next instant."""

from datetime import timedelta
from uuid import UUID

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import REPORT_DELIVERY
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def open_next_task(doing: Doing, *, rhythm: UUID) -> Outcome:
    """Open the next task of a rhythm, dated to when it was due to open, once; whoever holds the post now gets it."""
    asked = command_reads.rhythm(Scope(EVERYWHERE), rhythm)
    if asked is None or asked.next_at > doing.at:
        return Outcome("nothing_due", doing.actor.scope.path, f"rhythm:{rhythm}")
    opens = asked.next_at
    if not command_writes.set_rhythm(asked.id, was=opens, then=opens + timedelta(minutes=asked.every_minutes)):
        return Outcome("claimed_before", asked.path, f"rhythm:{asked.id}")
    if asked.kind == REPORT_DELIVERY:
        told = list(staff_reads.postings(Scope(EVERYWHERE), doing.at).filter(post__unit=asked.responsible_unit_id))
        report = {"title": asked.title, "area": asked.area.name, "code": asked.area_id, "as_of": opens.isoformat()}
        report["report"] = asked.detail["report"]
        command_writes.add_notices(told, kind="report_ready", words=report, task=None, at=doing.at)
        return Outcome("opened", asked.path, f"rhythm:{asked.id}", {"told": len(told)})
    chief = staff_reads.chief(Scope(EVERYWHERE), asked.responsible_unit_id, doing.at)
    person = chief.member_id if chief else asked.responsible_id
    task = command_writes.add_task(
        id_=doing.derive("task"), kind=asked.kind, title=asked.title, area_code=asked.area_id, path=asked.path,
        subject=asked.subject, at=opens, detail={**asked.detail, "rhythm": str(asked.id)},
        parties=command_writes.Parties(
            asked.territory_owner, asked.sector_supervisor, asked.responsible_unit, person
        ),
    )  # fmt: skip
    due = opens + timedelta(minutes=asked.due_minutes)
    command_writes.add_clock(task, kind="task", started_at=opens, warn_at=opens + (due - opens) / 2, due_at=due)
    words = {"title": asked.title, "area": asked.area.name, "due_at": due.isoformat()}
    if chief:
        command_writes.add_notices([chief], kind="task_given", words=words, task=task.id, at=doing.at)
    return Outcome("opened", asked.path, f"task:{task.id}", {"task": str(task.id)})

"""Samples stand at a checkpoint: a clock of two hours runs from the first, and a departure that is missed is an alarm."""

from uuid import UUID

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import figures as lab_figures
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY, order

AT_THE_POST = [Role.CHECKPOINT, Role.SAMPLER]


@flow()
def alarm_departure(doing: Doing, *, session: UUID) -> Outcome:
    """Start the clock of a post's oldest sample; when it has run out, tell the post and the headquarters."""
    asked = lab_reads.session(EVERYBODY, session)
    first = lab_figures.oldest_at(EVERYBODY, session)
    assert asked is not None
    subject = f"session:{asked.id}"
    if first is None or first > doing.at:
        return Outcome("nothing_due", asked.path, subject)
    task = command_reads.open_tasks(EVERYBODY).filter(subject=subject, kind=TaskKind.SEND_SAMPLES).first()
    if task is None:
        order(
            doing, kind=TaskKind.SEND_SAMPLES, title=asked.station.name, path=asked.path, subject=subject,
            started_at=first, roles=AT_THE_POST,
        )  # fmt: skip
        return Outcome("clock_started", asked.path, subject, {"oldest": first.isoformat()})
    due = command_bridge.limit(TaskKind.SEND_SAMPLES, first).due(first)
    if doing.at < due:
        return Outcome("nothing_due", asked.path, subject)
    told = staff_reads.answering(asked.path, AT_THE_POST, doing.at)
    told += staff_reads.answering(asked.path, [Role.OFFICE], doing.at)
    words = {"title": asked.station.name, "due_at": due.isoformat(), "area": asked.station.area.name}
    command_writes.add_notices(told, kind="departure_missed", words=words, task=task.id, at=doing.at)
    return Outcome("departure_missed", asked.path, subject, {"told": [str(p.member_id) for p in told]})

"""An instrument was tried: it works, or its repair is somebody's task with a clock (R058)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.answering import open_clocked


@flow(private=("note",))
def check_device(doing: Doing, *, device: UUID, works: bool, note: str = "") -> Outcome:
    """Record a test. Broken opens one repair task, however often it is found broken; working again closes it."""
    one = territory_reads.device(doing.actor.scope, device)
    if one is None:
        raise Refused(_("没有这台设备，或不在您的辖区"), "no_such_device")
    subject = f"device:{one.id}"
    if not territory_writes.set_device_tested(one.id, at=doing.at, works=works):
        return Outcome("older", one.path, subject)
    with widened(doing):
        waiting = list(command_reads.open_tasks_about(subject))
        if works:
            for task in waiting:
                command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=f"act:{doing.id}")
            return Outcome("works", one.path, subject)
        if waiting:
            return Outcome("still_broken", one.path, subject, {"task": str(waiting[0].id)})
        task = open_clocked(
            doing, kind=TaskKind.REPAIR_DEVICE, title=f"{one.place.name} · {one.kind_words} {one.label}",
            area=one.place.area, path=one.path, subject=subject, notice="device_broken",
            roles=([Role.TOWNSHIP], [Role.OFFICE, Role.COMMANDER]), detail={"note": note.strip()[:500]},
        )  # fmt: skip
    return Outcome("broken", one.path, subject, {"task": str(task.id)})

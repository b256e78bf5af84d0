"""What several acts of sampling slots share: the tasks about those who missed theirs."""

from uuid import UUID

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.loop.act import Doing, widened
from bihuan.loop.chain import EVERYBODY

_VILLAGE_STEPS = 6  # the leading slash, then province, city, county, township, village


def village(path: str) -> str:
    """The village or community a door lies in: whoever answers there looks for those who missed their slot."""
    return "/".join(path.rstrip("/").split("/")[:_VILLAGE_STEPS]) + "/"


def end_tasks(doing: Doing, plan: UUID) -> None:
    """End the tasks of villages in which nobody of this plan is missed any more."""
    with widened(doing):
        missed = slot_reads.appointments(EVERYBODY, plan).filter(missed_at__isnull=False, settled_at__isnull=True)
        waiting = {f"slots:{plan}:{village(path)}" for path in missed.order_by().values_list("path", flat=True)}
        tasks = command_reads.open_tasks(EVERYBODY).filter(
            kind=TaskKind.MISSED_SLOT, subject__startswith=f"slots:{plan}:"
        )
        for task in tasks.exclude(subject__in=waiting):
            command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome="settled")

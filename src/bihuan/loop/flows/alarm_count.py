"""A count at a hand-over was wrong: whoever must find the tubes is told, with a clock."""

from uuid import UUID

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY, order


@flow()
def alarm_count(doing: Doing, *, box: UUID) -> Outcome:
    """Open a task about a stopped box, once while it is stopped."""
    asked = lab_reads.box(EVERYBODY, box)
    assert asked is not None  # whoever sets this off has just counted it
    subject = f"box:{asked.id}"
    if command_reads.open_tasks(EVERYBODY).filter(subject=subject, kind=TaskKind.TUBES_MISSING).exists():
        return Outcome("known", asked.path, subject)
    receipt = lab_reads.receipts(EVERYBODY, box_id=asked.id).first()
    detail = {"missing": receipt.missing, "extra": receipt.extra} if receipt else {}
    order(
        doing, kind=TaskKind.TUBES_MISSING, title=asked.code, path=asked.path, subject=subject, started_at=doing.at,
        roles=[Role.TOWNSHIP], detail=detail,
    )  # fmt: skip
    return Outcome("told", asked.path, subject)

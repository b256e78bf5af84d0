"""A long checked file is handed to a worker."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import FileState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="record_result")
def queue_results(doing: Doing, *, file: UUID) -> Outcome:
    """Let a worker take a file; it stays checked, and can be given up, until it is taken whole."""
    asked = lab_reads.file(doing.actor.scope, file)
    if asked is None or not lab_writes.set_file(asked.id, FileState.CHECKED, state=FileState.QUEUED):
        raise Refused(_("没有这个已核对的结果文件"), "no_such_file")
    return Outcome("queued", asked.path, f"resultfile:{asked.id}")

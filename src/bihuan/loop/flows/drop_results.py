"""A checked file is given up before anything of it was recorded."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import FileState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="record_result")
def drop_results(doing: Doing, *, file: UUID) -> Outcome:
    """Forget the content of a file that was not taken; that it came, and was given up, stays on record."""
    asked = lab_reads.file(doing.actor.scope, file)
    waits = asked is not None and asked.state in (FileState.CHECKED, FileState.QUEUED)
    if (
        asked is None
        or not waits
        or not lab_writes.set_file(asked.id, asked.state, state=FileState.DROPPED, sealed=None)
    ):
        raise Refused(_("没有这个已核对的结果文件"), "no_such_file")
    return Outcome("dropped", asked.path, f"resultfile:{asked.id}")

"""The receiver thought better of it: the file is gone before anything of it was recorded."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="receive_list")
def drop_upload(doing: Doing, *, upload: UUID) -> Outcome:
    """Forget a file that was never received."""
    asked = intake_reads.upload(doing.actor.member, upload)
    if asked is None or asked.state in ("received", "dropped"):
        raise Refused(_("没有这个待接收的文件"), "no_such_upload")
    intake_writes.forget_upload(asked.id)
    intake_writes.set_upload(asked.id, state="dropped")
    return Outcome("dropped", asked.path, f"upload:{asked.id}")

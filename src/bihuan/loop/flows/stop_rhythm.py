"""A task no longer comes back."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="dispatch_items", private=("reason",))
def stop_rhythm(doing: Doing, *, rhythm: UUID, reason: str) -> Outcome:
    """Stop a rhythm with a reason; tasks already open stay open."""
    asked = command_reads.rhythm(doing.actor.scope, rhythm)
    if asked is None:
        raise Refused(_("没有这项周期任务"), "no_such_rhythm")
    if not reason.strip():
        raise Refused(_("请写明停止的理由"), "no_reason")
    command_writes.stop_rhythm(asked.id, doing.at)
    return Outcome("stopped", asked.path, f"rhythm:{asked.id}")

"""A hazard comes off the watch board, with the reason."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="put_on_board", private=("reason",))
def take_off_board(doing: Doing, *, problem: UUID, reason: str) -> Outcome:
    """Take a problem off the watch board (摘牌)."""
    asked = command_reads.problem(doing.actor.scope, problem)
    if asked is None:
        raise Refused(_("没有这个问题"), "no_such_problem")
    if not reason.strip():
        raise Refused(_("请写明摘牌理由"), "no_reason")
    if not command_writes.take_from_board(asked.id, doing.at, reason.strip()):
        raise Refused(_("该问题不在牌上"), "not_on_board")
    return Outcome("taken", asked.path, f"problem:{asked.id}")

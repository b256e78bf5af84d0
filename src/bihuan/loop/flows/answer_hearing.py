"""Whoever a hearing is about says their part; the reply is sealed and stands beside the facts."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.people import cipher
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def answer_hearing(doing: Doing, *, hearing: UUID, words: str) -> Outcome:
    """Give one's own reply to a hearing; nobody else gives it."""
    asked = command_reads.hearing(doing.actor.scope, hearing)
    if asked is None or asked.member_id != doing.actor.member:
        raise Refused(_("没有需要您答复的事项"), "no_such_hearing")
    if asked.decided_at is not None:
        raise Refused(_("已作出决定：请按申诉渠道提出"), "decided")
    if not words.strip():
        raise Refused(_("请写明您的说明"), "no_words")
    command_writes.set_hearing(asked.id, sealed_reply=cipher.seal(words.strip()), replied_at=doing.at)
    return Outcome("answered", asked.path, f"problem:{asked.problem_id}")

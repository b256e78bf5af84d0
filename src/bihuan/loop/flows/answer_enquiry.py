"""Somebody who asked gets an answer, and with it the clock stops (R212, R214)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public import writes as public_writes
from bihuan.ledgers.command.public.choices import EnquiryKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("answer",))
def answer_enquiry(doing: Doing, *, enquiry: UUID, answer: str, show: bool = False) -> Outcome:
    """Answer once. A question may be shown to everybody with its answer; a tip-off or a clue never is."""
    asked = public_reads.enquiry(doing.actor.scope, enquiry)
    if asked is None:
        raise Refused(_("没有这条咨询，或不在您的辖区"), "no_such_enquiry")
    if not answer.strip():
        raise Refused(_("请写明答复"), "no_answer")
    if show and asked.kind != EnquiryKind.QUESTION:
        raise Refused(_("举报和线索不公开"), "not_shown")
    if not command_writes.close_task(asked.task_id, at=doing.at, by=doing.actor.member, outcome=answer.strip()[:200]):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    public_writes.set_answer(asked.id, answer=answer.strip(), at=doing.at, by=doing.actor.member, is_shown=show)
    return Outcome("answered", asked.path, f"enquiry:{asked.id}", {"number": asked.number})

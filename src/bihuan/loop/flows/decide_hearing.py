"""A person decides how a hearing ends, after the reply or once its time has passed. No score, no rule, no machine does."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import HearingDecision, HearingKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def decide_hearing(doing: Doing, *, hearing: UUID, decision: str, reason: str) -> Outcome:
    """End a hearing with a decision and its reason; only a referral may be sent on."""
    asked = command_reads.hearing(doing.actor.scope, hearing)
    if asked is None or asked.decided_at is not None:
        raise Refused(_("没有待决定的事项"), "no_such_hearing")
    if asked.member_id == doing.actor.member:
        raise Refused(_("不能决定自己的事项"), "oneself")
    if decision not in HearingDecision.values or not reason.strip():
        raise Refused(_("请选择决定并写明理由"), "no_reason")
    if decision == HearingDecision.SENT and asked.kind != HearingKind.REFERRAL:
        raise Refused(_("只有移交事项可以移交"), "not_referral")
    if asked.replied_at is None and doing.at < asked.reply_by:
        raise Refused(_("对方尚未答复，答复期未满，不能决定"), "not_heard")
    command_writes.set_hearing(
        asked.id, decision=decision, reason=reason.strip(), decided_at=doing.at, decided_by_id=doing.actor.member
    )
    return Outcome("decided", asked.path, f"problem:{asked.problem_id}")

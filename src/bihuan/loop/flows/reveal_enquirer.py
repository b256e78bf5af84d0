"""Who reported is looked up: only with a reason, and the journal keeps who looked (R213: whoever reports is protected)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.public import reads as public_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reveal_enquirer(doing: Doing, *, enquiry: UUID, reason: str) -> Outcome:
    """Let the caller see the contact of one enquiry."""
    asked = public_reads.enquiry(doing.actor.scope, enquiry)
    if asked is None:
        raise Refused(_("没有这条咨询，或不在您的辖区"), "no_such_enquiry")
    if len(reason.strip()) < 2:
        raise Refused(_("查看个人信息必须写明理由"), "no_reason")
    return Outcome("revealed", asked.path, f"enquiry:{asked.id}")

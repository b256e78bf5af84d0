"""Somebody looks at whom a stop was about: the reason is asked, the look is journalled."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake.sightings import reads as sighting_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reveal_sighting(doing: Doing, *, sighting: UUID, reason: str) -> Outcome:
    """Let the caller open one stop's sealed words; the journal keeps who, which, when and why, not what."""
    if len(reason.strip()) < 2:
        raise Refused(_("查看个人信息必须写明理由"), "no_reason")
    one = sighting_reads.sighting(doing.actor.scope, sighting)
    if one is None:
        raise Refused(_("没有这条记录，或不在您的辖区"), "no_such_sighting")
    return Outcome("revealed", one.path, f"sighting:{one.id}")

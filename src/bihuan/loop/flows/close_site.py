"""A site takes nobody from now on. To open again it is checked again."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def close_site(doing: Doing, *, facility: UUID) -> Outcome:
    """Close an open facility; what is passed before does not open it again."""
    asked = resources_reads.facility_for_update(doing.actor.scope, facility)
    if asked is None:
        raise Refused(_("没有这个设施，或不在您的辖区"), "no_such_facility")
    if not resources_writes.set_closed(asked.id, doing.at):
        raise Refused(_("这个设施没有启用"), "not_open")
    return Outcome("closed", asked.path, f"facility:{asked.id}")

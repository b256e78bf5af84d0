"""A rehearsal has been computed, or could not be. Done by rule, by the worker that ran it."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.rehearsals import reads as rehearsal_reads
from bihuan.ledgers.orders.rehearsals import writes as rehearsal_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("daily", "figures"))
def finish_rehearsal(
    doing: Doing, *, rehearsal: UUID, state: str, fault: str = "", waits_for: str = "",
    daily: dict[str, Any] | None = None, figures: list[dict[str, Any]] | None = None,
) -> Outcome:  # fmt: skip
    """Record what came out."""
    found = rehearsal_reads.rehearsal(doing.actor.scope, rehearsal)
    if found is None:
        raise Refused(_("没有这次推演，或不在您的辖区"), "no_rehearsal")
    told: dict[str, Any] = {
        "fault": fault,
        "waits_for": waits_for,
        "days_done": found.all_days if figures else found.days_done,
    }
    told |= ({"daily": daily} if daily is not None else {}) | ({"figures": figures} if figures is not None else {})
    if not rehearsal_writes.end(rehearsal, state=state, at=doing.at, **told):
        raise Refused(_("这次推演已经结束"), "ended")
    return Outcome("finished", found.path, f"rehearsal:{rehearsal}", {"state": state})

"""The clerk decides where a row belongs when its address did not say it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def route_row(doing: Doing, *, row: UUID, area: str, reason: str = "") -> Outcome:
    """Send an open row to an area of the county; it leaves the one it was in."""
    asked = intake_reads.row(doing.actor.scope, row)
    to = territory_reads.area(area)
    if asked is None:
        raise Refused(_("没有这一行，或不在您的辖区"), "no_such_row")
    if to is None or not doing.actor.scope.holds(to.path) or to.path.count("/") < 5:
        raise Refused(_("请选择本县的乡镇、村或网格"), "no_such_area")
    if asked.closed_at is not None:
        raise Refused(_("这一行已办结；如确需改派，请先重开"), "already_ended")
    routing = {"reason": "clerk", "words": reason, "confidence": 1.0}
    intake_writes.move_row(asked, to, routing=routing, at=doing.at, recorded_at=doing.recorded_at)
    return Outcome("routed", to.path, f"row:{asked.id}", {"_list": str(asked.pushed_list_id), "area": to.code})

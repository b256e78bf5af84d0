"""So many passed a post clear in an hour. A number is all that is kept of them (R047)."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake.sightings import writes as sighting_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_AN_ACT = 10_000


@flow()
def count_crossings(doing: Doing, *, place: UUID, hour: datetime, clear: int) -> Outcome:
    """Add to the count of one hour; the act's id keeps a count sent twice from counting twice."""
    where = territory_reads.place(place)
    if where is None or not doing.actor.scope.holds(where.path):
        raise Refused(_("没有这个场所，或不在您的辖区"), "no_such_place")
    if not 0 < clear <= MOST_AN_ACT or hour.tzinfo is None:
        raise Refused(_("通过人数应为 1 到 10000 的整数，并写明小时"), "bad_count")
    sighting_writes.add_clear(where.id, where.path, hour.replace(minute=0, second=0, microsecond=0), clear)
    return Outcome("counted", where.path, f"place:{where.id}", {"clear": clear})

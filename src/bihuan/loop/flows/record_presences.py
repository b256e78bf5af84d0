"""Who was where: rows of a scan register, a ticket office or a roster, as evidence that expires."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.intake.presences import writes as presence_writes
from bihuan.ledgers.intake.presences.choices import PresenceSource
from bihuan.ledgers.intake.presences.writes import NewPresence
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """One person at one place, half-open."""

    person: UUID
    place: UUID
    seen_from: datetime
    seen_until: datetime


@flow(private=("seen",))
def record_presences(doing: Doing, *, source: PresenceSource, evidence: str, seen: tuple[Seen, ...]) -> Outcome:
    """Record who was where, for the contacts of a case to be found; known presences are not recorded twice."""
    scope = doing.actor.scope
    places = {place.id: place.path for place in territory_reads.places(scope).filter(id__in={s.place for s in seen})}
    people = people_reads.these_exist(scope, {s.person for s in seen})
    rows = []
    for number, one in enumerate(seen, 1):
        if one.place not in places:
            raise Refused(_("第%(row)s行：没有这个场所，或不在您的辖区") % {"row": number}, "no_such_place")
        if one.person not in people:
            raise Refused(_("第%(row)s行：没有此人，或不在您的辖区") % {"row": number}, "no_such_person")
        if one.seen_until <= one.seen_from:
            raise Refused(_("第%(row)s行：离开时间须晚于到达时间") % {"row": number}, "ends_before_it_begins")
        if one.seen_from > doing.recorded_at:
            raise Refused(_("第%(row)s行：时间不能晚于现在") % {"row": number}, "in_the_future")
        rows.append(NewPresence(one.person, one.place, places[one.place], one.seen_from, one.seen_until))
    keep = timedelta(minutes=command_bridge.limit("keep_sighting", doing.at).minutes)
    new = presence_writes.add_presences(
        rows, source=source, evidence=evidence, recorded_at=doing.recorded_at, keep_until=(doing.at + keep).date()
    )
    return Outcome("recorded", scope.path, evidence, {"rows": len(rows), "new": new})

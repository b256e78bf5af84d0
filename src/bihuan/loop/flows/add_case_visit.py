"""Where somebody was, as the case tells it or a record shows it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Protection, VisitSource
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.investigations import Companion


@flow(private=("words", "activity", "companions", "vehicle"))
def add_case_visit(
    doing: Doing,
    *,
    case: UUID,
    from_at: datetime,
    until_at: datetime | None = None,
    place: UUID | None = None,
    words: str = "",
    person: UUID | None = None,
    activity: str = "",
    companions: tuple[Companion, ...] = (),
    protection: Protection = Protection.UNKNOWN,
    source: VisitSource = VisitSource.INTERVIEW,
    vehicle: dict[str, str] = {},  # noqa: B006 - a default of a verb is read, never changed
) -> Outcome:
    """Record one stay for the investigation of a case: the case's own, or that of a `person` who met it."""
    asked = investigations.asked_case(doing, case)
    if place is None and not words.strip():
        raise Refused(_("请选择场所，或写下地点"), "no_place")
    if place is not None and territory_reads.place(place) is None:
        raise Refused(_("没有这个场所"), "no_such_place")
    if until_at is not None and until_at <= from_at:
        raise Refused(_("离开时间须晚于到达时间"), "ends_before_it_begins")
    if from_at > doing.recorded_at:
        raise Refused(_("时间不能晚于现在"), "in_the_future")
    path = asked.path
    if person is not None and person != asked.person_id:
        other = people_reads.person(doing.actor.scope, person)
        if other is None:
            raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
        path = other.path
    known = set(people_reads.homes(doing.actor.scope, [c.person for c in companions if c.person]))
    visit = cases_writes.add_visit(
        id=doing.derive("visit"), case=asked, person_id=person or asked.person_id, path=path, place_id=place,
        words=words.strip(), from_at=from_at, until_at=until_at, activity=activity.strip(), protection=protection,
        source=source, vehicle=vehicle, recorded_at=doing.recorded_at, keep_until=asked.keep_until,
        companions=[
            {"person": str(c.person) if c.person in known else None, "name": c.name.strip(), "relation": c.relation}
            for c in companions
        ],
    )  # fmt: skip
    return Outcome("added", path, f"case:{asked.id}", {"visit": str(visit.id)})

"""A family went about together: the stays of one are copied to another, told once on the phone."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import VisitSource
from bihuan.ledgers.people import reads as people_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="add_case_visit")
def copy_household_visits(doing: Doing, *, case: UUID, from_person: UUID, visits: tuple[UUID, ...] = ()) -> Outcome:
    """Copy a household member's stays (all, or those named) into a case's account; one copied before is not doubled."""
    asked = investigations.asked_case(doing, case)
    home = set(people_reads.household_members(doing.actor.scope, asked.person).values_list("id", flat=True))
    if from_person not in home:
        raise Refused(_("只能复制同住人的轨迹"), "not_household")
    theirs = [v for v in cases_reads.visits_of_person(doing.actor.scope, from_person) if not visits or v.id in visits]
    have = {
        (v.place_id, v.words, v.from_at, v.until_at)
        for v in cases_reads.visits_of_person(doing.actor.scope, asked.person_id)
    }
    fresh = [v for v in theirs if (v.place_id, v.words, v.from_at, v.until_at) not in have]
    if not fresh:
        raise Refused(_("没有可复制的轨迹"), "nothing_to_copy")
    companion = {"person": str(from_person), "name": "", "relation": "household"}
    cases_writes.add_visits(
        {
            "id": doing.derive(f"visit:{v.id}"), "case": asked, "person_id": asked.person_id, "path": asked.path,
            "place_id": v.place_id, "words": v.words, "from_at": v.from_at, "until_at": v.until_at,
            "activity": v.activity, "protection": v.protection, "vehicle": v.vehicle, "copied_from_id": v.id,
            "source": VisitSource.HOUSEHOLD, "recorded_at": doing.recorded_at, "keep_until": asked.keep_until,
            "companions": [companion, *(c for c in v.companions if c.get("person") != str(asked.person_id))],
        }
        for v in fresh
    )  # fmt: skip
    return Outcome("copied", asked.path, f"case:{asked.id}", {"visits": len(fresh)})

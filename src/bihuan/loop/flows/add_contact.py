"""Somebody is named: on record or not, by relation and by when they met; the protocol says what that makes of them."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Certainty, ContactBasis, ContactState, Relation
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.investigations import Named


@flow(private=("who", "note"))
def add_contact(
    doing: Doing,
    *,
    case: UUID,
    who: Named,
    relation: Relation = Relation.OTHER,
    kind: str = "",
    certainty: Certainty = Certainty.CERTAIN,
    first_at: datetime | None = None,
    last_at: datetime | None = None,
    note: str = "",
) -> Outcome:
    """Hold somebody a contact of a case because an interview named them."""
    asked = investigations.asked_case(doing, case)
    if first_at and last_at and last_at < first_at:
        raise Refused(_("末次接触早于首次接触"), "ends_before_it_begins")
    window = cases_bridge.window_of(asked)
    outside = window.start and last_at and last_at <= window.start
    outside = outside or (window.until and first_at and first_at >= window.until)
    if outside:
        raise Refused(_("所述接触都在传染期之外；如有疑问请先核实发病时间"), "outside_window")
    with widened(doing):
        county = territory_reads.county_of(asked.path)
        assert county is not None
        person, area, path = investigations.person_of(doing, who, county, part="person")
        if person == asked.person_id:
            raise Refused(_("病例本人不能是自己的接触者"), "the_case")
        if cases_reads.contacts_of(doing.actor.scope, asked.id).filter(person=person).exists():
            raise Refused(_("此人已在该病例的接触者中"), "already_contact")
        if cases_reads.persons_with_case(doing.actor.scope, [person]):
            raise Refused(_("此人已是病例；请在“传播关系”中登记"), "already_case")
        class_name, kind = cases_bridge.class_by_relation(asked.protocol, relation, kind)
        birth = people_reads.person(doing.actor.scope, person)
        facts = cases_bridge.age_facts(birth.birth_on if birth else None, doing.at)
        follow, _refusal = cases_bridge.watch(
            asked.protocol, class_name, first=first_at or last_at, last=last_at or first_at or window.until,
            identified=doing.at, facts=facts,
        )  # fmt: skip
        contact = cases_writes.new_contact(
            id=doing.derive("contact"), person_id=person, area_id=area, path=path, case=asked, level=1,
            protocol=asked.protocol, class_name=class_name, kind=kind, relation=relation, certainty=certainty,
            basis=ContactBasis.INTERVIEW, first_exposure_at=first_at or last_at, last_exposure_at=last_at or first_at,
            encounters=1, state=ContactState.IDENTIFIED, identified_at=doing.at, follow_until=follow,
            last_day=cases_bridge.last_day_of(follow), recorded_at=doing.recorded_at,
            extra={
                "by_hand": True, "note": note.strip(),
                "told_from": first_at.isoformat() if first_at else None,
                "told_until": last_at.isoformat() if last_at else None,
            },
            keep_until=cases_bridge.keep_until(asked.protocol, "contact", follow or doing.at),
        )  # fmt: skip
        cases_writes.add_contacts([contact])
    return Outcome(
        "added", path, f"contact:{contact.id}",
        {"contact": str(contact.id), "class": class_name, "_case": str(asked.id), "_contacts": [str(contact.id)]},
    )  # fmt: skip

"""Another county asks for help: the letter is registered, its persons are found on record, earlier letters are seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import AssistanceOutcome, Certainty, ContactBasis, ContactState, Direction
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import LetterKind, TaskKind
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake.bridge import Told
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


class AskedFor(msgspec.Struct, frozen=True, kw_only=True):
    """One person a letter asks for."""

    told: Told
    class_name: str = "close_contact"
    first_exposure_at: datetime | None = None
    last_exposure_at: datetime | None = None
    place_words: str = ""


@flow(private=("people", "case_words"))
def receive_assistance(
    doing: Doing,
    *,
    counterpart: str,
    their_number: str,
    people: tuple[AskedFor, ...],
    counterpart_code: str = "",
    disease: str = "",
    protocol: str = "",
    case_words: str = "",
    content_hash: str = "",
    signed_by: str = "",
    due_at: datetime | None = None,
) -> Outcome:
    """Register a letter. Whoever stands in an earlier letter is merged with it: asked once, answered to both."""
    if not counterpart.strip() or not their_number.strip() or not people:
        raise Refused(_("请填写来函单位、文号和至少一名人员"), "incomplete")
    county = territory_reads.county_of(doing.actor.scope.path) if doing.actor.area_code else None
    county = county or _only_county(doing)
    with widened(doing):
        before = cases_reads.assistance_known(county.path, content_hash) if content_hash else None
        before = before or cases_reads.same_assistance(county.path, counterpart.strip(), their_number.strip())
        if before is not None:
            raise Refused(_("这份协查函已登记：%(number)s") % {"number": before.letter.number}, "same_letter")
        response = command_reads.response_at(county.path, doing.at)
        disease = disease or (response.disease if response else "")
        if not disease:
            raise Refused(_("请写明病种"), "no_disease")
        protocol = _protocol(protocol, disease, response, doing)
        due = due_at or command_bridge.limit("assistance", doing.at).due(doing.at)
        letter = command_writes.add_letter(
            id=doing.derive("letter"), kind=LetterKind.ASSISTANCE_IN,
            number=command_reads.next_number(f"{county.name[:1]}收协〔{doing.at.year}〕"),  # data
            path=county.path, addressee=counterpart.strip(), addressee_code=counterpart_code,
            subject=f"assistance:{doing.derive('assistance')}",
            body={"their_number": their_number.strip(), "people": len(people), "disease": disease},
            written_at=doing.at, due_at=due,
        )  # fmt: skip
        rows, contacts = _people(doing, people, county, protocol, their_number.strip())
        task = investigations.task(
            doing, kind=TaskKind.ASSISTANCE, limit="assistance", title=f"{counterpart.strip()} {their_number.strip()}",
            path=county.path, subject=f"letter:{letter.id}", roles=[Role.TRACER, Role.OFFICE], started_at=doing.at,
        )  # fmt: skip
        cases_writes.add_contacts(contacts)
        made = cases_writes.add_assistance(
            rows, id=doing.derive("assistance"), letter=letter, path=county.path, direction=Direction.IN,
            counterpart=counterpart.strip(), counterpart_code=counterpart_code, their_number=their_number.strip(),
            disease=disease, protocol=protocol, case_words=case_words.strip(), task=task, received_at=doing.at,
            due_at=due, content_hash=content_hash, signed_by=signed_by,
            keep_until=investigations.keep(doing.at),
        )  # fmt: skip
    states = [r.match_state for r in rows]
    result = {
        "assistance": str(made.id), "letter": letter.number, "people": len(rows), "due_at": due.isoformat(),
        "matched": states.count("matched"), "created": states.count("created"), "to_review": states.count("to_review"),
        "duplicates": sum(r.duplicate_of_id is not None for r in rows),
        "_assistance": str(made.id), "_contacts": [str(c.id) for c in contacts],
    }  # fmt: skip
    return Outcome("received", county.path, f"assistance:{made.id}", result)


def _people(
    doing: Doing, people: tuple[AskedFor, ...], county: Any, protocol: str, their_number: str
) -> tuple[list[Any], list[Any]]:
    verdicts = people_bridge.find([intake_bridge.record(p.told) for p in people])
    places = territory_bridge.locate(county, [(p.told.address, p.told.division_code) for p in people])
    known = [v.person for v in verdicts if v.person and v.decision == "same"]
    homes = people_reads.homes(doing.actor.scope, known)
    earlier = cases_reads.answered_before(doing.actor.scope, known, doing.derive("assistance"))
    rows, contacts = [], []
    seen: dict[UUID, Any] = {}
    for number, (asked, verdict, place) in enumerate(zip(people, verdicts, places, strict=True), 1):
        area = territory_reads.area(place.area_code) if place.area_code else None
        area_code, path = (area.code, area.path) if area else (county.code, county.path)
        same = verdict.decision == "same" and verdict.person in homes
        if same and verdict.person:
            person, state = verdict.person, "matched"
            area_code, path = homes[person]
        else:
            person, state = doing.derive(f"person:{number}"), "to_review" if verdict.decision == "review" else "created"
            fresh = intake_bridge.new_person(asked.told, id_=person, area_code=area_code, path=path)
            people_writes.add_persons([fresh], recorded_at=doing.recorded_at, keep_until=investigations.keep(doing.at))
        twin = seen.get(person) or earlier.get(person)
        row = cases_writes.new_assistance_person(
            id=doing.derive(f"row:{number}"), row_number=number, area_id=area_code, path=path, name=asked.told.name,
            sealed=cipher.seal_json(
                {"documents": intake_bridge.documents(asked.told), "phones": asked.told.phones, "sex": asked.told.sex,
                 "birth_on": asked.told.birth_on, "address": asked.told.address}
            ),
            class_name=asked.class_name, first_exposure_at=asked.first_exposure_at,
            last_exposure_at=asked.last_exposure_at, place_words=asked.place_words, person_id=person,
            match_state=state, keep_until=investigations.keep(doing.at),
        )  # fmt: skip
        if twin is not None:
            _join(doing, row, twin, asked, protocol)
        else:
            contact = _contact(doing, row, asked, protocol, their_number)
            contacts.append(contact)
            row.contact = contact
        seen.setdefault(person, twin or row)
        rows.append(row)
    return rows, contacts


def _join(doing: Doing, row: Any, twin: Any, asked: AskedFor, protocol: str) -> None:
    """The same person in two letters: one contact, with the later last exposure of the two."""
    row.duplicate_of, row.contact_id = twin, twin.contact_id
    row.outcome, row.answered_at = AssistanceOutcome.DUPLICATE, doing.at
    contact = cases_reads.contact(doing.actor.scope, twin.contact_id) if twin.contact_id else None
    last = asked.last_exposure_at
    if contact is None or last is None or (contact.last_exposure_at and contact.last_exposure_at >= last):
        return
    follow, _refusal = cases_bridge.watch(
        protocol, contact.class_name, first=contact.first_exposure_at, last=last, identified=contact.identified_at,
        facts=cases_bridge.age_facts(contact.person.birth_on, doing.at),
    )  # fmt: skip
    again = {} if contact.ended_at is None else {"state": ContactState.FOLLOWED, "ended_at": None, "end_reason": ""}
    if contact.state in (ContactState.BECAME_CASE, ContactState.DIED):
        again = {}
    cases_writes.set_contacts(
        [contact.id], last_exposure_at=last, follow_until=follow, last_day=cases_bridge.last_day_of(follow), **again
    )


def _contact(doing: Doing, row: Any, asked: AskedFor, protocol: str, their_number: str) -> Any:
    first = asked.first_exposure_at or asked.last_exposure_at
    last = asked.last_exposure_at or asked.first_exposure_at
    birth = intake_bridge.birth_date(asked.told)
    follow, _refusal = cases_bridge.watch(
        protocol, asked.class_name, first=first, last=last, identified=doing.at,
        facts=cases_bridge.age_facts(birth, doing.at),
    )  # fmt: skip
    return cases_writes.new_contact(
        id=doing.derive(f"contact:{row.row_number}"), person_id=row.person_id, area_id=row.area_id, path=row.path,
        level=2 if asked.class_name == "secondary_contact" else 1, protocol=protocol, class_name=asked.class_name,
        basis=ContactBasis.LETTER, certainty=Certainty.CERTAIN, first_exposure_at=first, last_exposure_at=last,
        places=[asked.place_words] if asked.place_words else [], identified_at=doing.at, follow_until=follow,
        last_day=cases_bridge.last_day_of(follow), external_id=f"{their_number}#{row.row_number}",
        source_system="assistance", recorded_at=doing.recorded_at,
        keep_until=cases_bridge.keep_until(protocol, "contact", follow or doing.at),
    )  # fmt: skip


def _protocol(told: str, disease: str, response: Any, doing: Doing) -> str:
    """The edition by which we follow: our own response's for its disease, else what they name, else the one in force."""
    if response is not None and response.disease == disease:
        return str(response.protocol)
    try:
        return told if told and cases_bridge.class_titles(told) else cases_bridge.edition_id(disease, doing.at)
    except LookupError:
        raise Refused(_("没有“%(disease)s”的防控方案") % {"disease": disease}, "no_protocol") from None


def _only_county(doing: Doing) -> Any:
    with widened(doing):
        found = territory_reads.counties_with_people(doing.actor.scope)
    if len(found) != 1:
        raise Refused(_("请以本县账号登记协查函"), "no_county")
    return found[0]

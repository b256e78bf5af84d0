"""Contacts of a case are in another county: a letter of assistance asks for them, numbered and owed an answer."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import AssistanceOutcome, ContactState, Direction, Step
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import LetterKind, TaskKind
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("note",))
def write_assistance(
    doing: Doing,
    *,
    case: UUID,
    county_name: str,
    contacts: tuple[UUID, ...],
    county_code: str = "",
    due_at: datetime | None = None,
    note: str = "",
) -> Outcome:
    """Hand contacts over to the county where they are. A contact asked for in an open letter is not asked for twice."""
    asked = investigations.asked_case(doing, case)
    home = territory_reads.county_of(asked.path)
    if not county_name.strip() or home is None or county_code == home.code:
        raise Refused(_("请写明接收县（市、区），不能是本县"), "no_addressee")
    with widened(doing):
        rows = list(cases_reads.contacts_of(doing.actor.scope, asked.id).filter(id__in=contacts))
        if not rows or len(rows) != len(set(contacts)):
            raise Refused(_("请选择该病例的接触者"), "no_such_contact")
        open_rows = cases_reads.asked_for(doing.actor.scope, [c.id for c in rows]).filter(answered_at__isnull=True)
        already = {r.contact_id: r for r in open_rows}
        if already:
            first = next(iter(already.values()))
            raise Refused(
                _("其中有人已在 %(number)s 中协查") % {"number": first.assistance.letter.number}, "asked_before"
            )
        numbers = people_reads.numbers([c.person_id for c in rows])
        due = due_at or command_bridge.limit("assistance", doing.at).due(doing.at)
        letter = command_writes.add_letter(
            id=doing.derive("letter"), kind=LetterKind.ASSISTANCE,
            number=command_reads.next_number(f"{home.name[:1]}协函〔{doing.at.year}〕"),  # data
            path=home.path, addressee=county_name.strip(), addressee_code=county_code, subject=f"case:{asked.id}",
            body={"case": asked.number, "people": len(rows), "disease": asked.disease, "note": note.strip()},
            written_at=doing.at, due_at=due,
        )  # fmt: skip
        task = investigations.task(
            doing, kind=TaskKind.ASSISTANCE, limit="assistance", title=f"{letter.number} → {county_name.strip()}",
            path=home.path, subject=f"letter:{letter.id}", roles=[Role.TRACER, Role.OFFICE], started_at=doing.at,
        )  # fmt: skip
        made = cases_writes.add_assistance(
            [
                cases_writes.new_assistance_person(
                    id=doing.derive(f"person:{n}"), row_number=n, area_id=home.code, path=home.path,
                    name=c.person.name,
                    sealed=cipher.seal_json(
                        {
                            "documents": numbers[c.person_id].documents, "phones": numbers[c.person_id].phones,
                            "sex": c.person.sex, "birth_on": c.person.birth_on and c.person.birth_on.isoformat(),
                            "address": c.person.address,
                        }
                    ),
                    class_name=c.class_name, first_exposure_at=c.first_exposure_at,
                    last_exposure_at=c.last_exposure_at, person_id=c.person_id, contact=c, match_state="matched",
                    outcome=AssistanceOutcome.OPEN, keep_until=c.keep_until,
                )
                for n, c in enumerate(rows, 1)
            ],
            id=doing.derive("assistance"), letter=letter, path=home.path, direction=Direction.OUT,
            counterpart=county_name.strip(), counterpart_code=county_code, disease=asked.disease,
            protocol=asked.protocol, case=asked, task=task, received_at=doing.at, due_at=due,
            keep_until=asked.keep_until,
        )  # fmt: skip
        for row in rows:
            cases_writes.set_contacts(
                [row.id], state=ContactState.HANDED_OVER, ended_at=doing.at, end_reason=f"letter:{letter.id}"
            )
        cases_writes.set_step_done(asked.id, Step.LETTERS, at=doing.at, by=doing.actor.member)
    result = {
        "assistance": str(made.id), "letter": letter.number, "people": len(rows), "_case": str(asked.id),
        "_path": rows[0].path, "_gone": [str(c.id) for c in rows],
    }  # fmt: skip
    return Outcome("written", home.path, f"assistance:{made.id}", result)

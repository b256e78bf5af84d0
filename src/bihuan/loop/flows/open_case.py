"""A positive becomes a case: its window is dated, its steps get names, its twenty-four hours begin."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Classification, Severity, SourceKind
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("source_words",))
def open_case(
    doing: Doing,
    *,
    person: UUID,
    classification: Classification = Classification.CONFIRMED,
    disease: str = "",
    protocol: str = "",
    onset_at: datetime | None = None,
    sampled_at: datetime | None = None,
    confirmed_at: datetime | None = None,
    isolated_at: datetime | None = None,
    last_negative_at: datetime | None = None,
    routinely_tested: bool = False,
    severity: Severity = Severity.UNKNOWN,
    source_kind: SourceKind = SourceKind.UNKNOWN,
    source_words: str = "",
    origin: str = "",
    investigator: UUID | None = None,
) -> Outcome:
    """Open a case of somebody on record. Where they were a contact, that ends here and stays readable."""
    who = people_reads.person(doing.actor.scope, person)
    if who is None:
        raise Refused(_("没有此人，或不在您的辖区"), "no_such_person")
    who = who.merged_into or who
    if classification == Classification.EXCLUDED:
        raise Refused(_("排除的不能立为病例"), "not_a_case")
    county = territory_reads.county_of(who.path)
    with widened(doing):
        response = command_reads.response_at(who.path, doing.at)
        disease = disease or (response.disease if response else "")
        if not disease:
            raise Refused(_("请写明病种：本县没有正在处置的疫情"), "no_disease")
        if not protocol:
            own = response is not None and response.disease == disease
            try:
                protocol = response.protocol if own and response else cases_bridge.edition_id(disease, doing.at)
            except LookupError:
                raise Refused(_("没有“%(disease)s”的防控方案") % {"disease": disease}, "no_protocol") from None
        standing = cases_reads.standing_cases(doing.actor.scope).filter(person=who.id, disease=disease).first()
        if standing is not None and classification != Classification.RE_POSITIVE:
            raise Refused(_("此人已立为病例 %(number)s") % {"number": standing.number}, "already_case")
        stem = f"{county.code if county else who.area_id}-{doing.at.year}-"
        case = cases_writes.new_case(
            id=doing.derive("case"), number=cases_reads.next_case_number(stem), person_id=who.id, area_id=who.area_id,
            path=who.path, disease=disease, protocol=protocol, classification=classification, onset_at=onset_at,
            sampled_at=sampled_at, confirmed_at=confirmed_at, isolated_at=isolated_at, last_negative_at=last_negative_at,
            routinely_tested=routinely_tested, severity=severity, source_kind=source_kind, source_words=source_words,
            origin=origin, reported_at=doing.at, recorded_at=doing.recorded_at,
            keep_until=(doing.at + timedelta(days=365 * 3)).date(),
        )  # fmt: skip
        limit = command_bridge.limit("trace_case", doing.at)
        task = investigations.task(
            doing, kind=TaskKind.INVESTIGATE_CASE, limit="trace_case", title=case.number,
            path=county.path if county else who.path, subject=f"case:{case.id}", roles=[Role.TRACER, Role.OFFICE],
            started_at=doing.at,
        )  # fmt: skip
        steps = investigations.steps_of(doing, case, doing.at, timedelta(minutes=limit.minutes))
        case.task, case.investigator_id = task, investigator or steps[0]["member_id"]
        for name, value in investigations.windowed(case).items():
            setattr(case, name, value)
        made = cases_writes.put_case(case)
        cases_writes.add_steps([{**s, "case": made} for s in steps])
        earlier = list(cases_reads.contacts_of_person(doing.actor.scope, who.id).filter(case__isnull=False, level=1))
        cases_writes.add_links(
            {"infector_id": c.case_id, "infectee_id": made.id, "path": made.path, "basis": "contact",
             "weight": max(1.0, c.overlap_s / 3600), "recorded_at": doing.recorded_at, "keep_until": made.keep_until}
            for c in earlier
            if c.case_id and c.state != "dropped"
        )  # fmt: skip
        ended = cases_writes.set_became_case(who.id, made.id, doing.at)
    return Outcome(
        "opened", made.path, f"case:{made.id}",
        {"case": str(made.id), "number": made.number, "contacts_ended": len(ended), "_person": str(who.id)},
    )  # fmt: skip

"""A line list of another system is taken over: each case once, with its source, its window of exposure and its infectors."""

from typing import Any
from uuid import UUID

from bihuan.ledgers.cases import bridge as cases_bridge
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Classification, ExposureRole, Severity, SourceKind
from bihuan.ledgers.cases.choices import Outcome as CaseOutcome
from bihuan.ledgers.command import reads as command_reads
from bihuan.loop import investigations, linelists
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.linelists import Receipt, ToldCase, midnight


@flow(private=("cases", "file_name"))
def import_linelist(
    doing: Doing, *, system: str, cases: tuple[ToldCase, ...], disease: str = "", file_name: str = ""
) -> Outcome:
    """Record the cases of a file. A case known before is brought up to date, or left alone when nothing changed.

    No tasks are opened and no clocks start: an import is history, not a positive of today.
    """
    county = linelists.county_of(doing)
    response = command_reads.response_at(county.path, doing.at)
    usual = disease or (response.disease if response else "")
    receipt = Receipt()
    told = linelists.told_twice(cases, lambda one: one.external_id, receipt)
    known = {
        c.external_id: c
        for c in cases_reads.cases(doing.actor.scope).filter(
            source_system=system, external_id__in=[t.external_id for t in told if t.external_id]
        )
    }
    fresh = []
    for one in told:
        before = known.get(one.external_id) if one.external_id else None
        if before is None:
            fresh.append(one)
        elif before.extra.get("mark") == linelists.mark(one):
            receipt.unchanged += 1
        else:
            cases_writes.set_case(
                before.id, **_fields(doing, one, before.disease), extra={**before.extra, **linelists.extra_of(one)}
            )
            receipt.updated += 1
    _open(doing, county, system, fresh, usual)
    receipt.created = len(fresh)
    receipt.loose = _link(doing, system, told)
    return Outcome("imported", county.path, "import:linelist", receipt.result())


def _fields(doing: Doing, one: ToldCase, disease: str) -> dict[str, Any]:
    """A told case in the columns of ours."""
    outcome, outcome_on = one.outcome, one.outcome_on
    if one.died_on:
        outcome, outcome_on = CaseOutcome.DIED, one.died_on
    elif one.recovered_on and not outcome:
        outcome, outcome_on = CaseOutcome.RECOVERED, one.recovered_on
    reported = one.reported_on or one.confirmed_on or one.onset_on or one.sampled_on
    return {
        "disease": one.disease or disease or "unknown",
        "classification": one.classification or Classification.CONFIRMED,
        "onset_at": midnight(one.onset_on), "sampled_at": midnight(one.sampled_on),
        "isolated_at": midnight(one.isolated_on), "confirmed_at": midnight(one.confirmed_on),
        "admitted_at": midnight(one.admitted_on), "hospital": one.hospital,
        "severity": one.severity or Severity.UNKNOWN, "outcome": outcome or CaseOutcome.UNKNOWN,
        "outcome_at": midnight(outcome_on), "source_kind": one.source_kind or SourceKind.UNKNOWN,
        "source_words": one.source_words, "symptoms": list(one.symptoms), "occupation": one.occupation,
        "workplace": one.workplace, "summary": one.summary, "reported_at": midnight(reported) or doing.at,
        "refuted_at": doing.at if one.classification == Classification.EXCLUDED else None,
    }  # fmt: skip


def _open(doing: Doing, county: Any, system: str, fresh: list[ToldCase], usual: str) -> None:
    """Record new cases: whoever was a contact under the same number is the same person, and ends there as a case."""
    people = linelists.People(doing, county)
    ids = [doing.derive(f"person:{one.external_id or one.row}") for one in fresh]
    contacts = linelists.contacts_named(doing.actor.scope, system, [one.external_id for one in fresh])
    was = {at: contacts[one.external_id][0] for at, one in enumerate(fresh) if one.external_id in contacts}
    unknown = [at for at in range(len(fresh)) if at not in was]
    found = dict(zip(unknown, people.of([fresh[at] for at in unknown], [ids[at] for at in unknown]), strict=True)) | {
        at: (c.person_id, c.area_id, c.path) for at, c in was.items()
    }
    people.write()
    stem = f"{county.code}-{doing.at.year}-"
    next_ = int(cases_reads.next_case_number(stem).removeprefix(stem))
    rows, windows = [], []
    for at, one in enumerate(fresh):
        person, area, path = found[at]
        case = doing.derive(f"case:{one.external_id or one.row}")
        rows.append(
            {
                "id": case, "number": f"{stem}{next_ + at:04d}", "person_id": person, "area_id": area, "path": path,
                "origin": "import", "external_id": one.external_id,
                "source_system": system, "recorded_at": doing.recorded_at, "extra": linelists.extra_of(one),
                "keep_until": linelists.keep_until(doing), **_fields(doing, one, usual),
            }
        )  # fmt: skip
        begin, end = one.exposed_from or one.infected_on, one.exposed_until or one.infected_on
        if begin or end:
            windows.append(
                {
                    "id": doing.derive(f"exposure:{one.external_id or one.row}"), "case_id": case, "path": path,
                    "role": ExposureRole.INFECTED, "kind": "import", "words": one.source_words,
                    "from_at": midnight(begin), "until_at": midnight(end), "recorded_at": doing.recorded_at,
                    "source_system": system, "keep_until": linelists.keep_until(doing),
                }
            )  # fmt: skip
    cases_writes.add_cases(_windowed(row) for row in rows)
    cases_writes.add_exposures(windows)
    for at, contact in was.items():
        cases_writes.set_became_case(contact.person_id, UUID(str(rows[at]["id"])), doing.at)


def _windowed(row: dict[str, Any]) -> dict[str, Any]:
    """The row with the edition of its disease in force at its report, and the infectious window that follows."""
    try:
        protocol = cases_bridge.edition_id(row["disease"], row["reported_at"])
    except LookupError:
        return {**row, "protocol": "", "window_reason": ""}
    return {**row, "protocol": protocol, **investigations.windowed(cases_writes.new_case(**row, protocol=protocol))}


def _link(doing: Doing, system: str, told: list[ToldCase]) -> int:
    """Record the infectors the cases name; answers with how many names lead to no case on record."""
    named = [(one.external_id, source) for one in told for source in one.infectors]
    if not named:
        return 0
    cases = linelists.cases_named(doing.actor.scope, system, [i for pair in named for i in pair])
    links: dict[tuple[UUID, UUID], dict[str, Any]] = {}
    loose = 0
    for target, source in named:
        if source not in cases or target not in cases or cases[source].id == cases[target].id:
            loose += 1
            continue
        infectee = cases[target]
        links[cases[source].id, infectee.id] = {
            "infector_id": cases[source].id, "infectee_id": infectee.id, "path": infectee.path, "weight": 1.0,
            "basis": "import", "recorded_at": doing.recorded_at, "keep_until": infectee.keep_until,
        }  # fmt: skip
    cases_writes.add_links(links.values())
    return loose

"""It was no case after all: contacts that hung on it alone are taken back, and what binds them is put before who may free."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Classification, ContactState, ReclassKind
from bihuan.ledgers.command.choices import TaskKind
from bihuan.loop import investigations
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("reason",))
def refute_case(doing: Doing, *, case: UUID, reason: str) -> Outcome:
    """Exclude a case. A contact who also met another standing case stays one through that other row."""
    asked = investigations.asked_case(doing, case)
    if not reason.strip():
        raise Refused(_("排除病例必须写明依据"), "no_reason")
    with widened(doing):
        open_rows = list(cases_reads.contacts_of(doing.actor.scope, asked.id).filter(ended_at__isnull=True))
        before = {str(c.id): cases_writes.snapshot(c) for c in open_rows}
        for row in open_rows:
            row.state, row.ended_at, row.end_reason = ContactState.DROPPED, doing.at, "case_refuted"
        cases_writes.set_judged(open_rows)
        became = list(
            cases_reads.contacts_of_person(doing.actor.scope, asked.person_id).filter(
                became=asked.id, state=ContactState.BECAME_CASE
            )
        )
        before |= {str(c.id): cases_writes.snapshot(c) for c in became}
        for row in became:  # the contact that was taken for a case is followed again, to its own last day
            still = row.follow_until is None or row.follow_until > doing.at
            row.state = ContactState.FOLLOWED if still else ContactState.COMPLETED
            row.ended_at, row.end_reason = (None, "") if still else (row.follow_until, "case_refuted")
        cases_writes.set_judged(became)
        members = cases_writes.end_cluster_members(asked.id, doing.at)
        tasks = investigations.close_tasks(
            doing, kind=TaskKind.INVESTIGATE_CASE, subject=f"case:{asked.id}", outcome="refuted"
        )
        tasks += investigations.close_tasks(
            doing, kind=TaskKind.FIND_CONTACTS, subject=f"case:{asked.id}", outcome="refuted"
        )
        cases_writes.set_case(
            asked.id, classification=Classification.EXCLUDED, refuted_at=doing.at, refuted_reason=reason.strip()
        )
        reclassing = cases_writes.add_reclassing(
            id=doing.derive("reclassing"), case=asked, path=asked.path, kind=ReclassKind.REFUTED, at=doing.at,
            reason=reason.strip(),
            before={
                "contacts": before, "added": [], "classification": asked.classification,
                "members": [str(m) for m in members],
            },
            counts={"dropped": len(open_rows), "changed": len(became), "tasks": tasks},
        )  # fmt: skip
    result = {
        "case": str(asked.id), "dropped": len(open_rows), "tasks_closed": tasks, "reclassing": str(reclassing.id),
        "_person": str(asked.person_id), "_gone": [str(c.id) for c in open_rows], "_again": [str(c.id) for c in became],
    }  # fmt: skip
    return Outcome("refuted", asked.path, f"case:{asked.id}", result)

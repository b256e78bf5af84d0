"""The second look was wrong: contacts stand again as they stood before it."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import ContactState, ReclassKind
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(needs="refute_case")
def undo_reclassing(doing: Doing, *, reclassing: UUID) -> Outcome:
    """Put back what a refuted case or a moved window changed; whatever happened to a contact since then stays."""
    asked = cases_reads.reclassing(doing.actor.scope, reclassing)
    if asked is None or asked.undone_at is not None:
        raise Refused(_("没有这次重新判定，或已撤销"), "no_such_reclassing")
    latest = cases_reads.reclassings(doing.actor.scope, asked.case_id).filter(undone_at__isnull=True).first()
    if latest is None or latest.id != asked.id:
        raise Refused(_("请先撤销其后的一次重新判定"), "not_the_latest")
    before, added = asked.before.get("contacts", {}), asked.before.get("added", [])
    with widened(doing):
        rows = list(cases_reads.contacts(doing.actor.scope).filter(id__in=[*before, *added]))
        touched = []
        for row in rows:
            if row.recorded_at <= asked.at and row.ended_at and row.ended_at > asked.at:
                continue  # it has ended by itself since: that is a fact, not a judgement
            if str(row.id) in before:
                cases_writes.put_back(row, before[str(row.id)])
            elif row.ended_at is None:
                row.state, row.ended_at, row.end_reason = ContactState.DROPPED, doing.at, "undone"
            touched.append(row)
        cases_writes.set_judged(touched)
        if asked.kind == ReclassKind.REFUTED:
            cases_writes.set_case(
                asked.case_id, classification=asked.before["classification"], refuted_at=None, refuted_reason=""
            )
            cases_writes.reopen_cluster_members(asked.before.get("members", []))
        if not cases_writes.set_reclassing_undone(asked.id, doing.at):
            raise Refused(_("没有这次重新判定，或已撤销"), "no_such_reclassing")
    again, gone = [r for r in touched if r.ended_at is None], [r for r in touched if r.ended_at is not None]
    result = {
        "case": str(asked.case_id), "contacts": len(touched), "_case": str(asked.case_id),
        "_again": [str(r.id) for r in again], "_gone": [str(r.id) for r in gone if r.state == ContactState.DROPPED],
    }  # fmt: skip
    return Outcome("undone", asked.path, f"case:{asked.case_id}", result)

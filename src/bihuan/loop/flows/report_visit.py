"""Somebody stood at the door: what they found, and what that means for the row. Done by the hundred, as phones send it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.choices import RowState
from bihuan.loop.act import Doing, Outcome, Refused, flow_of_many

# The four things that must be clear before a person counts as checked (四清).
FOUR_CLEARS = ("number_checked", "identity_checked", "location", "control_status")
ENDS = (RowState.FOUND_MANAGED, RowState.NO_MEASURE, RowState.LEFT, RowState.NOT_FOUND, RowState.ERROR)


class VisitReport(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a visit found. `outcome` is an end of the row, or `revisit` when nobody was at home."""

    row: UUID
    outcome: str
    form: str = "pushed_row_visit"
    answers: dict[str, Any] = {}
    revisit_at: datetime | None = None


@flow_of_many(VisitReport, private=("answers",))
def report_visit(doings: Sequence[Doing], visits: Sequence[VisitReport]) -> Sequence[Outcome | Refused]:
    """Record visits; each ends its row, keeps it open for another day, or stands beside an end that came first."""
    rows = intake_reads.rows_for_visits(doings[0].actor.scope, [v.row for v in visits])
    refusals = [_refusal(visit, rows.get(visit.row)) for visit in visits]
    if any(refusals):
        # Refused acts are taken out and the rest comes again: nothing is written in this round.
        fine = Outcome("", doings[0].actor.scope.path)
        return [no or fine for no in refusals]
    outcomes: list[Outcome] = []
    facts: list[dict[str, Any]] = []
    stands: dict[UUID, dict[str, Any]] = {}  # the visit that says how each row stands now
    revisit_after = timedelta(minutes=command_bridge.limit("revisit", doings[0].at).minutes)
    closed = {row.id for row in rows.values() if row.closed_at is not None}
    for doing, visit in zip(doings, visits, strict=True):
        row = rows[visit.row]
        word = "already_ended"
        effect = "none"
        if row.id not in closed:
            word, effect = ("revisit", "stays") if visit.outcome == RowState.REVISIT else ("ended", "ends")
            if effect == "ends":
                closed.add(row.id)
            if row.id in stands:  # an earlier visit of the same outbox: a fact, but no longer how the row stands
                stands[row.id]["effect"] = "none"
        facts.append(
            {
                "id": doing.id,
                "subject": f"row:{row.id}",
                "path": row.path,
                "form": visit.form,
                "outcome": visit.outcome,
                "answers": visit.answers,
                "member": doing.actor.member,
                "at": doing.at,
                "recorded_at": doing.recorded_at,
                "listrow": row.id,
                "place": row.place,
                "area": row.area,
                "state": visit.outcome,
                "effect": effect,
                "revisit_at": (visit.revisit_at or doing.at + revisit_after) if effect == "stays" else None,
            }
        )
        if effect != "none":
            stands[row.id] = facts[-1]
        outcomes.append(Outcome(word, row.path, f"row:{row.id}", {"row": str(row.id), "state": visit.outcome}))
    intake_writes.add_visits(facts)
    ended = {rows[v.row].pushed_list for v, o in zip(visits, outcomes, strict=True) if o.word == "ended"}
    complete = set(intake_reads.complete_lists(list(ended), back=doings[0].actor.scope)) if ended else set()
    return [_last(outcome, rows[v.row].pushed_list, complete) for v, outcome in zip(visits, outcomes, strict=True)]


def _last(outcome: Outcome, pushed: UUID, complete: set[UUID]) -> Outcome:
    """The visit that ended the last open row of a list says so: the reply follows."""
    if outcome.word == "ended" and pushed in complete:
        complete.discard(pushed)
        return Outcome("ended_list", outcome.path, outcome.subject, {**outcome.result, "_list": str(pushed)})
    return outcome


def _refusal(visit: VisitReport, row: Any) -> Refused | None:
    if row is None:
        return Refused(_("名单中没有此人，或不在您的辖区"), "no_such_row")
    if visit.outcome != RowState.REVISIT and visit.outcome not in ENDS:
        return Refused(_("“%(outcome)s”不是走访结果") % {"outcome": visit.outcome}, "bad_outcome")
    if visit.outcome in (RowState.FOUND_MANAGED, RowState.NO_MEASURE):
        missing = [name for name in FOUR_CLEARS if not str(visit.answers.get(name) or "").strip()]
        if missing:
            return Refused(
                _("“四清”未填全：人数、身份、位置、管控情况缺一不可（缺：%(missing)s）")
                % {"missing": "、".join(missing)},
                "not_clear",
            )
    return None

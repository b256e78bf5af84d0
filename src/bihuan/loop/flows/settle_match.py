"""A doubtful pair, side by side: the clerk says one person or two."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.intake.bridge import new_person_of
from bihuan.ledgers.intake.choices import MatchState, RowState
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def settle_match(doing: Doing, *, row: UUID, same: bool) -> Outcome:
    """Join the row to the candidate, or open a record of its own; either way it goes on to its township."""
    asked = intake_reads.row(doing.actor.scope, row)
    if asked is None:
        raise Refused(_("没有这一行，或不在您的辖区"), "no_such_row")
    if asked.state != RowState.REVIEW or asked.candidate_id is None:
        raise Refused(_("该行已由他人核对"), "already_settled")
    if same:
        person, match_state = asked.candidate_id, MatchState.MATCHED
        _bring_home(doing, asked)
    else:
        person = doing.derive("person")
        fresh = new_person_of(asked, person)
        people_writes.add_persons([fresh], recorded_at=doing.recorded_at, keep_until=asked.pushed_list.keep_until)
        match_state = MatchState.CREATED
    intake_writes.set_person(asked.id, person_id=person, match_state=match_state, state=RowState.UNROUTED)
    return Outcome(
        "settled", asked.path, f"row:{asked.id}", {"person": str(person), "_list": str(asked.pushed_list_id)}
    )


def _bring_home(doing: Doing, row: Any) -> None:
    """A row that waits at the county because its list said no address goes where the person lives."""
    if row.candidate is None or row.path.count("/") >= row.candidate.path.count("/") or row.routing.get("outside_code"):
        return
    home = territory_reads.area(row.candidate.area_id)
    if home is not None and home.path.startswith(row.path):
        routing = {"reason": "residence", "confidence": row.probability}
        intake_writes.move_row(row, home, routing=routing, at=doing.at, recorded_at=doing.recorded_at)

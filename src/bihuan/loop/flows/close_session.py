"""A station closes: its tubes and people are counted by hand against what was bound."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import Stage, TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.chain import count_at


@flow()
def close_session(doing: Doing, *, session: UUID, people: int, tubes: tuple[str, ...]) -> Outcome:
    """Close a station. Scanned tubes must be exactly those bound here and not yet taken away, and so must the people."""
    asked = lab_reads.session(doing.actor.scope, session)
    if asked is None:
        raise Refused(_("没有这个采样点，或不在您的辖区"), "no_such_session")
    if asked.closed_at is not None:
        raise Refused(_("该采样点已收点"), "closed_already")
    all_ = list(lab_reads.session_tubes(doing.actor.scope, asked.id))
    here = {
        t.code for t in all_ if t.state in (TubeState.OPEN, TubeState.CLOSED, TubeState.PACKED) and t.pool_id is None
    }
    bound = sum(t.swabs for t in all_ if t.pool_id is None)
    counted = count_at(doing, Stage.CLOSING, here, tubes, path=asked.path, session=asked)
    if not counted.is_accepted or people != bound:
        result = {"missing": counted.missing, "extra": counted.extra, "people_bound": bound, "people_counted": people}
        return Outcome("count_differs", asked.path, f"session:{asked.id}", result)
    lab_writes.close_session(asked.id, at=doing.at, by=doing.actor.member)
    return Outcome("closed", asked.path, f"session:{asked.id}", {"tubes": len(here), "people": bound})

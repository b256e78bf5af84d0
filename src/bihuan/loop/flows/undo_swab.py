"""A swab was bound by mistake: it stays on record and no longer counts."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import EVERYBODY


@flow()
def undo_swab(doing: Doing, *, swab: UUID, reason: str = "") -> Outcome:
    """Take a swab back while its tube stands at its table; later only with a reason, and before it is packed."""
    with widened(doing):  # a person sampled here may live elsewhere: the table decides, not the home
        asked = lab_reads.swab(EVERYBODY, swab)
        if asked is None or not doing.actor.scope.holds(asked.tube.path):
            raise Refused(_("没有这个样本，或不在您的采样点"), "no_such_swab")
        if asked.undone_at is not None:
            raise Refused(_("这个样本已撤销"), "undone_already")
        if asked.tube.state not in (TubeState.OPEN, TubeState.CLOSED):
            raise Refused(_("此管已装箱，不能撤销：请由实验室停收并更正"), "tube_gone")
        if asked.tube.state == TubeState.CLOSED and not reason.strip():
            raise Refused(_("此管已封，撤销须写明理由"), "no_reason")
        lab_writes.undo_swab(asked.id, asked.tube_id, doing.at)
    return Outcome("undone", asked.tube.path, f"swab:{asked.id}", {"tube": asked.tube.code})

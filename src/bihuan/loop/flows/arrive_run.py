"""A courier is at the laboratory's door."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(needs="hand_over")
def arrive_run(doing: Doing, *, run: UUID, boxes: tuple[str, ...]) -> Outcome:
    """Say that a run has arrived with all its boxes; one that is not there is named, and the run stays open."""
    asked = lab_reads.run(doing.actor.scope, run)
    if asked is None or asked.arrived_at is not None:
        raise Refused(_("没有这趟送样，或已到达"), "no_such_run")
    carried = {b.code for b in lab_reads.boxes(doing.actor.scope).filter(run=asked.id, state=BoxState.ON_THE_WAY)}
    scanned = {b.strip() for b in boxes}
    if carried != scanned:
        raise Refused(
            _("箱数不符：缺 %(missing)s；多 %(extra)s")
            % {
                "missing": "、".join(sorted(carried - scanned)) or "—",
                "extra": "、".join(sorted(scanned - carried)) or "—",
            },
            "count_differs",
        )
    lab_writes.set_arrived(asked.id, doing.at)
    return Outcome("arrived", asked.path, f"run:{asked.id}", {"boxes": len(carried)})

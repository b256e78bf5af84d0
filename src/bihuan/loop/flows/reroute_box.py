"""A box goes to another laboratory than was planned."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def reroute_box(doing: Doing, *, boxes: tuple[UUID, ...], laboratory: UUID) -> Outcome:
    """Send boxes that no laboratory has received yet to another one."""
    target = lab_reads.laboratory(doing.actor.scope, laboratory)
    found = list(
        lab_reads.boxes(doing.actor.scope).filter(id__in=boxes).exclude(state__in=[BoxState.RECEIVED, BoxState.DONE])
    )
    if target is None or not found or len(found) != len(set(boxes)):
        raise Refused(_("请选择尚未接收的箱和一个实验室"), "incomplete")
    lab_writes.reroute_boxes([b.id for b in found], target.id)
    first = found[0]
    return Outcome("rerouted", first.path, f"box:{first.id}", {"boxes": len(found), "laboratory": str(target.id)})

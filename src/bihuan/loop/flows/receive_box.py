"""A laboratory takes a box in: its tubes are scanned against what was packed."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState, Stage
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import count_at, done


@flow()
def receive_box(doing: Doing, *, box: str, tubes: tuple[str, ...]) -> Outcome:
    """Receive a box. A count that differs stops it, and the tubes are named; it is received once the count is right."""
    asked = lab_reads.boxes_coded(doing.actor.scope, [box.strip()]).get(box.strip())
    if asked is None:
        raise Refused(_("没有箱号 %(code)s 的记录") % {"code": box}, "no_such_box")
    if asked.state in (BoxState.RECEIVED, BoxState.DONE):
        raise Refused(_("箱 %(code)s 已接收") % {"code": asked.code}, "received_already")
    if asked.run_id is None:
        raise Refused(_("箱 %(code)s 尚未交转运：请先取样交接") % {"code": asked.code}, "not_sent")
    inside = {t.code for t in lab_reads.box_tubes(doing.actor.scope, asked.id)}
    receipt = count_at(doing, Stage.RECEIPT, inside, tubes, path=asked.path, box=asked)
    if not receipt.is_accepted:
        lab_writes.stop_box(asked.id)
        told = {"missing": receipt.missing, "extra": receipt.extra, "_box": str(asked.id)}
        return Outcome("count_differs", asked.path, f"box:{asked.id}", told)
    lab_writes.receive_box(asked.id, doing.at)
    if asked.state == BoxState.STOPPED:
        with widened(doing):
            done(doing, TaskKind.TUBES_MISSING, f"box:{asked.id}", "received")
    return Outcome("received", asked.path, f"box:{asked.id}", {"tubes": len(inside)})

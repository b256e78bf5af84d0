"""A courier takes boxes from a station: their tubes are counted before they leave."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import BoxState, Stage
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import count_at, done


class BoxCounted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One box with the tubes scanned in it."""

    box: str
    tubes: tuple[str, ...]


@flow()
def hand_over(
    doing: Doing, *, boxes: tuple[BoxCounted, ...], laboratory: UUID | None = None, vehicle: str = ""
) -> Outcome:
    """Take boxes on the way to a laboratory. If one count is wrong nothing leaves, and the tubes are named."""
    found = lab_reads.boxes_coded(doing.actor.scope, [b.box.strip() for b in boxes])
    wrong = [b.box for b in boxes if not _is_here(found.get(b.box.strip()))]
    if not boxes or wrong:
        raise Refused(_("以下箱号不在待取之列：%(codes)s") % {"codes": "、".join(wrong[:10]) or "—"}, "no_such_box")
    targets = {laboratory} if laboratory else {found[b.box.strip()].laboratory_id for b in boxes}
    if len(targets) > 1:
        raise Refused(_("这些箱送往不同的实验室：请分开取样或指定一个实验室"), "two_laboratories")
    target = lab_reads.laboratory(doing.actor.scope, targets.pop())
    if target is None:
        raise Refused(_("没有这个实验室"), "no_such_laboratory")
    differs = {}
    for counted in boxes:
        box = found[counted.box.strip()]
        inside = {t.code for t in lab_reads.box_tubes(doing.actor.scope, box.id)}
        receipt = count_at(doing, Stage.PICK_UP, inside, counted.tubes, path=box.path, box=box)
        if not receipt.is_accepted:
            differs[box.code] = {"missing": receipt.missing, "extra": receipt.extra}
            lab_writes.stop_box(box.id)
    first = found[boxes[0].box.strip()]
    if differs:
        return Outcome("count_differs", first.path, f"box:{first.id}", {"boxes": differs, "_box": str(first.id)})
    run = lab_writes.add_run(
        id=doing.derive("run"), path=doing.actor.scope.path, courier_id=doing.actor.member, laboratory=target,
        vehicle=vehicle.strip(), boxes=len(boxes), departed_at=doing.at,
    )  # fmt: skip
    lab_writes.send_boxes([b.id for b in found.values()], run, doing.at)
    with widened(doing):
        for box in found.values():
            if box.state == BoxState.STOPPED:
                done(doing, TaskKind.TUBES_MISSING, f"box:{box.id}", f"run:{run.id}")
    for session in {b.session_id for b in found.values()}:
        if lab_reads.session_tubes(doing.actor.scope, session).filter(state__in=["open", "closed", "packed"]).exists():
            continue  # the clock of a post runs on while one of its tubes stands there
        waiting = command_reads.open_tasks(doing.actor.scope).filter(subject=f"session:{session}")
        for task in waiting.filter(kind=TaskKind.SEND_SAMPLES):
            command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=f"run:{run.id}")
    told = {"run": str(run.id), "tubes": sum(b.tubes for b in found.values())}
    return Outcome("taken", doing.actor.scope.path, f"run:{run.id}", told)


def _is_here(box: Any) -> bool:
    """Whether a box still stands at its station."""
    return box is not None and box.run_id is None and box.state in (BoxState.PACKED, BoxState.STOPPED)

"""Tubes go onto an instrument together: the batch that the result file will answer."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def start_test_run(
    doing: Doing,
    *,
    laboratory: UUID,
    number: str,
    instrument: str = "",
    boxes: tuple[str, ...] = (),
    tubes: tuple[str, ...] = (),
) -> Outcome:
    """Name a batch: all waiting tubes of these boxes, and these tubes. Each must have been received at this laboratory."""
    where = lab_reads.laboratory(doing.actor.scope, laboratory)
    if where is None or not number.strip():
        raise Refused(_("请选择实验室并填写批号"), "incomplete")
    if lab_reads.test_run(doing.actor.scope, number.strip()) is not None:
        raise Refused(_("批号 %(number)s 已被使用") % {"number": number}, "number_taken")
    found = {t.code: t for t in lab_reads.tubes_coded(doing.actor.scope, [t.strip() for t in tubes]).values()}
    unknown = [c.strip() for c in tubes if c.strip() not in found]
    known_boxes = lab_reads.boxes_coded(doing.actor.scope, [b.strip() for b in boxes])
    unknown += [b.strip() for b in boxes if b.strip() not in known_boxes]
    waiting = lab_reads.tubes(doing.actor.scope).filter(
        box__in=[b.id for b in known_boxes.values()], state=TubeState.RECEIVED
    )
    found |= {t.code: t for t in waiting.filter(test_run__isnull=True)}
    wrong = [
        t.code
        for t in found.values()
        if t.state != TubeState.RECEIVED or t.test_run_id or t.box is None or t.box.laboratory_id != where.id
    ]
    if unknown or wrong or not found:
        named = "、".join([*unknown, *wrong][:10]) or "—"
        raise Refused(_("以下样本未由本实验室接收或已在其他批次：%(codes)s") % {"codes": named}, "wrong_tubes")
    made = lab_writes.add_test_run(
        [t.id for t in found.values()], id=doing.derive("test_run"), number=number.strip(), laboratory=where,
        path=doing.actor.scope.path, instrument=instrument.strip(), started_at=doing.at, started_by_id=doing.actor.member,
    )  # fmt: skip
    return Outcome("started", made.path, f"testrun:{made.id}", {"test_run": str(made.id), "tubes": made.tubes})

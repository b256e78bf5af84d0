"""A second person lets results out. From here on they count: for the person, the recall of a pool, the case, the duty."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import FINDINGS, FileState, Value
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened
from bihuan.loop.chain import EVERYBODY

# A result that comes later than this after its sampling answers no test any more.
LOOK_BACK = timedelta(days=7)


@flow()
def release_results(
    doing: Doing, *, findings: int, file: UUID | None = None, results: tuple[UUID, ...] = ()
) -> Outcome:
    """Release a file whole, or results recorded one by one. The releaser says how many are not negative; it must agree."""
    if (file is None) == (not results):
        raise Refused(_("请选择一个结果文件或若干条结果"), "incomplete")
    if file is not None:
        tubes, path, subject = _file(doing, file, findings)
    else:
        tubes, path, subject = _one_by_one(doing, results, findings)
    found = [(t, v) for t, v in tubes if v != Value.NEGATIVE]
    positives = [t for t, v in found if v in FINDINGS]
    singles = {t.id: v for t, v in tubes if t.pool_id and v != Value.INVALID}
    if singles:
        lab_writes.decide_rechecks(singles, doing.at)
    out = {t.id for t, _v in tubes} if file is None else set(lab_reads.file_tubes(doing.actor.scope, file))
    _stop_clocks(doing, out)
    with widened(doing):  # who was sampled here may live, and be bound, anywhere in the county
        duties = _duties(doing.at, out)
        alone = lab_reads.members_of(EVERYBODY, [t.id for t in positives if not t.is_pool])
    told = {
        "findings": len(found),
        "_pools": [str(t.id) for t in positives if t.is_pool],
        "_positives": [str(swab) for swab in alone],
        "_duties": duties,
        "_invalid": [str(t.id) for t, v in found if v == Value.INVALID],
    }
    return Outcome("released", path, subject, told)


def _file(doing: Doing, file: UUID, findings: int) -> tuple[Sequence[tuple[Any, str]], str, str]:
    """Let out a file; answers its findings and the singles of recalled pools, never the crowd of negatives."""
    asked = lab_reads.file(doing.actor.scope, file)
    if asked is None or asked.state != FileState.TAKEN:
        raise Refused(_("没有这个待复核的结果文件"), "no_such_file")
    if asked.member_id == doing.actor.member:
        raise Refused(_("上传人不能复核自己的结果：须由第二人发布"), "own_results")
    if findings != asked.findings:
        raise Refused(_("您填写的非阴性数与文件不符：请再核对"), "findings_differ")
    lab_writes.set_file(
        asked.id, FileState.TAKEN, state=FileState.RELEASED, released_at=doing.at, released_by_id=doing.actor.member
    )
    count = lab_writes.release_file(asked.id, at=doing.at, by=doing.actor.member)
    if count != asked.rows_accepted:
        raise Refused(_("文件中有结果已被更正：请逐条发布"), "changed_since")
    tubes = lab_reads.file_findings(doing.actor.scope, asked.id)
    return tubes, asked.path, f"resultfile:{asked.id}"


def _one_by_one(doing: Doing, results: tuple[UUID, ...], findings: int) -> tuple[Sequence[tuple[Any, str]], str, str]:
    waiting = lab_reads.results_by_id(doing.actor.scope, results)
    if len(waiting) != len(set(results)):
        raise Refused(_("有的结果不在您的范围，或已发布"), "no_such_result")
    if any(r.recorded_by_id == doing.actor.member for r in waiting):
        raise Refused(_("录入人不能复核自己的结果：须由第二人发布"), "own_results")
    if any(r.file_id for r in waiting):
        raise Refused(_("文件导入的结果须随文件一并发布"), "of_a_file")
    if findings != sum(r.value != Value.NEGATIVE for r in waiting):
        raise Refused(_("您填写的非阴性数与所选结果不符：请再核对"), "findings_differ")
    lab_writes.release_results([r.id for r in waiting], at=doing.at, by=doing.actor.member)
    return [(r.tube, r.value) for r in waiting], waiting[0].path, f"tube:{waiting[0].tube_id}"


def _duties(at: datetime, tubes: set[UUID]) -> list[dict[str, str]]:
    """Tests owed under orders that these tubes answer: sampled within the duty's window, in no larger a pool than it allows."""
    owed: dict[UUID, list[Any]] = defaultdict(list)
    for duty in orders_reads.tests_owed(EVERYBODY, at - LOOK_BACK, at):
        if duty.order.person_id:
            owed[duty.order.person_id].append(duty)
    pairs = []
    for swab in lab_reads.samples(EVERYBODY, list(owed), at - LOOK_BACK, tubes):
        own = owed[swab.person_id] if swab.person_id else []
        for duty in own:
            if duty.due_from <= swab.at < duty.due_until and swab.tube.capacity <= int(duty.detail.get("pool") or 1):
                pairs.append({"duty": str(duty.id), "swab": str(swab.id)})
                own.remove(duty)
                break
    return pairs


def _stop_clocks(doing: Doing, tubes: set[UUID]) -> None:
    """A fever clinic's clock stops when its result is out."""
    for task in command_reads.open_tasks(doing.actor.scope).filter(kind=TaskKind.FEVER_RESULT):
        if UUID(task.subject.removeprefix("tube:")) in tubes:
            command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome="released")

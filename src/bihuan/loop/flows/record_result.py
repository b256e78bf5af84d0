"""A value is read off an instrument. It waits for a second person; what it replaces stays on record."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab import writes as lab_writes
from bihuan.ledgers.lab.choices import TubeState, Value
from bihuan.loop.act import Doing, Outcome, Refused, flow_of_many

READY = (TubeState.RECEIVED,)
HAS_VALUE = (TubeState.TESTED, TubeState.REPORTED, TubeState.SPOILED)


class ResultRead(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an instrument said of a tube. `reason` is asked where the tube has a value already: it is a correction."""

    tube: str
    value: str
    method: str = ""
    detail: dict[str, Any] = {}
    tested_at: datetime | None = None
    reason: str = ""


@flow_of_many(ResultRead)
def record_result(doings: Sequence[Doing], results: Sequence[ResultRead]) -> Sequence[Outcome | Refused]:
    """Record values of tubes the laboratory has received; none is known to anybody before its release."""
    scope = doings[0].actor.scope
    tubes = lab_reads.tubes_coded(scope, {r.tube.strip() for r in results})
    last = lab_reads.last_results(scope, [t.id for t in tubes.values()])
    seen: set[str] = set()
    refusals: list[Refused | None] = []
    for told in results:
        code = told.tube.strip()
        refusals.append(_refusal(told, tubes.get(code), last) or (_twice(code) if code in seen else None))
        seen.add(code)
    if any(refusals):
        return [no or Outcome("", scope.path) for no in refusals]
    rows = []
    for doing, told in zip(doings, results, strict=True):
        tube = tubes[told.tube.strip()]
        before = last.get(tube.id)
        rows.append(
            {
                "id": doing.id, "tube": tube.id, "path": tube.path, "value": told.value, "method": told.method,
                "detail": told.detail, "file": None, "tested_at": (told.tested_at or doing.at).isoformat(),
                "recorded_at": doing.recorded_at.isoformat(), "recorded_by": doing.actor.member,
                "corrects": before.id if before else None, "reason": told.reason.strip(),
            }
        )  # fmt: skip
    if lab_writes.add_results(rows) != len(rows):
        return [_twice(r.tube) for r in results]  # another hand was quicker: the keys of the table decided
    lab_writes.settle_boxes({t.box_id for t in tubes.values() if t.box_id})
    lab_writes.finish_test_runs({t.test_run_id for t in tubes.values() if t.test_run_id}, doings[0].at)
    return [
        Outcome(
            "corrected" if tubes[r.tube.strip()].id in last else "recorded",
            tubes[r.tube.strip()].path, f"tube:{tubes[r.tube.strip()].id}", {"result": str(d.id), "tube": r.tube.strip()},
        )
        for d, r in zip(doings, results, strict=True)
    ]  # fmt: skip


def _refusal(told: ResultRead, tube: Any, last: Any) -> Refused | None:
    if tube is None:
        return Refused(_("没有管号 %(code)s 的记录") % {"code": told.tube}, "no_such_tube")
    if told.value not in Value.values:
        return Refused(_("“%(value)s”不是检测结果") % {"value": told.value}, "bad_value")
    if tube.state in READY and tube.id not in last:
        return None
    if tube.id not in last:
        return Refused(_("管 %(code)s 尚未由实验室接收") % {"code": tube.code}, "not_received")
    if not told.reason.strip():
        return Refused(_("管 %(code)s 已有结果：更正须写明理由，原结果保留") % {"code": tube.code}, "has_result")
    return None


def _twice(code: str) -> Refused:
    return Refused(_("管 %(code)s 已有结果：更正须写明理由，原结果保留") % {"code": code}, "has_result")

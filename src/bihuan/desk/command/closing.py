"""How a task ends: reported done with proof, closed by somebody else, sent back with a reason; and where it comes from."""

from typing import Any

from bihuan.desk.inside import Visit
from bihuan.ledgers.command import reads as command_reads


def closing(visit: Visit, task: Any) -> dict[str, Any]:
    """What a task's page shows of its source and its end; no right where it ends by another act."""
    if not command_reads.is_closed_by_another(task.kind):
        return {"may_close": False}
    is_open, detail = task.closed_at is None, task.detail
    is_executor = str(visit.actor.member) in (str(task.responsible_id), detail.get("done_by"))
    kind, _colon, id_ = task.subject.partition(":")
    return {
        "may_close": is_open and not is_executor and kind != "problem" and visit.actor.may("close_task"),
        "may_report": is_open and visit.actor.may("report_done"),
        "may_reopen": visit.actor.may("reopen_task") and not is_executor and (not is_open or "done_by" in detail),
        "is_open": is_open,
        "act_about": {kind: id_},
        "detail": detail,
        "proofs": command_reads.proofs(visit.scope, [f"task:{task.id}"]),
    }

"""A limit of the chain was broken: whoever answers says why, and the cause stays with the task."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.loop.act import Doing, Outcome, Refused, flow

OF_THE_CHAIN = (
    TaskKind.SEND_SAMPLES,
    TaskKind.FEVER_RESULT,
    TaskKind.FINISH_ROUND,
    TaskKind.RECALL_POOL,
    TaskKind.TUBES_MISSING,
)
CAUSES = ("sampling", "transport", "testing", "reporting", "platform", "other")


@flow(private=("note",))
def explain_late(doing: Doing, *, task: UUID, cause: str, note: str = "") -> Outcome:
    """Give the cause of a late task of the testing chain: one of the four links, a platform that was away, or in words."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind not in OF_THE_CHAIN:
        raise Refused(_("没有这项检测任务"), "no_such_task")
    if cause not in CAUSES or (cause == "other" and not note.strip()):
        raise Refused(_("请选择超时原因；选“其他”须写明"), "no_cause")
    command_writes.set_task_detail(asked.id, {**asked.detail, "cause": cause, "note": note.strip()})
    return Outcome("explained", asked.path, f"task:{asked.id}", {"cause": cause})

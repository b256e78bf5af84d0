"""A red code goes on: clarified, reported, handed over, each with its own instant (R048)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake.sightings.choices import RedStep
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("note",))
def advance_red_code(doing: Doing, *, task: UUID, step: str, note: str) -> Outcome:
    """Record one step, in order and once; the hand-over ends the case."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind != TaskKind.RED_CODE:
        raise Refused(_("没有这项任务"), "no_such_task")
    order = list(RedStep.values)
    following = next((s for s in order if f"{s}_at" not in asked.detail), None)
    if asked.closed_at is not None or following is None:
        raise Refused(_("该任务已由他人完成"), "already_closed")
    if step != following:
        words = {"step": RedStep(following).label}
        raise Refused(_("下一步应为“%(step)s”") % words, "out_of_order")
    if len(note.strip()) < 2:
        raise Refused(_("请写明情况或对方单位"), "no_words")
    told = {
        f"{step}_at": doing.at.isoformat(),
        f"{step}_by": str(doing.actor.member),
        f"{step}_note": note.strip()[:500],
    }
    command_writes.set_detail(asked.id, **told)
    if step == RedStep.HANDED_OVER:
        command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=asked.subject)
    return Outcome(step, asked.path, f"task:{asked.id}", {"task": str(asked.id), "step": step})

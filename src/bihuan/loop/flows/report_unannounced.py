"""What an unannounced visit found; isolation that is not kept is to be mended."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

FORM = "unannounced_visit"


@flow(private=("answers",))
def report_unannounced(doing: Doing, *, task: UUID, outcome: str, answers: dict[str, Any]) -> Outcome:
    """Record the visit and close its task."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind != TaskKind.UNANNOUNCED_VISIT:
        raise Refused(_("没有这项任务"), "no_such_task")
    form = forms.form(FORM)
    if outcome not in form.asks:
        raise Refused(_("“%(outcome)s”不是走访结果") % {"outcome": outcome}, "bad_outcome")
    missing = form.unanswered(outcome, answers)
    if missing:
        labels = "；".join(f.label.zh for f in missing[:3])
        raise Refused(_("还有 %(n)d 项没有填写：%(labels)s") % {"n": len(missing), "labels": labels}, "not_filled")
    stay = stays_reads.stay(shared.ALL, UUID(asked.subject.partition(":")[2]))
    path = stay.path if stay is not None else asked.path
    command_writes.add_visit(
        id=doing.id, subject=asked.subject, path=path, form=FORM, outcome=outcome, answers=answers,
        member_id=doing.actor.member, at=doing.at, recorded_at=doing.recorded_at,
    )  # fmt: skip
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=f"visit:{doing.id}"):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    told = {"_path": path, "_place": asked.title, "_subject": asked.subject}
    return Outcome(outcome, path, asked.subject, told)

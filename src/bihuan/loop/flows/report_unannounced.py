"""What an unannounced visit found; isolation that is not kept enters the problem ledger (R081)."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ProblemSource, TaskKind
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.staff import reads as staff_reads
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
        id=doing.id, subject=asked.subject, path=path, form=FORM, outcome=outcome, answers={**answers, "name": asked.title},
        member_id=doing.actor.member, at=doing.at, recorded_at=doing.recorded_at,
    )  # fmt: skip
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome=f"visit:{doing.id}"):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    told = {"visit": str(doing.id)}
    if outcome == "not_kept":
        told |= {"_at": _answerable(stay, path), "_item": _item(stay), "_source": ProblemSource.INSPECTION,
                 "_found_in": f"visit:{doing.id}"}  # fmt: skip
    return Outcome(outcome, path, asked.subject, told)


def _answerable(stay: Any, path: str) -> str:
    """Who answers for it: the site, or the village's or township's own unit for a home."""
    if stay is not None and stay.facility_id is not None:
        return f"place:{stay.facility.place_id}"
    units = staff_reads.answerable(path)
    if not units:
        raise Refused(_("这里没有登记任何负责单位，问题无人整改"), "nobody_answers")
    return f"unit:{units[0].id}"


def _item(stay: Any) -> str:
    return "isolation_site/kept_in_truth" if stay is not None and stay.facility_id else "home_isolation/kept_in_truth"

"""Is this home fit for home quarantine? An unfit one proposes another place."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("answers",))
def assess_home(doing: Doing, *, order: UUID, answers: dict[str, Any]) -> Outcome:
    """Record the assessment; a must-item answered with no makes the home unfit."""
    bound = orders_reads.order(doing.actor.scope, order)
    if bound is None or bound.person_id is None:
        raise Refused(_("没有这份措施，或不在您的辖区"), "no_such_order")
    form = forms.form(shared.HOME_FORM)
    missing = form.unanswered("assessed", answers)
    if missing:
        labels = "；".join(f.label.zh for f in missing[:3])
        raise Refused(_("还有 %(n)d 项没有填写：%(labels)s") % {"n": len(missing), "labels": labels}, "not_filled")
    failed = form.failed_musts("assessed", answers)
    command_writes.add_visit(
        id=doing.id, subject=f"order:{bound.id}", path=bound.path, form=shared.HOME_FORM, outcome="assessed", answers=answers,
        member_id=doing.actor.member, at=doing.at, recorded_at=doing.recorded_at,
    )  # fmt: skip
    told = {"failed": failed, "_place": bound.area.name, "_subject": f"order:{bound.id}"}
    return Outcome("unfit" if failed else "fit", bound.path, f"order:{bound.id}", told)

"""A facility is checked against its standard, item by item. A failed must-item blocks opening."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("answers",))
def check_site(doing: Doing, *, facility: UUID, answers: dict[str, Any]) -> Outcome:
    """Record the check: passed, or failed with the must-items found wanting; an open site that fails is to be mended."""
    asked = resources_reads.facility_for_update(doing.actor.scope, facility)
    if asked is None or not asked.form:
        raise Refused(_("没有这个设施，或它没有检查标准"), "no_such_facility")
    form = forms.form(asked.form)
    missing = form.unanswered("checked", answers)
    if missing:
        labels = "；".join(f.label.zh for f in missing[:3])
        raise Refused(_("还有 %(n)d 项没有填写：%(labels)s") % {"n": len(missing), "labels": labels}, "not_filled")
    failed = form.failed_musts("checked", answers)
    is_open = asked.opened_at is not None and asked.closed_at is None
    command_writes.add_visit(
        id=doing.id,
        subject=f"facility:{asked.id}",
        path=asked.path,
        form=form.name,
        outcome="checked",
        answers=answers,
        member_id=doing.actor.member,
        at=doing.at,
        recorded_at=doing.recorded_at,
    )
    if asked.checked_at is None or asked.checked_at <= doing.at:  # a check sent late does not undo a newer one
        due = doing.at + timedelta(days=asked.check_every_days) if is_open else None
        resources_writes.set_check(asked.id, at=doing.at, is_passed=not failed, faults=failed, due_at=due)
    subject = f"facility:{asked.id}"
    waiting = command_reads.open_tasks(doing.actor.scope).filter(kind=TaskKind.SITE_CHECK, subject=subject)
    for task in waiting:
        command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=f"visit:{doing.id}")
    word = "passed" if not failed else "failed_open" if is_open else "failed"
    return Outcome(
        word,
        asked.path,
        subject,
        {"facility": str(asked.id), "failed": failed, "_path": asked.path, "_place": asked.place.name},
    )

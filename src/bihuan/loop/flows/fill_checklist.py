"""A checklist is filled: at an inspection, by the unit itself, for a re-check, at a dispatch. What is wrong becomes problems."""

from typing import Any
from uuid import UUID

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import FillKind
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("answers",))
def fill_checklist(
    doing: Doing, *, checklist: str, subject: str, kind: str, answers: dict[str, Any], stop: UUID | None = None
) -> Outcome:
    """Record one filled checklist; `answers` are {item: {answer, note, fixed}}. A failed must-item is said in the outcome."""
    try:
        asked = checklists.checklist(checklist)
    except ValueError:
        raise Refused(_("没有这张检查表"), "no_such_checklist") from None
    scope = doing.actor.scope
    at = command_reads.subject(scope, subject)
    if at is None or not asked.fits(at.kind):
        raise Refused(_("没有这个检查对象，或这张表不适用于它"), "no_such_subject")
    if kind not in FillKind.values:
        raise Refused(_("“%(kind)s”不是填表类别") % {"kind": kind}, "bad_kind")
    if kind in (FillKind.INSPECTION, FillKind.RECHECK) and not doing.actor.may("raise_problem"):
        raise Refused(_("您的岗位只能自查，不能检查"), "not_inspector")
    told = {name: entry for name, entry in answers.items() if isinstance(entry, dict)}
    language = get_language() or ""
    open_lines = checklists.unanswered(asked, told) + checklists.unusable(asked, told)
    if open_lines:
        named = "、".join(i.words.in_language(language) for i in open_lines[:3])
        raise Refused(_("还有 %(n)d 项没有填对：%(named)s") % {"n": len(open_lines), "named": named}, "not_filled")
    seat = command_reads.stop(scope, stop) if stop else None
    if stop and (seat is None or seat.subject != subject or seat.inspection.checklist != checklist):
        raise Refused(_("检查计划里没有这一站"), "no_such_stop")
    found = checklists.findings(asked, told)
    outcome = "failed" if any(f.item.is_must for f in found) else "found" if found else "clear"
    known = {i.name for i in asked.items}
    visit = command_writes.add_visit(
        id=doing.id, subject=subject, path=at.path, form=f"checklist/{asked.name}", outcome=outcome,
        answers={"kind": kind, "name": at.name, "items": {n: e for n, e in told.items() if n in known}},
        member_id=doing.actor.member, at=doing.at, recorded_at=doing.recorded_at,
    )  # fmt: skip
    if seat and not command_writes.set_stop(seat.id, visit.id):
        raise Refused(_("这一站已有人检查过"), "stop_done")
    if kind == FillKind.DISPATCH:
        for task in command_reads.open_tasks(scope).filter(subject=subject, kind=at.kind):
            command_writes.set_task_detail(
                task.id, {**task.detail, "done_by": str(doing.actor.member), "done_at": doing.at.isoformat(),
                          "visit": str(visit.id)}
            )  # fmt: skip
    result = {"visit": str(visit.id), "found": len(found), "outcome": outcome}
    return Outcome("found" if found else "clear", at.path, f"visit:{visit.id}", result)

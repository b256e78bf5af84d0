"""Orders go out: every item with standard, requirement, time and person becomes a task with a clock for every unit meant."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ItemState, TaskKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

_LACKS = {"standard": _("标准"), "requirement": _("要求"), "time": _("时间"), "person": _("责任人")}


@flow()
def dispatch_items(doing: Doing, *, directive: UUID, items: tuple[UUID, ...]) -> Outcome:
    """Dispatch confirmed items. One that lacks standard, requirement, time or person holds the whole order back; one that
    recurs opens its next task by itself."""
    asked = command_reads.directive(doing.actor.scope, directive)
    if asked is None or not doing.actor.scope.holds(asked.path):
        raise Refused(_("没有这份文件"), "no_such_directive")
    drafts = list(command_reads.items(doing.actor.scope, directive).filter(id__in=items, state=ItemState.DRAFT))
    if not drafts or len(drafts) != len(set(items)):
        raise Refused(_("请选择待确认的条目"), "no_such_item")
    units = staff_reads.units_by_id({u for i in drafts for u in i.unit_ids})
    chiefs = {u: staff_reads.chief(doing.actor.scope, u, doing.at) for u in units}
    lacking = [(i, lacks) for i in drafts if (lacks := _lacks(i, units, chiefs, doing.at))]
    if lacking:
        told = "；".join(
            f"“{i.requirement[:16] or '…'}” {'、'.join(str(_LACKS[w]) for w in lacks)}" for i, lacks in lacking[:3]
        )
        raise Refused(
            _("有 %(n)d 条缺少标准、要求、时间或责任人，不能下发：%(told)s") % {"n": len(lacking), "told": told},
            "not_operable",
        )
    opened = rhythms = 0
    for item in drafts:
        for unit_id in item.unit_ids:
            _open(doing, asked, item, units[unit_id], chiefs[unit_id])
            opened += 1
            rhythms += item.every_minutes is not None
    command_writes.set_items([i.id for i in drafts], state=ItemState.DISPATCHED)
    result = {"tasks": opened, "rhythms": rhythms}
    return Outcome("dispatched", asked.path, f"directive:{asked.id}", result)


def _lacks(item: Any, units: Any, chiefs: Any, at: datetime) -> list[str]:
    lacks = [name for name in ("standard", "requirement") if not getattr(item, name).strip()]
    if not (item.due_minutes or item.every_minutes or (item.due_at and item.due_at > at)):
        lacks.append("time")
    if not item.unit_ids or any(u not in units or (not item.responsible_id and not chiefs[u]) for u in item.unit_ids):
        lacks.append("person")
    return lacks


def _open(doing: Doing, asked: Any, item: Any, unit: Any, chief: Any) -> None:
    levels = staff_reads.answerable(unit.path)
    if not levels:
        raise Refused(_("四方责任缺一不可：属地、行业、单位必须填写"), "four_parties")
    due_minutes = item.due_minutes or item.every_minutes
    due = item.due_at or doing.at + timedelta(minutes=due_minutes)
    person = item.responsible_id or chief.member_id
    detail = {
        "directive": str(asked.id), "directive_title": asked.title, "start": item.span_start, "end": item.span_end,
        "quote": asked.text[item.span_start : item.span_end], "standard": item.standard,
        "raised_by": str(doing.actor.member),
    }  # fmt: skip
    common = {"kind": TaskKind.DIRECTIVE, "title": item.requirement, "path": unit.path, "subject": f"item:{item.id}"}
    sector = item.sector or levels[2]
    task = command_writes.add_task(
        id_=doing.derive(f"task:{item.id}:{unit.id}"), area_code=unit.area_id, at=doing.at, detail=detail,
        parties=command_writes.Parties(levels[1], sector, unit, person), **common,
    )  # fmt: skip
    command_writes.add_clock(
        task, kind="task", started_at=doing.at, warn_at=doing.at + (due - doing.at) / 2, due_at=due
    )
    words = {"title": item.requirement, "area": unit.name, "due_at": due.isoformat()}
    if chief:
        command_writes.add_notices([chief], kind="task_given", words=words, task=task.id, at=doing.at)
    if item.every_minutes:
        command_writes.add_rhythm(
            id=doing.derive(f"rhythm:{item.id}:{unit.id}"), area_id=unit.area_id, territory_owner=levels[1],
            sector_supervisor=sector, responsible_unit=unit, responsible_id=person, detail=detail,
            every_minutes=item.every_minutes, due_minutes=item.due_minutes or item.every_minutes,
            next_at=doing.at + timedelta(minutes=item.every_minutes), **common,
        )  # fmt: skip

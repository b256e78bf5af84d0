"""A finding enters the problem ledger with an owner, a clock and whatever came before it."""

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import checklists, recurrence
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ProblemSource, TaskKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened

TOP = len(checklists.LEVELS) - 1


@flow(private=("words",))
def raise_problem(
    doing: Doing, *, subject: str, item: str, words: str = "", source: str = ProblemSource.OTHER, found_in: str = "",
    owner: str = "", due_at: datetime | None = None, is_fixed: bool = False,
) -> Outcome:  # fmt: skip
    """Record a problem at a place, unit or entry. The same item there within its window makes it recurrent: it cites
    the earlier ones and goes one level up. `item` is checklist/item, or free/… with one's own words."""
    at = command_reads.subject(doing.actor.scope, subject)
    if at is None:
        raise Refused(_("没有这个单位、场所或条目，或不在您的辖区"), "no_such_subject")
    if source not in ProblemSource.values or (owner and owner not in checklists.LEVELS):
        raise Refused(_("问题来源或责任层级有误"), "bad_words")
    line = _line(item)
    if line is None and not words.strip():
        raise Refused(_("请写明问题"), "no_words")
    asked, told = line or (None, None)
    base = checklists.LEVELS.index(owner or (told.owner if told else "township"))
    window = asked.window_days if asked else _free_window_days(doing)
    title = words.strip() or (told.words.zh if told else "")
    if told and words.strip():
        title = f"{told.words.zh}（{words.strip()}）"
    due = due_at or doing.at + timedelta(hours=told.due_hours if told else 24)
    if due <= doing.at:
        raise Refused(_("整改时限须晚于发现时间"), "bad_due")
    with widened(doing):  # numbers, owners and earlier findings are the county's
        county = territory_reads.county_of(at.path)
        number = command_reads.next_problem_number(
            Scope(EVERYWHERE), f"{county.name[:1] if county else ''}问〔{doing.at.year}〕"
        )
        before = command_reads.same_item(Scope(EVERYWHERE), subject, item)
        id_ = doing.derive("problem")
        every = [recurrence.Found(p.id, p.found_at, p.window_days, p.base_level) for p in before]
        stands = recurrence.standings([*every, recurrence.Found(id_, doing.at, window, base)], top=TOP)
        units = _levels(at, asked)
        mine = stands[id_]
        parties, chief = _parties(doing, units, mine.level)
        task = command_writes.add_task(
            id_=doing.derive("task"), kind=TaskKind.PROBLEM, title=title, area_code=at.area_code, path=at.path,
            subject=f"problem:{id_}", parties=parties, at=doing.at,
            detail={"raised_by": str(doing.actor.member), "on_the_spot": is_fixed},
        )  # fmt: skip
        command_writes.add_clock(
            task, kind="problem", started_at=doing.at, warn_at=doing.at + (due - doing.at) / 2, due_at=due
        )
        command_writes.add_problem(
            id=id_, number=number, subject=subject, subject_name=at.name, area_id=at.area_code, path=at.path, item=item,
            words=title, source=source, found_in=found_in, found_at=doing.at, found_by_id=doing.actor.member,
            window_days=window, base_level=base, level=mine.level, earlier=list(mine.earlier), task=task,
        )  # fmt: skip
        for late in before:  # what came in late from a phone changes how later findings stand
            now = stands[late.id]
            if (list(now.earlier), now.level) != (late.earlier, late.level):
                command_writes.set_problem(late.id, earlier=list(now.earlier), level=now.level)
                if now.level != late.level:
                    moved, _head = _parties(doing, units, now.level)
                    command_writes.set_task_owner(late.task_id, moved.responsible_unit.id, moved.responsible)
        if chief:
            told_words = {"title": title, "area": at.name, "due_at": due.isoformat(), "number": number}
            kind = "problem_again" if mine.earlier else "problem_raised"
            command_writes.add_notices([chief], kind=kind, words=told_words, task=task.id, at=doing.at)
    result = {"problem": str(id_), "number": number, "is_recurrent": bool(mine.earlier), "earlier": len(mine.earlier)}
    return Outcome("again" if mine.earlier else "raised", at.path, f"problem:{id_}", result)


def _line(item: str) -> tuple[checklists.Checklist, checklists.Item] | None:
    """The checklist and its line an item names; None for a problem in one's own words."""
    name, _slash, line = item.partition("/")
    if not item or len(item) > 120:
        raise Refused(_("请选择检查项目"), "no_item")
    if name == "free":
        return None
    try:
        asked = checklists.checklist(name)
    except ValueError:
        raise Refused(_("没有这张检查表"), "no_such_checklist") from None
    told = asked.item(line)
    if told is None:
        raise Refused(_("检查表里没有这一项"), "no_such_item")
    return asked, told


def _free_window_days(doing: Doing) -> int:
    return command_bridge.limit("recurrence", doing.at).minutes // 1440


def _levels(at: Any, asked: checklists.Checklist | None) -> tuple[Any, ...]:
    """Who answers at each level; an entry of a register has its own unit and its own sector."""
    units = staff_reads.answerable(at.path, asked.sector if asked else ())
    if not units:
        raise Refused(_("“%(area)s”没有登记任何负责单位，问题无人整改") % {"area": at.name}, "nobody_answers")
    return (units[0], units[1], at.sector, units[3]) if at.sector else units


def _parties(doing: Doing, units: tuple[Any, ...], level: int) -> tuple[command_writes.Parties, Any]:
    unit = units[level]
    chief = staff_reads.chief(Scope(EVERYWHERE), unit.id, doing.at)
    return command_writes.Parties(units[1], units[2], unit, chief.member_id if chief else None), chief

"""What the flows of orders share: numbered notices, tasks with a clock, who signs. Decides nothing."""

import re
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter
from bihuan.loop.act import Doing, Refused

# What a measure rests on: kind:id.
GROUND = re.compile(r"^[a-z_]+:\S+$")
SIGNERS = (Role.HEALTH, Role.COMMANDER, Role.DUTY_LEADER)


def numbers(doing: Doing, path: str, count: int) -> list[str]:
    """The next numbers of the county's notices (发文字号), one for each paper."""
    county = territory_reads.county_of(path)
    name = county.name[:1] if county else ""
    given = orders_writes.take_numbers(f"{county.code if county else ''}:{doing.at.year}", count)
    return [f"{name}疫控〔{doing.at.year}〕{n}号" for n in given]  # data


def signature(doing: Doing) -> str:
    """Unit and post under a decision. Refuses whoever acts by rule: only a person in a post may bind or free."""
    words = f"{doing.actor.unit} {doing.actor.post}".strip()
    if not words:
        raise Refused(_("约束或解除约束的决定只能由任岗的人签批"), "not_a_person")
    return words


def open_task(
    doing: Doing, *, kind: str, limit: str, title: str, path: str, subject: str, roles: Sequence[str],
    started_at: datetime | None = None, due_at: datetime | None = None, detail: dict[str, Any] | None = None,
) -> None:  # fmt: skip
    """A task with its parties and a clock for those who answer at `path`; one still open for the same subject stays."""
    enter(Scope(EVERYWHERE))  # who answers, and what is open, are questions about the whole county
    if command_reads.open_tasks(Scope(EVERYWHERE)).filter(kind=kind, subject=subject).exists():
        enter(doing.actor.scope)
        return
    area = territory_reads.above(path)[-1]
    sector = staff_reads.unit_of(path, [UnitKind.WORKING_GROUP, UnitKind.HEADQUARTERS])
    owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP]) or sector
    if owner is None or sector is None:
        raise Refused(_("“%(area)s”没有登记乡镇单位或县级工作组，任务无人负责") % {"area": area.name}, "nobody_answers")
    told = staff_reads.answering(path, roles, doing.at)
    clock = command_bridge.limit(limit, doing.at)
    start = started_at or doing.at
    due = due_at or clock.due(start)
    task = command_writes.add_task(
        id_=doing.derive(f"task:{kind}:{subject}"), kind=kind, title=title, area_code=area.code, path=path,
        subject=subject, at=start, detail=detail,
        parties=command_writes.Parties(
            owner, sector, told[0].post.unit if told else owner, told[0].member_id if told else None
        ),
    )  # fmt: skip
    warn = start + (due - start) * clock.raised[0][0]
    command_writes.add_clock(task, kind=limit, started_at=start, warn_at=warn, due_at=due)
    words = {"title": title, "due_at": due.isoformat(), "area": area.name}
    command_writes.add_notices(told, kind="order_task", words=words, task=task.id, at=doing.at)
    enter(doing.actor.scope)


def close_tasks(doing: Doing, kinds: Collection[str], subject: str, outcome: str) -> None:
    """What was asked about this subject is answered."""
    enter(Scope(EVERYWHERE))
    for task in command_reads.open_tasks(Scope(EVERYWHERE)).filter(kind__in=kinds, subject=subject):
        command_writes.close_task(task.id, at=doing.at, by=doing.actor.member, outcome=outcome)
    enter(doing.actor.scope)


def common_path(paths: Sequence[str]) -> str:
    """The nearest place that all of these lie in."""
    first, last = min(paths), max(paths)
    same = next((i for i, (a, b) in enumerate(zip(first, last, strict=False)) if a != b), min(len(first), len(last)))
    return first[: first[:same].rfind("/") + 1] or EVERYWHERE

"""The rows of a list go out to their townships, each with a task to name three people and a clock."""

from collections import defaultdict
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def dispatch_list(doing: Doing, *, pushed_list: UUID) -> Outcome:
    """Send what is routed and not yet sent; rows that join a township already at work join its task."""
    pushed = intake_reads.pushed_list(Scope(EVERYWHERE), pushed_list)
    if pushed is None:
        raise Refused(_("没有这份名单"), "no_such_list")
    by_township = defaultdict(list)
    for row in intake_reads.to_dispatch(pushed.id):
        by_township[territory_reads.township_path(row.path)].append(row.id)
    limit = command_bridge.limit("name_team", doing.at)
    assigned = 0
    for path, rows in sorted(by_township.items()):
        dispatch = intake_reads.dispatch_to(pushed.id, path) or _open(doing, pushed, path, limit)
        assigned += intake_writes.set_dispatched(rows, dispatch)
    due = limit.due(doing.at).isoformat() if assigned else None
    return Outcome("dispatched", pushed.path, f"list:{pushed.id}", {"assigned": assigned, "due_at": due})


def _open(doing: Doing, pushed: Any, path: str, limit: command_bridge.Limit) -> Any:
    """One township's share of the list: a task four parties answer for, and its clock."""
    area = territory_reads.above(path)[-1]
    owner = staff_reads.unit_of(path, [UnitKind.TOWNSHIP])
    sector = staff_reads.unit_of(path, [UnitKind.WORKING_GROUP, UnitKind.HEADQUARTERS])
    if owner is None or sector is None:
        raise Refused(_("“%(area)s”没有登记乡镇单位或县级工作组，任务无人负责") % {"area": area.name}, "nobody_answers")
    heads = staff_reads.answering(path, [Role.TOWNSHIP], doing.at)
    task = command_writes.add_task(
        id_=doing.derive(f"team:{path}"),
        kind=TaskKind.NAME_TEAM,
        title=f"{pushed.source} {pushed.number}",
        area_code=area.code,
        path=path,
        subject=f"list:{pushed.id}",
        parties=command_writes.Parties(owner, sector, owner, heads[0].member_id if heads else None),
        at=doing.at,
    )
    command_writes.add_clock(
        task, kind=limit.kind, started_at=doing.at, warn_at=limit.warn(doing.at), due_at=limit.due(doing.at)
    )
    command_writes.add_notices(heads, kind="list_arrived", words={"list": pushed.number}, task=task.id, at=doing.at)
    return intake_writes.add_dispatch(
        id=doing.derive(f"dispatch:{path}"),
        pushed_list=pushed,
        area=area,
        path=path,
        task=task,
        sent_at=doing.at,
    )

"""A township answers a list: three named people, a head, a deputy, a worker. It stops the clock."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import Role4, TaskKind
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.intake import writes as intake_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def name_team(doing: Doing, *, task: UUID, head: UUID, deputy: UUID, worker: UUID) -> Outcome:
    """Name the three people who verify the township's rows; the worker gets the rows to visit."""
    asked = command_reads.task(doing.actor.scope, task)
    if asked is None or asked.kind != TaskKind.NAME_TEAM:
        raise Refused(_("没有这项任务"), "no_such_task")
    if len({head, deputy, worker}) < 3:
        raise Refused(_("三人小组必须是三个不同的人"), "same_person")
    serving = {m.id for m in staff_reads.members_in(Scope(asked.path), doing.at)}
    if not {head, deputy, worker} <= serving:
        raise Refused(_("小组成员必须是本乡镇在岗人员"), "not_serving")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome="team_named"):
        raise Refused(_("该任务已由他人完成"), "already_closed")
    seats = {str(seat): who for seat, who in zip(Role4, (head, deputy, worker), strict=True)}
    command_writes.add_team(asked, seats, doing.at)
    rows = [r.id for r in intake_reads.open_rows(doing.actor.scope).filter(dispatch__task=asked.id)]
    intake_writes.set_assignee(rows, worker)
    return Outcome("team_named", asked.path, f"task:{asked.id}", {"rows": len(rows)})

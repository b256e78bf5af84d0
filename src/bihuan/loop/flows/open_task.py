"""An order to somebody: four parties answer for it, a clock runs on it."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("title",))
def open_task(
    doing: Doing,
    *,
    title: str,
    area: str,
    territory_owner: UUID,
    sector_supervisor: UUID,
    responsible_unit: UUID,
    due_at: datetime,
    responsible: UUID | None = None,
) -> Outcome:
    """Open a task with its territory owner, sector supervisor, responsible unit and, where it applies, person."""
    place = territory_reads.area(area)
    if place is None or not doing.actor.scope.holds(place.path):
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    if not title.strip() or due_at <= doing.at:
        raise Refused(_("任务须写明内容和晚于现在的时限"), "incomplete")
    units = staff_reads.units_by_id([territory_owner, sector_supervisor, responsible_unit])
    if len(units) < len({territory_owner, sector_supervisor, responsible_unit}):
        raise Refused(_("四方责任缺一不可：属地、行业、单位必须填写"), "four_parties")
    task = command_writes.add_task(
        id_=doing.derive("task"),
        kind=TaskKind.GENERAL,
        title=title.strip(),
        area_code=place.code,
        path=place.path,
        subject="",
        parties=command_writes.Parties(
            units[territory_owner], units[sector_supervisor], units[responsible_unit], responsible
        ),
        at=doing.at,
    )
    half = doing.at + (due_at - doing.at) / 2
    command_writes.add_clock(task, kind="task", started_at=doing.at, warn_at=half, due_at=due_at)
    return Outcome("opened", place.path, f"task:{task.id}", {"task": str(task.id)})

"""Opens a task for whoever answers at a place: the four parties from the roster, a clock, and those told of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import UnitKind
from bihuan.loop.act import Doing, Refused


def open_clocked(
    doing: Doing,
    *,
    kind: str,
    title: str,
    area: Any,
    path: str,
    subject: str,
    roles: Sequence[Sequence[str]],
    notice: str,
    name: str = "task",
    detail: Mapping[str, Any] | None = None,
) -> Any:
    """Open a task of this kind, whose limit has the same name. `roles`: who is asked, and who where nobody holds that.

    The scope must already hold the whole county: who answers may sit above the place. Raises Refused where nobody does.
    """
    told: list[Any] = []
    for wanted in roles:
        told = told or staff_reads.answering(path, wanted, doing.at)
    township = staff_reads.unit_of(path, [UnitKind.TOWNSHIP])
    county = staff_reads.unit_of(path, [UnitKind.HEADQUARTERS, UnitKind.WORKING_GROUP])
    if county is None:
        raise Refused(_("没有登记县级指挥部或工作组，任务无人负责"), "nobody_answers")
    unit = told[0].post.unit if told else county
    limit = command_bridge.limit(kind, doing.at)
    task = command_writes.add_task(
        id_=doing.derive(name), kind=kind, title=title, area_code=area.code, path=path, subject=subject,
        parties=command_writes.Parties(township or county, county, unit, told[0].member_id if told else None),
        at=doing.at, detail=detail,
    )  # fmt: skip
    due = limit.due(doing.at)
    command_writes.add_clock(task, kind=limit.kind, started_at=doing.at, warn_at=limit.warn(doing.at), due_at=due)
    words = {"title": title, "area": area.name, "due_at": due.isoformat()}
    command_writes.add_notices(told, kind=notice, words=words, task=task.id, at=doing.at)
    return task

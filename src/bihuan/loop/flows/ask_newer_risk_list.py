"""The list of risk areas has not been renewed for too long: headquarters is asked to look for a newer one."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext as _t

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def ask_newer_risk_list(doing: Doing, *, risk_list: UUID) -> Outcome:
    """Open a task with a clock for the office, once a version; it is closed by loading a list, the same or another."""
    old = next((o for o in risk.lists_older_than(_age(doing), doing.at) if o.id == risk_list), None)
    if old is None:
        return Outcome("renewed", doing.actor.scope.path)
    county = territory_reads.county_of(old.path)
    unit = staff_reads.unit_of(old.path, [UnitKind.HEADQUARTERS, UnitKind.WORKING_GROUP])
    if county is None or unit is None:
        return Outcome("nobody_answers", old.path, f"risk_list:{old.id}")
    limit = command_bridge.limit("renew_risk_list", doing.at)
    told = staff_reads.answering(old.path, [Role.OFFICE, Role.COMMANDER], doing.at)
    title = _t("风险地区清单第 %(n)d 版已超过 %(hours)d 小时未更新") % {
        "n": old.number,
        "hours": _age(doing).total_seconds() // 3600,
    }
    task = command_writes.add_task(
        id_=doing.derive("task"),
        kind=TaskKind.RENEW_RISK_LIST,
        title=title,
        area_code=county.code,
        path=old.path,
        subject=f"risk_list:{old.id}",
        parties=command_writes.Parties(unit, unit, unit, told[0].member_id if told else None),
        at=doing.at,
    )
    command_writes.add_clock(
        task, kind=limit.kind, started_at=doing.at, warn_at=limit.warn(doing.at), due_at=limit.due(doing.at)
    )
    words = {"title": title, "area": county.name, "due_at": limit.due(doing.at).isoformat()}
    command_writes.add_notices(told, kind="old_risk_list", words=words, task=task.id, at=doing.at)
    return Outcome("asked", old.path, f"risk_list:{old.id}", {"task": str(task.id)})


def _age(doing: Doing) -> timedelta:
    return timedelta(minutes=command_bridge.limit("risk_list_age", doing.at).minutes)

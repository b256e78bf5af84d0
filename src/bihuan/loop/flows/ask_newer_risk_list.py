"""The list of risk areas has not been renewed for too long: headquarters is asked to look for a newer one."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import risk
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.answering import open_clocked


@flow()
def ask_newer_risk_list(doing: Doing, *, risk_list: UUID) -> Outcome:
    """Open a task with a clock for the office, once a version; loading a list, the same or another, closes it."""
    limit = timedelta(minutes=command_bridge.limit("risk_list_age", doing.at).minutes)
    old = next((o for o in risk.lists_older_than(limit, doing.at) if o.id == risk_list), None)
    county = territory_reads.county_of(old.path) if old else None
    if old is None or county is None:
        return Outcome("renewed", doing.actor.scope.path)
    words = {"n": old.number, "hours": limit.total_seconds() // 3600}
    task = open_clocked(
        doing, kind=TaskKind.RENEW_RISK_LIST, title=gettext("风险地区清单第 %(n)d 版已超过 %(hours)d 小时未更新") % words,
        area=county, path=old.path, subject=f"risk_list:{old.id}", notice="old_risk_list",
        roles=([Role.OFFICE, Role.COMMANDER],),
    )  # fmt: skip
    return Outcome("asked", old.path, f"risk_list:{old.id}", {"task": str(task.id)})

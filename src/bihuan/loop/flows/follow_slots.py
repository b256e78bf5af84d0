"""Sampling slots are over: who did not come becomes somebody's task, who came after all ends it."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab.slots import reads as slot_reads
from bihuan.ledgers.lab.slots import writes as slot_writes
from bihuan.ledgers.lab.slots.choices import PlanState
from bihuan.ledgers.staff.choices import Role
from bihuan.loop import chain
from bihuan.loop import slots as shared
from bihuan.loop.act import Doing, Outcome, flow


@flow()
def follow_slots(doing: Doing, *, plan: UUID) -> Outcome:
    """Mark missed slots, one task a village; those open stay, and end when everybody of theirs has come."""
    asked = slot_reads.plan(chain.EVERYBODY, plan)
    if asked is None or asked.state != PlanState.CONFIRMED:
        return Outcome("nothing_due", doing.actor.scope.path, f"slots:{plan}")
    grace = timedelta(minutes=command_bridge.limit("slot_grace", doing.at).minutes)
    unmet = slot_reads.unmet(chain.EVERYBODY, asked.id, doing.at - grace)
    came = [u.id for u in unmet if u.came]
    missed = [u for u in unmet if not u.came and not u.is_missed]
    slot_writes.settle(came, doing.at)
    slot_writes.set_missed([u.id for u in missed], doing.at)
    of: dict[str, list[Any]] = defaultdict(list)
    for one in missed:
        of[shared.village(one.path)].append(one)
    for path, several in sorted(of.items()):
        subject = f"slots:{asked.id}:{path}"
        if command_reads.open_tasks(chain.EVERYBODY).filter(kind=TaskKind.MISSED_SLOT, subject=subject).exists():
            continue
        title = _("%(title)s：%(n)d 人未按时段采样") % {"title": asked.title, "n": len(several)}
        chain.order(
            doing, kind=TaskKind.MISSED_SLOT, title=str(title), path=path, subject=subject,
            started_at=min(u.slot_until for u in several), roles=[Role.GRID, Role.TOWNSHIP],
            detail={"plan": str(asked.id)},
        )  # fmt: skip
    shared.end_tasks(doing, asked.id)
    told = {"plan": str(asked.id), "missed": len(missed), "came": len(came)}
    return Outcome("followed", asked.path, f"slots:{asked.id}", told)

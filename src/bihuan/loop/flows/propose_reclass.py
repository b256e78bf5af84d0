"""Something changed that orders rest on: a second look at them is put before somebody who may sign."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import bridge as orders_bridge
from bihuan.ledgers.orders import writes as orders_writes
from bihuan.ledgers.orders.choices import ReclassCause
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import orders as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("reason",))
def propose_reclass(
    doing: Doing,
    *,
    cause: str,
    reason: str,
    grounds: list[str] = [],  # noqa: B006 - read only
    orders: list[UUID] = [],  # noqa: B006 - read only
    protocol: str = "",
    anchors: dict[str, datetime] = {},  # noqa: B006 - read only
) -> Outcome:
    """Ask for a second look at orders that rest on these grounds, at these orders, or (`edition`) at all of one disease."""
    change: dict[str, Any] = {
        "grounds": grounds, "orders": [str(o) for o in orders], "protocol": protocol,
        "anchors": {name: at.isoformat() for name, at in anchors.items()},
    }  # fmt: skip
    needs = {ReclassCause.EDITION: protocol, ReclassCause.ANCHOR: anchors and (grounds or orders)}
    if cause not in ReclassCause.values or not needs.get(ReclassCause(cause), grounds or orders):
        raise Refused(_("请写明原因，以及涉及哪些依据或措施"), "incomplete")
    if not reason.strip():
        raise Refused(_("请写明理由"), "no_reason")
    with widened(doing):
        touched = orders_bridge.touched(Scope(EVERYWHERE) if doing.because else doing.actor.scope, change, doing.at)
    if not touched:
        return Outcome("nothing_touched", doing.actor.scope.path, "", {"orders": 0})
    path = shared.common_path([o.path for o in touched])
    made = orders_writes.add_reclass(
        id=doing.derive("reclass"), path=path, cause=cause, change=change, reason=reason.strip(),
        proposed_at=doing.at, proposed_by_id=doing.actor.member,
    )  # fmt: skip
    shared.open_task(
        doing, kind=TaskKind.SIGN, limit="sign_order", title=f"{ReclassCause(cause).label} {len(touched)}", path=path,
        subject=f"reclass:{made.id}", roles=shared.SIGNERS,
    )  # fmt: skip
    return Outcome("proposed", path, f"reclass:{made.id}", {"reclass": str(made.id), "orders": len(touched)})

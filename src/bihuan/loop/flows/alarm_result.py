"""A fever clinic's sample has no result yet: warned before the limit, with the link where it stands."""

from uuid import UUID

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.lab.choices import TubeState
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY, order

# Where a sample stands says who holds it up.
LINKS = {
    TubeState.OPEN: "sampling", TubeState.CLOSED: "sampling", TubeState.PACKED: "transport",
    TubeState.ON_THE_WAY: "transport", TubeState.RECEIVED: "testing", TubeState.TESTED: "reporting",
}  # fmt: skip


@flow()
def alarm_result(doing: Doing, *, tube: UUID) -> Outcome:
    """Open the task of a late sample: warned now, broken at the limit, told up the chain by its clock."""
    asked = lab_reads.tube(EVERYBODY, tube)
    assert asked is not None
    subject = f"tube:{asked.id}"
    link = LINKS.get(TubeState(asked.state))
    if link is None:
        return Outcome("nothing_due", asked.path, subject)
    warn = command_bridge.limit("fever_warn", asked.opened_at).due(asked.opened_at)
    order(
        doing, kind=TaskKind.FEVER_RESULT, title=asked.code, path=asked.path, subject=subject,
        started_at=asked.opened_at, warn_at=max(warn, doing.at), roles=[Role.CLINICIAN, Role.LABORATORY],
        detail={"link": link},
    )  # fmt: skip
    return Outcome("warned", asked.path, subject, {"link": link, "tube": asked.code})

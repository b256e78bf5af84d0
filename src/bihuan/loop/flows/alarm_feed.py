"""A sender whose lists come as a habit sends none: somebody calls, before a day without list looks like one without cases."""

from datetime import timedelta
from uuid import UUID

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.intake import bridge as intake_bridge
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.loop.act import Doing, Outcome, flow
from bihuan.loop.chain import EVERYBODY

# A habit is what was done in the last four weeks.
HABIT = timedelta(days=28)
ROLES = ([Role.LIST_CLERK], [Role.OFFICE, Role.DUTY_LEADER])


@flow()
def alarm_feed(doing: Doing, *, pushed_list: UUID) -> Outcome:
    """Tell the data desk which sender is silent, since when, and how often it usually sends; once a silence."""
    last = intake_reads.pushed_list(EVERYBODY, pushed_list)
    assert last is not None
    came = intake_reads.arrivals(EVERYBODY, last.received_at - HABIT, doing.at).get((last.path, last.source), [])
    habit = intake_bridge.silent_from([at for at, _id in came])
    subject = f"list:{last.id}"
    if habit is None or came[-1][1] != last.id or doing.at < habit[0]:
        return Outcome("heard", last.path, subject)
    told: list[object] = []
    for roles in ROLES:
        told = told or list(staff_reads.answering(last.path, roles, doing.at))
    hours = round(habit[1] / timedelta(hours=1))
    words = {"title": last.source, "since": last.received_at.isoformat(), "hours": hours}
    command_writes.add_notices(told, kind="feed_silent", words=words, task=None, at=doing.at)  # type: ignore[arg-type]
    return Outcome("silent", last.path, subject, {"told": len(told), "usual_hours": hours})

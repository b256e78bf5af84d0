"""A phone in the field says that it is there and what it still holds."""

from datetime import datetime
from uuid import UUID

from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, flow, widened


@flow()
def report_phone(
    doing: Doing, *, device: UUID, waiting: int = 0, oldest_at: datetime | None = None, skew_seconds: int = 0
) -> Outcome:
    """Record when a phone was heard, how many acts it keeps unsent since when, and how far its clock is off."""
    path = doing.actor.scope.path
    with widened(doing):  # the phone may have been somebody's of another place until now
        staff_writes.keep_phone(
            device, member=doing.actor.member, path=path, heard_at=doing.recorded_at, waiting=max(0, waiting),
            oldest_at=oldest_at, skew_seconds=max(-(10**9), min(10**9, skew_seconds)),
        )  # fmt: skip
    return Outcome("heard", path, f"phone:{device}")

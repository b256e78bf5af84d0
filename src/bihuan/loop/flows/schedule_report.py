"""A report is to be there every day, or every so many days, at an hour, for those who serve in a unit."""

import re
from datetime import datetime, time, timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import REPORT_DELIVERY
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

NAME = re.compile(r"[a-z][a-z_]{1,40}")
LONGEST_DAYS = 366


@flow()
def schedule_report(
    doing: Doing, *, report: str, title: str, unit: UUID, hour: int = 8, every_days: int = 1
) -> Outcome:
    """Ask a report of one's own place for a unit, as of a full hour; the same for the same unit is asked once."""
    if not NAME.fullmatch(report) or not title.strip():
        raise Refused(_("没有这张报表"), "no_such_report")
    if not 0 <= hour <= 23 or not 1 <= every_days <= LONGEST_DAYS:
        raise Refused(_("时间须为 0 至 23 时，间隔 1 至 366 天"), "bad_time")
    found = next((u for u in staff_reads.units(doing.actor.scope) if u.id == unit), None)
    if found is None:
        raise Refused(_("没有这个单位，或不在您的辖区"), "no_such_unit")
    subject = f"report:{report}:{unit}"
    if command_reads.rhythms(doing.actor.scope).filter(subject=subject).exists():
        raise Refused(_("该单位已定期收取这张报表"), "asked_already")
    path = doing.actor.scope.path
    area = territory_reads.above(path)[-1]
    local = timezone.localtime(doing.at)
    first = timezone.make_aware(datetime.combine(local.date(), time(hour)))
    if first <= doing.at:
        first += timedelta(days=1)
    made = command_writes.add_rhythm(
        id=doing.derive("rhythm"), kind=REPORT_DELIVERY, title=title.strip(), area=area, path=path, subject=subject,
        territory_owner=found, sector_supervisor=found, responsible_unit=found, detail={"report": report},
        every_minutes=every_days * 1440, due_minutes=60, next_at=first,
    )  # fmt: skip
    return Outcome("scheduled", path, f"rhythm:{made.id}", {"first": first.isoformat()})

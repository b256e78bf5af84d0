"""A daily report is asked of units: from the next day it may be signed on, every day, until stopped."""

from datetime import timedelta
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow

DAY = timedelta(days=1)


@flow()
def order_unit_reports(doing: Doing, *, form: str, units: tuple[UUID, ...] = ()) -> Outcome:
    """Ask the form of these units, or of all its kinds of unit in one's place; a unit asked before is not asked twice."""
    asked = unit_forms.unit_form(form)
    if asked is None:
        raise Refused(_("没有“%(form)s”这张报表") % {"form": form}, "no_such_form")
    county = territory_reads.county_of(doing.actor.scope.path)
    if county is None:
        raise Refused(_("日报告由县级布置"), "not_a_county")
    found = list(staff_reads.units(doing.actor.scope, asked.units))
    chosen = [u for u in found if not units or u.id in units]
    before = report_reads.ordered(doing.actor.scope, form)
    day = timezone.localtime(doing.at).date()
    opens = asked.opens_at(day) if doing.at <= asked.opens_at(day) else asked.opens_at(day) + DAY
    made = 0
    for unit in chosen:
        levels = staff_reads.answerable(unit.path)
        if unit.id in before or not levels:
            continue
        made += 1
        command_writes.add_rhythm(
            id=doing.derive(f"rhythm:{unit.id}"), kind=TaskKind.UNIT_REPORT, title=asked.title.zh, area_id=unit.area_id,
            path=unit.path, subject=report_reads.subject(form, unit.id), territory_owner=levels[1],
            sector_supervisor=levels[2], responsible_unit=unit, detail={"form": form}, every_minutes=1440,
            due_minutes=asked.opens_hours * 60, next_at=opens,
        )  # fmt: skip
    if not chosen:
        raise Refused(_("本辖区没有要报这张表的单位"), "no_units")
    return Outcome("ordered", county.path, f"area:{county.code}", {"units": made, "first": opens.isoformat()})

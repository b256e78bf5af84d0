"""A site begins to take people: only when every seat is filled and its check is passed."""

from datetime import timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import forms
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources import writes as resources_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow()
def open_site(doing: Doing, *, facility: UUID) -> Outcome:
    """Open a facility, or say everything that is still missing."""
    asked = resources_reads.facility_for_update(doing.actor.scope, facility)
    if asked is None:
        raise Refused(_("没有这个设施，或不在您的辖区"), "no_such_facility")
    empty = resources_reads.empty_seats([asked.id])[asked.id]
    if empty:
        raise Refused(_("不能启用：%(seats)s空缺") % {"seats": "、".join(str(s.label) for s in empty)}, "empty_seats")
    if asked.form and not asked.is_passed:
        if asked.checked_at is None or asked.is_passed is None:
            raise Refused(_("不能启用：启用前必须按标准检查"), "not_checked")
        fields = forms.form(asked.form).fields
        items = "；".join(fields[f].label.zh if f in fields else f for f in asked.faults)
        raise Refused(_("不能启用：必备项不合格：%(items)s") % {"items": items}, "failed_check")
    due = doing.at + timedelta(days=asked.check_every_days) if asked.form else None
    if not resources_writes.set_open(asked.id, doing.at, due):
        raise Refused(_("已经启用"), "open_before")
    return Outcome("opened", asked.path, f"facility:{asked.id}", {"facility": str(asked.id)})

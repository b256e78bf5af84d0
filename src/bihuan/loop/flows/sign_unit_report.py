"""A unit's daily report is signed by whoever answers for the unit, and with that it is sent (R193, R194)."""

from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.unit_reports import writes as report_writes
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import unit_reports as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_OWN = 20


class OwnLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A line the unit adds for itself: it is kept and shown, and not added up."""

    words: str
    value: str = ""


@flow(private=("own", "note"))
def sign_unit_report(
    doing: Doing, *, task: UUID, figures: dict[str, int | None], own: tuple[OwnLine, ...] = (), note: str = ""
) -> Outcome:
    """Sign the figures of the day. Every figure must be typed, zero as 0; what the house counted is kept beside them."""
    asked, form = shared.asked(doing, task)
    if asked.closed_at is not None:
        raise Refused(_("这份日报告已上报：有误请更正"), "signed_before")
    told, day = shared.whole(form, figures), shared.day_of(asked)
    if len(own) > MOST_OWN:
        raise Refused(_("自设项目最多 %(n)d 项") % {"n": MOST_OWN}, "too_many")
    if not command_writes.close_task(asked.id, at=doing.at, by=doing.actor.member, outcome="signed"):
        raise Refused(_("这份日报告已上报：有误请更正"), "signed_before")
    made = report_writes.add_unit_report(
        id=doing.derive("report"), unit=asked.responsible_unit, area_id=asked.area_id, path=asked.path, form=form.name,
        day=day, version=1, task=asked, figures=told, counted=shared.counted(Scope(asked.path), day, doing.at),
        own=[{"words": line.words.strip(), "value": line.value.strip()} for line in own if line.words.strip()],
        note=note.strip(), signed_by_id=doing.actor.member, signed_as=f"{doing.actor.unit} {doing.actor.post}",
        signed_at=doing.at, recorded_at=doing.recorded_at, due_at=form.due_at(day), closes_at=form.closes_at(day),
    )  # fmt: skip
    return Outcome("signed", asked.path, f"report:{made.id}", {"report": str(made.id), "is_late": made.is_late})

"""A signed report was wrong: another version stands beside it, with a reason, and both are kept (R197)."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.command.unit_reports import writes as report_writes
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.loop import unit_reports as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow, widened


@flow(private=("reason",))
def restate_unit_report(doing: Doing, *, task: UUID, figures: dict[str, int | None], reason: str) -> Outcome:
    """Sign other figures for the same day. Before the county adds the day up this is no fault; after it, its office is told."""
    asked, form = shared.asked(doing, task)
    before = report_reads.versions(doing.actor.scope, asked.id)
    if not before:
        raise Refused(_("这份日报告尚未上报"), "not_signed")
    if not reason.strip():
        raise Refused(_("更正须写明原因"), "no_reason")
    last, told = before[-1], shared.whole(form, figures)
    if told == last.figures:
        raise Refused(_("数值与现行版本相同"), "nothing_changed")
    made = report_writes.add_unit_report(
        id=doing.derive("report"), unit=last.unit, area_id=last.area_id, path=last.path, form=last.form, day=last.day,
        version=last.version + 1, task=asked, figures=told, own=last.own, note=last.note, reason=reason.strip(),
        counted=shared.counted(Scope(last.path), last.day, doing.at), signed_by_id=doing.actor.member,
        signed_as=f"{doing.actor.unit} {doing.actor.post}", signed_at=doing.at, recorded_at=doing.recorded_at,
        due_at=last.due_at, closes_at=last.closes_at,
    )  # fmt: skip
    changed = {
        f.name: [last.figures.get(f.name), told[f.name]]
        for f in form.figures
        if last.figures.get(f.name) != told[f.name]
    }
    if not made.is_early_correction:
        county = territory_reads.county_of(last.path)
        with widened(doing):
            told_ = staff_reads.answering(county.path if county else last.path, [Role.OFFICE], doing.at)
            words = {"title": f"{last.unit.name} {last.day:%m-%d} {form.title.zh}", "area": last.unit.name}
            command_writes.add_notices(told_, kind="report_restated", words=words, task=asked.id, at=doing.at)
    word = "corrected_early" if made.is_early_correction else "restated"
    return Outcome(
        word, last.path, f"report:{made.id}", {"report": str(made.id), "version": made.version, "changed": changed}
    )

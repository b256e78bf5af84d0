"""The units' daily reports of a day, as signed by an hour: a unit that said nothing is not a zero, and is not added up."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.territory.scope import Scope
from bihuan.reports._day import midnight
from bihuan.reports._page import Column, Page, Section, Table
from bihuan.reports.daily_screening import area_name

title = gettext_lazy("各单位日报告汇总")
summary = gettext_lazy("各单位签字上报的数字；未报的单位写未报，不算零，合计只加已报的；更正前后的数字都列出")


def build(scope: Scope, as_of: datetime, *, form: str = "zero_report") -> Page:
    """The day that `as_of` lies in: every unit asked, its standing figures, and what was restated."""
    asked = unit_forms.unit_forms()[form]
    language = get_language() or "zh"
    since = midnight(as_of)
    day = timezone.localtime(since).date()
    owed = [
        t for t in report_reads.owed(scope, since, as_of) if (report_reads.of_subject(t.subject) or ("",))[0] == form
    ]
    standing = report_reads.standing(scope, form, [day], as_of)
    names = [f.name for f in asked.figures]
    rows: list[dict[str, Any]] = []
    for task in owed:
        one = standing.get((task.responsible_unit_id, day))
        rows.append(
            {
                "unit": task.responsible_unit.name, "state": _state(one, task.clock.due_at, as_of),
                "signed_at": one.signed_at if one else None, "signed_by": one.signed_by.name if one else "",
                **({n: one.figures.get(n) for n in names} if one else {}),
            }
        )  # fmt: skip
    said = [r for r in rows if r["signed_at"]]
    total = {n: sum(r[n] for r in said if r.get(n) is not None) for n in names} if said else {}
    words = _("应报 %(owed)d 个单位，已报 %(said)d 个，未报 %(missing)d 个；合计不含未报单位。") % {
        "owed": len(rows), "said": len(said), "missing": len(rows) - len(said),
    }  # fmt: skip
    columns = (
        Column("unit", _("单位"), width_mm=44),
        Column("state", _("上报情况"), width_mm=22),
        *(Column(f.name, f.words.in_language(language), "number", 20) for f in asked.figures),
        Column("signed_by", _("签字"), width_mm=18),
        Column("signed_at", _("签字时间"), "instant", 32),
    )
    first = _("合计（%(said)d / %(owed)d）") % {"said": len(said), "owed": len(rows)}
    return Page(
        title=_("各单位日报告汇总"),
        subtitle=f"{asked.title.in_language(language)} {day:%Y-%m-%d}",
        as_of=as_of,
        area_name=area_name(scope),
        sections=(
            Section(paragraphs=(words,), table=Table(columns, rows, {"unit": first, **total})),
            Section(_("更正"), table=_restated(scope, form, day, as_of, asked, language)),
        ),
        signatures=(_("填报人"), _("审核人"), _("签发人")),
    )


def _state(one: Any, due_at: datetime, as_of: datetime) -> str:
    if one is None:
        return _("未报") if due_at <= as_of else _("待报")
    if one.version > 1:
        return _("自行更正") if one.is_early_correction else _("汇总后更正")
    return _("迟报") if one.is_late else _("按时")


def _restated(scope: Scope, form: str, day: Any, as_of: datetime, asked: unit_forms.UnitForm, language: str) -> Table:
    """Every figure that was signed otherwise before: both values, why, and whether it was early."""
    words = {f.name: f.words.in_language(language) for f in asked.figures}
    found = report_reads.unit_reports(scope).filter(form=form, day=day, signed_at__lte=as_of, recorded_at__lte=as_of)
    rows: list[dict[str, Any]] = []
    before: dict[Any, Any] = {}
    for one in found.order_by("unit__path", "version"):
        last = before.get(one.unit_id)
        before[one.unit_id] = one
        if last is None:
            continue
        rows += [
            {"unit": one.unit.name, "figure": words[n], "was": last.figures.get(n), "now": one.figures.get(n),
             "reason": one.reason, "kind": _state(one, one.due_at, as_of), "at": one.signed_at}
            for n in words if last.figures.get(n) != one.figures.get(n)
        ]  # fmt: skip
    columns = (
        Column("unit", _("单位"), width_mm=40),
        Column("figure", _("指标"), width_mm=40),
        Column("was", _("原报"), "number", 18),
        Column("now", _("更正为"), "number", 18),
        Column("reason", _("原因"), width_mm=50),
        Column("kind", _("性质"), width_mm=24),
        Column("at", _("更正时间"), "instant", 32),
    )
    return Table(columns, rows)

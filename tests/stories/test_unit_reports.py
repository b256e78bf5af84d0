"""A unit's day: asked for, signed by whoever answers, mended, missed; and what cannot wait for the evening."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.command.unit_reports import forms as unit_forms
from bihuan.ledgers.command.unit_reports import reads as report_reads
from bihuan.ledgers.command.unit_reports.models import UnitReport
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from bihuan.reports import report
from tests import make

COUNTY = Scope(make.PATHS["991027"])
HOUR = timedelta(hours=1)
FORM = "zero_report"


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    assert make.does(made.zheng, "order_unit_reports", form=FORM).result == {
        "units": 2, "first": (OPENS + timedelta(days=1)).isoformat()
    }  # fmt: skip
    tick(OPENS + timedelta(days=1))
    return made


def _form() -> unit_forms.UnitForm:
    found = unit_forms.unit_form(FORM)
    assert found is not None
    return found


OPENS = _form().opens_at(make.DAY.date())
TODAY = make.DAY.date() + timedelta(days=1)
DUE, CLOSES = _form().due_at(TODAY), _form().closes_at(TODAY)


def owed(name: str) -> Any:
    with scoped(make.EVERYBODY):
        return next(
            t for t in command_reads.open_tasks(make.EVERYBODY).filter(kind=TaskKind.UNIT_REPORT)
            if t.responsible_unit.name.startswith(name)
        )  # fmt: skip


def zeros(**others: int) -> dict[str, int]:
    return {f.name: 0 for f in _form().figures} | others


def rows(name: str, at: datetime) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    found = report(name)
    assert found is not None
    with scoped(COUNTY):
        table = found(COUNTY, at).tables()[0][1]
        return [dict(r) for r in table.rows], dict(table.total or {})  # type: ignore[call-overload]


def test_an_empty_cell_is_not_a_zero_and_only_the_one_who_answers_signs(county: make.County) -> None:
    task = owed("柳泉镇").id
    at = DUE - HOUR
    figures = zeros(fever=2)
    assert make.does(county.zhou, "sign_unit_report", at=at, task=task, figures=figures).code == "not_the_signer"
    assert make.does(county.chen, "sign_unit_report", at=at, task=task, figures=figures).code == "no_such_report"
    empty = {k: v for k, v in figures.items() if k != "returnees"} | {"fever": None}
    refused = make.does(county.wu, "sign_unit_report", at=at, task=task, figures=empty)
    assert (refused.code, "返乡" in refused.reason, "发热" in refused.reason) == ("not_filled", True, True)
    assert make.does(county.wu, "sign_unit_report", at=at, task=task, figures=zeros(fever=-1)).code == "bad_figure"
    own = [{"words": "村口消毒（次）", "value": "6"}]
    signed = make.does(county.wu, "sign_unit_report", at=at, task=task, figures=figures, own=own)
    assert signed.result
    assert signed.result["is_late"] is False
    with scoped(COUNTY):
        assert report_reads.own_lines(COUNTY, UnitReport.objects.get().unit_id, FORM) == ["村口消毒（次）"]


def test_a_missing_report_is_never_shown_as_zero_and_is_late_by_itself(county: make.County) -> None:
    make.does(county.wu, "sign_unit_report", at=DUE - HOUR, task=owed("柳泉镇").id, figures=zeros(cases_new=3))
    lines, total = rows("unit_reports", DUE + HOUR)
    told = {r["unit"][:3]: r for r in lines}
    assert (told["柳泉镇"]["state"], told["柳泉镇"]["cases_new"]) == ("按时", 3)
    assert (told["石桥乡"]["state"], told["石桥乡"].get("cases_new")) == ("未报", None)
    assert (total["unit"], total["cases_new"]) == ("合计（1 / 2）", 3)
    (first, second), sums = rows("missing_reports", DUE + HOUR)
    assert (first["unit"][:3], first["missing"], second["missing"]) == ("石桥乡", 1, 0)
    assert sums["owed"] == sums["in_time"] + sums["late"] + sums["missing"] + sums["running"]
    tick(DUE + HOUR)
    with scoped(make.EVERYBODY):
        told_of = {n.kind for n in command_reads.notices(county.zheng.id)} | {
            n.kind for n in command_reads.notices(county.chen.id)
        }
    assert told_of  # time itself reminds and raises
    late = make.does(county.chen, "sign_unit_report", at=DUE + HOUR, task=owed("石桥乡").id, figures=zeros())
    assert late.result
    assert late.result["is_late"] is True
    lines, total = rows("unit_reports", DUE + 2 * HOUR)
    assert {r["unit"][:3]: (r["state"], r["cases_new"]) for r in lines}["石桥乡"] == ("迟报", 0)
    assert rows("unit_reports", DUE + HOUR - timedelta(minutes=1))[1]["unit"] == "合计（1 / 2）"  # as it was then


def test_signed_then_restated_both_are_kept_and_early_is_no_fault(county: make.County) -> None:
    task = owed("柳泉镇").id
    make.does(county.wu, "sign_unit_report", at=DUE - HOUR, task=task, figures=zeros(cases_new=1))
    again = {"task": task, "figures": zeros(cases_new=2)}
    assert make.does(county.wu, "restate_unit_report", at=DUE, **again, reason=" ").code == "no_reason"
    same = make.does(county.wu, "restate_unit_report", at=DUE, task=task, figures=zeros(cases_new=1), reason="核对")
    assert same.code == "nothing_changed"
    early = make.does(county.wu, "restate_unit_report", at=DUE + HOUR, **again, reason="漏计一例")
    assert (early.word, early.result and early.result["changed"]) == ("corrected_early", {"cases_new": [1, 2]})
    after = make.does(
        county.wu, "restate_unit_report", at=CLOSES + HOUR, task=task, figures=zeros(cases_new=4), reason="复核"
    )
    assert after.word == "restated"
    with scoped(COUNTY):
        assert [(v.version, v.figures["cases_new"]) for v in report_reads.versions(COUNTY, task)] == [
            (1, 1),
            (2, 2),
            (3, 4),
        ]
    values = [rows("unit_reports", at)[1]["cases_new"] for at in (DUE, DUE + 2 * HOUR, CLOSES + 2 * HOUR)]
    assert values == [1, 2, 4]
    (line, _other), _total = rows("missing_reports", CLOSES + 2 * HOUR)
    counted = {r["unit"][:3]: (r["in_time"], r["early"], r["after"]) for r in (line, _other)}
    assert counted["柳泉镇"] == (1, 1, 1)


def test_the_pages_show_it_and_another_township_sees_nothing(county: make.County) -> None:
    task = owed("柳泉镇").id
    make.does(county.wu, "sign_unit_report", at=DUE - HOUR, task=task, figures=zeros(cases_new=1))
    mine, stranger = Client(), Client()
    mine.force_login(county.wu)
    stranger.force_login(county.chen)
    address = reverse("desk:unit_report", args=[task])
    shown = mine.get(address).content.decode()
    assert "更正为" in shown
    assert stranger.get(address).status_code == 404
    found = stranger.get(reverse("desk:unit_reports")).content.decode()
    assert str(task) not in found


def test_an_urgent_report_is_heard_or_goes_up(county: make.County) -> None:
    at = make.DAY + HOUR
    assert make.does(county.zhou, "send_urgent_report", at=at, kind="nothing").code == "bad_kind"
    sent = make.does(county.zhou, "send_urgent_report", at=at, kind="illness")
    assert sent.result
    assert sent.result["told"] == 1
    for minutes in (6, 11):
        tick(at + timedelta(minutes=minutes))
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind=TaskKind.URGENT_REPORT)
        assert task.responsible_id == county.zheng.id
        assert task.clock.raised >= 2  # warned at five minutes, raised at ten
    assert (
        make.does(county.wu, "acknowledge_urgent_report", at=at, task=task.id, reply="知道了").code == "not_permitted"
    )
    heard = make.does(county.zheng, "acknowledge_urgent_report", at=at + HOUR / 4, task=task.id, reply="已派疾控前往")
    assert (heard.word, heard.result) == ("heard", {"minutes": 15})
    with scoped(make.EVERYBODY):
        (notice,) = [n for n in command_reads.notices(county.zhou.id) if n.kind == "urgent_heard"]
        assert notice.words["area"] == "已派疾控前往"


@pytest.mark.parametrize(
    ("was", "then", "said"),
    [('due: "17:00"', "due: noon", "hour"), ("units: [township]", "units: [planet]", "planet"),
     ("prefill: bound", "prefill: stars", "stars"), ("opens_hours: 8", "opens_hours: 30", "opens_hours")],
)  # fmt: skip
def test_a_form_that_cannot_work_says_where(tmp_path: Any, was: str, then: str, said: str) -> None:
    from bihuan.ledgers.command.forms import FOLDER

    text = (FOLDER / "zero_report.yaml").read_text(encoding="utf-8")
    assert was in text
    path = tmp_path / "zero_report.yaml"
    path.write_text(text.replace(was, then), encoding="utf-8")
    (fault,) = unit_forms.faults(path)
    assert said in fault
    assert fault.startswith("zero_report.yaml:")

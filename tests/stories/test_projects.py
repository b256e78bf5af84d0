"""Second use: the 172 key projects on the same ledger, form, clock and problem machinery. Nothing here is code of their own."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

import bihuan
from bihuan.ledgers.command import checklists
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop.tick import tick
from tests import cast, make

N = 172
HEAD = ("项目名称", "编号", "建设地点", "责任单位", "主管部门", "县级联系领导", "总投资（万元）", "计划开工")


@pytest.fixture
def county(db: None) -> make.County:
    made = make.county()
    with scoped(make.EVERYBODY):
        office = make.unit("县发改局重点办", UnitKind.DEPARTMENT, make.COUNTY)
        make.serves(cast.Staff("韩平", "han", "office"), make.post(office, "主任", Role.OFFICE))
    return made


def sheet(*rows: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([("2022年重点项目",), HEAD, *rows])
    return out.getvalue().encode("utf-8-sig")


def project(number: int, **changes: str) -> tuple[str, ...]:
    told = dict(
        zip(HEAD, (f"项目{number}", str(number), "柳泉镇" if number % 2 else "石桥乡",
                   "柳泉镇人民政府" if number % 2 else "石桥乡人民政府", "县发改局重点办", "郑令", "1200", "2022-08-01"),
            strict=True)
    )  # fmt: skip
    return tuple((told | changes)[h] for h in HEAD)


def loads(county: make.County, content: bytes) -> str:
    desk = Client(headers={"Accept-Language": "zh-hans"})
    desk.force_login(county.zheng)
    address = reverse("desk:load_register", args=["projects"])
    answer = desk.post(address, {"file": SimpleUploadedFile("projects.csv", content)})
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_code_knows_no_project() -> None:
    source = Path(bihuan.__file__).parent
    code = [p for folder in ("loop", "ledgers", "desk", "field") for p in (source / folder).rglob("*.py")]
    knowing = [p.name for p in code if re.search(r"""["']projects["']|project_dispatch""", p.read_text())]
    assert len(code) > 200
    assert not knowing


def test_a_sheet_of_172_projects_is_registered_and_every_row_has_an_outcome(county: make.County) -> None:
    rows = [project(n) for n in range(1, N + 1)]
    wrong = [
        project(900, 责任单位="没有的单位"),
        project(901, 县级联系领导=""),
        project(1),
        project(902, 计划开工="八月"),
    ]
    body = loads(county, sheet(*rows, *wrong))
    with scoped(make.EVERYBODY):
        assert command_reads.entries(make.EVERYBODY, "projects").count() == N
        assert command_reads.rhythms(make.EVERYBODY).count() == N
    for words in ("没有登记“没有的单位”", "不能为空", "本表中重复", "不是日期", f"第 {N + 3} 行"):
        assert words in body, words
    loads(county, sheet(project(1, **{"总投资（万元）": "1500"})))  # again: brought up to date, not dispatched twice
    with scoped(make.EVERYBODY):
        assert command_reads.entries(make.EVERYBODY).get(name="项目1").cells["investment"] == "1500"
        assert command_reads.rhythms(make.EVERYBODY).count() == N


def test_dispatch_problem_department_next_period(county: make.County) -> None:
    rows = [dict(zip(("name", "area", "unit", "sector", "leader"),
                     ("引水工程", "柳泉镇", "柳泉镇人民政府", "县发改局重点办", "郑令"), strict=True))]  # fmt: skip
    assert make.does(county.zheng, "load_register", register="projects", rows=rows).result["accepted"] == 1
    tick(make.DAY)
    with scoped(make.EVERYBODY):
        entry = command_reads.entries(make.EVERYBODY).get()
        task = command_reads.open_tasks(make.EVERYBODY).get(subject=f"entry:{entry.id}")
    assert (task.kind_words in ("项目调度", "Project dispatch"), task.responsible_id) == (True, county.wu.id)
    assert task.clock.due_at == make.DAY + timedelta(hours=120)
    fills = {"checklist": "project_dispatch", "subject": f"entry:{entry.id}", "kind": "dispatch"}
    answers = make.filled("project_dispatch")
    silent = {k: v for k, v in answers.items() if k != "problem"}
    assert make.does(county.wu, "fill_checklist", **fills, answers=silent).code == "not_filled"  # empty is not «none»
    answers["problem"] = {"answer": "用地未批"}
    assert make.does(county.wu, "fill_checklist", **fills, answers=answers).status == "done"
    with scoped(make.EVERYBODY):
        first = command_reads.problems(make.EVERYBODY).get()
    assert first.task.responsible_unit.name == "县发改局重点办"  # pushed to the department, with its limit
    assert first.task.clock.due_at == make.DAY + timedelta(hours=240)
    assert make.does(county.feng, "close_task", task=task.id, evidence="已调度").status == "done"

    later = make.DAY + timedelta(days=30)
    tick(later)
    make.does(county.wu, "fill_checklist", at=later, **fills, answers=answers)
    with scoped(make.EVERYBODY):
        again = command_reads.problems(make.EVERYBODY).exclude(id=first.id).get()
        assert command_reads.open_tasks(make.EVERYBODY).filter(kind="projects").count() == 1
    assert again.earlier == [first.id]  # met again in the next dispatch: headquarters' now
    assert again.task.responsible_unit.name == "青禾县指挥部"
    assert checklists.LEVELS[again.level] == "headquarters"


def test_an_entry_shows_its_dispatches_and_problems(county: make.County) -> None:
    loads(county, sheet(project(1)))
    with scoped(make.EVERYBODY):
        entry = command_reads.entries(make.EVERYBODY).get()
    for language, words in (("zh-hans", "填调度表"), ("en", "Fill the dispatch form")):
        desk = Client(headers={"Accept-Language": language})
        desk.force_login(county.zheng)
        assert words in desk.get(reverse("desk:entry", args=[entry.id])).content.decode()
        listed = desk.get(reverse("desk:register", args=["projects"]))
        assert "项目1" in listed.content.decode()
    stranger = Client()
    stranger.force_login(county.chen)
    assert stranger.get(reverse("desk:entry", args=[entry.id])).status_code == 404


@pytest.mark.parametrize("register", ["collective_starts", "won_funds", "investment_leads", "one_stop"])
def test_other_ledgers_of_a_county_are_files_too(county: make.County, register: str) -> None:
    told = {"name": "第一件", "area": "柳泉镇", "unit": "柳泉镇人民政府", "starts_on": "2022-08-01"}
    known = {c.name for c in checklists.register(register).columns}
    rows = [{name: words for name, words in told.items() if name in known}]
    assert make.does(county.zheng, "load_register", register=register, rows=rows).result["accepted"] == 1
    tick(make.DAY)
    with scoped(make.EVERYBODY):
        entry = command_reads.entries(make.EVERYBODY, register).get()
        task = command_reads.open_tasks(make.EVERYBODY).get(subject=f"entry:{entry.id}")
    assert task.responsible_id == county.wu.id
    form = checklists.register(register).checklist
    fills = {"checklist": form, "subject": f"entry:{entry.id}", "kind": "dispatch"}
    answers = make.filled(form)
    first = next(i.name for i in checklists.checklist(form).items if i.kind == "yes_no" and i.is_must)
    answers[first] = {"answer": "no"}
    assert make.does(county.wu, "fill_checklist", **fills, answers=answers).result["found"] == 1
    desk = Client(headers={"Accept-Language": "zh-hans"})
    desk.force_login(county.zheng)
    assert "第一件" in desk.get(reverse("desk:register", args=[register])).content.decode()

"""The pages of supervision: what stands on them, and what their forms do."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Proof
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.ledgers.test_recurrence import JPEG

Get = Callable[..., str]


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def inspector(county: make.County) -> Member:
    return make.inspector()


@pytest.fixture
def pharmacy(county: make.County) -> str:
    return make.place("河湾药店", "pharmacy")


def client(who: Member, language: str = "zh-hans") -> Client:
    made = Client(headers={"Accept-Language": language})
    made.force_login(who)
    return made


def page(who: Member, name: str, *args: object, language: str = "zh-hans", **query: str) -> str:
    answer = client(who, language).get(reverse(f"desk:{name}", args=args), query)
    assert answer.status_code == 200, (name, answer.status_code)
    return answer.content.decode()


def post(who: Member, name: str, *args: object, **given: object) -> str:
    answer = client(who).post(reverse(f"desk:{name}", args=args), given, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def found(inspector: Member, pharmacy: str, days_ago: int = 0) -> list:
    at = datetime.now(UTC) - timedelta(days=days_ago, minutes=5)
    told = make.filled("pharmacy", policy="旧规定")
    make.does(
        inspector, "fill_checklist", at=at, checklist="pharmacy", subject=pharmacy, kind="inspection", answers=told
    )
    with scoped(make.EVERYBODY):
        return list(command_reads.problems(make.EVERYBODY).order_by("found_at"))


def test_every_page_opens_in_both_languages(county: make.County, inspector: Member, pharmacy: str) -> None:
    problem = found(inspector, pharmacy, 3)[0]
    found(inspector, pharmacy)
    make.does(inspector, "fill_checklist", at=datetime.now(UTC), checklist="pharmacy", subject=pharmacy, kind="self_check",
              answers=make.filled("pharmacy"))  # fmt: skip
    make.does(inspector, "put_on_board", at=datetime.now(UTC), problem=problem.id, words="规定过期")
    visit = UUID(problem.found_in.removeprefix("visit:"))
    for language, words in (("zh-hans", "在售规定为现行版本"), ("en", "The rule on sale is the current one")):
        assert words in page(inspector, "problems", language=language)
        assert words in page(inspector, "problem", problem.id, language=language)
        assert words in page(inspector, "filled", visit, language=language)
        assert words in page(inspector, "gaps", "pharmacy", language=language)
        assert words in page(inspector, "checklist", "pharmacy", language=language)
        assert words in page(inspector, "fill_checklist", "pharmacy", language=language, subject=pharmacy)
        for name in ("inspections", "checklists", "process", "new_problem", "plan_inspection"):
            page(inspector, name, language=language)
    assert "规定过期" in page(county.chen, "board")
    export = client(inspector).get(reverse("desk:problems"), {"export": "csv"}).content.decode("utf-8-sig")
    assert problem.number in export


def test_a_problem_from_the_form_to_its_end(county: make.County, inspector: Member, pharmacy: str) -> None:
    body = post(inspector, "new_problem", subject=pharmacy, words="门口无人测温", source="inspection", owner="township")
    with scoped(make.EVERYBODY):
        problem = command_reads.problems(make.EVERYBODY).get()
    assert problem.number in body
    act = ("problem_act", problem.id)
    post(county.wu, *act, "mend_problem", measure="安排专人", responsible=str(county.feng.id))
    photo = SimpleUploadedFile("a.jpg", JPEG, "image/jpeg")
    assert "照片" in post(county.feng, *act, "add_proof", kind="before", photo=photo)
    with scoped(make.EVERYBODY):
        proof = Proof.objects.get()
        assert b"JFIF" not in bytes(proof.sealed)  # sealed, not stored as it came
    shown = client(inspector).get(reverse("desk:photo", args=[proof.id]))
    assert (shown.headers["Content-Type"], shown.headers["Cache-Control"]) == ("image/jpeg", "no-store")
    assert b"JFIF" in shown.content
    assert b"GPS" not in shown.content
    assert client(county.chen).get(reverse("desk:photo", args=[proof.id])).status_code == 404
    assert "只收 JPEG" in post(
        county.feng, *act, "add_proof", kind="after", photo=SimpleUploadedFile("a.gif", b"GIF89a")
    )
    post(county.feng, *act, "add_proof", kind="after", words="专人已到位")
    assert "当场已改" in post(county.feng, *act, "fix_problem", words="已安排")
    assert "复查销号" not in page(county.feng, "problem", problem.id)  # not by whoever mended it
    assert "已销号" in post(inspector, *act, "close_task", evidence="看过", reply="已整改")
    assert "重开" in page(inspector, "problem", problem.id)
    timeline = page(inspector, "problem", problem.id)
    assert all(words in timeline for words in ("登记问题", "立行立改", "销号", "告知"))


def test_a_recurrent_problem_asks_for_its_cause_on_the_page(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    found(inspector, pharmacy, 3)
    again = found(inspector, pharmacy)[1]
    body = page(inspector, "problem", again.id)
    assert 'name="cause"' in body
    assert "第 2 次" in body
    refused = post(inspector, "problem_act", again.id, "close_task", evidence="看过")
    assert "须写明根源" in refused


def test_a_round_is_planned_walked_and_its_draw_confirmed(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    for number in range(5):
        make.place(f"药店{number}", "pharmacy")
    body = page(inspector, "plan_inspection", kind="random", checklist="pharmacy", area=make.COUNTY)
    assert 'name="seed"' in body
    planned = post(
        inspector, "plan_inspection", kind="random", checklist="pharmacy", area=make.COUNTY, seed="7月", size="2",
        planned_from="2022-07-01T08:00", planned_until="2022-07-02T08:00",
    )  # fmt: skip
    assert "重算一致" in planned
    with scoped(make.EVERYBODY):
        stop = command_reads.open_stops(make.EVERYBODY, datetime.now(UTC)).first()
    assert stop is not None
    phone = client(inspector)
    home = phone.get(reverse("field:inspect")).content.decode()
    assert str(stop.id) in home
    told = {n: e["answer"] for n, e in make.filled("pharmacy", entrance="无人").items()}
    answer = phone.post(
        reverse("field:inspect_fill", args=["pharmacy"]),
        {"subject": stop.subject, "stop": str(stop.id), "kind": "inspection", **told, "entrance.note": "无人"}, follow=True,
    )  # fmt: skip
    body = answer.content.decode()
    assert "进店测温、戴口罩" in body
    with scoped(make.EVERYBODY):
        problem = command_reads.problems(make.EVERYBODY).get()
        visit = problem.found_in.removeprefix("visit:")
    here = reverse("field:inspect_filled", args=[visit])
    for kind in ("before", "after"):
        phone.post(here, {"problem": str(problem.id), "kind": kind, "photo": SimpleUploadedFile("a.jpg", JPEG)})
    assert "当场已改" in phone.post(here, {"problem": str(problem.id), "do": "fix"}, follow=True).content.decode()
    assert "1 个问题" in page(inspector, "inspection", stop.inspection_id)
    assert client(county.wu).get(reverse("desk:inspection", args=[stop.inspection_id])).status_code == 404


def test_a_form_half_filled_keeps_what_was_filled(county: make.County, inspector: Member, pharmacy: str) -> None:
    body = post(
        inspector, "fill_checklist", "pharmacy", subject=pharmacy, kind="inspection", **{"policy.note": "贴错了"}
    )
    assert "没有填对" in body
    assert "贴错了" in body
    grid = (
        client(county.zhou)
        .get(reverse("field:inspect_fill", args=["pharmacy"]), {"subject": pharmacy})
        .content.decode()
    )
    assert 'value="self_check" selected' in grid
    assert 'value="inspection"' not in grid


def test_a_checklists_page_says_who_filled_it_today_and_keeps_dated_photos(
    county: make.County, inspector: Member, pharmacy: str
) -> None:
    make.place("北关药店", "pharmacy")
    assert page(inspector, "checklist", "pharmacy").count("从未填报") == 2
    found(inspector, pharmacy, days_ago=2)
    assert "今天 0 / 2" in page(inspector, "checklist", "pharmacy")
    found(inspector, pharmacy)
    shown = page(inspector, "checklist", "pharmacy")
    assert "今天 1 / 2" in shown
    assert shown.index("河湾药店") < shown.index("北关药店")  # what does not hold stands first
    assert "1 项不合格" in shown
    make.does(
        inspector, "fill_checklist", checklist="pharmacy", subject=pharmacy, kind="inspection", at=datetime.now(UTC),
        answers=make.filled("pharmacy"),
    )  # fmt: skip
    shown = page(inspector, "checklist", "pharmacy")
    assert shown.index("北关药店") < shown.index("河湾药店")  # all is well there: who has not filled it comes before
    with scoped(make.EVERYBODY):
        filled = command_reads.fills(make.EVERYBODY, "pharmacy")[0]
    photo = {"photo": SimpleUploadedFile("a.jpg", JPEG, "image/jpeg"), "words": "门口码标"}
    assert "门口码标" in post(inspector, "filled", filled.id, **photo)
    with scoped(make.EVERYBODY):
        ((_last, photos),) = command_reads.last_fills(make.EVERYBODY, "pharmacy", datetime.now(UTC))
    assert photos == 1
    assert client(county.chen).get(reverse("desk:filled", args=[filled.id])).status_code == 404


def test_a_hearing_is_read_by_few_and_answered_by_one(county: make.County, inspector: Member, pharmacy: str) -> None:
    problem = found(inspector, pharmacy)[0]
    post(
        inspector, "problem_act", problem.id, "open_hearing", kind="talk", member=str(county.wu.id), ground="办法第三条"
    )
    with scoped(make.EVERYBODY):
        hearing = command_reads.hearings(make.EVERYBODY).get()
    assert "填检查表" in page(inspector, "hearing", hearing.id)
    assert client(county.feng).get(reverse("desk:hearing", args=[hearing.id])).status_code == 403
    assert client(county.chen).get(reverse("desk:hearing", args=[hearing.id])).status_code == 404
    assert "经费未到" in post(county.wu, "hearing", hearing.id, words="经费未到")
    assert "作出决定" not in page(inspector, "hearing", hearing.id)
    assert "已谈话" in post(county.zheng, "hearing", hearing.id, decision="talked", reason="已说明")

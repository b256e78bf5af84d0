"""What the county tells everybody, and what anybody asks: figures nobody is found by, a receipt, an owner, an answer."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.public import reads as public_reads
from bihuan.ledgers.command.public.choices import is_about_health
from bihuan.ledgers.command.public.models import Enquiry
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop import bulletins
from bihuan.loop.tick import tick
from bihuan.me import inside
from tests import cast, make

COUNTY = Scope(make.PATHS["991027"])
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Each test begins with nobody having tried."""
    inside._limiter.storage.reset()


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def case_of(county: make.County, who: Any) -> None:
    told = make.does(county.zheng, "open_case", person=make.person(who), confirmed_at=make.DAY, disease="covid-19")
    assert told.status == "done", told.reason


def cells() -> dict[str, list[int | None]]:
    with scoped(COUNTY):
        return {r["area"]: r["cells"] for r in bulletins.figures(COUNTY, make.DAY + HOUR)["rows"]}


def test_one_ill_neighbour_is_not_found_in_a_bulletin_nor_by_subtraction(county: make.County) -> None:
    case_of(county, cast.ZHAO)
    assert cells() == {"柳泉镇": [None, None], "石桥乡": [None, None]}  # 1 of 1: the other hides with it
    words = "青禾县新增1例，请做好个人防护。"
    assert make.does(county.wu, "publish_bulletin", as_of=make.DAY, words=words).code == "not_permitted"
    assert make.does(county.zheng, "publish_bulletin", as_of=make.DAY + HOUR, words=words).code == "future"
    first = make.does(county.zheng, "publish_bulletin", at=make.DAY + HOUR, as_of=make.DAY, words=words)
    assert first.result
    page = Client().get("/me/bulletin/")
    text = page.content.decode()
    assert first.result["number"] in text
    assert words in text
    assert cast.ZHAO.name not in text
    assert Client().get("/me/bulletin/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304
    again = {"as_of": make.DAY, "words": "更正：新增1例为境外输入。", "corrects": first.result["bulletin"]}
    assert make.does(county.zheng, "publish_bulletin", at=make.DAY + 2 * HOUR, **again).code == "no_reason"
    mended = make.does(county.zheng, "publish_bulletin", at=make.DAY + 2 * HOUR, **again, reason="来源核实")
    assert mended.status == "done"
    text = Client().get("/me/bulletin/").content.decode()
    assert "来源核实" in text
    assert words in text  # both are kept
    with scoped(COUNTY):
        assert public_reads.bulletins(COUNTY).count() == 2


def test_a_question_has_a_receipt_an_owner_a_clock_and_an_answer(county: make.County) -> None:
    browser = Client()
    told = {"kind": "question", "area": "991027101", "words": "返乡要报备吗？", "contact": "孙某 13800000000"}
    shown = browser.post("/me/ask/", told).content.decode()
    with scoped(make.EVERYBODY):
        (one,) = Enquiry.objects.all()
        assert one.task.clock.due_at - one.received_at == timedelta(hours=24)
        assert b"13800000000" not in bytes(one.sealed)
        act = Act.objects.get(verb="receive_enquiry")
        assert "返乡" not in str(act.args)
        assert "1380000" not in str(act.args)
    assert one.number in shown
    from bihuan.ledgers.people import access

    code = access.code_of(one.id)
    assert code in shown
    assert "正由" in browser.post("/me/asked/", {"code": code}).content.decode()
    desk, stranger = Client(), Client()
    desk.force_login(county.zheng)
    stranger.force_login(county.chen)
    address = reverse("desk:enquiry", args=[one.id])
    assert stranger.get(address).status_code == 403
    assert "13800000000" not in desk.get(address).content.decode()
    assert "13800000000" not in desk.post(address, {"reason": ""}).content.decode()
    assert "13800000000" in desk.post(address, {"reason": "回电核实地址"}).content.decode()
    with scoped(make.EVERYBODY):
        assert Act.objects.filter(verb="reveal_enquirer").count() == 1
    now = one.received_at + HOUR
    answered = make.does(county.zheng, "answer_enquiry", at=now, enquiry=one.id, answer="到村里登记即可。", show=True)
    assert answered.status == "done", answered.reason
    assert "到村里登记即可" in Client().post("/me/asked/", {"code": code.lower()}).content.decode()
    public = Client().get("/me/bulletin/").content.decode()
    assert "返乡要报备吗" in public
    assert "13800000000" not in public
    tick(now + timedelta(days=181))
    with scoped(make.EVERYBODY):
        kept = Enquiry.objects.get()
    assert (bytes(kept.sealed), kept.answer) == (b"", "到村里登记即可。")  # the contact is gone, the answer stays
    with scoped(make.EVERYBODY):
        assert not command_reads.open_tasks(make.EVERYBODY).filter(kind="enquiry")


@pytest.mark.parametrize(
    ("words", "is_health"),
    [("楼上那家人发烧了不出来做核酸", True), ("我邻居好像阳性", True), ("河湾药店聚集打牌，没人管", False),
     ("东门锁死，救护车进不来", False), ("有人聚餐。我自己有点咳嗽去哪看", False), ("my neighbour has a fever", True)],
)  # fmt: skip
def test_somebody_elses_health_is_not_taken(county: make.County, words: str, is_health: bool) -> None:
    assert is_about_health(words) is is_health
    told = make.does(county.zheng, "receive_enquiry", kind="tip_off", area="991027101", words=words, channel="phone")
    assert (told.code == "about_health") is is_health
    if is_health:
        assert "120" in told.reason
    else:
        assert told.result
        with scoped(make.EVERYBODY):
            one = Enquiry.objects.get()
        assert make.does(county.zheng, "answer_enquiry", enquiry=one.id, answer="已查", show=True).code == "not_shown"


def test_a_machine_cannot_flood_the_desk(county: make.County) -> None:
    browser = Client()
    told = {"kind": "clue", "area": "991027101", "words": "卡口无人"}
    assert [browser.post("/me/ask/", told).status_code for _n in range(7)] == [200] * 6 + [429]

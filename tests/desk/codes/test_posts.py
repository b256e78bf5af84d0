"""The register of posts on the desk, what was decided there, and the papers that lead a resident to their own page."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pypdf
import pytest
from django.test import Client

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.intake.sightings.models import Sighting
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.people import access
from bihuan.ledgers.people.models import AccessCode
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Act, Member, Post
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop import door
from tests import cast, make
from tests.stories.test_passes import HOUR, bind, issued, verdict


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def inspector(county: make.County) -> Member:
    with scoped(make.EVERYBODY):
        unit = make.unit("督查室", UnitKind.DEPARTMENT, make.COUNTY)
        return make.serves(cast.Staff("孔明鉴", "kong", "inspector"), make.post(unit, "督查员", Role.INSPECTOR))


@pytest.fixture
def place(county: make.County) -> Place:
    with scoped(make.EVERYBODY):
        unit = Post.objects.filter(path=make.LIUQUAN).first().unit_id
    desk(county.wu).post(
        "/checkpoints/",
        {
            "area": "991027101", "name": "柳泉北口", "hours": "24小时", "unit": str(unit), "kind": "checkpoint",
            "act": str(uuid7()),
        },
    )  # fmt: skip
    return Place.objects.get(name="柳泉北口")


def desk(who: Any, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(who)
    return client


def stopped(who: Member, place: Place) -> Any:
    return make.does(
        who, "record_stop", at=datetime.now(UTC), place=place.id, colour="red", decision="closed_loop", reason="red_code",
        origin="东山市", destination="河湾村", name=cast.QIAN.name, phone=cast.QIAN.phone, note="自驾",
    )  # fmt: skip


def test_the_register_shows_who_stands_there_and_what_is_broken(county: make.County, place: Place) -> None:
    page = f"/checkpoints/{place.id}/"
    client = desk(county.wu)
    client.post(page, {"do": "device", "kind": "thermometer", "label": "T-07", "act": str(uuid7())})
    body = client.get(page).content.decode()
    assert "T-07" in body
    device = body.split('name="device" value="')[1].split('"')[0]
    client.post(page, {"do": "works", "device": device, "works": "0"})
    assert "损坏，已派修" in client.get(page).content.decode()
    register = desk(county.zheng).get("/checkpoints/").content.decode()
    assert "1 台损坏" in register
    assert "此刻无人排班" in register
    assert "24小时" in register
    assert "Not checked" in desk(county.zheng, "en").get(page).content.decode()
    assert desk(county.chen).get(page).status_code == 404
    assert "柳泉北口" not in desk(county.chen).get("/checkpoints/").content.decode()


def test_an_inspector_calls_those_drawn_and_the_rate_is_counted(
    county: make.County, inspector: Member, place: Place
) -> None:
    client = desk(inspector)
    assert "请抽查" in client.get("/checkpoints/").content.decode()
    page = f"/checkpoints/{place.id}/"
    for outcome, people in (("in_order", "2"), ("absent", "")):
        client.post(page, {"do": "presence", "outcome": outcome, "how": "call", "people": people, "act": str(uuid7())})
    assert "1/2" in client.get("/checkpoints/").content.decode()
    assert "空城计" in client.get(page).content.decode()
    with scoped(make.EVERYBODY):
        assert Task.objects.filter(kind="post_presence").count() == 1


def test_a_stop_is_listed_sealed_and_opened_by_a_reason(county: make.County, inspector: Member, place: Place) -> None:
    stopped(county.wu, place)
    with scoped(make.EVERYBODY):
        one = Sighting.objects.get()
    listed = desk(county.wu).get("/stops/").content.decode()
    assert "闭环转运至隔离点采样" in listed
    assert "东山市 → 河湾村" in listed
    page = f"/stops/{one.id}/"
    for body in (
        listed,
        desk(county.wu).get(page).content.decode(),
        desk(county.wu).post(page, {"reason": ""}).content.decode(),
    ):
        assert cast.QIAN.name not in body
        assert cast.QIAN.phone not in body
    opened = desk(county.wu).post(page, {"reason": "核对移交"})
    assert cast.QIAN.phone in opened.content.decode()
    assert opened.headers["Cache-Control"] == "no-store"
    with scoped(make.EVERYBODY):
        assert Act.objects.get(verb="reveal_sighting").subject == f"sighting:{one.id}"
    # The supervisor sees the process, never a person.
    assert cast.QIAN.phone not in desk(inspector).post(page, {"reason": "检查"}).content.decode()
    assert desk(county.chen).get(page).status_code == 404


def test_a_slip_leads_to_ones_own_page(county: make.County) -> None:
    person = make.person(cast.QIAN)
    paper = desk(county.wu).post(f"/codes/person/{person}/", {"slip": "1", "act": str(uuid7())})
    words = "".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages)
    with scoped(make.EVERYBODY):
        code = access.code_of(AccessCode.objects.get().id)
    assert code in "".join(words.split())
    assert Client().post("/me/in/", {"code": code}).headers["Location"] == "/me/"


def test_the_notice_itself_bears_the_code(county: make.County) -> None:
    person, now = make.person(cast.QIAN), datetime.now(UTC)
    order = bind(person, county, code="yellow", start=now, end=now + 48 * HOUR, served=now)
    paper = desk(county.zheng).post(f"/orders/{order}/paper/", {"format": "pdf"})
    assert paper.status_code == 200, paper
    words = "".join("".join(p.extract_text() for p in pypdf.PdfReader(io.BytesIO(paper.content)).pages).split())
    with scoped(make.EVERYBODY):
        assert access.code_of(AccessCode.objects.get(person=person).id) in words


def test_what_a_resident_wrote_is_opened_by_a_reason(county: make.County) -> None:
    person = make.person(cast.QIAN)
    answer = door.by_rule(
        "ask_help",
        {"person": person, "need": "food", "words": "家里没有米了", "channel": "resident"},
        at=datetime.now(UTC),
    )
    there = f"/codes/words/{answer.result['task']}/"
    assert there in desk(county.wu).get(f"/tasks/{answer.result['task']}/").content.decode()
    assert "没有米" not in desk(county.wu).get(there).content.decode()
    assert "没有米" in desk(county.wu).post(there, {"reason": "contact"}).content.decode()
    assert desk(county.chen).post(there, {"reason": "contact"}).status_code == 404
    with scoped(make.EVERYBODY):
        assert Act.objects.filter(verb="reveal_person", subject=f"person:{person}").count() == 1


def test_a_notice_served_offline_and_told_later_revokes_what_was_issued_meanwhile(county: make.County) -> None:
    person, at = make.person(cast.QIAN), make.DAY
    anchors = {"last_exposure": (at - 24 * HOUR).isoformat(), "identified": at.isoformat()}
    order = bind(person, county, code="red", start=at, end=at + 90 * HOUR, served=at, anchors=anchors)
    with scoped(make.EVERYBODY):
        Order.objects.update(state="signed", served_at=None, signed_at=at - HOUR)
    green, _ = issued(county.zheng, person, at + 2 * HOUR)
    assert verdict(green, at + 3 * HOUR).valid
    answer = door.perform(
        "serve_notice", {"order": order}, by=county.wu.id, at=at + HOUR, recorded_at=at + 5 * HOUR, device="phone"
    )
    assert answer.status == "done", answer
    assert verdict(green, at + 5 * HOUR + timedelta(minutes=1)).reason == "revoked"
    red, told = issued(county.zheng, person, at + 6 * HOUR)
    assert told["status"] == "red"
    assert verdict(red, at + 7 * HOUR).valid
    with scoped(make.EVERYBODY):
        assert pass_bridge.colour(make.EVERYBODY, UUID(str(person)), at + 2 * HOUR).code == "red"

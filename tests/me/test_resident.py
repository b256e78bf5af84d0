"""The resident's page: what binds me and nothing of anybody else, on a phone or on paper, without script."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.test import Client

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.command.models import Task
from bihuan.ledgers.orders.models import Appeal, Order
from bihuan.ledgers.people import access
from bihuan.ledgers.people.models import AccessCode, Identity, Person
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import as_oneself, scoped
from bihuan.me import inside
from tests import cast, make
from tests.stories.test_passes import bind

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def fresh_limits() -> None:
    """Each test begins with nobody having tried."""
    inside._limiter.storage.reset()


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def qian(county: make.County) -> UUID:
    """Bound at home since an hour, with a code on paper."""
    person, now = make.person(cast.QIAN), datetime.now(UTC)
    bind(
        person, county, code="yellow", start=now - HOUR, end=now + 90 * HOUR, served=now - HOUR, release=["stages_done"]
    )
    return person


@pytest.fixture
def sun(county: make.County) -> UUID:
    """Somebody else, bound too."""
    person, now = make.person(cast.SUN, "991027102001"), datetime.now(UTC)
    bind(
        person,
        county,
        code="red",
        start=now - HOUR,
        end=now + 90 * HOUR,
        served=now - HOUR,
        ground_words="孙三强的理由",
    )
    return person


def code_of(county: make.County, person: UUID) -> str:
    answer = make.does(county.zheng, "make_access_code", at=datetime.now(UTC), person=person)
    return access.code_of(UUID(answer.result["access_code"]))


def comes_in(**given: str) -> tuple[Client, Any]:
    client = Client(headers={"Accept-Language": given.pop("language", "zh-hans")})
    return client, client.post("/me/in/", given, follow=True)


def test_a_code_from_paper_opens_ones_own_page(county: make.County, qian: UUID, sun: UUID) -> None:
    typed = code_of(county, qian).lower().replace("-", " ").replace("0", "o")  # as people type it
    _client, page = comes_in(code=typed)
    body = page.content.decode()
    for words in ("黄码", "居家隔离医学观察", "密切接触者", "指挥部 指挥长", "第九版", "提出异议", "没有检测记录"):
        assert words in body, words
    for words in (cast.QIAN.name, cast.SUN.name, "孙三强的理由", cast.QIAN.id_number):
        assert words not in body, words
    assert page.headers["Cache-Control"] == "no-store"


def test_phone_and_document_together_open_it_and_neither_alone(county: make.County, qian: UUID) -> None:
    assert "黄码" in comes_in(phone=cast.QIAN.phone, document=cast.QIAN.id_number.lower())[1].content.decode()
    for given in (
        {"phone": cast.QIAN.phone, "document": cast.SUN.id_number},
        {"phone": cast.SUN.phone, "document": cast.QIAN.id_number},
        {"phone": cast.QIAN.phone, "document": ""},
        {"code": "00000-00000"},
        {},
    ):
        _client, page = comes_in(**given)
        assert page.status_code == 422
        assert "没有查到" in page.content.decode()


def test_guessing_is_stopped_and_journalled_without_the_number(county: make.County, qian: UUID) -> None:
    for _ in range(5):
        comes_in(phone="19911111111", document=cast.QIAN.id_number)
    assert "没有查到" in comes_in(phone=cast.QIAN.phone, document=cast.QIAN.id_number)[1].content.decode()  # rests
    with scoped(make.EVERYBODY):
        tries = Act.objects.filter(verb="note_login")
        assert tries.filter(word="wrong").count() == 5
        assert cast.QIAN.id_number not in "".join(str(a.args) + a.subject for a in tries)
    for _ in range(5):
        comes_in(code="AAAAA-AAAAA")
    assert "尝试次数过多" in comes_in(code="AAAAA-AAAAA")[1].content.decode()


def test_a_code_ends_and_a_second_one_is_the_first(county: make.County, qian: UUID) -> None:
    code = code_of(county, qian)
    assert code_of(county, qian) == code
    with scoped(make.EVERYBODY):
        assert code not in str(list(AccessCode.objects.values()))
        AccessCode.objects.update(ends_at=datetime.now(UTC) - HOUR)
    assert comes_in(code=code)[1].status_code == 422
    assert code_of(county, qian) != code


def test_the_database_shows_a_resident_only_what_is_theirs(county: make.County, qian: UUID, sun: UUID) -> None:
    with as_oneself(qian):
        assert list(Person.objects.values_list("id", flat=True)) == [qian]
        assert {o.person_id for o in Order.objects.all()} == {qian}
        assert not Identity.objects.exists()
        assert not Task.objects.exists()
        assert not Act.objects.exists()
        assert Person.objects.filter(id=qian).update(name="x") == 0  # reading only
    with transaction.atomic():  # and after it nobody is anybody
        assert not Person.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('bihuan.person', true)")
        assert cursor.fetchone()[0] in (None, "")


def test_each_look_is_journalled(county: make.County, qian: UUID) -> None:
    client, _page = comes_in(code=code_of(county, qian))
    client.get("/me/")
    with scoped(make.EVERYBODY):
        assert Act.objects.filter(verb="look_own", subject=f"person:{qian}").count() == 2


def test_an_objection_is_mine_alone_to_make(county: make.County, qian: UUID, sun: UUID) -> None:
    client, _page = comes_in(code=code_of(county, qian))
    with scoped(make.EVERYBODY):
        mine, other = (Order.objects.get(person=p).id for p in (qian, sun))
    act = str(uuid7())
    for _ in range(2):
        body = client.post(f"/me/appeal/{mine}/", {"words": "我当天不在", "act": act}, follow=True).content.decode()
    assert "前答复" in body
    assert client.post(f"/me/appeal/{other}/", {"words": "替他申诉", "act": str(uuid7())}).status_code == 404
    with scoped(make.EVERYBODY):
        assert Appeal.objects.get().channel == "resident"
        assert Order.objects.get(id=mine).state == "in_force"  # it goes on meanwhile


def test_help_and_correction_are_tasks_with_clocks_and_sealed_words(county: make.County, qian: UUID) -> None:
    client, _page = comes_in(code=code_of(county, qian))
    client.post("/me/help/", {"need": "medicine", "words": "降压药没有了", "act": str(uuid7())})
    body = client.post("/me/dispute/", {"words": "地址写错", "act": str(uuid7())}, follow=True).content.decode()
    assert "群众求助" in body
    assert "核实码色异议" in body
    assert "降压药" not in body
    with scoped(make.EVERYBODY):
        task = Task.objects.get(kind="resident_help")
        assert task.clock.due_at - task.opened_at == HOUR
        assert task.responsible_id in (county.wu.id, county.feng.id)
        assert "降压药" not in str(task.detail)
    refused = client.post("/me/help/", {"need": "medicine", "words": "", "act": str(uuid7())}, follow=True)
    assert "请选择需要什么" in refused.content.decode()


def test_the_pass_is_shown_with_its_hour(county: make.County, qian: UUID) -> None:
    client, _page = comes_in(code=code_of(county, qian))
    body = client.post("/me/pass/", {"act": str(uuid7())}).content.decode()
    assert "<svg" in body
    assert "BH1:" in body
    assert "黄码" in body
    assert client.get("/me/pass/").status_code == 302


def test_nobody_comes_in_by_a_forged_or_old_cookie(
    county: make.County, qian: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    client, _page = comes_in(code=code_of(county, qian))
    cookie = client.cookies["bihuan_me"]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/me/", True, "Strict")
    stranger = Client()
    stranger.cookies["bihuan_me"] = cookie.value[:-2] + "xx"
    assert stranger.get("/me/").headers["Location"] == "/me/in/"
    monkeypatch.setattr(inside, "STAYS", timedelta(seconds=-1))
    assert client.get("/me/").headers["Location"] == "/me/in/"


def test_leaving_forgets_and_english_is_whole(county: make.County, qian: UUID) -> None:
    client, page = comes_in(code=code_of(county, qian), language="en")
    body = page.content.decode()
    assert "Yellow" in body
    assert "Home quarantine" in body or "Quarantine at home" in body
    client.post("/me/out/")
    assert client.get("/me/").headers["Location"] == "/me/in/"
    assert client.get("/me/out/").status_code == 405


def test_a_proposal_is_not_shown(county: make.County, qian: UUID) -> None:
    with scoped(make.EVERYBODY):
        Order.objects.filter(person=qian).update(
            state="proposed", served_at=None, signed_at=None, issuer=None, notice_number=None, issuer_post=""
        )
    body = comes_in(code=code_of(county, qian))[1].content.decode()
    assert "居家隔离" not in body
    assert "绿码" in body

"""The pages of orders: what waits for a signature, one order, its papers, objections, closures, second looks."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from uuid import UUID, uuid4

import docx
import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.choices import OrderState, article_words
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop import _orders as given
from tests.loop._orders import DAYS, HOUR, Command

NOW = datetime.now(UTC).replace(microsecond=0)


@pytest.fixture
def staff(db: None) -> Command:
    return given.command()


@pytest.fixture
def commander(staff: Command) -> Client:
    client = Client(headers={"Accept-Language": "zh-hans"})
    client.force_login(staff.hua)
    return client


def now_order(staff: Command, who: cast.Resident = cast.ZHAO) -> UUID:
    """An order in force now, as the pages of today show it."""
    return given.in_force(
        staff, make.person(who), at=NOW - 2 * HOUR, last_exposure=NOW - DAYS, class_name="close_contact"
    )


def proposed(staff: Command, who: cast.Resident, **more: object) -> UUID:
    made = given.proposes(
        staff.zheng, make.person(who), at=NOW - HOUR, last_exposure=NOW - DAYS, **more,  # type: ignore[arg-type]
    )  # fmt: skip
    return UUID(made.result["orders"][0])


def test_the_queue_shows_each_ground_and_the_lighter_measure_and_signs_in_two_steps(
    staff: Command, commander: Client
) -> None:
    first, second = proposed(staff, cast.ZHAO), proposed(staff, cast.SUN)
    page = commander.get(reverse("desk:proposals")).content.decode()
    assert page.count("7月31日与确诊病例同桌就餐") == 2
    assert "居家隔离医学观察：离家 0 人日" in page
    assert "赵**" in page
    assert "赵一鸣" not in page
    asked = commander.post(reverse("desk:sign_orders"), {"pick": [first, second]}).content.decode()
    assert "之后：居家健康监测" in asked
    assert "年龄（岁）小于 14" in asked
    assert given.order(first).state == OrderState.PROPOSED, "the first step signs nothing"
    commander.post(
        reverse("desk:sign_orders"),
        {
            "pick": [first, second],
            "signed": "1",
            "lighter": [second],
            "act": re.findall(r'name="act" value="([^"]+)"', asked)[0],
        },
    )
    assert given.order(first).state == given.order(second).state == OrderState.SIGNED
    assert given.order(second).measure == "home_quarantine"


def test_a_shared_ground_is_called_one_size_fits_all(staff: Command, commander: Client) -> None:
    for number in range(5):
        who = cast.ZHAO._replace(name=f"赵{'甲乙丙丁戊'[number]}", id_number="", phone=f"1990000010{number}")
        given.proposes(
            staff.zheng, make.person(who), ground="area:991027101001", at=NOW - HOUR, last_exposure=NOW - DAYS
        )
    assert "疑似一刀切" in commander.get(reverse("desk:proposals")).content.decode()
    given_individually = proposed(staff, cast.LI)
    assert "一刀切" not in commander.get(reverse("desk:order", args=[given_individually])).content.decode()


def test_one_order_from_signature_to_release(staff: Command, commander: Client) -> None:
    order = now_order(staff)
    address = reverse("desk:order", args=[order])
    page = commander.get(address).content.decode()
    for words in (
        "解除还缺",
        "检测全部阴性",
        "《传染病防治法(2013)》第39、41条",
        "到期自行终止",
        "异议期间本决定继续执行",
    ):
        assert words in page, words
    duty = next(d for d in given.duties(order) if d.kind == "check" and d.due_from <= NOW)
    commander.post(reverse("desk:order_act", args=[order, "record_duty"]), {"duty": duty.id, "result": "well"})
    assert next(d for d in given.duties(order) if d.id == duty.id).result == "well"
    refused = commander.post(reverse("desk:order_act", args=[order, "release_order"]), {}, follow=True).content.decode()
    assert "尚不具备解除条件" in refused
    commander.post(
        reverse("desk:order_act", args=[order, "release_order"]), {"early": "1", "despite": "流调更正"}, follow=True
    )
    assert given.order(order).state == OrderState.ENDED
    assert "解除决定书" in commander.get(address).content.decode()


def test_the_law_and_the_remedies_are_named_in_the_readers_language(staff: Command) -> None:
    order = now_order(staff)
    english = Client(headers={"Accept-Language": "en"})
    english.force_login(staff.hua)
    shown = english.get(reverse("desk:order", args=[order])).content.decode()
    assert "Law on Prevention and Treatment of Infectious Diseases (2013), Art. 39, 41" in shown
    assert "administrative litigation" in shown
    assert "《" not in shown
    with override("zh-hans"):
        assert article_words("《动物防疫法》第3条") == "《动物防疫法》第3条"


def test_the_notice_is_a_paper_that_says_everything_and_is_a_journalled_look(staff: Command, commander: Client) -> None:
    order = now_order(staff)
    made = commander.post(reverse("desk:order_paper", args=[order]), {"format": "docx"})
    words = "\n".join(p.text for p in docx.Document(BytesIO(made.content)).paragraphs)
    one = given.order(order)
    for needed in (
        "赵一鸣", "集中隔离医学观察", "7月31日与确诊病例同桌就餐", "第39、41条", str(one.notice_number), "24时止",
        "县卫健局 隔离决定人", "24 小时内答复",
    ):  # fmt: skip
        assert needed in words, needed
    pdf = commander.post(reverse("desk:order_paper", args=[order]), {"format": "pdf"})
    assert pdf.content.startswith(b"%PDF")
    with scoped(make.EVERYBODY):
        looks = staff_reads.acts_about(make.EVERYBODY, [f"person:{one.person_id}"]).filter(verb="reveal_person")
        assert looks.count() == 2
    assert commander.get(reverse("desk:order_paper", args=[order])).status_code == 405


def test_an_appeal_is_answered_by_another_on_its_own_page(staff: Command, commander: Client) -> None:
    order = now_order(staff)
    commander.post(reverse("desk:order_act", args=[order, "appeal_order"]), {"words": "我当天在外地"})
    with scoped(make.EVERYBODY):
        (appeal,) = orders_reads.appeals(make.EVERYBODY)
    address = reverse("desk:appeal", args=[appeal.id])
    assert "须由他人答复" in commander.get(address).content.decode()
    other = Client()
    other.force_login(staff.zheng)
    other.post(address, {"decision": "ended", "reason": "核实不在场"})
    assert given.order(order).state == OrderState.ENDED
    assert "核实不在场" in other.get(address).content.decode()


def test_a_closure_is_proposed_signed_posted_and_told_to_the_public(staff: Command, commander: Client) -> None:
    place = given.place()
    local = datetime.now().astimezone()
    commander.post(
        reverse("desk:new_closure"),
        {
            "place": place, "measure": "area_closed", "ground_words": "确诊病例在此停留",
            "starts_at": (local - timedelta(hours=1)).isoformat(), "ends_at": (local + timedelta(days=3)).isoformat(),
        },
    )  # fmt: skip
    with scoped(make.EVERYBODY):
        (order,) = orders_reads.orders_of_place(make.EVERYBODY, place)
    assert "不规范" in commander.get(reverse("desk:closures")).content.decode()
    commander.post(reverse("desk:sign_orders"), {"pick": [order.id], "signed": "1"})
    anybody = Client()
    assert "老街棋牌室" not in anybody.get(reverse("desk:public_measures")).content.decode()
    commander.post(reverse("desk:order_act", args=[order.id, "serve_notice"]), {"how": "posted"})
    told = anybody.get(reverse("desk:public_measures")).content.decode()
    for words in ("老街棋牌室", "确诊病例在此停留", "第41、42条", "未写明", "小时内答复"):
        assert words in told, words


def test_another_edition_is_previewed_signed_and_undone(staff: Command, commander: Client) -> None:
    order = now_order(staff)
    before = given.order(order).ends_at
    page = commander.post(
        reverse("desk:new_reclass"),
        {"cause": "edition", "protocol": "covid-19/2022-11-11", "reason": "二十条"}, follow=True,
    )  # fmt: skip
    address = page.request["PATH_INFO"]
    assert "缩短" in page.content.decode()
    assert given.order(order).ends_at == before, "a preview changes nothing"
    commander.post(address, {"do": "sign"})
    assert given.order(order).ends_at == before - 2 * DAYS
    assert given.order(order).protocol == "covid-19/2022-11-11"
    commander.post(address, {"do": "undo", "reason": "下发有误"})
    assert given.order(order).ends_at == before
    assert given.order(order).protocol == given.V9


def test_pages_answer_in_both_languages_and_as_files(staff: Command) -> None:
    now_order(staff)
    proposed(staff, cast.SUN)
    for language, words in (("zh-hans", "集中隔离医学观察"), ("en", "Central quarantine")):
        client = Client(headers={"Accept-Language": language})
        client.force_login(staff.zheng)
        client.cookies["django_language"] = language
        for name in ("orders", "proposals", "appeals", "closures", "reclasses", "new_closure", "new_reclass"):
            answer = client.get(reverse(f"desk:{name}"))
            assert answer.status_code == 200, name
            if name in ("orders", "proposals"):
                assert words in answer.content.decode(), (language, name)
    for state in ("binding", "ends_soon", "undecided", "proposed", "ended"):
        assert client.get(reverse("desk:orders"), {"state": state, "export": "csv"}).status_code == 200


def test_who_may_not_sign_sees_no_button_and_no_way(staff: Command) -> None:
    order = proposed(staff, cast.ZHAO)
    head = Client()
    head.force_login(staff.county.wu)
    page = head.get(reverse("desk:proposals")).content.decode()
    assert reverse("desk:sign_orders") not in page
    assert head.post(reverse("desk:sign_orders"), {"pick": [order], "signed": "1"}).status_code == 403
    stranger = Client()
    stranger.force_login(staff.county.chen)
    assert stranger.get(reverse("desk:order", args=[order])).status_code == 404
    assert "赵" not in stranger.get(reverse("desk:proposals")).content.decode()
    assert stranger.get(reverse("desk:appeal", args=[uuid4()])).status_code == 404

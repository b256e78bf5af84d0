"""The pages of isolation: the room grid, one stay, who waits, journeys, what is due, who leaves."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.orders.models import Order
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop import _houses, _orders
from tests.loop._houses import DAY, HOUR, MINUTE, House


@pytest.fixture
def here(db: None) -> House:
    return _houses.house()


def client(member: Any, language: str = "zh-hans") -> Client:
    browser = Client(headers={"Accept-Language": language})
    browser.force_login(member)
    return browser


def page(member: Any, address: str, at: datetime = DAY + HOUR, **params: str) -> str:
    answer = client(member).get(address, {"as_of": at.isoformat(), **params})
    assert answer.status_code == 200, (address, answer.status_code)
    return " ".join(answer.content.decode().split())


def test_the_grid_shows_each_room_by_what_is_most_pressing(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    address = f"/sites/{here.site}/"
    shown = page(here.nurse, address)
    assert "bh-room-due" in shown
    assert shown.count('class="bh-room bh-room-free"') == 3
    make.does(here.nurse, "record_check", at=DAY + HOUR, stay=stay, celsius=36.5)
    assert "bh-room-lived" in page(here.nurse, address, DAY + 2 * HOUR)
    last = max((d for d in _orders.duties(_houses.stay(stay).order_id) if d.done_at), key=lambda d: d.due_from)
    assert "bh-room-due" in page(here.nurse, address, last.due_until + MINUTE)
    assert "bh-room-missed" in page(here.nurse, address, last.due_until + 13 * HOUR)
    make.does(here.nurse, "record_check", at=last.due_until + HOUR, stay=stay, celsius=38.2)
    assert "bh-room-unwell" in page(here.nurse, address, last.due_until + 2 * HOUR)


def test_the_nurse_meets_a_masked_name_and_the_look_behind_it_is_journalled(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    shown = page(here.nurse, f"/stays/{stay}/")
    assert "赵**" in shown
    assert cast.ZHAO.name not in shown
    assert cast.ZHAO.phone not in shown
    browser = client(here.nurse)
    told = browser.post(f"/stays/{stay}/reveal/phones/", {"reason": "contact"}).content.decode()
    assert cast.ZHAO.phone in told
    assert browser.post(f"/stays/{stay}/reveal/address/", {"reason": "contact"}).status_code == 404
    assert client(here.county.chen).get(f"/stays/{stay}/").status_code == 200  # Shiqiao answers for the ground
    village_nurse = _houses.house_elsewhere()
    for address in (f"/stays/{stay}/", f"/stays/{stay}/reveal/name/", f"/stays/{stay}/rules/", f"/sites/{here.site}/"):
        assert client(village_nurse).get(address).status_code == 404, address


def test_a_check_and_a_need_from_the_page_of_a_stay(here: House) -> None:
    now = datetime.now(UTC)
    order = _orders.in_force(here.staff, make.person(cast.ZHAO), at=now - 3 * MINUTE, last_exposure=now - 24 * HOUR)
    where = {"order": order, "bed": _houses.bed(here.site, "101"), "is_here": True}
    stay = make.does(here.hua, "assign_bed", at=now - MINUTE, **where).result["stay"]
    browser = client(here.nurse)
    browser.post(f"/stays/{stay}/", {"what": "record_check", "celsius": "36,6"})
    browser.post(f"/stays/{stay}/", {"what": "request_need", "need": "medicine", "words": "降压药"})
    browser.post(f"/stays/{stay}/", {"what": "confirm_rules", "how": "signed"})
    shown = browser.get(f"/stays/{stay}/").content.decode()
    assert "36.6" in shown
    assert "降压药" in shown
    assert "降压药" not in client(here.county.wu).get(f"/stays/{stay}/").content.decode()
    assert "告知单未签收" not in shown
    browser.post(f"/stays/{stay}/", {"what": "end_stay"})
    assert "任何人不得自行解除隔离" in browser.get(f"/stays/{stay}/").content.decode()


def test_who_waits_gets_a_proposal_that_can_be_taken(here: House) -> None:
    now = datetime.now(UTC)
    order = _orders.in_force(here.staff, make.person(cast.ZHAO), at=now - 3 * MINUTE, last_exposure=now - 24 * HOUR)
    browser = client(here.hua)
    shown = browser.get(f"/sites/waiting/?site={here.site}").content.decode()
    assert "赵**" in shown
    assert "<b>101</b>" in shown
    form = {"order": str(order), "bed": str(_houses.bed(here.site, "101")), "site": str(here.site)}
    browser.post("/sites/waiting/", form)
    assert "没有人等床位" in browser.get(f"/sites/waiting/?site={here.site}").content.decode()
    with scoped(make.EVERYBODY):
        held = stays_reads.stay_of_order(make.EVERYBODY, order, datetime.now(UTC))
    assert "bh-room-held" in client(here.nurse).get(f"/sites/{here.site}/").content.decode()
    made = browser.post("/transfers/new/", {"pick": [str(held.id)], "from_words": "河湾村12号"})
    assert made.headers["Location"].startswith("/transfers/")
    address = made.headers["Location"]
    (seat,) = _houses.seats(UUID(address.split("/")[2]))
    leaves = {"what": "confirm_departure", "pick": [str(seat)], "vehicle": "鲁Q1", "seats": "4"}
    client(here.county.wu).post(address, leaves)
    assert "途中" in browser.get("/transfers/").content.decode()
    client(here.nurse).post(address, {"what": "confirm_arrival", "pick": [str(seat)]})
    client(here.nurse).post(address, {"what": "disinfect_vehicle"})
    assert "已闭环" in browser.get(address).content.decode()
    assert client(_houses.house_elsewhere()).get(address).status_code == 404


def test_monitoring_lists_what_is_due_and_missed_where_it_is_done(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    shown = page(here.nurse, "/sites/monitoring/")
    assert "赵**" in shown
    assert "石桥宾馆 101" in shown
    first = min(_orders.duties(_houses.stay(stay).order_id), key=lambda d: d.due_from)
    missed = page(here.nurse, "/sites/monitoring/", first.due_until + MINUTE, state="missed")
    assert "bh-row-late" in missed
    assert "赵**" not in page(here.county.wu, "/sites/monitoring/")  # Liuquan no longer does these checks


def test_who_leaves_today_and_who_cannot_and_why(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    order = _orders.order(_houses.stay(stay).order_id)
    day = order.ends_at - 12 * HOUR
    assert "今天没有人期满" in page(here.hua, "/sites/leaving/", day - 24 * HOUR)
    shown = page(here.hua, "/sites/leaving/", day)
    assert "不能离开" in shown
    assert "检测" in shown
    report = page(here.hua, "/reports/leaving_today/", day)
    assert "石桥宾馆 101" in report
    assert "赵" not in report.split("<main")[1].split("</main>")[0]
    over = page(here.nurse, "/sites/leaving/", order.ends_at + HOUR)
    assert "bh-row-late" in over


def test_who_leaves_a_home_is_listed_by_the_village_not_the_door(here: House) -> None:
    order = _orders.in_force(here.staff, make.person(cast.ZHAO))
    with scoped(make.EVERYBODY):
        from bihuan.ledgers.orders.models import Order

        Order.objects.filter(id=order).update(measure="home_quarantine")
    make.does(here.county.zhou, "assess_home", at=DAY + HOUR, order=order, answers=_houses.FIT)
    settled = make.does(here.county.wu, "settle_at_home", at=DAY + HOUR, order=order, helper=here.county.zhou.id)
    assert settled.status == "done", settled.reason
    report = page(here.hua, "/reports/leaving_today/", _orders.order(order).ends_at - HOUR)
    assert "河湾村" in report
    assert "3组12号" not in report


def test_an_incident_is_opened_from_the_grid(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    browser = client(here.nurse)
    assert "赵**" in browser.get(f"/sites/{here.site}/incident/").content.decode()
    form = {"stay": str(stay), "words": "101室同层两人阳性"}
    assert browser.post(f"/sites/{here.site}/incident/", form).status_code == 302


def test_a_fuller_house_asks_the_database_no_more(here: House) -> None:
    pages = (
        f"/sites/{here.site}/",
        "/sites/monitoring/",
        "/sites/unannounced/",
        "/sites/leaving/",
        "/sites/",
        "/transfers/",
    )

    def counts() -> dict[str, int]:
        browser, found = client(here.hua), {}
        for address in pages:
            asked = {"as_of": (DAY + 2 * HOUR).isoformat()}
            browser.get(address, asked)
            with CaptureQueriesContext(connection) as queries:
                assert browser.get(address, asked).status_code == 200
            found[address] = len(queries)
        return found

    _houses.lodged(here, make.person(cast.ZHAO), "101")
    draw = {"at": DAY + HOUR, "inspector": here.county.zheng.id}
    assert make.does(here.hua, "draw_visits", count=1, seed=1, **draw).status == "done"
    before = counts()
    _houses.lodged(here, make.person(cast.QIAN), "102")
    _houses.lodged(here, make.person(cast.LI), "201", at=DAY + 30 * MINUTE)
    assert make.does(here.hua, "draw_visits", count=3, seed=2, **draw).status == "done"
    assert counts() == before
    assert max(before.values()) <= 32, before


def test_both_languages_are_whole(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    for address in (f"/sites/{here.site}/", f"/stays/{stay}/", f"/stays/{stay}/rules/", "/sites/leaving/",
                    "/sites/monitoring/", "/sites/unannounced/", "/transfers/", f"/sites/waiting/?site={here.site}"):  # fmt: skip
        shown = client(here.hua, "en").get(address).content.decode()
        assert "Isolation sites" in shown or "Rules of isolation" in shown, address


def test_the_end_of_an_order_is_followed_where_the_person_stays(here: House) -> None:
    stay = _houses.lodged(here, make.person(cast.ZHAO), "101")
    order = _orders.order(_houses.stay(stay).order_id)
    at = DAY + timedelta(days=1)
    words = {"order": order.id, "reason": "症状未消失", "until": order.ends_at + timedelta(days=2)}
    longer = make.does(here.hua, "extend_order", at=at, **words)
    assert longer.status == "done", longer.reason
    served = make.does(here.staff.zhou, "serve_notice", at=at + MINUTE, extension=UUID(longer.result["extension"]))
    assert served.status == "done", served.reason
    from bihuan.loop.tick import tick

    tick(at + 2 * MINUTE)
    assert _houses.stay(stay).planned_until == order.ends_at + timedelta(days=2)
    later = [d for d in _orders.duties(order.id) if d.due_from >= order.ends_at]
    assert later
    assert {d.path for d in later} == {make.PATHS["991027102001"]}
    tick(order.ends_at + timedelta(days=2))
    tick(order.ends_at + timedelta(days=2) + MINUTE)
    freed = _houses.stay(stay)
    assert freed.freed_at == order.ends_at + timedelta(days=2)
    assert "bh-room-over" in page(here.nurse, f"/sites/{here.site}/", freed.freed_at + 2 * MINUTE)


def test_a_home_is_assessed_and_entered_in_the_register(here: House) -> None:
    now = datetime.now(UTC)
    order = _orders.in_force(here.staff, make.person(cast.ZHAO), at=now - 3 * MINUTE, last_exposure=now - 24 * HOUR)
    with scoped(make.EVERYBODY):
        Order.objects.filter(id=order).update(measure="home_quarantine")
    address, browser = f"/orders/{order}/home/", client(here.county.zhou)
    assert address in client(here.county.wu).get(f"/orders/{order}/").content.decode()
    assert "先评估居住条件" in client(here.county.wu).get(address).content.decode()
    answers = {"what": "assess", **_houses.FIT}
    browser.post(address, {**answers, "own_room": "no"})
    settle = {"what": "settle", "helper": str(here.county.zhou.id), "room": "东屋", "needs": ["old"]}
    assert "exception_reason" in client(here.county.wu).get(address).content.decode()
    client(here.county.wu).post(address, settle)
    browser.post(address, answers)
    with scoped(make.EVERYBODY):
        assert stays_reads.stay_of_order(make.EVERYBODY, order, datetime.now(UTC)) is None  # unfit, and no reason given
    client(here.county.wu).post(address, settle)
    with scoped(make.EVERYBODY):
        stay = stays_reads.stay_of_order(make.EVERYBODY, order, datetime.now(UTC))
    assert stay is not None
    assert stay.helper_id == here.county.zhou.id
    assert f"/stays/{stay.id}/" in browser.get(address).content.decode()
    assert client(_houses.house_elsewhere()).get(address).status_code == 404


def test_a_draw_is_made_on_the_desk_and_reported_by_the_inspector(here: House) -> None:
    now = datetime.now(UTC)
    for who, room in ((cast.ZHAO, "101"), (cast.QIAN, "102")):
        order = _orders.in_force(here.staff, make.person(who), at=now - 3 * MINUTE, last_exposure=now - 24 * HOUR)
        where = {"order": order, "bed": _houses.bed(here.site, room), "is_here": True}
        given = make.does(here.hua, "assign_bed", at=now - MINUTE, **where)
        assert given.status == "done"
    county, inspector = client(here.hua), here.county.zheng
    asked = {"count": "1", "seed": "9" * 5000, "inspector": str(inspector.id)}
    assert "种子数" in county.post("/sites/unannounced/", asked).content.decode()  # no number a seed can be: refused
    assert "还没有抽取过" in county.get("/sites/unannounced/").content.decode()
    county.post("/sites/unannounced/", {"count": "1", "seed": "7", "inspector": str(inspector.id)})
    browser = client(inspector)
    (door,) = set(re.findall(r"/sites/unannounced/[0-9a-f-]{36}/", browser.get("/sites/unannounced/").content.decode()))
    assert "what_is_wrong" in browser.get(door, {"outcome": "not_kept"}).content.decode()
    found = {"outcome": "not_kept", "person_present": "no", "checks_real": "no", "helper_known": "yes"}
    browser.post(door, {**found, "what_is_wrong": "人不在房内"})
    told = browser.get("/sites/unannounced/").content.decode()
    assert "未落实" in told
    assert "问题台账" in told
    (answers,) = set(re.findall(r"/filled/[0-9a-f-]{36}/", told))
    assert (
        "人不在房内" in client(here.county.chen).get(answers).content.decode()
    )  # the site's township reads what it mends
    assert browser.get(door).headers["Location"] == answers
    with scoped(make.EVERYBODY):
        (problem,) = command_reads.problems(make.EVERYBODY)
    assert answers in browser.get(f"/problems/{problem.id}/").content.decode()
    daily = make.does(here.nurse, "record_check", at=now, stay=UUID(given.result["stay"]), celsius=36.5)
    with scoped(make.EVERYBODY):
        assert command_reads.visit(make.EVERYBODY, daily.id) is not None
    assert browser.get(f"/filled/{daily.id}/").status_code == 404  # forms about people are read elsewhere
    assert client(here.county.wu).get("/sites/unannounced/").status_code == 403
    assert client(_houses.house_elsewhere()).get(door).status_code in (403, 404)

"""The sampling table in a real browser: thirty people without a network, the tab killed in the middle, each bound once."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import zxingcpp
from django.test import Client
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake.models import ListRow
from bihuan.ledgers.lab.models import Swab, Tube
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.people.writes import NewPerson
from bihuan.ledgers.staff.models import Act, Member, Phone
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make, make_lab
from tests.browser import _chromium
from tests.browser._server import serving

pytestmark = _chromium.BROWSER
VILLAGE = "991027101001"
PEOPLE = 30
POOL = 10


def number(n: int) -> str:
    """A made-up identity number of the invented county whose last digit fits."""
    body = f"991027198001{n % 28 + 1:02d}{n:03d}"
    return body + "10X98765432"[sum(int(d) * (2 ** (17 - i) % 11) for i, d in enumerate(body)) % 11]


@dataclass
class Table:
    """A table that opened now, and whoever lives around it."""

    chain: make_lab.Chain
    session: UUID
    people: list[UUID]


@pytest.fixture
def table(db: None, monkeypatch: pytest.MonkeyPatch) -> Table:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    chain = make_lab.chain(pool_size=POOL)
    with scoped(make.EVERYBODY):
        ids = [uuid7() for _ in range(PEOPLE)]
        people_writes.add_persons(
            [
                NewPerson(
                    id=id_, sex="unknown", birth_on=None, address="", area_code=VILLAGE, path=make.PATHS[VILLAGE],
                    name=f"采{'甲乙丙丁戊己庚辛壬癸'[n // 3]}{n % 3}",
                    documents=(("resident_identity_card", number(n)),),
                )
                for n, id_ in enumerate(ids)
            ],
            recorded_at=timezone.now(),
            keep_until=None,
        )  # fmt: skip
    return Table(chain, chain.session, ids)


@contextmanager
def phone(member: Member, *flags: str) -> Iterator[tuple[BrowserContext, str]]:
    """A phone on which the member is logged in, and the address of the house."""
    with serving() as address, _chromium.chromium(*flags) as browser:
        yield logged_in(browser, member, address), address


def logged_in(browser: Any, member: Member, address: str) -> BrowserContext:
    client = Client()
    client.force_login(member)
    context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
    return context


def opened(context: BrowserContext, address: str, page: str = "sampling") -> Page:
    """The page, ready; once more after the worker took over, so that everything it needs is kept."""
    tab = context.new_page()
    tab.goto(f"{address}/field/{page}/")
    expect(tab.locator("[data-ready=yes]")).to_be_attached(timeout=20_000)
    return tab


def settled(context: BrowserContext, address: str) -> Page:
    tab = opened(context, address)
    tab.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
    tab.reload()
    expect(tab.locator("[data-ready=yes]")).to_be_attached(timeout=20_000)
    return tab


def all_sent(tab: Page) -> None:
    """Nothing waits any more, and the page has looked."""
    expect(tab.locator("body[data-waiting='0']")).to_be_attached(timeout=20_000)
    expect(tab.locator("#waiting")).to_be_hidden(timeout=20_000)


def until(check: Callable[[], bool]) -> None:
    """Wait for what the house hears a moment after the page has shown it."""
    for _ in range(100):
        with scoped(make.EVERYBODY):
            if check():
                return
        time.sleep(0.1)
    raise AssertionError("not heard within ten seconds")


def scan_tube(tab: Page, code: str) -> None:
    tab.fill("#tube", code)
    tab.press("#tube", "Enter")
    expect(tab.locator("#tube-line")).to_contain_text(code)


def scan_person(tab: Page, n: int) -> None:
    """What a hand-held scanner does: types the number and Enter. Not one tap."""
    tab.fill("#who", number(n))
    tab.press("#who", "Enter")
    expect(tab.locator("#last li").first).to_contain_text(number(n)[-4:])


def test_thirty_people_without_a_network_and_the_tab_killed(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        for n in range(10):
            scan_person(tab, n)
        expect(tab.locator("#said")).to_contain_text("已满")
        scan_tube(tab, "P002")
        for n in range(10, 15):
            scan_person(tab, n)
        tab.close()  # killed in the middle of a tube
        tab = context.new_page()
        tab.goto(f"{address}/field/sampling/")
        expect(tab.locator("[data-ready=yes]")).to_be_attached(timeout=20_000)
        expect(tab.locator("#tube-line")).to_contain_text("P002：5/10")
        tab.fill("#who", number(3))  # the phone remembers who was sampled before it was killed
        tab.press("#who", "Enter")
        expect(tab.locator("#said")).to_contain_text("本轮已采样")
        for n in range(15, 20):
            scan_person(tab, n)
        scan_tube(tab, "P003")
        for n in range(20, 30):
            scan_person(tab, n)
        expect(tab.locator("#waiting")).to_contain_text("待上传 33 条")
        held = tab.evaluate("Object.values(localStorage).join('') + document.documentElement.innerHTML")
        assert number(3) not in held
        with scoped(make.EVERYBODY):
            assert not Swab.objects.exists()
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
    until(Phone.objects.exists)
    with scoped(make.EVERYBODY):
        swabs = list(Swab.objects.filter(undone_at__isnull=True))
        assert len(swabs) == len({s.person_id for s in swabs}) == PEOPLE
        assert {s.person_id for s in swabs} == set(table.people)
        assert {(t.code, t.swabs, t.state) for t in Tube.objects.all()} == {
            (f"P00{i}", 10, "closed") for i in (1, 2, 3)
        }
        assert Phone.objects.get().member_id == table.chain.cai.id


def test_a_swab_taken_back_before_anybody_heard_is_never_sent(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        scan_person(tab, 0)
        scan_person(tab, 1)
        tab.locator("#last li").first.locator("button").click()
        expect(tab.locator("#tube-line")).to_contain_text("1/10")
        expect(tab.locator("#waiting")).to_contain_text("待上传 1 条")
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
        scan_person(tab, 2)
        until(lambda: Swab.objects.filter(person=table.people[2]).exists())
        tab.locator("#last li").first.locator("button").click()  # now it is known: it is undone, and stays on record
        expect(tab.locator("#tube-line")).to_contain_text("1/10")
        until(lambda: Swab.objects.filter(undone_at__isnull=False).exists())
    with scoped(make.EVERYBODY):
        assert Swab.objects.get(undone_at__isnull=True).person_id == table.people[0]
        assert Swab.objects.get(undone_at__isnull=False).person_id == table.people[2]


def test_a_person_is_found_by_name_or_told_by_document(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        tab.fill("#who", "采甲0")
        tab.press("#who", "Enter")
        tab.locator("#candidates button").first.click()
        expect(tab.locator("#tube-line")).to_contain_text("1/10")
        tab.fill("#who", number(900)[:-1] + "7" if number(900)[-1] != "7" else number(900)[:-1] + "8")
        tab.press("#who", "Enter")
        expect(tab.locator("#said")).to_contain_text("校验不符")
        tab.fill("#who", number(900))
        tab.press("#who", "Enter")
        tab.fill("#off-name", "过路人")
        tab.click("#off-keep")
        expect(tab.locator("#tube-line")).to_contain_text("2/10")
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 2
        assert Swab.objects.exclude(person__in=table.people).get().person.name == "过路人"


def test_a_wrong_clock_is_found_and_mended(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        # three hours fast from the first moment, as a phone whose battery was empty for a week
        context.add_init_script("const d = Date.now.bind(Date); Date.now = () => d() + 3 * 3600 * 1000;")
        tab = settled(context, address)
        scan_tube(tab, "P001")
        before = timezone.now()
        scan_person(tab, 0)
        until(Swab.objects.exists)
        until(Phone.objects.exists)
    with scoped(make.EVERYBODY):
        swab = Swab.objects.get()
        assert abs((swab.at - before).total_seconds()) < 60
        assert abs(Phone.objects.get().skew_seconds + 3 * 3600) < 60


def test_two_tabs_and_a_new_edition_send_everything_once(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        other = opened(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        for n in range(4):
            scan_person(tab, n)
        # the phone's own files change under it: a newer edition takes over while acts wait
        context.set_offline(False)
        context.route("**/field/sw.js", lambda route: route.fulfill(
            status=200, content_type="text/javascript", headers={"Service-Worker-Allowed": "/field/"},
            body=route.fetch().text().replace("bihuan-field-${EDITION}", "bihuan-field-newer"),
        ))  # fmt: skip
        tab.evaluate("navigator.serviceWorker.getRegistration('/field/').then((r) => r.update())")
        for one in (tab, other):
            one.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
        expect(other.locator("#waiting")).to_be_hidden(timeout=20_000)
        scan_person(tab, 4)
        until(lambda: Swab.objects.count() == 5)
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 5
        assert Act.objects.filter(verb="draw_swab").count() == 5


def test_an_outbox_goes_over_to_another_phone(table: Table, tmp_path: Path) -> None:
    with serving() as address, _chromium.chromium() as browser:
        context = logged_in(browser, table.chain.cai, address)
        tab = settled(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        for n in range(3):
            scan_person(tab, n)
        tab.goto(f"{address}/field/outbox/")
        expect(tab.locator("[data-handing=ready]")).to_be_attached(timeout=20_000)
        tab.locator("details summary").first.click()
        tab.fill("#words", "青禾县采样队")
        tab.click("#save")
        expect(tab.locator("#handed")).to_contain_text("口令至少8位")
        tab.fill("#words", "青禾县柳泉采样队")
        with tab.expect_download() as waiting:
            tab.click("#save")
        file = tmp_path / "outbox.json"
        waiting.value.save_as(file)
        assert "P001" not in file.read_text()
        second = logged_in(browser, table.chain.cai, address)
        there = opened(second, address, "outbox")
        there.locator("details summary").first.click()
        there.fill("#words", "不是这个口令吧")
        there.fill("#words", "不是这个口令吧！")
        there.set_input_files("#file", file)
        expect(there.locator("#handed")).to_contain_text("读不了")
        there.fill("#words", "青禾县柳泉采样队")
        there.set_input_files("#file", file)
        expect(there.locator("#handed")).to_contain_text("读入 3 条", timeout=20_000)
        all_sent(there)
        with scoped(make.EVERYBODY):
            assert Swab.objects.count() == 3
        context.set_offline(False)  # the first phone comes back: what was sent is known, nothing is twice
        tab.reload()
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 3


def test_an_account_closed_meanwhile_loses_nothing_and_leaving_wipes_the_lists(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        context.set_offline(True)
        scan_tube(tab, "P001")
        scan_person(tab, 0)
        with scoped(make.EVERYBODY):
            Member.objects.filter(id=table.chain.cai.id).update(is_active=False)
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        expect(tab.locator("#waiting")).to_contain_text("请重新登录后上传", timeout=20_000)
        tab.goto(f"{address}/field/")  # sent to the login page: whoever is there now is not whom the lists were for
        expect(tab.locator("input[name=username]")).to_be_visible()
        count = """(name) => new Promise((done) => {
          const open = indexedDB.open("bihuan-outbox");
          open.onsuccess = () => {
            const asked = open.result.transaction(name).objectStore(name).count();
            asked.onsuccess = () => done(asked.result);
          };
        })"""
        tab.wait_for_timeout(500)
        assert tab.evaluate(count, "packs") == 0
        assert tab.evaluate(count, "acts") == 1
        with scoped(make.EVERYBODY):
            Member.objects.filter(id=table.chain.cai.id).update(is_active=True)
        tab.goto(f"{address}/field/outbox/")
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == 1


def test_a_full_phone_says_that_it_kept_nothing(table: Table) -> None:
    with phone(table.chain.cai) as (context, address):
        tab = settled(context, address)
        scan_tube(tab, "P001")
        context.set_offline(True)
        tab.evaluate(
            "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
        )
        tab.fill("#who", number(0))
        tab.press("#who", "Enter")
        expect(tab.locator("#said")).to_contain_text("没有记下")
        expect(tab.locator("#tube-line")).to_contain_text("0/10")
        assert tab.input_value("#who") == number(0)


def test_a_tube_is_read_from_the_camera(table: Table, tmp_path: Path) -> None:
    film = tmp_path / "tube.y4m"
    barcode = zxingcpp.create_barcode("Q2022070001", zxingcpp.BarcodeFormat.Code128)
    picture = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=3))
    if picture.shape[0] < 120:
        picture = np.repeat(picture, 120 // picture.shape[0] + 1, axis=0)
    frame = np.full((480, 640), 255, np.uint8)
    height, width = min(300, picture.shape[0]), min(620, picture.shape[1])
    frame[90 : 90 + height, 10 : 10 + width] = picture[:height, :width]
    colourless = np.full(640 * 480 // 2, 128, np.uint8).tobytes()
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame.tobytes() + colourless) * 5)
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with phone(table.chain.cai, *flags) as (context, address):
        tab = opened(context, address)
        scan_tube(tab, "P001")
        tab.click("#scan")
        expect(tab.locator("#tube-line")).to_contain_text("Q2022070001", timeout=20_000)


def test_a_visit_and_a_hand_over_wait_for_the_network(table: Table) -> None:
    county = table.chain.county
    make.receives(county.wang, make.told(cast.ZHAO))
    make_lab.fills(table.chain, "P900", table.people[:3])
    make.does(table.chain.cai, "close_tube", tube="P900", at=make_lab.DAY + make_lab.MINUTE)
    packed = {"session": table.session, "box": "BOX9", "tubes": ("P900",)}
    assert make.does(table.chain.cai, "pack_box", at=make_lab.DAY + 2 * make_lab.MINUTE, **packed).status == "done"
    with serving() as address, _chromium.chromium() as browser:
        context = logged_in(browser, county.zhou, address)
        tab = opened(context, address, "tasks")
        tab.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
        context.set_offline(True)
        tab.goto(f"{address}/field/")  # any page of the phone leads to what can be done without a network
        expect(tab.locator("#tasks[data-ready=yes]")).to_be_attached(timeout=20_000)
        tab.locator("#sections summary").first.click()
        tab.get_by_role("button", name="查无此人").click()
        for box in tab.locator("#sections form [required]").all():
            if box.evaluate("(e) => e.tagName") == "SELECT":
                box.select_option(index=1)
            else:
                box.fill("3")
        tab.locator("#sections form button.main").click()
        expect(tab.locator("#said")).to_contain_text("已记下")
        expect(tab.locator("#sections")).to_contain_text("现在没有待办")
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
        courier = logged_in(browser, table.chain.song, address)
        tab = opened(courier, address, "carry")
        tab.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
        courier.set_offline(True)
        for code in ("BOX9", "P900"):
            tab.fill("#code", code)
            tab.press("#code", "Enter")
            expect(tab.locator("#boxes")).to_contain_text(code)
        tab.reload()  # what was scanned outlives the page
        expect(tab.locator("#boxes")).to_contain_text("P900")
        tab.click("#take")
        expect(tab.locator("#said")).to_contain_text("已登记 1 箱")
        courier.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert ListRow.objects.get().closed_at is not None
        assert Tube.objects.get(code="P900").state == "on_the_way"

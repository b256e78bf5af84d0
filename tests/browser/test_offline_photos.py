"""Photos taken where there is no network: small, sealed, kept with what they show, sent with it once."""

from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import BrowserContext, Page, expect

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.people import cipher
from bihuan.ledgers.staff.models import Act, Member
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.browser import _chromium
from tests.browser._server import serving
from tests.browser.test_photos import camera, longest_side
from tests.browser.test_sampling import all_sent, logged_in, opened, phone
from tests.loop import _houses

pytestmark = _chromium.BROWSER

# Everything the phone's safe holds, and the state of each act.
SAFE = """() => new Promise((done, failed) => {
  const open = indexedDB.open("bihuan-outbox");
  open.onerror = failed;
  open.onsuccess = () => {
    const names = ["acts", "photos"];
    const stores = open.result.transaction(names);
    const asked = names.map((name) => stores.objectStore(name).getAll());
    stores.oncomplete = () => done({
      acts: asked[0].result.map(({ after, photoBytes, refused }) => ({ after, photoBytes, refused })),
      photos: asked[1].result.map(({ sealed }) => Array.from(new Uint8Array(sealed).subarray(0, 3))),
    });
  };
})"""


@dataclass
class Doors:
    """An inspector with one drawn door."""

    inspector: Member
    door: UUID


@pytest.fixture
def doors(db: None, monkeypatch: pytest.MonkeyPatch) -> Doors:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    house = _houses.house()
    inspector = make.inspector()
    _houses.lodged(house, make.person(cast.ZHAO), "101")
    make.does(house.hua, "draw_visits", at=_houses.DAY + _houses.HOUR, count=1, seed=7, inspector=inspector.id)
    with scoped(make.EVERYBODY):
        (task,) = command_reads.open_tasks(make.EVERYBODY).filter(kind="unannounced_visit")
    return Doors(inspector, task.id)


def without_network(context: BrowserContext, address: str) -> Page:
    """Today's tasks fetched, then the network gone and the page opened again from what the phone keeps."""
    tab = opened(context, address, "tasks")
    tab.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
    tab.reload()
    expect(tab.locator("#tasks[data-ready=yes]")).to_be_attached(timeout=20_000)
    context.set_offline(True)
    tab.goto(f"{address}/field/inspect/")  # any page leads to what can be done without a network
    expect(tab.locator("#tasks[data-ready=yes]")).to_be_attached(timeout=20_000)
    return tab


def not_kept(tab: Page, *photos: Path) -> None:
    """The door is opened and found empty, with photos."""
    tab.locator("#sections summary").first.click()
    tab.get_by_role("button", name="未落实").click()
    form = tab.locator("#sections form")
    for name in ("person_present", "checks_real", "helper_known"):
        form.locator(f"[name={name}]").select_option("no")
    form.locator("[name=what_is_wrong]").fill("人不在房内")
    for n, photo in enumerate(photos):
        form.locator("input[name=photo]").nth(n).set_input_files(photo)
        expect(form.locator("button.main")).to_be_enabled(timeout=20_000)
    form.locator("button.main").click()


def test_a_drawn_door_is_reported_with_photos_without_a_network(doors: Doors, tmp_path: Path) -> None:
    photos = [camera(tmp_path / f"IMG_{n}.png", 2400, 1800) for n in range(2)]
    with phone(doors.inspector) as (context, address):
        tab = without_network(context, address)
        not_kept(tab, *photos)
        expect(tab.locator("#said")).to_contain_text("照片 2 张", timeout=20_000)
        expect(tab.locator("#sections")).to_contain_text("现在没有待办")
        held = tab.evaluate(SAFE)
        assert [one["photoBytes"] > 0 for one in held["acts"]].count(True) == len(held["photos"]) == 2
        assert [0xFF, 0xD8, 0xFF] not in held["photos"]  # sealed: no picture lies on the phone
        tab.goto(f"{address}/field/outbox/")
        expect(tab.locator("#outbox-page[data-ready=yes]")).to_be_attached(timeout=20_000)
        expect(tab.locator("#held")).to_contain_text("突击核查")
        expect(tab.locator("#held li", has_text="随所属记录一起")).to_have_count(2)
        with scoped(make.EVERYBODY):
            assert not Act.objects.filter(verb="report_unannounced").exists()
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
        assert tab.evaluate(SAFE) == {"acts": [], "photos": []}
    with scoped(make.EVERYBODY):
        visit = Act.objects.get(verb="report_unannounced")
        assert command_reads.task(make.EVERYBODY, doors.door).closed_at is not None  # type: ignore[union-attr]
        proofs = list(command_reads.proofs(make.EVERYBODY, [f"visit:{visit.id}"]).defer(None))
        assert len(proofs) == Act.objects.filter(verb="add_proof").count() == 2
        assert all(longest_side(cipher.unseal_bytes(proof.sealed)) == 1600 for proof in proofs)


def test_an_answer_that_never_came_back_sends_nothing_twice(doors: Doors, tmp_path: Path) -> None:
    with phone(doors.inspector) as (context, address):
        tab = without_network(context, address)
        not_kept(tab, camera(tmp_path / "IMG.png", 1800, 1200))
        expect(tab.locator("#said")).to_contain_text("照片 1 张", timeout=20_000)
        lost = []

        def swallow(route: object) -> None:
            if "add_proof" in (route.request.post_data or ""):  # type: ignore[attr-defined]
                lost.append(route.fetch().status)  # type: ignore[attr-defined]
                route.abort()  # type: ignore[attr-defined]
                context.unroute("**/api/v1/acts")
            else:
                route.continue_()  # type: ignore[attr-defined]

        context.route("**/api/v1/acts", swallow)
        context.set_offline(False)
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        expect(tab.locator("body[data-waiting='2']")).to_be_attached(timeout=20_000)
        for _ in range(100):
            if lost:
                break
            tab.wait_for_timeout(100)
        assert lost == [200]
        tab.evaluate("window.dispatchEvent(new Event('online'))")
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert Act.objects.filter(verb="report_unannounced").count() == 1
        assert Act.objects.filter(verb="add_proof").count() == 1


def test_photos_wait_with_an_act_that_is_not_taken_and_go_with_it(doors: Doors, tmp_path: Path) -> None:
    with phone(doors.inspector) as (context, address):
        tab = without_network(context, address)
        not_kept(tab, camera(tmp_path / "IMG.png", 900, 700))
        expect(tab.locator("#said")).to_contain_text("照片 1 张", timeout=20_000)
        found = {"person_present": "yes", "checks_real": "yes", "helper_known": "yes"}
        on_the_desk = make.does(
            doors.inspector, "report_unannounced", at=timezone.now(), task=doors.door, outcome="kept", answers=found
        )
        assert on_the_desk.status == "done", on_the_desk.reason
        context.set_offline(False)
        tab.goto(f"{address}/field/outbox/")
        expect(tab.locator("#held")).to_contain_text("该任务已由他人完成", timeout=20_000)
        expect(tab.locator("#held li", has_text="随所属记录一起")).to_have_count(1)
        assert len(tab.evaluate(SAFE)["photos"]) == 1
        tab.once("dialog", lambda dialog: dialog.accept())
        tab.locator("#held li", has_text="突击核查").get_by_role("button", name="知道了，删除").click()
        expect(tab.locator("#held li")).to_have_count(0)
        assert tab.evaluate(SAFE) == {"acts": [], "photos": []}
    with scoped(make.EVERYBODY):
        assert not Act.objects.filter(verb="add_proof").exists()


def test_a_full_phone_keeps_neither_act_nor_photo_and_says_so(doors: Doors, tmp_path: Path) -> None:
    with phone(doors.inspector) as (context, address):
        tab = without_network(context, address)
        tab.evaluate("""() => {
          const put = IDBObjectStore.prototype.put;
          IDBObjectStore.prototype.put = function (...args) {
            if (this.name === "photos") throw new DOMException("full", "QuotaExceededError");
            return put.apply(this, args);
          };
          navigator.storage.estimate = async () => ({ quota: 100, usage: 95 });
        }""")
        not_kept(tab, camera(tmp_path / "IMG.png", 900, 700))
        expect(tab.locator("#said")).to_contain_text("没有记下", timeout=20_000)
        assert tab.evaluate(SAFE) == {"acts": [], "photos": []}
        expect(tab.locator("#sections [name=what_is_wrong]")).to_have_value("人不在房内")  # still there to be sent
        tab.evaluate("window.dispatchEvent(new Event('offline'))")
        expect(tab.locator("#space")).to_contain_text("手机存储将满")


def test_photos_go_over_to_another_phone_in_the_sealed_file_alone(doors: Doors, tmp_path: Path) -> None:
    with serving() as address, _chromium.chromium() as browser:
        context = logged_in(browser, doors.inspector, address)
        tab = without_network(context, address)
        not_kept(tab, camera(tmp_path / "IMG.png", 900, 700))
        expect(tab.locator("#said")).to_contain_text("照片 1 张", timeout=20_000)
        tab.goto(f"{address}/field/outbox/")
        expect(tab.locator("[data-handing=ready]")).to_be_attached(timeout=20_000)
        tab.locator("#handing summary").click()
        tab.fill("#words", "青禾县督查组口令")
        tab.click("#show")
        expect(tab.locator("#handed")).to_contain_text("1 张照片不走二维码", timeout=20_000)
        tab.click("#show")
        with tab.expect_download() as waiting:
            tab.click("#save")
        waiting.value.save_as(tmp_path / "outbox.json")
        there = opened(logged_in(browser, doors.inspector, address), address, "outbox")
        expect(there.locator("[data-handing=ready]")).to_be_attached(timeout=20_000)
        there.locator("#handing summary").click()
        there.fill("#words", "青禾县督查组口令")
        there.set_input_files("#file", tmp_path / "outbox.json")
        expect(there.locator("#handed")).to_contain_text("读入 2 条", timeout=20_000)
        all_sent(there)
        context.set_offline(False)
        tab.reload()
        all_sent(tab)
    with scoped(make.EVERYBODY):
        visit = Act.objects.get(verb="report_unannounced")
        assert command_reads.proofs(make.EVERYBODY, [f"visit:{visit.id}"]).count() == 1
        assert Act.objects.filter(verb="add_proof").count() == 1

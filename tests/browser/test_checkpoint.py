"""The post's page in a real browser: visited once, it verifies, decides and keeps what it must without a network."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import pytest
import zxingcpp
from django.test import Client
from playwright.sync_api import Page, expect

from bihuan.ledgers.intake.sightings.models import Crossing, Sighting
from bihuan.ledgers.orders.passes import bridge as pass_bridge
from bihuan.ledgers.staff.models import Member, Post
from bihuan.ledgers.territory.scope import Scope, scoped
from tests import cast, make
from tests.browser import _chromium
from tests.browser._server import serving

pytestmark = _chromium.BROWSER
COUNTY = make.PATHS[make.COUNTY]
MOST_MS = 50.0


@dataclass
class Setting:
    """A post with its guard, a resident with a pass."""

    county: make.County
    guard: Member
    qian: UUID
    code: str


@pytest.fixture
def setting(db: None, monkeypatch: pytest.MonkeyPatch) -> Setting:
    # The browser's driver keeps an event loop in this thread; the questions asked here are between its steps.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    county, now = make.county(), datetime.now(UTC)
    with scoped(make.EVERYBODY):
        unit = Post.objects.filter(path=make.LIUQUAN).first().unit_id
    make.does(county.wu, "register_checkpoint", area="991027101", name="柳泉北口", hours="24小时", unit=unit)
    with scoped(make.EVERYBODY):
        guard = make.serves(cast.Staff("卫门", "wei", "guard"), Post.objects.get(place__name="柳泉北口"))
    make.does(
        county.zheng, "load_risk_areas", at=now, source="省疾控", document="第12号", effective_from=now - timedelta(days=1),
        content_hash="x", areas=({"name": "邻省东山市城南区", "level": "high"},),
    )  # fmt: skip
    qian = make.person(cast.QIAN)
    answer = make.does(county.zheng, "issue_pass", at=now, person=qian)
    with scoped(Scope(COUNTY)):
        return Setting(county, guard, qian, pass_bridge.pass_text(COUNTY, qian, answer.result))


@contextmanager
def at_the_post(setting: Setting, *flags: str) -> Iterator[tuple[Page, Any]]:
    """The guard's phone with the page open, ready."""
    with serving() as address, _chromium.chromium(*flags) as browser:
        client = Client()
        client.force_login(setting.guard)
        context = browser.new_context(viewport={"width": 390, "height": 844}, locale="zh-CN")
        context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": address}])
        page = context.new_page()
        page.goto(f"{address}/field/checkpoint/")
        expect(page.locator("#checkpoint[data-ready=yes]")).to_be_visible(timeout=20_000)
        yield page, context


def ask(page: Page, code: str = "", origin: str = "", colour: str = "none") -> str:
    """What the page answers, without asking anybody."""
    page.fill("#ask input[name=code]", code)
    page.fill("#ask input[name=origin]", origin)
    page.select_option("#ask select[name=colour]", colour)
    page.click("#ask button[type=submit]")
    return str(page.locator("#answer").get_attribute("class")).removeprefix("answer ")


def test_a_post_goes_on_without_a_network(setting: Setting) -> None:
    with at_the_post(setting) as (page, context):
        page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=20_000)
        page.reload()  # now everything the page needs has gone through the worker once
        expect(page.locator("#checkpoint[data-ready=yes]")).to_be_visible(timeout=20_000)
        context.set_offline(True)
        page.reload()
        expect(page.locator("#checkpoint[data-ready=yes]")).to_be_visible(timeout=20_000)
        assert ask(page, setting.code) == "pass"
        expect(page.locator("#answer [data-slot=colour]")).to_have_text("绿码")
        spent = sorted(
            float(page.locator("#checkpoint").get_attribute("data-verified-ms") or "inf")
            for _ in range(20)
            if ask(page, setting.code)
        )
        assert spent[10] < MOST_MS, spent
        page.click("#clear button")
        forged = setting.code[:-30] + "100000000" + setting.code[-21:]
        assert ask(page, forged) == "check"
        expect(page.locator("#answer [data-slot=reason]")).to_have_text("签名不符，凭证是伪造的")
        assert ask(page, setting.code, origin="东山市城南区和平街道") == "closed_loop"
        page.fill("#stop input[name=destination]", "柳泉镇")
        page.fill("#stop input[name=name]", cast.QIAN.name)
        page.click("#stop button[type=submit]")
        expect(page.locator("#outbox")).to_contain_text("待上传 2 条")
        kept = page.evaluate("Object.values(localStorage).join('') + document.body.innerText")
        assert cast.QIAN.name not in kept  # what waits is sealed
        with scoped(make.EVERYBODY):
            assert not Sighting.objects.exists()
        context.set_offline(False)
        page.evaluate("window.dispatchEvent(new Event('online'))")
        expect(page.locator("#outbox")).not_to_contain_text("待上传", timeout=10_000)
        with scoped(make.EVERYBODY):
            assert Crossing.objects.get().clear == 1
            row = Sighting.objects.get()
            assert (row.answer, row.level, row.member_id) == ("closed_loop", "high", setting.guard.id)


def test_a_new_order_reaches_the_post_with_the_next_slices(setting: Setting) -> None:
    with at_the_post(setting) as (page, _context):
        assert ask(page, setting.code) == "pass"
        make.does(setting.county.zheng, "revoke_pass", at=datetime.now(UTC), person=setting.qian)
        assert ask(page, setting.code) == "pass"  # has heard nothing yet
        page.evaluate("window.dispatchEvent(new Event('online'))")
        page.wait_for_timeout(1500)
        assert ask(page, setting.code) == "check"
        expect(page.locator("#answer [data-slot=reason]")).to_contain_text("已作废")


def test_the_camera_reads_a_pass_from_paper(setting: Setting, tmp_path: Path) -> None:
    film = tmp_path / "pass.y4m"
    barcode = zxingcpp.create_barcode(setting.code, zxingcpp.BarcodeFormat.QRCode, ec_level="Q")
    picture = np.asarray(zxingcpp.write_barcode_to_image(barcode, scale=5))
    frame = np.full((480, 640), 255, np.uint8)
    height, width = min(460, picture.shape[0]), min(620, picture.shape[1])
    top, left = (480 - height) // 2, (640 - width) // 2
    frame[top : top + height, left : left + width] = picture[:height, :width]
    colourless = np.full(640 * 480 // 2, 128, np.uint8).tobytes()
    film.write_bytes(b"YUV4MPEG2 W640 H480 F10:1 Ip A1:1 C420jpeg\n" + (b"FRAME\n" + frame.tobytes() + colourless) * 5)
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={film}",
    )
    with at_the_post(setting, *flags) as (page, _context):
        page.click("#scan")
        expect(page.locator("#answer")).to_be_visible(timeout=20_000)
        expect(page.locator("#answer")).to_have_class("answer pass")
        expect(page.locator("#ask input[name=code]")).to_have_value(setting.code)

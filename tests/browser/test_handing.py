"""An outbox goes over by camera: pictures on one phone's screen, read off by another's, put together in any order."""

import base64
import random
from pathlib import Path

import numpy as np
import zxingcpp
from playwright.sync_api import Page, expect

from bihuan.ledgers.lab.models import Swab
from bihuan.ledgers.staff.models import Act
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.browser import _chromium
from tests.browser._server import serving
from tests.browser.test_sampling import Table, all_sent, logged_in, opened, scan_person, scan_tube, settled
from tests.browser.test_sampling import table as table

pytestmark = _chromium.BROWSER
WORDS = "青禾县柳泉采样队"
TUBES, EACH = 2, 10
PEOPLE = TUBES * EACH
WIDTH, HEIGHT = 640, 480

# The grey values of what a screen shows, until every picture of the series has been seen once.
PICTURES = """async (of) => {
  const seen = new Set();
  const screen = document.getElementById("picture");
  while (seen.size < of) {
    const { data } = screen.getContext("2d").getImageData(0, 0, screen.width, screen.height);
    seen.add(btoa(Array.from({ length: data.length / 4 }, (_, i) => String.fromCharCode(data[4 * i])).join("")));
    await new Promise((next) => setTimeout(next, 40));
  }
  return [...seen];
}"""


def handing(tab: Page, address: str) -> None:
    tab.goto(f"{address}/field/outbox/")
    expect(tab.locator("[data-handing=ready]")).to_be_attached(timeout=20_000)
    tab.locator("#handing summary").click()


def shown(tab: Page) -> list[np.ndarray]:
    """The pictures of the series, as grey values of four pixels a module."""
    tab.fill("#words", WORDS)
    tab.click("#show")
    expect(tab.locator("#handed")).to_contain_text("循环出示", timeout=20_000)
    of = int(tab.locator("#handed").inner_text().split()[1])
    side = tab.locator("#picture").evaluate("(screen) => screen.width")
    seen = tab.evaluate(PICTURES, of)
    return [np.frombuffer(base64.b64decode(one), np.uint8).reshape(side, side) for one in seen]


def film(path: Path, pictures: list[np.ndarray], rate: int = 4) -> Path:
    """A camera's film of the series: each piece again and again, in an order of its own each time round."""
    chance = random.Random(7)
    colourless = np.full(WIDTH * HEIGHT // 2, 128, np.uint8).tobytes()
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F{rate}:1 Ip A1:1 C420jpeg\n".encode())
        for _round in range(6):
            for picture in chance.sample(pictures, len(pictures)):
                side = picture.shape[0]
                frame = np.full((HEIGHT, WIDTH), 255, np.uint8)
                top, left = (HEIGHT - side) // 2, (WIDTH - side) // 2
                frame[top : top + side, left : left + side] = picture
                out.write(b"FRAME\n" + frame.tobytes() + colourless)
    return path


def test_an_outbox_is_read_off_another_phones_screen(table: Table, tmp_path: Path) -> None:
    seen_by_camera = tmp_path / "series.y4m"
    flags = (
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
        f"--use-file-for-fake-video-capture={seen_by_camera}",
    )
    with serving() as address, _chromium.chromium(*flags) as browser:
        giver = logged_in(browser, table.chain.cai, address)
        tab = settled(giver, address)
        giver.set_offline(True)
        for tube in range(TUBES):
            scan_tube(tab, f"P00{tube + 1}")
            for n in range(tube * EACH, (tube + 1) * EACH):
                scan_person(tab, n)
        handing(tab, address)
        pictures = shown(tab)
        tab.click("#show")
        expect(tab.locator("#picture")).to_be_hidden()
        texts = [zxingcpp.read_barcodes(np.pad(p, 16, constant_values=255))[0].text for p in pictures]
        assert len(texts) > 2  # how many depends on what sealing makes of the acts
        assert all(text.startswith("BO1:") for text in texts)
        film(seen_by_camera, pictures)
        there = opened(logged_in(browser, table.chain.cai, address), address, "outbox")
        handing(there, address)
        there.fill("#words", "太短")
        there.click("#read")
        expect(there.locator("#handed")).to_contain_text("口令至少8位")
        there.fill("#words", "不是这个口令的吧")
        there.click("#read")
        expect(there.locator("#handed")).to_contain_text("口令不对", timeout=60_000)
        with scoped(make.EVERYBODY):
            assert not Swab.objects.exists()
        there.fill("#words", WORDS)
        there.click("#read")  # what was read is still there: no second reading
        expect(there.locator("#handed")).to_contain_text(f"读入 {PEOPLE + TUBES} 条", timeout=20_000)
        all_sent(there)
        with scoped(make.EVERYBODY):
            assert Swab.objects.count() == PEOPLE
        giver.set_offline(False)  # the first phone comes back: what was sent is known, nothing is twice
        tab.reload()
        all_sent(tab)
    with scoped(make.EVERYBODY):
        assert Swab.objects.count() == PEOPLE
        assert Act.objects.filter(verb="draw_swab").count() == PEOPLE


def test_a_series_is_put_together_in_any_order_and_proved(table: Table) -> None:
    with serving() as address, _chromium.chromium() as browser:
        tab = opened(logged_in(browser, table.chain.cai, address), address, "outbox")
        told = tab.evaluate(
            """async () => {
          const { cut, Gathering, MOST_PICTURES } = await import("/static/field/series.js");
          const bytes = (size, seed) => Uint8Array.from({ length: size }, (_, i) => (i * 31 + seed) % 251);
          const same = (a, b) => a.length === b.length && a.every((byte, i) => byte === b[i]);
          const wholes = [];
          for (const size of [1, 279, 280, 281, 5001]) {
            const texts = await cut(bytes(size, 7));
            const gathering = new Gathering();
            for (const text of [...texts].reverse().concat(texts)) gathering.add(text);
            wholes.push(same(await gathering.whole(), bytes(size, 7)));
          }
          const [one, other] = [await cut(bytes(900, 1)), await cut(bytes(900, 2))];
          const mixed = new Gathering();
          for (const text of [one[0], one[1], other[0]]) mixed.add(text);
          const longest = Math.max(...(await cut(bytes(5000, 1))).map((text) => text.length));
          const forged = new Gathering();
          for (const text of one) forged.add(text.slice(0, -3) + (text.endsWith("000") ? "100" : "000"));
          const isForgedTaken = await forged.whole().then(() => true, () => false);
          const tooMany = await cut(bytes(280 * MOST_PICTURES + 1, 3)).then(() => "", (fault) => fault.name);
          const strange = ["", "BO1:", "BO1:???", "Q2022070001", one[0].slice(0, 12)].map((text) => new Gathering().add(text));
          return { wholes, mixed: mixed.pieces.size, longest, isForgedTaken, tooMany, strange };
        }"""
        )
    assert told["wholes"] == [True] * 5
    assert told["mixed"] == 1
    assert told["longest"] == 4 + (12 + 278) * 3 // 2  # 5000 bytes in 18 equal pieces
    assert not told["isForgedTaken"]
    assert told["tooMany"] == "RangeError"
    assert told["strange"] == [False] * 5

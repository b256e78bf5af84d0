"""A call on the line: the investigator types while listening, moves a bar, reloads, and nothing is lost."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from django.contrib.auth.hashers import make_password

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.scope import scoped
from tests import make
from tests.browser import _chromium
from tests.browser._server import serving
from tests.stories.test_case import Outbreak, at

pytestmark = _chromium.BROWSER
PASSWORD = "a password of tests"


@pytest.fixture
def outbreak(db: None) -> Outbreak:
    made = Outbreak()
    Member.objects.filter(id=made.tracer.id).update(password=make_password(PASSWORD))
    return made


@pytest.fixture
def case(outbreak: Outbreak) -> UUID:
    case = outbreak.opens()
    outbreak.was(case, outbreak.market, at(2, 10), at(2, 11))
    return case


@pytest.fixture
def desk(case: UUID) -> Iterator[str]:
    with serving() as address:
        yield address


def stays(case: UUID) -> list[tuple[str, str, str]]:
    with scoped(make.EVERYBODY):
        found = cases_reads.visits(make.EVERYBODY, case)
        return [
            (v.place.name if v.place else v.words, f"{v.from_at.astimezone(at(1).tzinfo):%H:%M}",
             f"{v.until_at.astimezone(at(1).tzinfo):%H:%M}" if v.until_at else "")
            for v in found
        ]  # fmt: skip


def test_what_is_typed_during_a_call_is_saved_field_by_field(
    outbreak: Outbreak, case: UUID, desk: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with _chromium.chromium() as browser:
        context = browser.new_context(
            viewport={"width": 1366, "height": 768}, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        page = context.new_page()
        faults: list[str] = []
        page.on("pageerror", lambda fault: faults.append(str(fault)))
        page.goto(f"{desk}/login/")
        page.fill("input[name=username]", "xu")
        page.fill("input[name=password]", PASSWORD)
        page.click("button[type=submit]")
        page.wait_for_load_state()
        page.goto(f"{desk}/cases/{case}/investigation/")
        assert page.evaluate("document.documentElement.scrollWidth") <= 1366

        def saved() -> None:
            page.wait_for_selector('#iv-state[data-kind="saved"]', timeout=20_000)
            page.evaluate("document.getElementById('iv-state').dataset.kind = ''")

        # A field of the case is an act of its own, once it is left.
        page.fill("input[name=occupation]", "教师")
        page.keyboard.press("Tab")
        saved()
        # A stay: hours as one says them, the place by two letters.
        page.select_option("select[name=day]", "2022-07-03")
        page.fill("input[name=from_time]", "1530")
        page.fill("input[name=until_time]", "1615")
        page.type("input[data-lookup]", "小学", delay=30)
        page.wait_for_selector(".iv-hits button")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.click(".iv-new button[type=submit]")
        saved()
        assert ("河湾小学", "15:30", "16:15") in stays(case)
        # The bar by key: two steps later, then a longer stay.
        bar = page.locator(".iv-bar").first
        bar.focus()
        page.keyboard.press("ArrowRight")
        page.keyboard.press("ArrowRight")
        saved()
        assert ("河湾集贸市场", "10:20", "11:20") in stays(case)
        page.keyboard.press("Shift+ArrowRight")
        saved()
        assert ("河湾集贸市场", "10:20", "11:30") in stays(case)
        # The bar by hand: dragged two hours to the right.
        box = page.locator(".iv-bar rect").first.bounding_box()
        strip = page.locator(".iv-strip").first.bounding_box()
        assert box
        assert strip
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + strip["width"] / 12, y, steps=6)
        page.mouse.up()
        saved()
        assert ("河湾集贸市场", "12:20", "13:30") in stays(case)
        # Two places at one time stand beside the account at once.
        page.select_option("select[name=day]", "2022-07-02")
        page.fill("input[name=from_time]", "13")
        page.fill("input[name=until_time]", "14")
        page.fill("input[data-lookup]", "舅舅家")
        page.click(".iv-new button[type=submit]")
        saved()
        assert "同一时间说了两个地方" in page.locator("#iv-findings").inner_text()
        # The line breaks: the field says so, is tried again, and arrives once.
        context.set_offline(True)
        page.fill("input[name=workplace]", "河湾小学")
        page.keyboard.press("Tab")
        page.wait_for_selector('#iv-state[data-kind="unsaved"]')
        context.set_offline(False)
        saved()
        page.reload()
        assert page.input_value("input[name=occupation]") == "教师"
        assert page.input_value("input[name=workplace]") == "河湾小学"
        assert len(stays(case)) == 3
        assert faults == []

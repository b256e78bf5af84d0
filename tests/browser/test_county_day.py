"""One list through a real browser: uploaded, doubted, dispatched, visited on a phone, closed; and the report balances."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bihuan.demo import county as invented
from bihuan.demo import founding
from bihuan.engines.linkage import path_of
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.intake import reads as intake_reads
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.reports.daily_screening import balances
from tests.browser import _chromium
from tests.browser._server import serving

pytestmark = _chromium.BROWSER
ARTEFACTS = Path(
    os.environ.get("BIHUAN_TEST_ARTEFACTS", Path(__file__).resolve().parents[2] / "var" / "test-artefacts")
)
COUNTY = Scope(path_of(invented.COUNTY_CODE))


@pytest.fixture
def qinghe(db: None) -> tuple[Any, founding.Staff]:
    return founding.found(500, datetime.now(UTC) - timedelta(hours=1), say=lambda _w: None, tick=lambda _n: None)


@pytest.fixture
def desk(qinghe: Any) -> Iterator[str]:
    """The real server on a port of its own, on the tests' database."""
    with serving() as address:
        yield address


class Person:
    """Somebody of the staff before a screen of their own."""

    def __init__(self, browser: Any, desk: str, username: str, *, width: int = 1366, height: int = 768) -> None:
        self.desk = desk
        self.context = browser.new_context(viewport={"width": width, "height": height}, locale="zh-CN")
        self.page = self.context.new_page()
        self.page.goto(f"{desk}/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", founding.PASSWORD)
        self.page.click("button[type=submit]")
        self.page.wait_for_load_state()

    def goto(self, path: str) -> None:
        answer = self.page.goto(f"{self.desk}{path}")
        assert answer is not None
        assert answer.status == 200, (path, answer.status)

    def submits(self, selector: str = "main form button[type=submit]") -> None:
        self.page.locator(selector).last.click()
        self.page.wait_for_load_state()

    def photo(self, name: str) -> None:
        """The page in both languages."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        for language in ("zh-hans", "en"):
            self.context.add_cookies([{"name": "django_language", "value": language, "url": self.desk}])
            self.page.reload()
            self.page.screenshot(path=str(ARTEFACTS / f"{name}-{language}.png"), full_page=True)
        self.context.add_cookies([{"name": "django_language", "value": "zh-hans", "url": self.desk}])
        self.page.reload()

    def uploads(self, file: Any, folder: Path) -> None:
        """Through the wizard: choose, look at the columns, look at the rows, receive."""
        path = folder / file.filename
        path.write_bytes(file.content)
        self.goto("/lists/upload/")
        self.page.set_input_files("input[type=file]", str(path))
        for name, words in (("source", file.sender), ("purpose", file.purpose), ("basis", file.basis)):
            self.page.fill(f"input[name={name}]", words)
        self.submits("main form[enctype] button[type=submit]")
        assert "/columns/" in self.page.url, self.page.locator("main").inner_text()[:500]
        self.submits()
        assert "/preview/" in self.page.url, self.page.locator("main").inner_text()[:500]
        self.page.get_by_role("button", name="接收这份名单").click()
        self.page.wait_for_load_state()


def test_a_list_from_the_clerks_desk_to_the_door_and_back(
    qinghe: Any, desk: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The browser's driver keeps an event loop in this thread; the questions asked here are between its steps.
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    county, staff = qinghe
    _province, rail, letter = invented.pushed_lists(county)
    with _chromium.chromium() as browser:
        clerk = Person(browser, desk, "clerk")
        clerk.uploads(rail, tmp_path)
        clerk.photo("receipt")
        clerk.uploads(letter, tmp_path)
        with scoped(COUNTY):
            received = list(intake_reads.lists(COUNTY))
            doubt = intake_reads.review_queue(COUNTY).get()
        assert sorted(p.rows_read for p in received) == sorted((len(rail.rows), len(letter.rows)))
        assert all(p.rows_read == p.rows_accepted + p.rows_rejected for p in received)

        clerk.goto(f"/review/{doubt.id}/")
        clerk.photo("doubtful-pair")
        clerk.page.locator("button[name=decision][value=same]").click()
        clerk.page.wait_for_load_state()
        with scoped(COUNTY):
            assert not intake_reads.review_queue(COUNTY).exists()
            assert intake_reads.row(COUNTY, doubt.id).person_id == doubt.candidate_id
            task = command_reads.open_tasks(COUNTY).filter(kind="name_team").first()

        team = staff.townships[task.area_id]
        head = Person(browser, desk, team[0])
        head.goto("/")
        head.photo("situation")
        head.goto(f"/tasks/{task.id}/")
        for seat, member in (("head", team[0]), ("deputy", team[1]), ("worker", team[4])):
            head.page.select_option(f"select[name={seat}]", str(staff.ids[member]))
        head.submits()
        with scoped(COUNTY):
            assert command_reads.task(COUNTY, task.id).closed_at is not None
            (row, *_others) = intake_reads.open_rows(COUNTY).filter(dispatch__task=task.id)

        worker = Person(browser, desk, team[4], width=390, height=844)
        worker.goto("/field/")
        worker.photo("phone-visits")
        worker.page.locator(f"a[href='/field/rows/{row.id}/']").click()
        worker.page.locator("a[href='?outcome=found_managed']").click()
        worker.page.fill("input[name=number_checked]", "3")
        worker.page.select_option("select[name=identity_checked]", "yes")
        worker.page.fill("input[name=location]", "在家")
        worker.page.select_option("select[name=control_status]", "home_monitoring")
        worker.page.screenshot(path=str(ARTEFACTS / "phone-visit.png"), full_page=True)
        worker.submits("main form button.main")
        assert worker.page.locator(".message.success").is_visible()

        clerk.goto(f"/rows/{row.id}/")
        assert "已找到并落实管控" in clerk.page.locator("main").inner_text()
        clerk.goto("/reports/daily_screening/")
        clerk.photo("daily-screening")
        now = datetime.now(UTC)
        with scoped(COUNTY):
            lines = balances(COUNTY, now - timedelta(hours=2), now)
            still_open = intake_reads.open_rows(COUNTY).count()
        total = {key: sum(line[key] for line in lines) for key in ("opening", "opened", "closed", "open")}
        assert total["opening"] + total["opened"] - total["closed"] == total["open"]
        assert total["open"] == still_open

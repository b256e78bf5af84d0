"""Under overload one page at a time gets through, with a line that says so; what writes is never held up."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connections
from django.test import Client

from bihuan.desk import shedding
from bihuan.loop.pressure import Pressure
from tests import make


class High(Pressure):
    def is_high(self, now: float) -> bool:
        return True


@pytest.fixture
def overload(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(shedding, "pressure", High())
    yield
    connections.close_all()


def test_a_page_says_that_the_house_is_busy(db: None, overload: None) -> None:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(make.county().zheng)
    page = client.get("/tasks/")
    assert page.status_code == 200
    assert "sampling and results come first" in page.content.decode()


def test_a_second_page_waits_while_writes_log_in_and_machines_go_on(db: None, overload: None) -> None:
    county = make.county()
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(county.zheng)
    assert shedding._one_page.acquire(timeout=1)  # somebody else's page is being made
    try:
        waits = client.get("/tasks/")
        assert (waits.status_code, waits.headers["Retry-After"]) == (503, "10")
        assert "a form you have filled can be sent" in waits.content.decode()
        assert client.post("/notices/", {"pick": []}).status_code == 302
        assert client.post("/api/v1/acts", '{"acts": []}', content_type="application/json").status_code in (200, 403)
        assert client.get("/healthz").status_code == 200
        assert Client().get("/login/").status_code == 200
    finally:
        shedding._one_page.release()
    assert client.get("/tasks/").status_code == 200


def test_without_overload_pages_come_together(db: None) -> None:
    county = make.county()
    seen: list[int] = []

    def visit() -> None:
        client = Client()
        client.force_login(county.zheng)
        seen.append(client.get("/tasks/").status_code)
        connections.close_all()

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    for one in visitors:
        one.start()
    for one in visitors:
        one.join()
    assert seen == [200] * 4

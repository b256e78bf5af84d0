"""Live numbers: a logged-in page hears of a change; a stranger hears nothing."""

import asyncio
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from bihuan.config.asgi import application
from bihuan.loop import door
from tests import cast, make


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def scope_of(cookie: str) -> dict[str, Any]:
    return {"type": "http", "path": "/live", "method": "GET", "headers": [(b"cookie", cookie.encode())]}


async def listen(cookie: str, *, until: bytes, seconds: float, then: Any = None) -> tuple[int, bytes]:
    """Open the line, do something, and hear what comes until a word or the time is up."""
    heard, status, gone = b"", 0, asyncio.Event()

    async def receive() -> dict[str, Any]:
        await gone.wait()
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal heard, status
        status = message.get("status", status)
        heard += message.get("body", b"")

    line = asyncio.create_task(application(scope_of(cookie), receive, send))
    await asyncio.sleep(0.5)
    if then:
        await asyncio.to_thread(then)
    for _ in range(int(seconds * 20)):
        if until in heard or line.done():
            break
        await asyncio.sleep(0.05)
    gone.set()
    line.cancel()
    return status, heard


def test_a_page_hears_that_something_changed(county: make.County) -> None:
    client = Client()
    client.force_login(county.zheng)
    cookie = f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"
    door._told_at[0] = 0.0

    def change() -> None:
        from django.db import connections

        make.receives(county.wang, make.told(cast.ZHAO))
        connections.close_all()

    status, heard = asyncio.run(listen(cookie, until=b"event: changed", seconds=8, then=change))
    assert status == 200
    assert b"event: changed" in heard
    assert cast.ZHAO.name.encode() not in heard


def test_a_stranger_hears_nothing(county: make.County) -> None:
    status, heard = asyncio.run(listen("", until=b"event", seconds=1))
    assert (status, heard) == (401, b"")

"""One port: live numbers and what devices send on bare coroutines, everything else by Django.

A page that stays open for a shift must not hold one of Django's threads, so `/live` never reaches Django. One
connection a process listens to PostgreSQL; what it hears goes to every open page.
"""

import asyncio
import contextlib
import gc
import logging
import os
import time
from collections import deque
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from http.cookies import SimpleCookie
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "bihuan.config.settings")

import psycopg
from asgiref.sync import sync_to_async
from django.core.asgi import get_asgi_application

_django = get_asgi_application()

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpResponse
from django.urls import get_resolver

from bihuan.api.acts import Call, acts_of_devices
from bihuan.config import database
from bihuan.desk.shedding import pressure
from bihuan.loop.door import CHANNEL

# A comment now and then keeps proxies from closing a quiet line.
HEARTBEAT_SECONDS = 20
# A thousand acts with all they say stay far below this.
MOST_BYTES = 16 * 2**20
# Each thread keeps one connection; two a process keep both cores busy while the other waits for a commit.
THREADS = 2
_devices = ThreadPoolExecutor(max_workers=THREADS, thread_name_prefix="acts")
# Many acts a second are told as one: a page cannot be read faster than this.
GATHER_SECONDS = 1.0

# A call of a few acts; larger ones fill a commit by themselves.
SMALL_BYTES = 4096
MOST_TOGETHER = 256

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
_Waiting = tuple[Call, asyncio.Future[bytes | HttpResponse]]
_log = logging.getLogger(__name__)


class Ear:
    """Listens for «something changed» and wakes every page that waits."""

    def __init__(self) -> None:
        self._waiting: set[asyncio.Queue[str]] = set()
        self._task: asyncio.Task[None] | None = None

    def open(self) -> asyncio.Queue[str]:
        """A queue that receives the paths of areas where something changed."""
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._listen())
        queue: asyncio.Queue[str] = asyncio.Queue(maxsize=100)
        self._waiting.add(queue)
        return queue

    def close(self, queue: asyncio.Queue[str]) -> None:
        self._waiting.discard(queue)
        if not self._waiting and self._task:
            self._task.cancel()

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except psycopg.OperationalError:
                _log.warning("live numbers: the database is gone; trying again")
                await asyncio.sleep(3)

    async def _hear(self) -> None:
        address = database.Embedded(settings.HOME / "postgres").owner()
        if "DATABASE_URL" in os.environ:
            address = database.address()
        name = str(settings.DATABASES["default"]["NAME"])
        async with await psycopg.AsyncConnection.connect(**address.for_psycopg(name), autocommit=True) as connection:
            await connection.execute(f"LISTEN {CHANNEL}")
            async for notice in connection.notifies():
                for queue in self._waiting:
                    with contextlib.suppress(asyncio.QueueFull):
                        queue.put_nowait(notice.payload)


_ear = Ear()


@sync_to_async
def _is_member(cookies: str) -> bool:
    morsel = SimpleCookie(cookies).get(settings.SESSION_COOKIE_NAME)
    return bool(morsel and SessionStore(morsel.value).get(SESSION_KEY))


async def live(scope: Scope, receive: Receive, send: Send) -> None:
    """Tell a logged-in browser that something changed; it asks Django for the new numbers, inside its own scope."""
    cookies = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"cookie"), "")
    if not await _is_member(cookies):
        await send({"type": "http.response.start", "status": 401, "headers": []})
        await send({"type": "http.response.body", "body": b""})
        return
    headers = [(b"content-type", b"text/event-stream"), (b"cache-control", b"no-store"), (b"x-accel-buffering", b"no")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    queue = _ear.open()
    gone = asyncio.create_task(_until_gone(receive))
    try:
        await send({"type": "http.response.body", "body": b"retry: 3000\n\n", "more_body": True})
        while not gone.done():
            line = b": still here\n\n"
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(queue.get(), HEARTBEAT_SECONDS)
                await asyncio.sleep(GATHER_SECONDS)
                while not queue.empty():
                    queue.get_nowait()
                line = f"event: changed\ndata: {datetime.now(UTC).isoformat()}\n\n".encode()
            await send({"type": "http.response.body", "body": line, "more_body": True})
    finally:
        gone.cancel()
        _ear.close(queue)


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


class Gate:
    """Where calls of devices wait while others commit: the small ones that wait go in together, one such group at a time.

    Nobody is kept waiting for company: when no group is under way, what is there goes at once, be it one call. Two
    groups side by side would each be half as large and cost twice as much; large calls fill a commit by themselves.
    """

    def __init__(self, threads: ThreadPoolExecutor, several: int) -> None:
        self._threads, self._free = threads, several
        self._small: deque[_Waiting] = deque()
        self._large: deque[_Waiting] = deque()
        self._is_group_out = False

    async def perform(self, call: Call) -> bytes | HttpResponse:
        """The answer, once it is committed."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[bytes | HttpResponse] = loop.create_future()
        (self._small if len(call.body) <= SMALL_BYTES else self._large).append((call, answer))
        self._start(loop)
        return await answer

    def _start(self, loop: asyncio.AbstractEventLoop) -> None:
        while self._free:
            if self._small and not self._is_group_out:
                part = [self._small.popleft() for _ in range(min(MOST_TOGETHER, len(self._small)))]
                self._is_group_out = is_group = True
            elif self._large:
                part, is_group = [self._large.popleft()], False
            else:
                return
            self._free -= 1
            done = loop.run_in_executor(self._threads, acts_of_devices, [call for call, _answer in part])
            done.add_done_callback(partial(self._end, loop, part, is_group))

    def _end(
        self,
        loop: asyncio.AbstractEventLoop,
        part: list[_Waiting],
        is_group: bool,
        done: asyncio.Future[list[bytes | HttpResponse]],
    ) -> None:
        self._free += 1
        self._is_group_out = self._is_group_out and not is_group
        self._start(loop)
        fault = done.exception()
        for n, (_call, answer) in enumerate(part):
            if answer.done():  # the phone has gone
                continue
            if fault is not None:
                answer.set_exception(fault)
            else:
                answer.set_result(done.result()[n])


_gate = Gate(_devices, THREADS)


async def device_acts(scope: Scope, receive: Receive, send: Send, key: str) -> None:
    """Hand a device's acts to a thread that does nothing else, and send its answer."""
    body, languages = b"", next((v.decode("latin-1") for k, v in scope["headers"] if k == b"accept-language"), "")
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return  # a request that never arrived whole was never asked
        body += message.get("body", b"")
        if len(body) > MOST_BYTES:
            await send({"type": "http.response.start", "status": 413, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        if not message.get("more_body"):
            break
    began = time.monotonic()
    answer = await _gate.perform(Call(key, body, languages))
    pressure.note(time.monotonic(), time.monotonic() - began)  # with the wait for a thread: what the phone felt
    if isinstance(answer, bytes):
        status, told, headers = 200, answer, [(b"content-type", b"application/json")]
    else:
        status, told = answer.status_code, answer.content
        headers = [(k.lower().encode("latin-1"), v.encode("latin-1")) for k, v in answer.items()]
    headers += [(b"cache-control", b"no-store"), (b"content-length", str(len(told)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": told})


def _device_key(scope: Scope) -> str:
    """The key of a device that sends acts, or nothing: then Django answers."""
    if scope["method"] != "POST" or scope["path"] != "/api/v1/acts":
        return ""
    header = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"authorization"), "")
    return header.removeprefix("Bearer ").strip() if header.startswith("Bearer ") else ""


async def application(scope: Scope, receive: Receive, send: Send) -> None:
    """The dispatcher."""
    if scope["type"] == "http" and scope["path"] == "/live":
        await live(scope, receive, send)
    elif scope["type"] == "http" and (key := _device_key(scope)):
        await device_acts(scope, receive, send, key)
    else:
        await _django(scope, receive, send)  # type: ignore[arg-type]


def _settle() -> None:
    """Load every page now, and let the collector leave alone what stays for good.

    A million objects of code and tables are walked by each full collection: half a second in the middle of a request.
    """
    _ = get_resolver().url_patterns
    gc.collect()
    gc.freeze()


_settle()

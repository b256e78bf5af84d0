"""Under overload the desk's pages step back, visibly: one at a time in a process, the rest are told to wait.

What writes is never held up: forms that are sent, the phone, the API, log-in.
"""

import time
from collections.abc import Callable
from threading import BoundedSemaphore

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.loop.pressure import Pressure, switch_file

WAIT_SECONDS = 0.25
RETRY_SECONDS = 10
FREE = ("/static/", "/login", "/logout", "/field/", "/api/", "/me/", "/healthz", "/readyz", "/metrics", "/language")

pressure = Pressure(switch_file(settings.HOME))
_one_page = BoundedSemaphore(1)

Answer = Callable[[HttpRequest], HttpResponse]


class Shedding:
    """Let one page at a time through while acts are slow; say so on it, and to those who must wait."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        is_page = request.method in ("GET", "HEAD") and not request.path.startswith(FREE)
        if not is_page or not pressure.is_high(time.monotonic()):
            return self._answer(request)
        request.is_shedding = True  # type: ignore[attr-defined]
        if not _one_page.acquire(timeout=WAIT_SECONDS):
            response = render(request, "desk/busy.html", {"seconds": RETRY_SECONDS}, status=503)
            response.headers["Retry-After"] = str(RETRY_SECONDS)
            return response
        try:
            return self._answer(request)
        finally:
            _one_page.release()

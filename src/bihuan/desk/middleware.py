"""What the desk answers when it cannot answer, and what a browser may load."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

# Nothing inline, nothing from elsewhere: a page of the desk cannot be made to load a stranger's code.
POLICY = (
    "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)

Answer = Callable[[HttpRequest], HttpResponse]


class PlainFailures:
    """A database that is gone is told as such, with what was not saved: nothing is ever half-written."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._answer(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Cache-Control", "no-store")
        return response

    def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
        """Say that the database is away, in the visitor's language, with a page that needs none."""
        if isinstance(fault, OperationalError | InterfaceError):
            return render(request, "desk/no_database.html", status=503)
        return None

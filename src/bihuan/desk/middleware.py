"""What the desk answers when it cannot answer."""

from collections.abc import Callable

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def plain_failures(answer: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """A database that is gone is told as such, with what was not saved: nothing is ever half-written."""

    class Guarded:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return answer(request)

        def process_exception(self, request: HttpRequest, fault: Exception) -> HttpResponse | None:
            if isinstance(fault, OperationalError | InterfaceError):
                return render(request, "desk/no_database.html", status=503)
            return None

    return Guarded()

"""Pages for what went wrong, in the visitor's language; the API speaks problem JSON instead."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """The post gives no right to this page."""
    return render(request, "desk/403.html", {"reason": str(exception or "")}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """There is nothing here, or it lies outside one's scope."""
    return render(request, "desk/404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """A fault of ours; nothing was saved."""
    return render(request, "desk/500.html", status=500)

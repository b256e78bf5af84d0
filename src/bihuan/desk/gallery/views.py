"""The gallery's pages, each a page of the desk with invented matter."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.desk.gallery import data


def situation(request: HttpRequest) -> HttpResponse:
    """The situation page."""
    return _page(request, "desk/gallery/situation.html", data.situation())


def tasks(request: HttpRequest) -> HttpResponse:
    """A list page."""
    return _page(request, "desk/list.html", {"page": data.task_list(request)})


def empty(request: HttpRequest) -> HttpResponse:
    """A list page with nothing on it."""
    return _page(request, "desk/list.html", {"page": data.task_list(request, is_empty=True)})


def detail(request: HttpRequest) -> HttpResponse:
    """A detail page."""
    return _page(request, "desk/gallery/detail.html", data.detail())


def wizard(request: HttpRequest) -> HttpResponse:
    """A wizard with form, progress and receipts."""
    return _page(request, "desk/gallery/wizard.html", data.wizard())


def pair(request: HttpRequest) -> HttpResponse:
    """A doubtful pair."""
    return _page(request, "desk/gallery/pair.html", {"pair": data.pair()})


def reveal(request: HttpRequest) -> HttpResponse:
    """The reason form, or the value once a reason is given."""
    value = "赵一鸣" if request.method == "POST" and request.POST.get("reason") else ""
    if value and request.headers.get("HX-Request"):
        return render(request, "desk/_parts/revealed.html", {"value": value})
    return _page(request, "desk/reveal.html", {"value": value, "back": "/gallery/detail"})


def bare(request: HttpRequest, name: str) -> HttpResponse:
    """The log-in page and the pages that say what went wrong."""
    return render(request, f"desk/{name}.html", {"form": data.MappingForm({}) if name == "login" else None})


def _page(request: HttpRequest, template: str, context: dict[str, object]) -> HttpResponse:
    return render(request, template, {"frame": data.frame(), **context})

"""What the phone still holds, act by act; handing it to another phone; leaving; and whose code the pages are made with."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from bihuan.field.checkpoint import POLICY
from bihuan.field.words import outbox_words


def outbox(request: HttpRequest) -> HttpResponse:
    """The page says nothing of anybody: the phone fills it from its own safe."""
    response = render(request, "field/outbox.html", {"words": outbox_words()})
    response.headers["Content-Security-Policy"] = POLICY
    return response


def about(request: HttpRequest) -> HttpResponse:
    """Libraries of others that the pages are served with: version and licence of each."""
    return render(request, "field/about.html", {"packages": _packages()})


@cache
def _packages() -> tuple[dict[str, Any], ...]:
    found = finders.find("lib/licences.json")
    if not found:
        return ()
    return tuple(json.loads(Path(found).read_text(encoding="utf-8"))["packages"])

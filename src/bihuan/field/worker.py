"""The script that keeps the phone's pages for when there is no network; it carries the edition of the files it keeps."""

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Any

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.templatetags.static import static

FOLDER = Path(__file__).parent / "static" / "field"
# What the phone's pages load of the desk's.
OF_THE_DESK = ("desk/logo.svg", "desk/photo.js")


@cache
def _edition() -> tuple[str, tuple[str, ...]]:
    """A digest of every file of the phone, and their names."""
    files = sorted(p for p in FOLDER.iterdir() if p.suffix in (".js", ".css"))
    borrowed = [Path(str(finders.find(name))) for name in OF_THE_DESK]
    digest = hashlib.sha256(b"".join(p.name.encode() + p.read_bytes() for p in [*files, *borrowed]))
    return digest.hexdigest()[:16], tuple(p.name for p in files if p.name != "sw.js")


def worker(_request: Any) -> HttpResponse:
    """Served here and not under /static/, so that all of /field/ is its; asked for anew each time."""
    edition, names = _edition()
    files = [static(f"field/{name}") for name in names] + [static(name) for name in OF_THE_DESK]
    script = (FOLDER / "sw.js").read_text(encoding="utf-8")
    script = script.replace("{{ edition }}", edition).replace("{{ files }}", json.dumps(files))
    response = HttpResponse(script, content_type="text/javascript")
    response.headers["Cache-Control"] = "no-cache"
    response.headers["Service-Worker-Allowed"] = "/field/"
    return response

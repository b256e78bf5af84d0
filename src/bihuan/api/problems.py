"""Errors as RFC 9457 problem JSON, in the caller's language."""

from typing import Any

from django.http import HttpRequest, JsonResponse
from django.utils.translation import gettext as _

CONTENT_TYPE = "application/problem+json"


def problem(status: int, code: str, title: str, detail: str = "", **more: Any) -> JsonResponse:
    """One problem: `type` is stable for programs, `title` and `detail` are for the person who reads the log."""
    body = {"type": f"urn:bihuan:problem:{code}", "status": status, "title": title, "detail": detail} | more
    answer = JsonResponse(body, status=status, json_dumps_params={"ensure_ascii": False})
    answer["Content-Type"] = CONTENT_TYPE
    if status == 401:
        answer["WWW-Authenticate"] = 'Bearer realm="bihuan"'
    return answer


def unknown_route(request: HttpRequest, **_path: Any) -> JsonResponse:
    """A path under /api/ that leads nowhere."""
    return problem(404, "not_found", _("没有此接口"), request.path)

"""`POST /api/v1/acts`: named acts from any device, in any order, as often as the network wants; each is done once."""

from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils import translation
from django.utils.translation import get_supported_language_variant
from django.utils.translation import gettext as _
from django.utils.translation.trans_real import parse_accept_lang_header
from django.views.decorators.csrf import csrf_exempt

from bihuan.api.callers import Caller, by_key, caller_of, is_too_often
from bihuan.api.problems import problem
from bihuan.loop import door
from bihuan.loop.act import Answer, Request

MOST_ACTS = 1000


class Batch(msgspec.Struct, frozen=True):
    """What a device sends."""

    acts: list[Request]


_decoder = msgspec.json.Decoder(Batch)
_csrf = CsrfViewMiddleware(lambda _request: HttpResponse())


@csrf_exempt
def acts(request: HttpRequest) -> HttpResponse:
    """Perform acts in the order given and answer after the commit, one line an act."""
    try:
        return _perform(request)
    except (OperationalError, InterfaceError):
        return _no_database()


def acts_of_device(key: str, body: bytes, languages: str) -> HttpResponse:
    """The same for a device's key, without Django's middleware around it: what phones send by the hundred thousand.

    key: what stood behind `Bearer`. body: the JSON. languages: the Accept-Language header.
    """
    with translation.override(_language(languages)):
        try:
            caller = by_key(key)
            return _stranger() if caller is None else _answer(caller, body)
        except (OperationalError, InterfaceError):
            connection.close()  # the next call of this thread begins with a fresh one
            return _no_database()


def _perform(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return problem(405, "method", _("此接口只接受 POST"))
    caller = caller_of(request)
    if caller is None:
        return _stranger()
    if caller.device == "browser" and _csrf.process_view(request, acts, (), {}) is not None:
        return problem(403, "csrf", _("页面已过期，请刷新后重试"))
    return _answer(caller, request.body)


def _answer(caller: Caller, body: bytes) -> HttpResponse:
    wait = is_too_often(caller)
    if wait is not None:
        answer = problem(429, "too_often", _("请求过于频繁"), retry_after_seconds=int(wait.total_seconds()))
        answer["Retry-After"] = str(int(wait.total_seconds()))
        return answer
    try:
        batch = _decoder.decode(body)
    except msgspec.DecodeError as fault:
        return problem(400, "unreadable", _("无法读取请求"), str(fault))
    if len(batch.acts) > MOST_ACTS:
        return problem(413, "too_many", _("一次最多 %(n)d 个操作") % {"n": MOST_ACTS})
    now = datetime.now(UTC)
    answers = door.perform_many(batch.acts, member=caller.member, recorded_at=now) if batch.acts else []
    return HttpResponse(_told(answers, now), content_type="application/json")


def _stranger() -> HttpResponse:
    return problem(401, "who", _("请先登录，或在 Authorization 中给出设备令牌"))


def _no_database() -> HttpResponse:
    answer = problem(503, "no_database", _("数据库暂时无法使用：没有任何内容被保存，请稍后重发"))
    answer["Retry-After"] = "5"
    return answer


def _language(header: str) -> str:
    """The first language of the header that the house speaks; Chinese where it speaks none."""
    for code, _weight in parse_accept_lang_header(header.lower()):
        try:
            return get_supported_language_variant(code)
        except LookupError:
            continue
    return settings.LANGUAGE_CODE


def _told(answers: Sequence[Answer], now: datetime) -> bytes:
    """One line an act, and the server's hour: by it a phone knows how far its own clock is off."""
    return msgspec.json.encode(
        {
            "now": now,
            "acts": [
                {
                    "id": a.id,
                    "status": a.status,
                    "reason": a.reason or None,
                    "code": a.code or None,
                    "result": None
                    if a.result is None
                    else {k: v for k, v in a.result.items() if not k.startswith("_")},
                }
                for a in answers
            ],
        }
    )

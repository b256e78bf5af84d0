"""`POST /api/v1/acts`: named acts from any device, in any order, as often as the network wants; each is done once."""

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID

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


class Call(msgspec.Struct, frozen=True):
    """What a device sent: what stood behind `Bearer`, the JSON, and the Accept-Language header."""

    key: str
    body: bytes
    languages: str


def acts_of_devices(calls: Sequence[Call]) -> list[bytes | HttpResponse]:
    """The same for devices' keys, without Django's middleware around it: what phones send by the hundred thousand.

    Bytes are the JSON of an answer that went well; whatever else is to be said comes as a response.

    Calls that wait at the same moment are committed together, those of one language at a time; each has its own answer.
    """
    answers: dict[int, bytes | HttpResponse] = {}
    by_language: dict[str, list[int]] = {}
    for n, call in enumerate(calls):
        by_language.setdefault(_language(call.languages), []).append(n)
    for language, several in by_language.items():
        with translation.override(language):
            try:
                answers |= dict(zip(several, _answers([calls[n] for n in several]), strict=True))
            except (OperationalError, InterfaceError):
                connection.close()  # the next call of this thread begins with a fresh one
                answers |= {n: _no_database() for n in several}
    return [answers[n] for n in range(len(calls))]


def _answers(calls: Sequence[Call]) -> list[bytes | HttpResponse]:
    """One answer a call; what may be asked is done together."""
    answers: dict[int, bytes | HttpResponse] = {}
    ready: dict[int, tuple[UUID, list[Request]]] = {}
    for n, call in enumerate(calls):
        caller = by_key(call.key)
        if caller is None:
            answers[n] = _stranger()
            continue
        read = _read(caller, call.body)
        if isinstance(read, HttpResponse):
            answers[n] = read
        else:
            ready[n] = (caller.member, read)
    now = datetime.now(UTC)
    told = door.perform_calls(list(ready.values()), recorded_at=now)
    answers |= {n: _told(one, now) for n, one in zip(ready, told, strict=True)}
    return [answers[n] for n in range(len(calls))]


def _perform(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return problem(405, "method", _("此接口只接受 POST"))
    caller = caller_of(request)
    if caller is None:
        return _stranger()
    if caller.device == "browser" and _csrf.process_view(request, acts, (), {}) is not None:
        return problem(403, "csrf", _("页面已过期，请刷新后重试"))
    read = _read(caller, request.body)
    if isinstance(read, HttpResponse):
        return read
    now = datetime.now(UTC)
    told = door.perform_many(read, member=caller.member, recorded_at=now) if read else []
    return HttpResponse(_told(told, now), content_type="application/json")


def _read(caller: Caller, body: bytes) -> list[Request] | HttpResponse:
    """The acts a caller sent; an answer at once where there is nothing to do with them."""
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
    return batch.acts


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

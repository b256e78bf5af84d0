"""How a resident is let in, and what the database lets them see: rows about themselves, and nothing else.

A resident has no account, no post and no scope. After a code, or a phone together with a document, a sealed cookie names
the person for twenty minutes. Every page runs in a transaction that has no scope at all and only that person's id;
row-level security opens the rows that bear it (`own_rows`), for reading. What a resident asks for is done by rule.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.people import cipher
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, as_oneself, enter_oneself, scoped
from bihuan.loop import door
from bihuan.loop.act import Answer

COOKIE = "bihuan_me"
STAYS = timedelta(minutes=20)
_SALT = "me"

# A family at one address may try a few times; a machine that guesses may not. The codes have 50 bits.
MOST_WRONG = 5
REST = timedelta(minutes=15)
_limiter = MovingWindowRateLimiter(MemoryStorage())
_tries = (RateLimitItemPerMinute(10), RateLimitItemPerHour(60))


@dataclass(frozen=True)
class Oneself:
    """Who is looking at their own page, and the hour."""

    person: Any
    at: datetime


class Request(HttpRequest):
    """A request of a resident who was let in."""

    me: Oneself


def page(*, methods: str = "GET HEAD") -> Callable[[Callable[..., HttpResponse]], Any]:
    """Let a view be opened by a resident who came in, with the eyes of that one person; each look is journalled."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods.split():
                return HttpResponse(status=405, headers={"Allow": methods})
            id_ = _named(request)
            if id_ is None:
                return redirect("me:in")
            now = datetime.now(UTC)
            door.by_rule("look_own", {"person": id_, "page": view.__name__}, at=now)
            with as_oneself(id_):
                who = people_reads.person(Scope(EVERYWHERE), id_)
                if who is None:
                    return _forget(redirect("me:in"))
                request.me = Oneself(who, now)
                response = view(request, *args, **kwargs)
            response.headers["Cache-Control"] = "no-store"
            return _remember(response, id_)

        return opened

    return wrap


def by_code(request: HttpRequest, code: str, at: datetime) -> UUID | None:
    """The person of a printed code, or None; tries are counted."""
    if _is_too_often(request):
        return None
    with scoped(Scope(EVERYWHERE)):
        found = people_reads.person_of_code(code, at)
    return _tried(f"code:{code.strip().upper()}", found, at)


def by_papers(request: HttpRequest, phone: str, document: str, at: datetime) -> UUID | None:
    """The person who has both this phone and this document, or None; tries are counted."""
    account = _account(f"papers:{document.strip().upper()}")
    if _is_too_often(request):
        return None
    with scoped(Scope(EVERYWHERE)):
        if staff_reads.wrong_logins(account, at - REST) >= MOST_WRONG:
            return None
        found = people_reads.person_of_papers(phone, document)
    return _tried(f"papers:{document.strip().upper()}", found, at)


def limited(request: HttpRequest, limits: Sequence[RateLimitItem]) -> bool:
    """Whether this address has come more often than these limits let it."""
    where = str(request.META.get("REMOTE_ADDR", ""))
    return not all(_limiter.hit(one, "public", request.path, where) for one in limits)


def let_in(response: HttpResponse, person: UUID) -> HttpResponse:
    """Remember who came in, for a while."""
    return _remember(response, person)


def go(response: HttpResponse) -> HttpResponse:
    """Forget who was here."""
    return _forget(response)


def act(request: Request, verb: str, id_: UUID | None = None, /, **args: Any) -> Answer:
    """Do an act a resident asked for, by rule; a refusal is told on the next page. The view has made sure it is theirs."""
    answer = door.by_rule(verb, args, at=request.me.at, id_=id_ or uuid7())
    enter_oneself(request.me.person.id)
    if answer.status == "refused":
        messages.error(request, answer.reason)
    return answer


@contextmanager
def by_rule(request: Request, scope: Scope) -> Iterator[None]:
    """For the few questions that lie in tables without a row of one's own: asked by rule, with only this person's id."""
    with scoped(scope):
        yield
    enter_oneself(request.me.person.id)


def form_id(request: HttpRequest) -> UUID | None:
    """The act's id the form carried: sent twice, it is done once."""
    try:
        return UUID(request.POST.get("act", ""))
    except ValueError:
        return None


def _tried(what: str, found: UUID | None, at: datetime) -> UUID | None:
    door.by_rule("note_login", {"account": _account(what), "is_right": found is not None}, at=at)
    return found


def _account(words: str) -> str:
    """What the journal calls the try: a keyed digest, never the number itself."""
    return f"{cipher.blind('me:' + words) % 2**64:016x}"


def _is_too_often(request: HttpRequest) -> bool:
    address = request.META.get("REMOTE_ADDR", "")
    if settings.SECURE_PROXY_SSL_HEADER:  # behind the proxy the last hop it names is the caller
        address = request.headers.get("X-Forwarded-For", address).split(",")[-1].strip()
    if all(_limiter.hit(limit, "me", address) for limit in _tries):
        return False
    messages.error(request, _("尝试次数过多，请过一会儿再试，或到村（社区）查询"))
    return True


def _named(request: HttpRequest) -> UUID | None:
    try:
        return UUID(signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=STAYS))
    except (signing.BadSignature, ValueError):
        return None


def _remember(response: HttpResponse, person: UUID) -> HttpResponse:
    if COOKIE in response.cookies:  # the view has said who is here, or that nobody is
        return response
    response.set_cookie(
        COOKIE, signing.dumps(str(person), salt=_SALT), max_age=STAYS, path="/me/", httponly=True, samesite="Strict",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
    return response


def _forget(response: HttpResponse) -> HttpResponse:
    response.delete_cookie(COOKIE, path="/me/", samesite="Strict")
    return response

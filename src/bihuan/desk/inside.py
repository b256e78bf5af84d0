"""How a page of the desk is opened: somebody is logged in, their scope is entered, the hour is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.reads import Actor
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter, scoped
from bihuan.loop import door
from bihuan.loop.act import Answer


@dataclass(frozen=True)
class Visit:
    """What a view knows of its visitor: who, which part of the tree, the hour the page is true for."""

    actor: Actor
    at: datetime
    is_past: bool

    @property
    def scope(self) -> Scope:
        return self.actor.scope


class Request(HttpRequest):
    """A request that was let in."""

    visit: Visit


def page(needs: str = "see_desk", *, methods: str = "GET HEAD") -> Callable[[Callable[..., HttpResponse]], Any]:
    """Let a view be opened by members whose post has the right `needs`, inside their scope, by these methods only."""

    def wrap(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @wraps(view)
        def opened(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.method not in methods.split():
                return HttpResponse(status=405, headers={"Allow": methods})
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            with scoped(Scope(EVERYWHERE)):
                now = datetime.now(UTC)
                actor = staff_reads.actor(request.user.pk, now)
                if actor is None:
                    raise PermissionDenied(_("您的账号目前没有任岗，请联系县指挥部办公室"))
                if not actor.may(needs):
                    raise PermissionDenied(_("您的岗位没有权限查看此页"))
                asked = parse_datetime(request.GET.get("as_of", "")) if request.method != "POST" else None
                if asked and timezone.is_naive(asked):
                    asked = timezone.make_aware(asked)
                request.visit = Visit(actor, min(asked, now) if asked else now, bool(asked and asked < now))
                return view(request, *args, **kwargs)

        opened.needs = needs  # type: ignore[attr-defined] # the menu shows nobody a page that would refuse them
        return opened

    return wrap


def act(request: Request, verb: str, /, id_: UUID | None = None, **args: Any) -> Answer:
    """Do an act for the visitor, and tell them on the next page if it was refused."""
    now = datetime.now(UTC)
    answer = door.perform(verb, args, by=request.visit.actor.member, at=now, recorded_at=now, id_=id_, device="desk")
    enter(request.visit.scope)
    if answer.status == "refused":
        messages.error(request, answer.reason)
    return answer


def done(request: Request, words: str) -> None:
    """Tell the visitor what was done."""
    messages.success(request, words)


def form_id(request: HttpRequest) -> UUID | None:
    """The act's id a form carried, so that sending it twice does it once."""
    try:
        return UUID(request.POST.get("act", ""))
    except ValueError:
        return None


def back_to(request: HttpRequest, otherwise: str) -> HttpResponseRedirect:
    """Where the form wants to go next, if that is on this desk."""
    there = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(there, {request.get_host()}, require_https=request.is_secure())
    return HttpResponseRedirect(there if there and is_ours else otherwise)


def found(thing: Any) -> Any:
    """The thing, or the page that says it is not there or not in one's scope: the two look the same."""
    if thing is None:
        raise Http404
    return thing


def as_uuid(text: str) -> UUID | None:
    """A UUID from an address or a form, or None."""
    try:
        return UUID(text)
    except ValueError:
        return None


def as_whole(text: str, otherwise: int = 0) -> int:
    """A whole number of at most eight digits from an address or a form, or `otherwise`."""
    told = text.strip()
    return int(told) if told.isascii() and told.isdigit() and len(told) < 9 else otherwise


def commit_first(after: Callable[[], Any]) -> None:
    """Run something once the page's transaction is safe."""
    transaction.on_commit(after)

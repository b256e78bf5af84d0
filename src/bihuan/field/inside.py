"""How a page of the phone is opened: somebody is logged in, their scope is entered, the hour is known."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.reads import Actor
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, enter, scoped
from bihuan.loop import door
from bihuan.loop.act import Answer


@dataclass(frozen=True)
class Caller:
    """Who holds the phone, and the hour."""

    actor: Actor
    at: datetime


class Request(HttpRequest):
    """A request that was let in."""

    caller: Caller


def page(needs: str, *, methods: str = "GET HEAD") -> Callable[[Callable[..., HttpResponse]], Any]:
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
                if actor is None or not actor.may(needs):
                    raise PermissionDenied(_("您的岗位没有权限查看此页"))
                request.caller = Caller(actor, now)
                return view(request, *args, **kwargs)

        return opened

    return wrap


def act(request: Request, verb: str, id_: UUID | None, /, **args: Any) -> Answer:
    """Do an act for whoever holds the phone; a refusal is told on the page."""
    now = datetime.now(UTC)
    answer = door.perform(verb, args, by=request.caller.actor.member, at=now, recorded_at=now, id_=id_, device="phone")
    enter(request.caller.actor.scope)
    if answer.status == "refused":
        messages.error(request, answer.reason)
    return answer

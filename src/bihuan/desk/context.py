"""What every page of the desk shows around its own matter."""

from functools import cache

from django.http import HttpRequest
from django.urls import resolve, reverse

from bihuan.desk.menu import MENU
from bihuan.desk.parts import Frame, Tone
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.territory import reads as territory_reads


def frame(request: HttpRequest) -> dict[str, object]:
    """The frame for a visitor who was let in; a bare one for anybody else."""
    visit = getattr(request, "visit", None)
    if visit is None:
        return {"frame": Frame()}
    above = territory_reads.above(visit.scope.path)
    county = next((a for a in above if a.level == "county"), None)
    response = command_reads.response_at(visit.scope.path, visit.at)
    tone: Tone = "info" if response else "plain"
    return {
        "frame": Frame(
            county=county.name if county else (above[-1].name if above else ""),
            as_of=visit.at,
            is_past=visit.is_past,
            response=f"{response.level} · {response.name}" if response else "",
            response_tone=tone,
            member=visit.actor.name,
            post=visit.actor.post,
            unit=visit.actor.unit,
            search_url=reverse("desk:search"),
            logout_url=reverse("logout"),
            profile_url=reverse("desk:profile"),
            menu=[item for item in MENU if visit.actor.may(_needs(item.url_name))],
        )
    }


@cache
def _needs(url_name: str) -> str:
    """The right a page asks for, as the page itself says it."""
    return str(getattr(resolve(reverse(url_name)).func, "needs", "see_desk"))

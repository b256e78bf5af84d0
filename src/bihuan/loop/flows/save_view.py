"""A filter somebody wants to come back to gets a name."""

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff import writes as staff_writes
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("query",))
def save_view(doing: Doing, *, page: str, name: str, query: str) -> Outcome:
    """Remember a page's filter for oneself."""
    if not name.strip() or len(name) > 40:
        raise Refused(_("视图名称须为1至40个字"), "no_name")
    staff_writes.add_view(doing.actor.member, page, name.strip(), query)
    return Outcome("saved", doing.actor.scope.path)

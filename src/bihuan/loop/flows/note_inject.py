"""Something is thrown into an exercise: what, and what is expected of whom within which clock. Done by rule."""

from datetime import timedelta

import msgspec
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import FLOWS, Doing, Outcome, Refused, flow


class Expected(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One answer that is expected: which act, of which role, by when. With `argument`, one for each of `values`."""

    verb: str
    role: str
    minutes: int = 0
    limit: str = ""
    argument: str = ""
    values: tuple[str, ...] = ()


@flow()
def note_inject(
    doing: Doing, *, drill: str, area: str, key: str, kind: str, zh: str, en: str, expects: tuple[Expected, ...]
) -> Outcome:
    """Record an inject; the answers are found in the journal. A clock is its own minutes, or a limit of the county."""
    place = territory_reads.area(area)
    if not settings.IS_DRILL:
        raise Refused(_("演练只能在演练库中进行"), "live_database")
    if place is None:
        raise Refused(_("请选择本辖区的地点"), "no_such_area")
    due = {}
    for number, one in enumerate(expects):
        if one.verb not in FLOWS or one.role not in Role.values or not (one.minutes or one.limit):
            raise Refused(_("“%(key)s”预期的操作、角色或时限有误") % {"key": key}, "bad_expectation")
        minutes = one.minutes or command_bridge.limit(one.limit, doing.at).minutes
        due[str(number)] = (doing.at + timedelta(minutes=minutes)).isoformat()
    return Outcome("noted", place.path, f"drill:{drill}", {"due": due})

"""What an exercise showed to be missing becomes somebody's task in life, signed by whoever asked for it."""

import hashlib

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.staff.choices import Role
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("words",))
def raise_drill_gap(doing: Doing, *, drill: str, key: str, words: str, role: str) -> Outcome:
    """Record one gap of a drill; the same gap of the same drill is one task, whoever asks and however often."""
    if settings.IS_DRILL:
        raise Refused(_("差距须转入正式库，不能转入演练库"), "drill_database")
    if not drill.strip() or not key.strip() or not words.strip():
        raise Refused(_("请写明差距"), "no_words")
    if role not in Role.values:
        raise Refused(_("没有“%(role)s”这个角色") % {"role": role}, "no_such_role")
    county = territory_reads.county_of(doing.actor.scope.path)
    path = county.path if county else doing.actor.scope.path
    digest = hashlib.sha256(f"{drill}:{key}".encode()).hexdigest()[:24]
    told = {
        "_title": words.strip(), "_path": path, "_subject": f"drill_gap:{digest}", "_role": role,
        "_detail": {"drill": drill, "gap": key, "raised_by": str(doing.actor.member)},
    }  # fmt: skip
    return Outcome("raised", path, f"drill_gap:{digest}", told)

"""A stay is corrected: moved on the timeline, another place, a mark to ask again. Each field is saved as it is told."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _
from msgspec import UNSET, UnsetType

from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases import writes as cases_writes
from bihuan.ledgers.cases.choices import Protection, VisitSource
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow
from bihuan.loop.investigations import Companion


class VisitChanges(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Times, place and codes of a stay; what is left out stays."""

    from_at: datetime | UnsetType = UNSET
    until_at: datetime | UnsetType | None = UNSET
    place: UUID | UnsetType | None = UNSET
    protection: Protection | UnsetType = UNSET
    source: VisitSource | UnsetType = UNSET
    flags: tuple[str, ...] | UnsetType = UNSET


class VisitWords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Free words and names."""

    words: str | UnsetType = UNSET
    activity: str | UnsetType = UNSET
    companions: tuple[Companion, ...] | UnsetType = UNSET


@flow(needs="add_case_visit", private=("words",))
def revise_case_visit(
    doing: Doing, *, visit: UUID, changes: VisitChanges = VisitChanges(), words: VisitWords = VisitWords()
) -> Outcome:
    """Write what is now known of a stay."""
    asked = cases_reads.visit(doing.actor.scope, visit)
    if asked is None:
        raise Refused(_("没有这段轨迹，或不在您的辖区"), "no_such_visit")
    new: dict[str, Any] = {}
    for given in (changes, words):
        new |= {n: v for n in given.__struct_fields__ if (v := getattr(given, n)) is not UNSET}
    if not new:
        raise Refused(_("没有要修改的内容"), "nothing_changed")
    start, until = new.get("from_at", asked.from_at), new.get("until_at", asked.until_at)
    if until is not None and until <= start:
        raise Refused(_("离开时间须晚于到达时间"), "ends_before_it_begins")
    if start > doing.recorded_at:
        raise Refused(_("时间不能晚于现在"), "in_the_future")
    if "place" in new:
        if new["place"] is not None and territory_reads.place(new["place"]) is None:
            raise Refused(_("没有这个场所"), "no_such_place")
        new["place_id"] = new.pop("place")
    if new.get("place_id", asked.place_id) is None and not new.get("words", asked.words).strip():
        raise Refused(_("请选择场所，或写下地点"), "no_place")
    if "companions" in new:
        new["companions"] = [msgspec.to_builtins(c) for c in new["companions"]]
    if "flags" in new:
        new["flags"] = list(new["flags"])
    cases_writes.set_visit(asked.id, **new)
    return Outcome("revised", asked.path, f"case:{asked.case_id}", {"visit": str(asked.id), "fields": sorted(new)})

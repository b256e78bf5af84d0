"""What the pages of stays say of a person: masked, unless a reason is given."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from bihuan.desk.parts import Chip, Masked
from bihuan.ledgers.orders.choices import CheckResult
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.choices import CareNeed
from bihuan.ledgers.people import reads as people_reads


def masked_name(stay: Any, words: dict[str, Any] | None = None) -> str:
    """The surname and stars of whoever stays there."""
    told = words if words is not None else stays_reads.opened(stay.sealed)
    return people_reads.masked_name(told["name"])


def masked_part(stay: Any, words: dict[str, Any], field: str) -> Masked:
    """A masked name or phone with the way behind the mask."""
    href = reverse("desk:stay_reveal", args=[stay.id, field])
    if field == "phones":
        shown = people_reads.masked(people_reads.Numbers((), tuple(words["phones"]))).phones
        return Masked("、".join(shown) or "–", href, _("电话"))  # data
    return Masked(masked_name(stay, words), href, _("姓名"))


def need_chips(words: dict[str, Any]) -> list[Chip]:
    """What must be thought of, in words."""
    return [Chip(str(CareNeed(n).label), "info") for n in words.get("needs", ()) if n in CareNeed.values]


def check_chip(standing: dict[str, Any] | None, at: Any) -> Chip:
    """How somebody's checks stand: symptoms first, then what was missed, what is due, and when the last was."""
    if standing is None:
        return Chip(_("无检查任务"), "plain")
    if standing["result"] in (CheckResult.FEVER, CheckResult.SYMPTOMS):
        return Chip(str(CheckResult(standing["result"]).label), "late")
    if standing["late"]:
        return Chip(_("漏检 %(n)d 次") % {"n": standing["late"]}, "late")
    if standing["due"]:
        return Chip(_("待检"), "risk")
    return Chip(_("已检"), "good") if standing["done_at"] else Chip(_("未到时间"), "plain")

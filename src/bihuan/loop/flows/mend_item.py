"""An officer makes a proposal into an order: what exactly, to what standard, who, until when, how often."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command import writes as command_writes
from bihuan.ledgers.command.choices import ItemState, ItemType
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("requirement", "standard"))
def mend_item(
    doing: Doing, *, item: UUID, requirement: str, standard: str, type: str = "other",  # noqa: A002 - the ledger's word
    unit_ids: tuple[UUID, ...] = (), sector: UUID | None = None, responsible: UUID | None = None,
    due_at: datetime | None = None, due_minutes: int | None = None, every_minutes: int | None = None,
) -> Outcome:  # fmt: skip
    """Set what a draft item says; half filled is fine here, and refused when it is dispatched."""
    asked = command_reads.item(doing.actor.scope, item)
    if asked is None or asked.state != ItemState.DRAFT:
        raise Refused(_("没有这个待确认的条目"), "no_such_item")
    wanted = {*unit_ids, *([sector] if sector else [])}
    if staff_reads.units(doing.actor.scope).filter(id__in=wanted).count() < len(wanted):
        raise Refused(_("责任单位须在本辖区"), "no_such_unit")
    if responsible and not staff_reads.members_in(doing.actor.scope, doing.at).filter(id=responsible).exists():
        raise Refused(_("承办人必须是本辖区在岗人员"), "not_serving")
    if type not in ItemType.values or any(m is not None and m < 1 for m in (due_minutes, every_minutes)):
        raise Refused(_("类别或分钟数有误"), "bad_words")
    command_writes.set_items(
        [asked.id], requirement=requirement.strip(), standard=standard.strip(), type=type,
        unit_ids=list(dict.fromkeys(unit_ids)), sector=sector, responsible=responsible, due_at=due_at,
        due_minutes=due_minutes, every_minutes=every_minutes,
    )  # fmt: skip
    return Outcome("mended", asked.path, f"item:{asked.id}")

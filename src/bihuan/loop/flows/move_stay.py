"""Somebody changes rooms: the old bed is free at the instant the new one is taken."""

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayEnd
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityState, RoomState
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow


@flow(private=("reason",))
def move_stay(doing: Doing, *, stay: UUID, bed: UUID, reason: str) -> Outcome:
    """Move to another bed of the same house at once; to another house a transfer takes them."""
    asked = shared.own_stay(doing, stay, lock=True)
    where = resources_reads.bed(doing.actor.scope, bed)
    if where is None or where.id == asked.bed_id:
        raise Refused(_("没有这张床位，或不在您的辖区：请报县指挥部安排"), "no_such_bed")
    facility = where.room.facility
    if facility.state != FacilityState.OPEN or where.room.state != RoomState.READY:
        raise Refused(_("这间房现在不能收人"), "room_not_ready")
    if len(reason.strip()) < 2:
        raise Refused(_("请写明换房间的理由"), "no_reason")
    is_same_house = facility.id == asked.facility_id
    end = StayEnd.MOVED if is_same_house else StayEnd.OTHER_PLACE
    stays_writes.end_stay(asked.id, at=doing.at, by=doing.actor.member, reason=end)
    try:
        moved = stays_writes.add_stay(
            id=doing.derive("stay"), order_id=asked.order_id, person_id=asked.person_id, path=where.path,
            home_path=asked.home_path, kind=asked.kind, facility=facility, room=where.room, bed=where,
            party=asked.party, sealed=shared.seal(stays_reads.opened(asked.sealed) | {"moved": reason.strip()}),
            helper_id=asked.helper_id, stay_from=doing.at, planned_until=asked.planned_until,
            arrived_at=asked.arrived_at and doing.at if is_same_house else None,
            assigned_by_id=doing.actor.member, rules_at=asked.rules_at, rules_how=asked.rules_how,
        )  # fmt: skip
    except stays_writes.Taken as no:
        raise shared.taken(no) from None
    shared.leave_room(asked, doing.at)
    return Outcome("moved", where.path, f"stay:{moved.id}", {"stay": str(moved.id), "room": where.room.number})

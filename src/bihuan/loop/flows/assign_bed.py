"""Somebody bound to stay away from home gets a bed; the tables decide between two clerks."""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import StayKind
from bihuan.ledgers.resources import bridge as resources_bridge
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import FacilityKind, FacilityState, RoomState
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

KINDS = {FacilityKind.ISOLATION_SITE: StayKind.SITE, FacilityKind.DESIGNATED_HOSPITAL: StayKind.HOSPITAL}


@flow(private=("needs", "exception_reason"))
def assign_bed(
    doing: Doing,
    *,
    order: UUID,
    bed: UUID,
    needs: tuple[str, ...] = (),
    with_stay: UUID | None = None,
    exception_reason: str = "",
    is_here: bool = False,
) -> Outcome:
    """Give a bed. `with_stay`: shares the room of that stay as a carer. An exception proposed and not followed needs a reason."""
    bound = shared.order_to_place(doing, order, shared.AWAY)
    where = resources_reads.bed(doing.actor.scope, bed)
    if where is None:
        raise Refused(_("没有这张床位，或不在您的辖区：请报县指挥部安排"), "no_such_bed")
    facility = where.room.facility
    if facility.state != FacilityState.OPEN or facility.kind not in KINDS:
        raise Refused(_("“%(site)s”没有启用，不能收人") % {"site": facility.place.name}, "not_open")
    if where.room.state != RoomState.READY:
        raise Refused(
            _("%(room)s 室%(state)s，不能分配") % {"room": where.room.number, "state": where.room.get_state_display()},
            "room_not_ready",
        )
    party = shared.party_of(bound.person)
    if with_stay is not None:
        party = shared.own_stay(doing, with_stay).party
    words = shared.words_of(bound.person, needs)
    exceptions = _exceptions(doing, facility.id, where.room_id, str(party), words)
    if exceptions and not exception_reason.strip():
        advice = "；".join(str(resources_bridge.Instead(e.instead).label) for e in exceptions)
        raise Refused(_("此人需要照顾，建议：%(told)s。如仍安排此床，请写明理由") % {"told": advice}, "exception")
    try:
        stay = stays_writes.add_stay(
            id=doing.derive("stay"), order=bound, person_id=bound.person_id, path=where.path, home_path=bound.path,
            kind=KINDS[FacilityKind(facility.kind)], facility=facility, room=where.room, bed=where, party=party,
            sealed=shared.seal(words | {"exception": exception_reason.strip()}), stay_from=doing.at,
            planned_until=bound.ends_at, assigned_by_id=doing.actor.member,
        )  # fmt: skip
    except stays_writes.Taken as no:
        raise shared.taken(no) from None
    told = {"stay": str(stay.id), "room": where.room.number, "_stay": str(stay.id)}
    return Outcome("assigned_here" if is_here else "assigned", where.path, f"stay:{stay.id}", told)


def _exceptions(doing: Doing, facility: UUID, room: UUID, party: str, words: dict[str, Any]) -> list[Any]:
    """Exceptions to think of, without those the room already answers: a minor or frail person whose adult lives there."""
    guest = resources_bridge.Guest("me", party, shared.age(words, doing.at), frozenset(words["needs"]))
    found = resources_bridge.exceptions([guest]).get("me", [])
    if not found:
        return []
    there = [s for s in stays_reads.stays_in(shared.ALL, facility, doing.at) if s.room_id == room]
    has_adult = any((shared.age(stays_reads.opened(s.sealed), doing.at) or 0) >= ADULT_YEARS for s in there)
    answered = {"with_carer_or_home", "with_carer", "with_the_one_cared_for"} if has_adult else set()
    return [e for e in found if e.instead not in answered]


ADULT_YEARS = 18

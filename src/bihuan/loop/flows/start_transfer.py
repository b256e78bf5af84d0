"""A closed journey is planned: who goes, from where to where, in which seats. Both ends will confirm it."""

from typing import Any
from uuid import UUID

import msgspec
from django.utils.translation import gettext_lazy as _

from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays import writes as stays_writes
from bihuan.ledgers.orders.stays.choices import TransferKind
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.loop import sites as shared
from bihuan.loop.act import Doing, Outcome, Refused, flow

MOST_SEATS = 60
SYMPTOMS = "symptoms"


class Passenger(msgspec.Struct, frozen=True, kw_only=True):
    """One person of a journey, by the order that binds them, and their seat."""

    order: UUID
    seat: int


@flow(private=("from_words", "to_words"))
def start_transfer(
    doing: Doing,
    *,
    kind: str,
    passengers: tuple[Passenger, ...],
    from_facility: UUID | None = None,
    from_words: str = "",
    to_facility: UUID | None = None,
    to_words: str = "",
    vehicle: str = "",
    seats: int = 0,
    driver: str = "",
    reason: str = "",
) -> Outcome:
    """Plan a transfer; somebody already on one of the same kind is left where they are."""
    if kind not in TransferKind.values or not 1 <= len(passengers) <= MOST_SEATS:
        raise Refused(_("请写明转运类别和乘坐人员（1 至 %(most)d 人）") % {"most": MOST_SEATS}, "incomplete")
    orders, stays = _people(doing, [p.order for p in passengers])
    source = resources_reads.facility(shared.ALL, from_facility) if from_facility else None
    target = resources_reads.facility(shared.ALL, to_facility) if to_facility else None
    first = orders[passengers[0].order]
    path = source.path if source else _from(first, stays)
    to_path = target.path if target else first.path
    if not (doing.actor.scope.holds(path) or doing.actor.scope.holds(to_path)):
        raise Refused(_("起点和终点都不在您的辖区"), "outside")
    if not (source or from_words.strip() or stays.get(first.id)) or not (target or to_words.strip()):
        raise Refused(_("点对点转运须写明起点和终点"), "incomplete")
    limit = "symptom_transfer" if reason == SYMPTOMS else "transfer"
    with shared.county_eyes(doing):
        transfer = stays_writes.add_transfer(
            id=doing.derive("transfer"), path=path, to_path=to_path, kind=kind, from_facility=source,
            from_words=from_words.strip(), to_facility=target, to_words=to_words.strip(), vehicle=vehicle.strip().upper(),
            seats=seats, driver=driver.strip(), opened_at=doing.at, opened_by_id=doing.actor.member, reason=reason,
            due_at=command_bridge.limit(limit, doing.at).due(doing.at),
        )  # fmt: skip
        rows = [_seat(orders[p.order], stays.get(p.order), p.seat) for p in passengers]
        try:
            stays_writes.add_passengers(transfer, rows)
        except stays_writes.Taken as no:
            raise shared.taken(no) from None
    place = target.place.name if target else to_words.strip()
    told = {
        "transfer": str(transfer.id), "_path": path, "_place": place, "_subject": f"transfer:{transfer.id}",
        "_limit": limit, "_people": len(rows),
    }  # fmt: skip
    return Outcome("planned", path, f"transfer:{transfer.id}", told)


def _people(doing: Doing, ids: list[UUID]) -> tuple[dict[UUID, Any], dict[UUID, Any]]:
    """The orders of the passengers and where each stays now. One must be seen from here: by home or by place."""
    with shared.county_eyes(doing):
        orders = orders_reads.orders_by_id(shared.ALL, ids)
        stays = {s.order_id: s for s in stays_reads.stays_now(shared.ALL, doing.at).filter(order__in=ids)}
    for id_ in ids:
        order, stay = orders.get(id_), stays.get(id_)
        seen = order and (doing.actor.scope.holds(order.path) or (stay and doing.actor.scope.holds(stay.path)))
        if order is None or order.person_id is None or not seen:
            raise Refused(_("没有这份措施，或不在您的辖区"), "no_such_order")
    return orders, stays


def _from(order: Any, stays: dict[UUID, Any]) -> str:
    stay = stays.get(order.id)
    return str(stay.path if stay and stay.arrived_at is not None else order.path)


def _seat(order: Any, stay: Any, seat: int) -> dict[str, Any]:
    words = stays_reads.opened(stay.sealed) if stay else shared.words_of(order.person, ())
    return {"order": order, "person_id": order.person_id, "stay": stay, "sealed": shared.seal(words), "seat": seat}

"""Supplies: days of cover at full load, what is short of 30 days, and what to order by when."""

import math
from dataclasses import dataclass

from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Item:
    """A supply: pieces in stock and on order, pieces used a day at full load, days until a delivery, pieces a pack."""

    name: str
    stock: float
    burn_per_day: float
    on_order: float = 0.0
    lead_days: float = 0.0
    pack_size: int = 1


@dataclass(frozen=True)
class Cover:
    """How long a supply lasts and what to do. order_within_days: 0 = today, None = nothing to order.

    gap_days: days without the supply even when the order goes out today.
    """

    name: str
    days: float
    target_days: float
    short: bool
    missing: float
    order_packs: int
    order_pieces: int
    order_within_days: float | None
    gap_days: float


def cover(item: Item, *, target_days: float = 30.0) -> Cover:
    """Days of cover of the stock at full load, and the order that brings stock and deliveries to the target.

    30 days at full load is the county's rule (R175). days is infinite for what is not used.
    """
    if min(item.stock, item.burn_per_day, item.on_order, item.lead_days) < 0 or item.pack_size < 1:
        raise PlanFault(f"{item.name}: stock, use, order and lead are 0 or more, a pack holds at least 1")
    if item.burn_per_day == 0:
        return Cover(item.name, math.inf, target_days, False, 0.0, 0, 0, None, 0.0)
    days = item.stock / item.burn_per_day
    missing = max(0.0, target_days * item.burn_per_day - item.stock - item.on_order)
    packs = math.ceil(round(missing / item.pack_size, 9))
    return Cover(
        name=item.name,
        days=days,
        target_days=target_days,
        short=days < target_days,
        missing=missing,
        order_packs=packs,
        order_pieces=packs * item.pack_size,
        order_within_days=max(0.0, days - item.lead_days) if packs else None,
        gap_days=max(0.0, item.lead_days - days),
    )

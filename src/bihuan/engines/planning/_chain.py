"""The chain sample – carry – test – report (采送检报): which step holds it back, and what one more of each brings."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Stage:
    """A step: how many work in it, items each finishes an hour (measured), hours an item takes once begun."""

    name: str
    workers: int
    items_per_worker_hour: float
    hours_per_item: float = 0.0


@dataclass(frozen=True)
class StageGain:
    """A step's capacity and share of it in use, and what one more worker there brings to the whole chain."""

    name: str
    items_per_hour: float
    share_used: float
    bottleneck: bool
    gain_items_per_hour: float
    hours_saved: float


@dataclass(frozen=True)
class ChainPlan:
    """Items an hour of the whole chain, hours for all items, and the gain of one more in each step."""

    items_per_hour: float
    hours: float
    bottlenecks: tuple[str, ...]
    stages: tuple[StageGain, ...]


def plan_chain(stages: Sequence[Stage], *, items: float) -> ChainPlan:
    """Where the chain is held back when `items` go through it, all waiting at its head.

    The slowest step sets the pace: hours = items / pace + the hours one item takes through all steps. Two equally
    slow steps are both bottlenecks, and one more worker in one of them alone gains nothing: that is shown as 0.
    """
    if not stages or items < 0:
        raise PlanFault("a chain has at least one step and 0 or more items")
    for stage in stages:
        if stage.workers < 0 or stage.items_per_worker_hour <= 0 or stage.hours_per_item < 0:
            raise PlanFault(f"{stage.name}: workers 0 or more, items an hour above 0, hours an item 0 or more")
    pace, hours = _pace(stages), _hours(stages, items)
    gains = []
    for at, stage in enumerate(stages):
        more = [*stages[:at], replace(stage, workers=stage.workers + 1), *stages[at + 1 :]]
        capacity = stage.workers * stage.items_per_worker_hour
        saved = hours - _hours(more, items) if math.isfinite(hours) else (math.inf if _pace(more) else 0.0)
        gains.append(
            StageGain(
                name=stage.name,
                items_per_hour=capacity,
                share_used=pace / capacity if capacity else 1.0,
                bottleneck=math.isclose(capacity, pace, rel_tol=1e-9, abs_tol=1e-12),
                gain_items_per_hour=_pace(more) - pace,
                hours_saved=saved,
            )
        )
    return ChainPlan(pace, hours, tuple(g.name for g in gains if g.bottleneck), tuple(gains))


def _pace(stages: Sequence[Stage]) -> float:
    return min(stage.workers * stage.items_per_worker_hour for stage in stages)


def _hours(stages: Sequence[Stage], items: float) -> float:
    if not items:
        return 0.0
    pace = _pace(stages)
    return items / pace + sum(stage.hours_per_item for stage in stages) if pace else math.inf

"""Laboratories: how the queue grows, how old its oldest tube is, and which lab each site's tubes go to."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class Lab:
    """A laboratory: tubes it finishes an hour, tubes that wait there now, hours one tube takes after the queue."""

    name: str
    tubes_per_hour: float
    queue_tubes: float = 0.0
    turnaround_hours: float = 0.0


@dataclass(frozen=True)
class QueueHour:
    """The queue at the end of an hour: arrived and finished in it, waiting, and the age of the oldest, hours."""

    hour: int
    arrived: float
    finished: float
    waiting: float
    oldest_hours: float


@dataclass(frozen=True)
class Backlog:
    """Hour by hour until all is done; cleared_hours = when the queue is empty for good (infinite: never)."""

    hours: tuple[QueueHour, ...]
    cleared_hours: float
    longest_queue: float


def backlog(arrivals: Sequence[float], *, tubes_per_hour: float, queue_tubes: float = 0.0) -> Backlog:
    """How a first-come queue runs when `arrivals[h]` tubes come evenly in hour h. Fluid: halves of tubes are real."""
    if tubes_per_hour < 0 or queue_tubes < 0 or any(a < 0 for a in arrivals):
        raise PlanFault("arrivals, queue and tubes an hour are 0 or more")
    rows: list[QueueHour] = []
    waiting, came, done = queue_tubes, [queue_tubes], 0.0
    cleared = 0.0
    hour = 0
    while hour < len(arrivals) or waiting > 1e-9:
        if hour >= len(arrivals) and tubes_per_hour == 0:
            return Backlog(tuple(rows), math.inf, max([queue_tubes, *(r.waiting for r in rows)]))
        new = arrivals[hour] if hour < len(arrivals) else 0.0
        finished = min(waiting + new, tubes_per_hour)
        if waiting + new > 0:
            # Nothing new and a short queue: empty before the hour is over. Arrivals last to the hour's end.
            cleared = hour + (1.0 if new else finished / tubes_per_hour if tubes_per_hour else 1.0)
        waiting = max(0.0, waiting + new - finished)
        came.append(came[-1] + new)
        done += finished
        rows.append(QueueHour(hour, new, finished, waiting, _oldest(came, done, hour + 1) if waiting > 1e-9 else 0.0))
        hour += 1
    return Backlog(tuple(rows), cleared, max([queue_tubes, *(r.waiting for r in rows)]))


def _oldest(came: Sequence[float], done: float, now: int) -> float:
    """Age of the first tube that is not done: when did the arrivals pass the number done?"""
    if done < came[0]:
        return float(now)
    for hour in range(1, len(came)):
        if came[hour] > done:
            return now - (hour - 1 + (done - came[hour - 1]) / (came[hour] - came[hour - 1]))
    return 0.0


@dataclass(frozen=True)
class TubeRoute:
    """So many tubes of a site to a lab, and the minutes on the way."""

    site: str
    lab: str
    tubes: int
    minutes: float


@dataclass(frozen=True)
class Routing:
    """The cheapest allotment of tubes to labs; `unplaced` = tubes for which no lab has an hour left, by site."""

    routes: tuple[TubeRoute, ...]
    unplaced: Mapping[str, int]
    tube_minutes: float


def route_tubes(
    tubes: Mapping[str, int],
    *,
    labs: Sequence[Lab],
    minutes: Mapping[tuple[str, str], float],
    hours: float,
) -> Routing:
    """Which lab each site's tubes go to so that all are tested within `hours` and the way is shortest in total.

    tubes: by site. A lab takes what it finishes in the hours left before its turnaround, less its queue.
    minutes: by (site, lab); a missing pair is no road.
    First as many tubes as can be are placed, then the sum of tubes × minutes is least (min-cost flow, OR-tools).
    """
    from ortools.graph.python import min_cost_flow

    sites = list(tubes)
    if any(count < 0 for count in tubes.values()):
        raise PlanFault("tubes of a site are 0 or more")
    left = [max(0.0, hours - lab.turnaround_hours) for lab in labs]
    room = [
        max(0, math.floor(lab.tubes_per_hour * h - lab.queue_tubes + 1e-9)) for lab, h in zip(labs, left, strict=True)
    ]
    flow = min_cost_flow.SimpleMinCostFlow()
    source, sink, spill = 0, 1, 2
    pairs = [(i, j) for i, site in enumerate(sites) for j, lab in enumerate(labs) if (site, lab.name) in minutes]
    seconds = {(i, j): round(60 * minutes[sites[i], labs[j].name]) for i, j in pairs}
    never = 1 + max(seconds.values(), default=0) * 2
    for i, site in enumerate(sites):
        flow.add_arc_with_capacity_and_unit_cost(source, 3 + i, tubes[site], 0)
        flow.add_arc_with_capacity_and_unit_cost(3 + i, spill, tubes[site], never)
    arcs = {}
    for i, j in pairs:
        arcs[i, j] = flow.add_arc_with_capacity_and_unit_cost(3 + i, 3 + len(sites) + j, tubes[sites[i]], seconds[i, j])
    for j, capacity in enumerate(room):
        flow.add_arc_with_capacity_and_unit_cost(3 + len(sites) + j, sink, capacity, 0)
    total = sum(tubes.values())
    flow.add_arc_with_capacity_and_unit_cost(spill, sink, total, 0)
    flow.set_node_supply(source, total)
    flow.set_node_supply(sink, -total)
    if flow.solve() != flow.OPTIMAL:
        raise PlanFault("the tubes cannot be allotted; check that counts are whole and minutes finite")
    routes = []
    placed = dict.fromkeys(sites, 0)
    for (i, j), arc in arcs.items():
        if sent := flow.flow(arc):
            routes.append(TubeRoute(sites[i], labs[j].name, sent, minutes[sites[i], labs[j].name]))
            placed[sites[i]] += sent
    unplaced = {site: tubes[site] - placed[site] for site in sites if tubes[site] > placed[site]}
    return Routing(tuple(routes), unplaced, sum(r.tubes * r.minutes for r in routes))

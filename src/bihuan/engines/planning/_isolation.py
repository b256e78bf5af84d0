"""Isolation: rooms taken and short, day by day, and the staff that full rooms need."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bihuan.engines.planning._pooling import PlanFault


@dataclass(frozen=True)
class IsolationRules:
    """How rooms are used: days of a stay, days a room is disinfected and aired after it, persons a room.

    residents_per_staff: residents one member of a shift can care for, by trade; shifts: shifts a day.
    """

    stay_days: int
    turnover_days: int = 1
    persons_per_room: float = 1.0
    shifts: int = 3
    residents_per_staff: Mapping[str, float] | None = None


@dataclass(frozen=True)
class IsolationDay:
    """One day: arrivals, residents, rooms taken by residents and by disinfection, short or free; staff by trade."""

    day: int
    arrivals: float
    residents: float
    rooms_taken: int
    rooms_in_turnover: int
    rooms_needed: int
    rooms_free: int
    rooms_short: int
    staff: Mapping[str, int]


def plan_isolation(
    arrivals: Sequence[float], *, rules: IsolationRules, rooms: int, leaving: Sequence[float] = ()
) -> tuple[IsolationDay, ...]:
    """What each day needs when `arrivals[d]` persons come on day d and stay `stay_days` whole days.

    leaving: who is there already, by the day they leave: `leaving[0]` leave today and still need their room today.
    Runs on until the last room is clean again, so that the end of the wave is visible too. rooms_short counts rooms
    that would be needed; nobody is turned away in the arithmetic.
    """
    if rules.stay_days < 1 or rules.turnover_days < 0 or rules.persons_per_room <= 0 or rules.shifts < 1 or rooms < 0:
        raise PlanFault(
            "stay at least 1 day, turnover 0 or more, persons a room above 0, shifts at least 1, rooms 0 or more"
        )
    if any(count < 0 for count in (*arrivals, *leaving)):
        raise PlanFault("arrivals and leavers of a day are 0 or more")
    trades = rules.residents_per_staff or {}
    if any(number <= 0 for number in trades.values()):
        raise PlanFault("residents per staff is above 0 for every trade")
    opened = [math.ceil(round(count / rules.persons_per_room, 9)) for count in arrivals]
    freed = [math.ceil(round(count / rules.persons_per_room, 9)) for count in leaving]
    wave = len(arrivals) + (rules.stay_days + rules.turnover_days - 1 if arrivals else 0)
    days = []
    for day in range(max(wave, len(leaving) + (rules.turnover_days if leaving else 0))):
        here = slice(max(0, day - rules.stay_days + 1), day + 1)
        clean = slice(max(0, day - rules.stay_days - rules.turnover_days + 1), max(0, day - rules.stay_days + 1))
        residents = float(sum(arrivals[here]) + sum(leaving[day:]))
        taken = sum(opened[here]) + sum(freed[day:])
        turning = sum(opened[clean]) + sum(freed[max(0, day - rules.turnover_days) : day])
        staff = {trade: math.ceil(round(residents / number, 9)) * rules.shifts for trade, number in trades.items()}
        days.append(
            IsolationDay(
                day=day,
                arrivals=arrivals[day] if day < len(arrivals) else 0.0,
                residents=residents,
                rooms_taken=taken,
                rooms_in_turnover=turning,
                rooms_needed=taken + turning,
                rooms_free=max(0, rooms - taken - turning),
                rooms_short=max(0, taken + turning - rooms),
                staff=staff,
            )
        )
    return tuple(days)

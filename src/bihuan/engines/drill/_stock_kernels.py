"""What acts use up and what they must leave undone when an item runs out: compiled by Numba.

Without items every loop here is empty, and a run is as if these were not called.
"""

# mypy: disable-error-code="arg-type,assignment,no-any-return,index,operator,call-overload"
# Inside compiled loops a number is an int64 or a float64 whatever the stubs of NumPy call it.

import math

import numpy as np
from numba import njit

from bihuan.engines.drill._arrays import BED_DAY, N_BEDS, N_ROOMS, ROOM_DAY, Response, State

# So that ten uses of a tenth are one whole in spite of binary fractions.
GRACE = 1e-6
USED, LEFT, MISSING = 0, 1, 2


@njit(nogil=True, cache=True, _nrt=False)
def deliver(r: Response, s: State, day: int) -> None:
    """The morning: what comes today is there."""
    for i in range(s.stock.size):
        s.stock[i] += r.stock_in[i, day]


@njit(nogil=True, cache=True, _nrt=False)
def enough(r: Response, s: State, act: int) -> bool:
    """Whether every item an act needs is there for one more."""
    lacking = 0
    for i in range(s.stock.size):
        lacking += 1 if s.stock[i] + GRACE < r.stock_use[i, act] else 0
    return lacking == 0


@njit(nogil=True, cache=True, _nrt=False)
def allowed(r: Response, s: State, act: int, wanted: int, day: int) -> int:
    """How many of so many acts the stock lets be done; for how many each item was missing is written down."""
    done = wanted
    for i in range(s.stock.size):
        use = r.stock_use[i, act]
        if use > 0.0:
            most = np.int64(math.floor((s.stock[i] + GRACE) / use))
            if most < wanted:
                s.stock_day[day, i, MISSING + act] += wanted - most
                done = min(done, most)
    return done


@njit(nogil=True, cache=True, _nrt=False)
def take(r: Response, s: State, act: int, done: int, day: int) -> None:
    """Acts that were done use up their items."""
    for i in range(s.stock.size):
        used = min(s.stock[i], r.stock_use[i, act] * done)
        s.stock[i] -= used
        s.stock_day[day, i, USED] += used


@njit(nogil=True, cache=True, _nrt=False)
def close_stock(r: Response, s: State, day: int) -> None:
    """The evening: who lies in rooms and beds has used their items, and what is left is counted. Nobody is sent away."""
    if s.stock.size > 0:
        take(r, s, ROOM_DAY, allowed(r, s, ROOM_DAY, s.n[N_ROOMS], day), day)
        take(r, s, BED_DAY, allowed(r, s, BED_DAY, s.n[N_BEDS], day), day)
        for i in range(s.stock.size):
            s.stock_day[day, i, LEFT] = s.stock[i]

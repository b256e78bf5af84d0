"""A feed that comes as a habit and then does not: when its silence is worth a telephone call."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

# Fewer arrivals are no habit.
LEAST_ARRIVALS = 3
# A habit missed twice over, and never sooner than a day: nobody is called because a list came after lunch.
TIMES_THE_HABIT = 2
SHORTEST = timedelta(hours=24)


def silent_from(arrivals: Sequence[datetime]) -> tuple[datetime, timedelta] | None:
    """(when the silence after the last arrival becomes remarkable, the usual gap); None where there is no habit.

    arrivals: instants, in any order. The usual gap is the median of the gaps, so one long pause does not change a habit.
    """
    there = sorted(arrivals)
    if len(there) < LEAST_ARRIVALS:
        return None
    usual = timedelta(seconds=median((b - a).total_seconds() for a, b in pairwise(there)))
    return there[-1] + max(SHORTEST, TIMES_THE_HABIT * usual), usual

"""What came before: how each finding of one item at one place stands to the others, whatever order they arrived in."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID


@dataclass(frozen=True)
class Found:
    """One finding: when, how far back it looks, and the level it goes to the first time."""

    id: UUID
    at: datetime
    window_days: int
    base_level: int


@dataclass(frozen=True)
class Standing:
    """The earlier findings a finding cites, and the level it goes to."""

    earlier: tuple[UUID, ...]
    level: int


def standings(found: Iterable[Found], *, top: int) -> Mapping[UUID, Standing]:
    """Each finding cites those of its window before it, and goes one level above the longest chain among them.

    A finding of exactly `window_days` ago is cited; one of the same instant is not, since it was not there before.
    """
    ordered = sorted(found, key=lambda f: (f.at, f.id))
    depth: dict[UUID, int] = {}
    answer: dict[UUID, Standing] = {}
    first = 0  # windows differ, so this only moves past what no later finding can reach
    widest = timedelta(days=max((f.window_days for f in ordered), default=0))
    for number, one in enumerate(ordered):
        while ordered[first].at < one.at - widest:
            first += 1
        begin = one.at - timedelta(days=one.window_days)
        earlier = tuple(e.id for e in ordered[first:number] if begin <= e.at < one.at)
        depth[one.id] = 1 + max(depth[e] for e in earlier) if earlier else 0
        answer[one.id] = Standing(earlier, min(top, one.base_level + depth[one.id]))
    return answer

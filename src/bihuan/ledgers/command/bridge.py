"""Command ↔ the protocol engine: how long a duty may take, and whom it is told to when it does."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from bihuan.ledgers.staff.choices import Role


@dataclass(frozen=True)
class Limit:
    """One clock of the protocol: due after `minutes`, warned at `warn_minutes`, then raised step by step."""

    kind: str
    minutes: int
    warn_minutes: int
    raised_to: tuple[tuple[int, tuple[str, ...]], ...]  # (minutes after the start, roles told then)

    def due(self, start: datetime) -> datetime:
        return start + timedelta(minutes=self.minutes)

    def warn(self, start: datetime) -> datetime:
        return start + timedelta(minutes=self.warn_minutes)

    def steps(self, start: datetime, due: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
        """When whom is told, for a clock that runs from `start` to `due` (a task's own due time stretches the chain)."""
        stretch = (due - start) / timedelta(minutes=self.minutes)
        return [(start + timedelta(minutes=m) * stretch, roles) for m, roles in self.raised_to]


def limit(kind: str, at: datetime) -> Limit:
    """The limit of this kind in force at `at`."""
    minutes = {"name_team": 20, "keep_list": 180 * 1440, "revisit": 240, "letter_reply": 1440, "task": 1440}[kind]
    return Limit(
        kind,
        minutes,
        minutes // 2,
        (
            (minutes // 2, (Role.TOWNSHIP,)),
            (minutes, (Role.OFFICE,)),
            (minutes * 2, (Role.DUTY_LEADER, Role.COMMANDER)),
        ),
    )

"""Command ↔ the protocol engine: how long a duty may take, whom it is told to when it does, which edition counts here."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from bihuan.engines import protocol
from bihuan.ledgers.command import reads
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.models import RiskList


@dataclass(frozen=True)
class Limit:
    """One clock: due after `minutes`, and told up the chain at shares of it."""

    kind: str
    minutes: int
    raised: tuple[tuple[float, tuple[str, ...]], ...]
    source: str

    def due(self, start: datetime) -> datetime:
        return start + timedelta(minutes=self.minutes)

    def warn(self, start: datetime) -> datetime:
        return start + timedelta(minutes=self.minutes) * self.raised[0][0]

    def steps(self, start: datetime, due: datetime) -> list[tuple[datetime, tuple[str, ...]]]:
        """When whom is told, for a clock that runs from `start` to `due` (a task's own due time stretches the chain)."""
        return [(start + (due - start) * share, roles) for share, roles in self.raised]


def limit(kind: str, at: datetime) -> Limit:
    """The limit of this kind in force at `at`: a clock of the county's protocol, or one the headquarters set itself."""
    told = _set_here()
    entry = told["limits"][kind]
    raised = tuple((float(r["at"]), tuple(r["roles"])) for r in told["raised"])
    if "minutes" in entry:
        return Limit(kind, int(entry["minutes"]), raised, str(entry["source"]))
    minutes, basis = _clock(entry["protocol"], entry["clock"], at.date().isoformat())
    return Limit(kind, minutes, raised, basis)


@cache
def _set_here() -> dict[str, Any]:
    text = Path(__file__).with_name("limits.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = YAML(typ="safe", pure=True).load(text)
    return loaded


@cache
def _clock(disease: str, clock: str, day: str) -> tuple[int, str]:
    """The minutes of a protocol's clock on a civil day, and where they stand written.

    A headquarters' own clock outlives the national edition it was written for: where no edition is in force that day,
    the latest one stays until another replaces it.
    """
    began = datetime.fromisoformat(f"{day}T00:00:00+08:00")
    try:
        edition = protocol.edition(disease, began)
    except protocol.NoAnswer:
        edition = protocol.edition(max(i for i in protocol.edition_ids() if i.startswith(f"{disease}/")))
    due = protocol.clock_due(edition, clock, began)
    return round((due.due_at - began).total_seconds() / 60), due.basis


@dataclass(frozen=True)
class RiskStanding:
    """How the list of risk areas stands at a place: which version counts, how old our knowledge is, whether that is too old."""

    current: RiskList | None
    age_minutes: int
    limit_minutes: int

    @property
    def is_old(self) -> bool:
        return self.current is None or self.age_minutes >= self.limit_minutes

    @property
    def age_hours(self) -> int:
        return self.age_minutes // 60


def risk_standing(path: str, at: datetime) -> RiskStanding:
    """What every entrance shows: the version in force, and whether somebody looked for a newer one lately enough."""
    current = risk.risk_list_at(path, at)
    newest = risk.risk_lists(path).filter(recorded_at__lte=at).first()
    age = int((at - newest.recorded_at).total_seconds() // 60) if newest else 0
    return RiskStanding(current, age, limit("risk_list_age", at).minutes)


# Where no response is declared, the disease the lists are made for.
TRAVEL_DISEASE = "covid-19"


def protocol_at(path: str, at: datetime) -> str:
    """The protocol in force where `path` lies: that of the response declared, or the edition of the day."""
    declared = reads.response_at(path, at)
    return declared.protocol if declared and declared.protocol else TRAVEL_DISEASE

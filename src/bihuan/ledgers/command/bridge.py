"""Command ↔ the engines: how long a duty may take, whom it is told to, which edition counts here; what a text orders."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from ruamel.yaml import YAML

from bihuan.engines import directives, protocol
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


_PERIODS = {
    "分钟": 1,
    "小时": 60,
    "天": 1440,
    "日": 1440,
    "周": 10080,
    "星期": 10080,
    "月": 43200,
    "季度": 129600,
    "年": 525600,
}
_DIGITS = {"一": 1, "两": 2, "二": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_NUMBER = r"(\d+|[一两二三四五六七八九十])"
_EVERY = re.compile(rf"每(?:隔)?{_NUMBER}?个?(分钟|小时|天|日|周|星期|月|季度|年)")
_TIMES = re.compile(rf"{_NUMBER}?(小时|天|日|周|月)(?:各|送|进行|至少)?{_NUMBER}(?:次|检|汇总|报告|报|消毒|测)")
_DAILY = re.compile(r"日报|零报告|每日|每天|天天|晨午检|daily", re.IGNORECASE)


def every_minutes(words: str) -> int | None:
    """How often a rhythm's words mean, in minutes; None where they give no number (定期, 24小时 on duty)."""
    told = words or ""
    for pattern in (_EVERY, _TIMES):
        found = pattern.search(told)
        if found:
            period = _number(found[1]) * _PERIODS[found[2]]
            times = _number(found[3]) if pattern is _TIMES else 1
            if pattern is _EVERY and (more := re.search(rf"各?{_NUMBER}次", told[found.end() :])):
                times = _number(more[1]) * (2 if "早晚" in told or "早、晚" in told else 1)
            return max(1, period // times)
    if "晨午检" in told:
        return 720
    if _DAILY.search(told):
        return 1440
    return 10080 if re.search(r"每周|weekly", told, re.IGNORECASE) else None


def _number(told: str | None) -> int:
    return 1 if not told else _DIGITS[told] if told in _DIGITS else int(told)


@dataclass(frozen=True)
class Proposed:
    """One thing a text orders, as the engine reads it, in the words of our ledger."""

    span_start: int
    span_end: int
    requirement: str
    type: str
    responsible_words: str
    deadline_words: str
    due_minutes: int | None
    due_on: date | None
    recurrence_words: str
    every_minutes: int | None
    quantity: str
    scope_words: str


def proposed(text: str, today: date) -> list[Proposed]:
    """What a text orders, in its order: proposals that an officer mends, merges or drops."""
    return [
        Proposed(
            span_start=d.start,
            span_end=d.end,
            requirement=d.action or d.quote,
            type=d.type,
            responsible_words="、".join(d.responsible),
            deadline_words=d.deadline or "",
            due_minutes=d.deadline_minutes,
            due_on=d.due_on,
            recurrence_words=d.recurrence or "",
            every_minutes=every_minutes(d.recurrence or ""),
            quantity=d.quantity or "",
            scope_words=d.scope or "",
        )
        for d in directives.read(text, today=today)
    ]


_ALL_TOWNSHIPS = re.compile(
    r"^各?(?:乡镇|乡（镇）|乡\(镇\)|镇街|乡镇街道|乡街)(?:（街道）)?$|^every township$",
    re.IGNORECASE,
)


def units_meant(words: str, units: Collection[tuple[UUID, str, str]]) -> list[UUID]:
    """Which units responsible words mean; units are (id, name, kind). 各乡镇 means every township; no guess beyond names."""
    found: list[UUID] = []
    for word in (w.strip() for w in re.split(r"[、,，和]", words) if w.strip()):
        if _ALL_TOWNSHIPS.match(word):
            found += [i for i, _n, kind in units if kind == "township"]
            continue
        exact = [i for i, name, _k in units if name == word]
        found += exact or ([i for i, name, _k in units if len(word) > 2 and name.endswith(word.removeprefix("县"))])
    return list(dict.fromkeys(found))

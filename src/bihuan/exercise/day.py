"""One simulated day played in order of time: every act by the post that holds it, time itself looking in between."""

import random
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from bihuan.demo.acting import Agenda, Hands
from bihuan.demo.county import COUNTY_CODE
from bihuan.demo.founding import Staff
from bihuan.exercise.injects import Inject
from bihuan.exercise.lists import Lists
from bihuan.exercise.measures import Measures
from bihuan.exercise.script import Found, Script
from bihuan.exercise.sending import Ledger
from bihuan.exercise.testing import Testing
from bihuan.exercise.throwing import Throwing
from bihuan.exercise.tracing import Tracing
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope
from bihuan.loop import door
from bihuan.loop.tick import tick

ALL = Scope(EVERYWHERE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
# How often time itself looks, and how often everybody looks at what waits for them.
TICK_EVERY, LOOK_EVERY = 10 * MINUTE, 20 * MINUTE
# How long before the day the county is made ready, and the cases of the eve are put on record.
READY = 8 * HOUR


class Exercise:
    """Plays a script with injects in a county founded before. The same arguments send the same acts.

    begins: the first instant of the day, at midnight. speed: how many times faster than life; 0 as fast as it goes.
    """

    def __init__(
        self, county: Any, staff: Staff, script: Script, injects: Sequence[Inject], *, ledger: Ledger, begins: datetime,
        seed: int, scenario: str, speed: float = 0.0,
    ) -> None:  # fmt: skip
        self.staff, self.script, self.injects = staff, script, tuple(injects)
        self.ledger, self.begins, self.seed, self.scenario, self.speed = ledger, begins, seed, scenario, speed
        self.ends = begins + DAY
        self.chance = random.Random(seed)  # noqa: S311 - an exercise, not a secret
        self._ids = random.Random(seed + 1)  # noqa: S311
        self.agenda = Agenda()
        self.later = self.agenda.later
        self.hands = Hands(staff.ids, "drill", send=ledger, new_id=self._id)
        self.residents = _residents(county)
        self.number_of = {r["id"]: n for n, r in enumerate(self.residents)}
        self.drill = UUID(int=0)
        self.tracing, self.measures, self.lists = Tracing(self), Measures(self), Lists(self)
        self.testing, self.throwing = Testing(self), Throwing(self)

    def play(self) -> UUID:
        """Everything; answers the drill's id. Refused acts are counted in the ledger, and the day goes on."""
        ready = self.begins - READY
        self._respond(ready)
        self.tracing.plan(ready)
        self.testing.found(ready)
        for case in self.script.earlier:
            self.tracing.put_on_record(case, ready + HOUR)
        self.measures.look(self.begins - HOUR, is_eve=True)
        tick(self.begins)
        started = self.rule(
            "start_drill", self.begins, area=COUNTY_CODE, scenario=self.scenario, day=self.script.day, seed=self.seed,
            detail={
                "people": self.script.people, "cases": len(self.script.found), "earlier": len(self.script.earlier),
                "tests": self.script.tests, "injects": len(self.injects), "protocol": self.script.protocol,
            },
        )  # fmt: skip
        self.drill = UUID(started["drill"])
        self.testing.plan()
        self.lists.plan()
        self.throwing.plan()
        self.run_clock()
        return self.drill

    def run_clock(self) -> None:
        """From midnight to midnight, waiting between looks where the exercise has a speed."""
        began, now = time.monotonic(), self.begins
        while now <= self.ends:
            if self.speed:
                time.sleep(max(0.0, began + (now - self.begins).total_seconds() / self.speed - time.monotonic()))
            self.agenda.until(now)
            tick(now)
            if (now - self.begins) % LOOK_EVERY == timedelta(0):
                self.tracing.look(now)
                self.measures.look(now)
                self.lists.look(now)
            now += TICK_EVERY

    def ask(self, who: str, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
        """Do one act in somebody's name; what came of it, or nothing when it was refused."""
        return dict(self.hands.ask(who, verb, at, **args).result or {})

    def rule(self, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
        """Do what the exercise itself does. Raises RuntimeError when that is refused."""
        answer = door.by_rule(verb, args, at=at, id_=self._id(at))
        if answer.status == "refused":
            raise RuntimeError(f"{verb}: {answer.reason}")
        return dict(answer.result or {})

    def resident(self, number: int) -> dict[str, Any]:
        """The resident who plays a person of the simulation: both are sorted by village and household."""
        return self.residents[number % len(self.residents)]

    def grid_of(self, area: str, seat: int = 4) -> str:
        """The account of a township's team that answers for an area: its first grid worker unless said."""
        return self.staff.townships[area[:9]][seat]

    def instant(self, day: int, hour: float) -> datetime:
        """An hour of a day of the simulation, on the calendar of the exercise."""
        return self.begins + (day - self.script.day) * DAY + hour * HOUR

    def onset(self, case: Found) -> datetime | None:
        """When somebody fell ill: in the morning of that day, and always before they were found."""
        return None if case.onset_day is None else self.instant(min(case.onset_day, case.found_day), 6.5)

    def _respond(self, at: datetime) -> None:
        disease = self.script.protocol.partition("/")[0]
        self.ask("commander", "set_response", at, name="疫情处置演练", disease=disease, protocol=self.script.protocol,
                 level="Ⅱ级响应")  # fmt: skip # data

    def _id(self, at: datetime) -> UUID:
        """A version 7 id of an instant; its chance comes from the seed."""
        bits = self._ids.getrandbits(74)
        milliseconds = int(at.timestamp() * 1000) & (2**48 - 1)
        return UUID(int=milliseconds << 80 | 7 << 76 | (bits >> 62) << 64 | 2 << 62 | bits & (2**62 - 1))


def _residents(county: Any) -> list[dict[str, Any]]:
    rows = county.persons.to_pylist()
    rows.sort(key=lambda r: (r["village_code"], r["household_id"], r["person_id"]))
    return [r | {"id": uuid5(NAMESPACE_URL, f"qinghe:{r['person_id']}")} for r in rows]

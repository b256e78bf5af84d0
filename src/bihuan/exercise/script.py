"""What a simulation says of one day: who is found positive and how, whom they infected, who was found on the eve."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from bihuan.engines import drill

# Cases found in the two days before are investigated when the day begins.
EVE_DAYS = 2
# How many of them are put on record: an exercise is about its own day.
MOST_EARLIER = 12


@dataclass(frozen=True)
class Found:
    """One case of the simulation: its person and infector by number, its days, whom it had infected by then."""

    case: int
    person: int
    infector: int
    infected_day: int
    onset_day: int | None
    found_day: int
    layer: str
    infected: tuple[int, ...]

    @property
    def is_by_clinic(self) -> bool:
        """Whether symptoms led to the fever clinic; otherwise a tube of a round told it."""
        return self.onset_day is not None and self.onset_day <= self.found_day


@dataclass(frozen=True)
class Script:
    """The day as the simulation tells it. `found` is its own day in order of case, `earlier` the eve."""

    day: int
    found: tuple[Found, ...]
    earlier: tuple[Found, ...]
    tests: int
    people: int
    protocol: str

    @property
    def persons(self) -> frozenset[int]:
        """Everybody the tree names, so that bystanders are drawn from the others."""
        return frozenset(p for c in (*self.earlier, *self.found) for p in (c.person, *c.infected))


def script_of(scenario: drill.Scenario, *, seed: int, people: int, day: int | None = None) -> Script:
    """Run a scenario for so many people and cut one day out: the one asked for, or the day most cases are found.

    Raises ValueError for a scenario that cannot be run, a day past its horizon, or one on which nobody is found.
    """
    asked = dataclasses.replace(scenario, county=dataclasses.replace(scenario.county, people=people))
    run = drill.run(asked, seed=seed)
    counts = run.daily["detected"]
    chosen = int(counts.argmax()) if day is None else day
    if not 0 <= chosen < len(counts):
        raise ValueError(f"day {chosen} lies outside the {len(counts)} days of the scenario")
    if not int(counts[chosen]):
        raise ValueError(f"nobody is found on day {chosen}; the most are found on day {int(counts.argmax())}")
    cases = [_found(run.cases, int(i), chosen) for i in run.cases["case"] if int(run.cases["detected_day"][i]) >= 0]
    eve = [c for c in cases if chosen - EVE_DAYS <= c.found_day < chosen]
    return Script(
        day=chosen,
        found=tuple(c for c in cases if c.found_day == chosen),
        earlier=tuple(eve[-MOST_EARLIER:]),
        tests=int(run.daily["tests"][chosen]),
        people=people,
        protocol=asked.protocol,
    )


def _found(cases: Any, i: int, day: int) -> Found:
    children = (cases["infector"] == i) & (cases["infected_day"] < day)
    onset = int(cases["onset_day"][i])
    return Found(
        case=i, person=int(cases["person"][i]), infector=int(cases["infector"][i]),
        infected_day=int(cases["infected_day"][i]), onset_day=onset if onset >= 0 else None,
        found_day=int(cases["detected_day"][i]), layer=str(cases["layer"][i]),
        infected=tuple(int(p) for p in cases["person"][children]),
    )  # fmt: skip

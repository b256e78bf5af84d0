"""One chain of sixty cases over three generations in five townships of Qinghe, and one that was no case after all.

Played by the same acts as the web, each at its own hour, before the day of the lists begins. The tree is invented and
the same for one seed; how long ago everything happened is counted from the hour the demo is played up to.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from bihuan.demo.acting import Hands
from bihuan.demo.founding import Staff
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import Step
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

ALL = Scope(EVERYWHERE)
TOWNSHIPS = 5
CHILDREN_OF_FIRST, CASES = 15, 60
BYSTANDERS = (1, 3)
MEET_HOURS = 1.5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
KINDS = ("market", "venue", "school", "workplace", "care_home")
PLAN_MINUTES = {
    Step.INTERVIEW: 120, Step.TIMELINE: 240, Step.CONTACTS: 360, Step.ORDERS: 480, Step.LETTERS: 480, Step.PLACES: 720,
    Step.REPORT: 1440, Step.ALL_FOUND: 1440,
}  # fmt: skip
OUTSIDE = ("邻水县", "991028")  # data


@dataclass
class Sick:
    """One case of the tree: who, whom they got it from, when they fell ill and were found."""

    person: UUID
    township: str
    household: UUID | None
    onset: datetime
    reported: datetime
    infector: "Sick | None" = None
    children: list["Sick"] = field(default_factory=list)
    case: UUID | None = None

    @property
    def sampled(self) -> datetime:
        return self.reported - 5 * HOUR


class Chain:
    """Plays the chain. Ends with the last hour before `until`."""

    def __init__(self, staff: Staff, now: datetime, until: datetime, seed: int) -> None:
        self.staff, self.now, self.until = staff, now, until
        self.hands = Hands(staff.ids, "demo")
        self.chance = random.Random(seed + 60)  # noqa: S311 - a story, not a secret
        self.lines: list[tuple[datetime, str]] = []
        self.free: dict[str, list[Any]] = {}
        self.homes: dict[UUID, list[UUID]] = {}
        self.places: dict[str, list[Any]] = {}
        self.codes: dict[str, str] = {}

    def play(self) -> list[tuple[datetime, str]]:
        """Everything, in order of time; answers with what to tell at the terminal."""
        self._know()
        cases = self._tree()
        self._plan(min(c.reported for c in cases) - 6 * HOUR)
        for sick in sorted(cases, key=lambda c: c.reported):
            self._investigate(sick)
        self._follow_up()
        self._refuted()
        with scoped(ALL):
            contacts = cases_reads.contacts(ALL).count()
        self.lines.append(
            (self.until, f"a chain of {len(cases)} cases in {len(self.places)} townships: {contacts} contacts; one case was "
                         "refuted and its contacts taken back")
        )  # fmt: skip
        return self.lines

    # --- who there is ---------------------------------------------------------------------------------
    def _know(self) -> None:
        with scoped(ALL):
            towns = [a for a in territory_reads.areas(ALL, "township") if a.code in self.staff.townships]
            for town in towns:
                there = list(territory_reads.places(Scope(town.path), KINDS)[:12])
                people = list(people_reads.persons(Scope(town.path)).order_by("id")[:400])
                if len(there) >= 2 and len(people) >= 60 and len(self.places) < TOWNSHIPS:
                    self.places[town.path], self.free[town.path] = there, people
                    self.codes[town.path] = town.code
                    for one in people:
                        if one.household_id:
                            self.homes.setdefault(one.household_id, []).append(one.id)
        for people in self.free.values():
            self.chance.shuffle(people)

    def _take(self, town: str) -> Any:
        return self.free[town].pop()

    def _tree(self) -> list[Sick]:
        """Three generations: one, fifteen, forty-four; a child falls ill two to five days after its infector."""
        towns = list(self.places)
        first = self._sick(towns[0], self.until - 10 * DAY, None)
        cases = [first]
        cases += [self._child(first, towns[n % len(towns)]) for n in range(CHILDREN_OF_FIRST)]
        second = cases[1:]
        while len(cases) < CASES:
            infector = second[(len(cases) * 7) % len(second)]
            town = infector.township if self.chance.random() < 0.75 else self.chance.choice(towns)
            cases.append(self._child(infector, town))
        return cases

    def _child(self, infector: Sick, town: str) -> Sick:
        onset = infector.onset + timedelta(hours=self.chance.randint(40, 96))
        child = self._sick(town, onset, infector)
        infector.children.append(child)
        return child

    def _sick(self, town: str, onset: datetime, infector: Sick | None) -> Sick:
        who = self._take(town)
        onset = min(onset, self.until - 20 * HOUR)
        found = onset + timedelta(hours=self.chance.randint(14, 40))
        if infector:  # a contact is tested: nobody is found before their infector was
            found = max(found, infector.reported + timedelta(hours=self.chance.randint(3, 9)))
        return Sick(who.id, town, who.household_id, onset, min(found, self.until - timedelta(minutes=30)), infector)

    # --- what was done ----------------------------------------------------------------------------------
    def _do(self, who: str, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
        return dict(self.hands.do(who, verb, at, **args).result or {})

    def _do_many(self, who: str, verb: str, at: datetime, many: list[dict[str, Any]]) -> None:
        self.hands.do_many(who, [self.hands.request(verb, at, args) for args in many], at)

    def _plan(self, at: datetime) -> None:
        """Each step has a name before anything happens."""
        pairs = (("tracer1", "tracer2"), ("tracer2", "tracer1"), ("cdc", "tracer1"))
        for number, (step, minutes) in enumerate(PLAN_MINUTES.items()):
            member, deputy = pairs[number % len(pairs)]
            self._do(
                "cdc", "name_plan_step", at, step=step, member=self.staff.ids[member], deputy=self.staff.ids[deputy],
                within_minutes=minutes,
            )  # fmt: skip

    def _investigate(self, sick: Sick) -> None:
        who = self.chance.choice(("tracer1", "tracer2"))
        at = sick.reported
        told = self._do(
            who, "open_case", at, person=sick.person, classification="confirmed" if self.chance.random() < 0.8 else
            "asymptomatic", disease="covid-19", protocol="covid-19/2022-06-28", onset_at=sick.onset,
            sampled_at=sick.sampled, confirmed_at=at, severity=self.chance.choice(("mild", "mild", "moderate", "none")),
            source_kind="linked" if sick.infector else "imported_domestic",
        )  # fmt: skip
        sick.case = UUID(told["case"])
        isolated = min(at + HOUR, self.until)
        self._do(who, "revise_case", isolated, case=sick.case, changes={"isolated_at": isolated.isoformat()})
        visits = self._meetings(sick)
        if visits:
            self._do_many(who, "add_case_visit", min(at + 2 * HOUR, self.until), visits)
        done = min(at + timedelta(hours=self.chance.uniform(2.5, 5)), self.until)
        self._do(who, "derive_contacts", done, case=sick.case)
        for step, hours in ((Step.INTERVIEW, 1.8), (Step.TIMELINE, 3.5)):
            if at + hours * HOUR < self.until:
                self._do(who, "complete_step", at + hours * HOUR, case=sick.case, step=step)
        if sick.infector and sick.infector.case:
            self._do(who, "link_cases", done, infector=sick.infector.case, infectee=sick.case, basis="contact")

    def _meetings(self, sick: Sick) -> list[dict[str, Any]]:
        """Where the case and those it infected were together, with some who stayed well; and a walk of its own."""
        visits: list[dict[str, Any]] = []
        groups: dict[str, list[UUID]] = {}
        for child in sick.children:
            groups.setdefault(sick.township if self.chance.random() < 0.6 else child.township, []).append(child.person)
        groups.setdefault(sick.township, [])
        for number, (town, people) in enumerate(groups.items()):
            start = self._hour(sick, number)
            until = start + timedelta(hours=MEET_HOURS)
            place = self.chance.choice(self.places[town])
            others = [
                self._take(town).id for _n in range(self.chance.randint(*BYSTANDERS)) if len(self.free[town]) > 20
            ]
            visits.append(self._visit(sick, place, start, until, None))
            for person in [*people, *others]:
                late = timedelta(minutes=self.chance.randint(0, 40))
                visits.append(self._visit(sick, place, start + late, until + late, person))
            if others:  # one of them goes on to another place, and meets somebody there
                onward = self.chance.choice(self.places[town])
                later = until + 3 * HOUR
                friend = self._take(town).id
                visits += [self._visit(sick, onward, later, later + HOUR, p) for p in (others[0], friend)]
        return [v for v in visits if v["from_at"] < sick.reported and v["until_at"] <= self.until]

    def _hour(self, sick: Sick, number: int) -> datetime:
        """An hour of the day before the onset, or of that day, inside the infectious window."""
        day = timezone.localtime(sick.onset - DAY * self.chance.choice((0, 1))).replace(
            minute=0, second=0, microsecond=0
        )
        return min(day.replace(hour=9 + 3 * (number % 4)), sick.reported - 2 * HOUR)

    def _visit(self, sick: Sick, place: Any, start: datetime, until: datetime, person: UUID | None) -> dict[str, Any]:
        source = self.chance.choice(("interview", "interview", "scan", "ticket"))
        return {
            "case": sick.case, "place": place.id, "from_at": start, "until_at": min(until, sick.reported), "person": person,
            "source": source, "protection": self.chance.choice(("none", "mask", "unknown")),
        }  # fmt: skip

    def _follow_up(self) -> None:
        """Townships find most of their contacts within hours and ask those of the last days again today."""
        with scoped(ALL):
            rows = [
                (c.id, c.path, c.identified_at, c.last_day)
                for c in cases_reads.open_contacts(ALL).order_by("identified_at", "id")
            ]
        batches: dict[tuple[datetime, str], list[dict[str, Any]]] = {}
        for id_, path, identified, last_day in rows:
            worker = self._worker(path)
            first = (identified + timedelta(hours=self.chance.randint(1, 14))).replace(
                minute=20, second=0, microsecond=0
            )
            if worker is None or self.chance.random() < 0.06:
                continue
            is_over = last_day is not None and last_day < timezone.localdate(self.until)
            hours = [first]
            if self.chance.random() < (0.35 if is_over else 0.05):
                hours += [first + DAY * n for n in range(1, 14)]
            for hour in hours:
                at = min(hour, self.until) if hour == first else hour
                if at > self.until or (last_day and timezone.localdate(at) > last_day) or at < identified:
                    continue
                outcome = "seen_not_ok" if self.chance.random() < 0.02 else "seen_ok"
                batches.setdefault((at, worker), []).append(
                    {"contact": id_, "outcome": outcome, "temperature_c": round(self.chance.uniform(36.1, 36.9), 1)}
                )
        for (at, worker), many in sorted(batches.items(), key=lambda item: (item[0][0], item[0][1])):
            self.hands.send(worker, [self.hands.request("record_follow_up", at, args) for args in many], at)

    def _worker(self, path: str) -> str | None:
        code = path.strip("/").split("/")[3] if path.count("/") >= 5 else ""
        team = self.staff.townships.get(code)
        return team[4] if team else None

    def _refuted(self) -> None:
        """A quick test said positive, the laboratory does not: the case is refuted, and can be brought back."""
        town = list(self.places)[1]
        sick = self._sick(town, self.until - 30 * HOUR, None)
        sick.reported = self.until - 8 * HOUR
        self._investigate(sick)
        self._do(
            "tracer1", "refute_case", self.until - HOUR, case=sick.case,
            reason="复核两次核酸阴性，初筛抗原假阳性",  # data
        )  # fmt: skip

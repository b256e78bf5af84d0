"""From a positive result to everybody who met that person: the case, its stays, its contacts, each of them found."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bihuan.exercise.script import Found
from bihuan.ledgers.cases import reads as cases_reads
from bihuan.ledgers.cases.choices import ContactState, Step
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

if TYPE_CHECKING:
    from bihuan.exercise.day import Exercise

ALL = Scope(EVERYWHERE)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
PLACES = ("market", "venue", "school", "workplace", "care_home")
STEPS: dict[Step, int] = {
    Step.INTERVIEW: 120,
    Step.TIMELINE: 240,
    Step.CONTACTS: 360,
    Step.ORDERS: 480,
    Step.REPORT: 1440,
}
BYSTANDERS = (2, 5)
# A case keeps an investigator so long; whoever comes next waits for one who is free.
STUDY = 2.5 * HOUR
# What a township finds of its contacts at each look by day, and how long it is behind.
FOUND_SHARE, NIGHT = 0.35, (6, 22)


class Tracing:
    """The investigators of the county and the grid workers of its townships."""

    def __init__(self, day: "Exercise") -> None:
        self.day = day
        self.cases: dict[int, UUID] = {}  # number in the simulation -> case on record
        self.free: dict[str, datetime] = {}
        self.known: set[UUID] = set()

    def plan(self, at: datetime) -> None:
        """Each step of an investigation has a name before anything happens."""
        pairs = (("tracer1", "tracer2"), ("tracer2", "tracer1"), ("cdc", "tracer1"))
        ids = self.day.staff.ids
        for number, (step, minutes) in enumerate(STEPS.items()):
            member, deputy = pairs[number % len(pairs)]
            self.day.ask("cdc", "name_plan_step", at, step=step, member=ids[member], deputy=ids[deputy],
                         within_minutes=minutes)  # fmt: skip
        self.free = {"tracer1": at, "tracer2": at, "cdc": at}
        with scoped(ALL):
            found = sorted(territory_reads.places(ALL, PLACES), key=lambda p: (p.area_id, p.name))
        self.places: dict[str, list[Any]] = {}
        for place in found:
            self.places.setdefault(place.area_id[:9], []).append(place)

    def put_on_record(self, case: Found, at: datetime) -> None:
        """A case of the eve: opened, studied and traced before the day begins."""
        person = self.day.resident(case.person)
        told = self.day.ask(
            "tracer1", "open_case", at, person=person["id"], onset_at=self.day.onset(case),
            sampled_at=at - 6 * HOUR, confirmed_at=at,
        )  # fmt: skip
        if "case" in told:
            self._study(case, UUID(told["case"]), at, "tracer1")

    def begin(self, case: Found, at: datetime) -> None:
        """A positive single was released at `at`: whoever is free first takes the case that stands since then."""
        person = self.day.resident(case.person)["id"]
        with scoped(ALL):
            standing = cases_reads.persons_with_case(ALL, [person]).get(person)
        if standing is None:
            return
        who = min(self.free, key=lambda w: (self.free[w], w))
        start = max(at + self.day.chance.randint(5, 25) * MINUTE, self.free[who])
        self.free[who] = start + STUDY
        self.day.later(start, lambda when: self._study(case, standing, when, who))

    def _study(self, case: Found, id_: UUID, at: datetime, who: str) -> None:
        day = self.day
        self.cases[case.case] = id_
        onset = day.onset(case)
        changes: dict[str, Any] = {"isolated_at": at.isoformat(), "classification": "confirmed"}
        if onset:
            changes["onset_at"] = onset.isoformat()
        day.ask(who, "revise_case", at, case=id_, changes=changes)
        stays = self._stays(case, id_, at)
        done = at + HOUR
        if day.begins > at:  # the eve is behind us: nobody waits
            return self._derive(case, id_, who, stays, at + 10 * MINUTE)
        day.later(done, lambda when: day.ask(who, "complete_step", when, case=id_, step=Step.INTERVIEW))
        day.later(at + STUDY, lambda when: self._derive(case, id_, who, stays, when))
        return None

    def _derive(self, case: Found, id_: UUID, who: str, stays: list[dict[str, Any]], at: datetime) -> None:
        day = self.day
        outbox = [day.hands.request("add_case_visit", at, s) for s in stays]
        if outbox:
            day.hands.send(who, outbox, at)
        day.ask(who, "derive_contacts", at, case=id_)
        day.ask(
            who, "complete_step", at, case=id_, step=Step.TIMELINE
        )  # contacts were derived: that step is done with it
        infector = self.cases.get(case.infector)
        if infector is not None and infector != id_:
            day.ask(who, "link_cases", at, infector=infector, infectee=id_, basis="contact")

    def _stays(self, case: Found, id_: UUID, at: datetime) -> list[dict[str, Any]]:
        """Where the case met those it infected, its household, and some who stay well."""
        day = self.day
        person = day.resident(case.person)
        home = [r for r in self._around(case.person) if r["household_id"] == person["household_id"]]
        met = [day.resident(n) for n in case.infected]
        met += [r for r in home if r["id"] not in {m["id"] for m in met}]
        for _n in range(day.chance.randint(*BYSTANDERS)):
            number = day.chance.randrange(len(day.residents))
            if number not in day.script.persons:
                met.append(day.residents[number])
        township = self.places.get(person["village_code"][:9]) or next(iter(self.places.values()))
        stays: list[dict[str, Any]] = []
        for number, start in enumerate(self._hours(case, at)):
            place = day.chance.choice(township)
            until = start + 90 * MINUTE
            common = {"case": id_, "place": place.id, "source": "interview", "protection": "none", "until_at": until}
            stays.append(common | {"from_at": start})
            stays += [common | {"from_at": start, "person": m["id"]} for m in met[number::2]]
        return stays

    def _around(self, number: int) -> list[dict[str, Any]]:
        """Neighbours in the register's order: a household stands together."""
        own = self.day.resident(number)["id"]
        return [r for r in self.day.residents[max(0, number - 6) : number + 7] if r["id"] != own]

    def _hours(self, case: Found, at: datetime) -> list[datetime]:
        """Two stays of an hour and a half inside the infectious window, the later one the day before it was found."""
        first = self.day.instant(case.found_day - 1, 9.0)
        return [h for h in (first, first + 8 * HOUR) if h + 2 * HOUR < at]

    def look(self, at: datetime) -> None:
        """By day every township finds some of its contacts; by night nobody knocks."""
        hour = (at - self.day.begins) / HOUR
        if not NIGHT[0] <= hour < NIGHT[1]:
            return
        today = self._today(at)
        with scoped(ALL):
            rows = list(
                cases_reads.open_contacts(ALL)
                .filter(state=ContactState.IDENTIFIED, identified_at__lte=at - 20 * MINUTE)
                .order_by("person_id")
                .values_list("id", "area_id", "last_day")
            )
        outboxes: dict[str, list[Any]] = {}
        for id_, area, last in rows:
            if area[:9] in self.day.staff.townships and self.day.chance.random() < FOUND_SHARE:
                if last is not None and last < today:
                    continue
                unwell = self.day.chance.random() < 0.02
                given = {
                    "contact": id_, "outcome": "seen_not_ok" if unwell else "seen_ok",
                    "temperature_c": 37.9 if unwell else 36.5,
                }  # fmt: skip
                outboxes.setdefault(self.day.grid_of(area), []).append(
                    self.day.hands.request("record_follow_up", at, given)
                )
        for who, outbox in sorted(outboxes.items()):
            self.day.hands.send(who, outbox, at)

    def _today(self, at: datetime) -> date:
        from django.utils import timezone

        return timezone.localdate(at)

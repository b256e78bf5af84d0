"""采送检报 in an exercise: tables and a fever clinic, boxes on the road, one laboratory, results released by a second person."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from bihuan.demo.county import COUNTY_CODE
from bihuan.exercise.script import Found
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

if TYPE_CHECKING:
    from bihuan.exercise.day import Exercise

ALL = Scope(EVERYWHERE)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
POOL, BOX_TUBES, TABLES, MOST_SAMPLED = 10, 6, 6, 600
# A tube of ten takes eight minutes at a table; an instrument two and a half hours.
FILL, ON_THE_ROAD, ON_INSTRUMENT = 8 * MINUTE, 28 * MINUTE, 150 * MINUTE
OPENS, CLINIC_OPENS, CLINIC_SHUTS = 8.0, 7.0, 17.0


class Testing:
    """Samplers, couriers and the laboratory. `held_until` says until when the laboratory or its platform is down."""

    def __init__(self, day: "Exercise") -> None:
        self.day = day
        self.laboratory = self.second = ""
        self.clinic_table = ""
        self.held_until: datetime | None = None
        self.waiting: dict[str, Found] = {}  # tube code -> whose single it is, when positive
        self.pools: dict[str, list[Found]] = {}  # tube code -> the cases whose swab is in it
        self.short_count: datetime | None = None  # the next box handed over after this lacks a tube
        self.number = 0

    def found(self, at: datetime) -> None:
        """Two laboratories, a table at every township that samples, the fever clinic."""
        day = self.day
        with scoped(ALL):
            kinds = (PlaceKind.LABORATORY, PlaceKind.HOSPITAL)
            places = sorted(territory_reads.places(ALL, kinds), key=lambda p: (p.kind != kinds[0], p.name))
        made = [
            day.ask("office", "add_laboratory", at, place=p.id, tubes_per_hour=n, turnaround_minutes=m, instruments=4)
            for p, (n, m) in zip(places, ((120, 150), (60, 180)), strict=False)
        ]
        ids = [m["laboratory"] for m in made if "laboratory" in m]
        if len(ids) < 2:
            raise RuntimeError("an exercise needs a county with two laboratories")
        self.laboratory, self.second = ids
        station = self._station("发热门诊", "fever_clinic", COUNTY_CODE, at)  # data
        self.clinic_round = day.ask(
            "office", "open_round", at, name="发热门诊", kind="fever_clinic", area=COUNTY_CODE
        )  # data
        self.clinic_table = self._table(self.clinic_round.get("round", ""), station, at)

    def _station(self, name: str, kind: str, area: str, at: datetime) -> str:
        given = {"name": name, "kind": kind, "area": area, "laboratory": self.laboratory}
        return str(self.day.ask("office", "add_station", at, **given).get("station", ""))

    def _table(self, of_round: str, station: str, at: datetime) -> str:
        given = {"of_round": of_round, "station": station, "samplers": 2}
        return str(self.day.ask("sampler1", "open_session", at, **given).get("session", ""))

    def plan(self) -> None:
        """The fever clinic's patients over the day, and one round in the townships where cases live."""
        for case in self.day.script.found:
            if case.is_by_clinic:
                at = self.day.begins + self.day.chance.uniform(CLINIC_OPENS, CLINIC_SHUTS) * HOUR
                self.day.later(_whole(at), partial(self._patient, case))
        self._round([c for c in self.day.script.found if not c.is_by_clinic])

    def _round(self, cases: Sequence[Found]) -> None:
        day = self.day
        numbers = {c.person: c for c in cases}
        towns = sorted({day.resident(n)["village_code"][:9] for n in numbers} & set(day.staff.townships))[:TABLES]
        rest = [t for t in sorted(day.staff.townships) if t not in towns]
        towns += rest[: max(0, 2 - len(towns))]
        wanted = max(len(cases), min(MOST_SAMPLED, day.script.tests))
        others = [n for n in range(len(day.residents)) if n not in day.script.persons]
        day.chance.shuffle(others)
        people: dict[str, list[int]] = {t: [] for t in towns}
        for number in [*numbers, *others]:
            town = day.resident(number)["village_code"][:9]
            if town in people and sum(map(len, people.values())) < wanted:
                people[town].append(number)
        opens = day.begins + OPENS * HOUR
        targets = [{"area": t, "headcount": len(p)} for t, p in people.items() if p]
        day.later(opens, partial(self._open_round, people, numbers, targets))

    def _open_round(
        self, people: dict[str, list[int]], cases: dict[int, Found], targets: list[dict[str, Any]], at: datetime
    ) -> None:
        made = self.day.ask("office", "open_round", at, name="区域核酸检测", kind="area", area=COUNTY_CODE, pool_size=POOL,
                            targets=targets)  # fmt: skip # data
        for table, (town, numbers) in enumerate(people.items()):
            if not numbers:
                continue
            self.day.chance.shuffle(numbers)
            session = self._table(
                made.get("round", ""), self._station(f"{town}采样点", "community", town, at), at
            )  # data
            tubes = [numbers[k : k + POOL] for k in range(0, len(numbers), POOL)]
            batch: list[str] = []
            for k, part in enumerate(tubes):
                code = f"E{table}{k:03}"
                batch.append(code)
                self.pools[code] = [cases[n] for n in part if n in cases]
                full_at = at + (k + 1) * FILL
                self.day.later(full_at, partial(self._fill, session, code, part))
                if len(batch) == BOX_TUBES or k == len(tubes) - 1:
                    self.day.later(full_at + 5 * MINUTE, partial(self._pack, session, f"{code}B", tuple(batch)))
                    batch = []

    def _fill(self, session: str, code: str, numbers: Sequence[int], at: datetime) -> None:
        day = self.day
        outbox = [
            day.hands.request("draw_swab", at - (len(numbers) - n) * 20 * timedelta(seconds=1),
                              {"session": session, "tube": code, "person": day.resident(p)["id"]})
            for n, p in enumerate(numbers)
        ]  # fmt: skip
        day.hands.send("sampler1", outbox, at)
        day.ask("sampler1", "close_tube", at, tube=code)

    def _patient(self, case: Found, at: datetime) -> None:
        """Somebody with a fever is swabbed at the clinic, alone in a tube."""
        self.number += 1
        code = f"F{self.number:04}"
        self.single(case, code, at)

    def single(self, case: Found, code: str, at: datetime) -> None:
        """A single swab of a person who will be positive, from the fever clinic to its result."""
        self._fill(self.clinic_table, code, [case.person], at)
        self.waiting[code] = case
        self.day.later(at + 15 * MINUTE, partial(self._pack, self.clinic_table, f"{code}B", (code,)))

    def _pack(self, session: str, box: str, tubes: Sequence[str], at: datetime) -> None:
        if not self.day.ask("sampler1", "pack_box", at, session=session, box=box, tubes=tubes):
            return
        self.day.later(at + self.day.chance.randint(5, 30) * MINUTE, partial(self._take, box, tubes))

    def _take(self, box: str, tubes: Sequence[str], at: datetime) -> None:
        """The courier counts and goes; once in the exercise the count is wrong and put right within minutes."""
        if self.short_count and at >= self.short_count and len(tubes) > 1:
            self.short_count = None
            self.day.ask("courier", "hand_over", at, boxes=[{"box": box, "tubes": tubes[:-1]}])
            self.day.throwing.count_differs(at)
            self.day.later(at + self.day.chance.randint(8, 40) * MINUTE, partial(self._take, box, tubes))
            return
        self.day.ask("courier", "hand_over", at, boxes=[{"box": box, "tubes": tubes}])
        self.day.later(at + ON_THE_ROAD, partial(self._receive, box, tubes))

    def _receive(self, box: str, tubes: Sequence[str], at: datetime) -> None:
        if self._is_held(at, partial(self._receive, box, tubes)):
            return
        self.day.ask("lab1", "receive_box", at, box=box, tubes=tubes)
        self.day.later(at + 10 * MINUTE, partial(self._start, box, tubes))

    def _start(self, box: str, tubes: Sequence[str], at: datetime) -> None:
        if self._is_held(at, partial(self._start, box, tubes)):
            return
        with scoped(ALL):
            known = lab_reads.boxes_coded(ALL, [box]).get(box)
        laboratory = str(known.laboratory_id) if known else self.laboratory
        self.day.ask("lab1", "start_test_run", at, laboratory=laboratory, number=f"R-{box}", boxes=[box])
        self.day.later(at + ON_INSTRUMENT, partial(self._read, tubes))

    def _is_held(self, at: datetime, step: Any) -> bool:
        """Whether the laboratory is down: then the step comes when it is back."""
        if self.held_until is None or at >= self.held_until:
            return False
        self.day.later(self.held_until + MINUTE, step)
        return True

    def _read(self, tubes: Sequence[str], at: datetime) -> None:
        """Values are recorded by one, and released by another six minutes later."""
        if self._is_held(at, partial(self._read, tubes)):
            return
        values = {t: "positive" if t in self.waiting or self.pools.get(t) else "negative" for t in tubes}
        outbox = [self.day.hands.request("record_result", at, {"tube": t, "value": v}) for t, v in values.items()]
        answers = self.day.hands.send("lab1", outbox, at)
        results = [a.result["result"] for a in answers if a.result and "result" in a.result]
        if results:
            self.day.later(at + 6 * MINUTE, partial(self._release, results, values))

    def _release(self, results: Sequence[str], values: dict[str, str], at: datetime) -> None:
        findings = sum(v != "negative" for v in values.values())
        self.day.ask("lab2", "release_results", at, results=results, findings=findings)
        for code, value in values.items():
            if value == "positive" and code in self.waiting:
                self.day.tracing.begin(self.waiting.pop(code), at)
            elif value == "positive":
                self.day.later(at + 15 * MINUTE, partial(self._recall, code))

    def _recall(self, pool: str, at: datetime) -> None:
        """Everybody of a positive pool is told and swabbed alone; the singles travel in one box."""
        with scoped(ALL):
            tube = lab_reads.tube_coded(ALL, pool)
            recall = next((r for r in lab_reads.recalls(ALL).filter(tube=tube.id)), None) if tube else None
            members = sorted(lab_reads.rechecks(ALL, recall.id), key=lambda r: str(r.person_id)) if recall else []
        if tube is None or recall is None or not members:
            return
        self.day.ask("tracer1", "tell_members", at, recall=recall.id, rechecks=[m.id for m in members])
        again = at + self.day.chance.randint(30, 90) * MINUTE
        self.day.later(again, partial(self._singles, pool, tube.session_id, [(m.id, m.person_id) for m in members]))

    def _singles(self, pool: str, session: UUID, members: Sequence[tuple[UUID, UUID]], at: datetime) -> None:
        cases = {self.day.resident(c.person)["id"]: c for c in self.pools.get(pool, ())}
        codes = []
        for n, (recheck, person) in enumerate(members):
            code = f"{pool}S{n}"
            self.day.ask("sampler1", "recheck_swab", at + n * MINUTE, recheck=recheck, tube=code)
            codes.append(code)
            if person in cases:
                self.waiting[code] = cases[person]
        self.day.later(at + 20 * MINUTE, partial(self._pack, str(session), f"{pool}SB", tuple(codes)))


def _whole(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)

"""Qinghe's testing: a round under way at four tables, a pool found positive, a post that waits, a fever clinic's clock."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from bihuan.adapters import result_files
from bihuan.demo.county import COUNTY_CODE
from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab import reads as lab_reads
from bihuan.ledgers.people import reads as people_reads
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door
from bihuan.loop.act import Request

ALL = Scope(EVERYWHERE)
MINUTE = timedelta(minutes=1)
# How many tables, people at each, and how many minutes before now the round began.
TABLES, PEOPLE, BEGAN = 4, 60, 180
POOL = 10


class Testing:
    """Puts the steps of a testing day on the day's agenda; what lies before the day is done at once."""

    def __init__(self, day: Any) -> None:
        self.day, self.staff, self.now = day, day.staff, day.now
        self.start = self.now - BEGAN * MINUTE
        self.laboratory = self.second = UUID(int=0)
        self.recheck: UUID | None = None
        self.stores: list[Any] = []

    def plan(self) -> None:
        """Everything in order of time."""
        before = self.now - 6 * 60 * MINUTE
        with scoped(ALL):
            kinds = (
                PlaceKind.HOSPITAL,
                PlaceKind.LABORATORY,
                PlaceKind.FEVER_CLINIC,
                PlaceKind.CHECKPOINT,
                PlaceKind.COLD_STORE,
            )
            places: dict[str, list[Any]] = {k: list(territory_reads.places(ALL, [k])) for k in kinds}
            townships = list(territory_reads.areas(ALL, "township").filter(code__startswith=COUNTY_CODE))[:TABLES]
            self.people = {
                t.code: list(
                    people_reads.persons(Scope(t.path)).order_by("id").values_list("id", flat=True)[: PEOPLE + 8]
                )
                for t in townships
            }
        labs = [*places[PlaceKind.LABORATORY], *places[PlaceKind.HOSPITAL]]
        if len(labs) < 2 or len(townships) < TABLES:
            return  # a county without laboratories tests elsewhere
        figures = ((120, 150, 60, "市疾控移动方舱"), (60, 180, 0, ""))  # data
        made = [
            self._do("office", "add_laboratory", before, place=p.id, tubes_per_hour=n, turnaround_minutes=m,
                     instruments=n // 30, surge_tubes_per_hour=s, surge_source=words)["laboratory"]
            for p, (n, m, s, words) in zip(labs, figures, strict=False)
        ]  # fmt: skip
        self.laboratory, self.second = UUID(made[0]), UUID(made[1])
        self.stores = places[PlaceKind.COLD_STORE][:3]
        self._fever_clinic(before, places[PlaceKind.FEVER_CLINIC], townships[0])
        self._checkpoint(places[PlaceKind.CHECKPOINT], townships[1])
        self._cold_chain(before, places[PlaceKind.COLD_STORE], townships[2])
        self._round(townships)

    def _do(self, who: str, verb: str, at: datetime, **args: Any) -> dict[str, Any]:
        return dict(self.day._do(who, verb, at, **args).result or {})

    def _station(self, name: str, kind: str, area: str, at: datetime, place: UUID | None = None) -> str:
        given = {"name": name, "kind": kind, "area": area, "laboratory": self.laboratory, "place": place}
        return str(self._do("office", "add_station", at, **given)["station"])

    def _table(self, of_round: str, station: str, samplers: int, at: datetime) -> UUID:
        given = {"of_round": of_round, "station": station, "samplers": samplers}
        return UUID(self._do("sampler1", "open_session", at, **given)["session"])

    def _swabs(self, session: UUID, tube: str, people: Sequence[UUID], at: datetime, retained: bool = False) -> None:
        """One tube filled, as a phone sends it."""
        requests = [
            Request(uuid7(), "draw_swab", at + n * timedelta(seconds=20), "demo",
                    {"session": session, "tube": tube, "person": p} | ({"retained": f"{tube}R{n}"} if retained else {}))
            for n, p in enumerate(people)
        ]  # fmt: skip
        learned = max(r.at for r in requests)
        answers = door.perform_many(requests, member=self.staff.ids["sampler1"], recorded_at=learned)
        refused = [a.reason for a in answers if a.status == "refused"]
        if refused:
            raise RuntimeError(refused[0])
        if len(people) == POOL or not retained:
            self._do("sampler1", "close_tube", learned, tube=tube, swabs=len(people))

    def _fever_clinic(self, at: datetime, places: Sequence[Any], township: Any) -> None:
        """One patient's sample is on the instrument since almost five hours."""
        station = self._station(
            "县医院发热门诊", "fever_clinic", COUNTY_CODE, at, places[0].id if places else None
        )  # data
        given = {"name": "发热门诊", "kind": "fever_clinic", "area": COUNTY_CODE}  # data
        session = self._table(self._do("office", "open_round", at, **given)["round"], station, 1, at)
        sampled = self.now - 285 * MINUTE
        self._swabs(session, "F0001", self.people[township.code][PEOPLE : PEOPLE + 1], sampled)
        self._carry(session, "FB01", ["F0001"], sampled + 20 * MINUTE)

    def _checkpoint(self, places: Sequence[Any], township: Any) -> None:
        """Samples stand at the crossing longer than two hours: nobody came."""
        name, place = (places[0].name, places[0].id) if places else ("卡口", None)  # data
        station = self._station(f"{name}采样台", "checkpoint", township.code, self.start, place)  # data
        given = {"name": "卡口采样", "kind": "checkpoint", "area": COUNTY_CODE, "pool_size": POOL}  # data
        session = self._table(self._do("office", "open_round", self.start, **given)["round"], station, 1, self.start)
        people = self.people[township.code][PEOPLE : PEOPLE + 4]
        self.day._later(self.now - 140 * MINUTE, lambda at: self._swabs(session, "K0001", people, at))

    def _cold_chain(self, at: datetime, places: Sequence[Any], township: Any) -> None:
        if places:
            given = {"employer": places[0].id, "post": "cold_chain", "persons": self.people[township.code][:5]}
            self._do("office", "add_key_workers", at - timedelta(days=9), **given)

    def _round(self, townships: Sequence[Any]) -> None:
        """Four tables; each sends two boxes, the first of which is reported, the second on its way."""
        targets = [{"area": t.code, "headcount": 2 * PEOPLE} for t in townships]
        given = {
            "name": "第一轮区域检测",
            "kind": "area",
            "area": COUNTY_CODE,
            "pool_size": POOL,
            "targets": targets,
        }  # data
        of_round = self._do("office", "open_round", self.start, **given)["round"]
        later = self.day._later
        stations = []
        for number, township in enumerate(townships):
            station = self._station(f"{township.name}广场", "community", township.code, self.start)  # data
            stations.append(station)
            session = self._table(of_round, station, 2, self.start + number * MINUTE)
            codes = [f"Q{number + 1}{k:03}" for k in range(PEOPLE // POOL)]
            people = self.people[township.code]
            for k, code in enumerate(codes):
                at = self.start + (6 + 12 * k + number) * MINUTE
                part = people[POOL * k : POOL * (k + 1)]
                later(at, partial(self._fill, session, code, part, number == 0 and k == 1))
            first, second = codes[:3], codes[3:]
            later(self.start + (50 + number) * MINUTE, partial(self._carry, session, f"QB{number + 1}1", first))
            if number < 2:
                later(self.start + (95 + number) * MINUTE, partial(self._carry, session, f"QB{number + 1}2", second))
        self._slots(of_round, stations, townships)
        later(
            self.start + 80 * MINUTE, partial(self._on_the_instrument, "P0001", [f"QB{n + 1}1" for n in range(TABLES)])
        )
        later(self.start + 145 * MINUTE, self._results)

    def _slots(self, of_round: str, stations: Sequence[str], townships: Sequence[Any]) -> None:
        """Cold chain staff have places and times: some slots are over, a few did not come, some are still to come."""
        at, begin = self.start + 2 * MINUTE, self.now - 160 * MINUTE
        begin = begin.replace(minute=begin.minute // 15 * 15, second=0, microsecond=0)
        for store, township in zip(self.stores, townships, strict=False):
            given = {"employer": store.id, "post": "cold_chain", "persons": self.people[township.code][PEOPLE // 2 :]}
            self._do("office", "add_key_workers", at - timedelta(days=2), **given)
        if not self.stores:
            return
        plan = self._do(
            "office", "plan_slots", at, of_round=of_round, title="冷链从业人员采样", posts=["cold_chain"],  # data
            tables=[{"station": s, "samplers": 1} for s in stations], starts_at=begin, ends_at=begin + 240 * MINUTE,
            slot_minutes=15, swabs_per_sampler_hour=18,
        )["plan"]  # fmt: skip
        self._do("office", "confirm_slots", at + MINUTE, plan=plan)

    def _fill(self, session: UUID, code: str, people: Sequence[UUID], retained: bool, at: datetime) -> None:
        self._swabs(session, code, people, at, retained)

    def _carry(self, session: UUID, box: str, tubes: list[str], at: datetime) -> None:
        """From the table to the laboratory's shelf in half an hour."""
        self._do("sampler1", "pack_box", at, session=session, box=box, tubes=tubes)
        self._do("courier", "hand_over", at + 8 * MINUTE, boxes=[{"box": box, "tubes": tubes}])
        if at + 28 * MINUTE <= self.now:
            self._do("lab1", "receive_box", at + 28 * MINUTE, box=box, tubes=tubes)

    def _on_the_instrument(self, number: str, boxes: list[str], at: datetime) -> None:
        given = {
            "laboratory": self.laboratory,
            "number": number,
            "boxes": boxes,
            "instrument": "荧光定量PCR 1号",
        }  # data
        self._do("lab1", "start_test_run", at, **given)

    def _results(self, at: datetime) -> None:
        """The batch's file is tried out, taken and released by the second person; one pool is weakly positive."""
        with scoped(ALL):
            run = lab_reads.test_run(ALL, "P0001")
            codes = sorted(lab_reads.run_codes(ALL, run.id)) if run else []
        positive = "Q1001"
        lines = [
            f"{code},{'弱阳性' if code == positive else '阴性'},{'37.2' if code == positive else ''}" for code in codes
        ]  # data
        reading = result_files.read(("管号,检测结果,ORF1ab Ct\n" + "\n".join(lines) + "\n").encode())  # data
        tried = self._do(
            "lab1", "check_results", at, laboratory=self.laboratory, test_run="P0001", kind="all", file_name="P0001.csv",
            content_hash=reading.content_hash, rows=reading.rows, unreadable=reading.unreadable,
        )  # fmt: skip
        self._do("lab1", "import_results", at + MINUTE, file=tried["file"])
        out = self._do("lab2", "release_results", at + 6 * MINUTE, file=tried["file"], findings=tried["findings"])
        self.day._tell(
            at,
            f"Testing: {len(codes)} tubes reported, {tried['findings']} weakly positive; {out.get('people', 0)} people "
            f"found, {out.get('retained', 0)} with a retained single",
        )
        with scoped(ALL):
            recall = lab_reads.recalls(ALL).first()
            members = list(lab_reads.rechecks(ALL, recall.id)) if recall else []
        if recall is None:
            return
        told = {"recall": recall.id, "rechecks": [m.id for m in members[:7]]}
        self._do("tracer1", "tell_members", at + 14 * MINUTE, **told)
        results = []
        for member in members[:4]:  # the retained singles waited in the laboratory
            if member.tube:
                answer = self._do("lab1", "record_result", at + 24 * MINUTE, tube=member.tube.code, value="negative")
                results.append(answer["result"])
        if len(results) > 1:
            self._do("lab2", "release_results", at + 28 * MINUTE, results=results[:-1], findings=0)

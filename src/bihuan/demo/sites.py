"""Qinghe's isolation: two sites open and one not ready, people in their rooms for days, journeys, a fever, needs."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password

from bihuan.demo import founding
from bihuan.demo.county import COUNTY_CODE
from bihuan.ledgers.command import forms
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.choices import TaskKind
from bihuan.ledgers.orders import reads as orders_reads
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import RoomState, Seat
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped

ALL = Scope(EVERYWHERE)
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
# How long before now the day begins.
LEAD = 230 * MINUTE
# Account of its nurse, words of its place's name, floors, single and family rooms a floor.
HOUSES = (
    ("site1", "玉带宾馆", 4, 10, 1),  # data
    ("site2", "高铁驿站", 3, 10, 1),  # data
    ("site3", "云台山庄", 3, 8, 2),  # data
)
ZONES = {"clean": "北楼：住宿、库房", "buffer": "一楼大厅：穿脱防护", "isolation": "南楼客房、货梯"}  # data
HOLDERS = {
    Seat.LEADER: "县委副书记", Seat.DEPUTY: "卫健局副局长", Seat.MEDICAL: "县人民医院主治医师",
    Seat.FUNDING: "县财政应急专户", Seat.POLICE: "城关派出所", Seat.FIRE: "县消防救援大队",
}  # fmt: skip # data
# Of those who wait for a bed, so many are left waiting and so many are on the road; so many homes are on the register.
STILL_WAITING, ON_THE_ROAD, HOMES = 3, 2, 12
PLATE = "演A·E0120"  # data


class Isolation:
    """Plays what the sites lived through before the day, and leaves them as the day finds them."""

    def __init__(self, day: Any) -> None:
        self.day, self.staff, self.now, self._do = day, day.staff, day.now, day._do
        self.sites: dict[str, UUID] = {}
        self.hospital: UUID | None = None

    def play(self) -> None:
        """Everything in order of time, ending before the day begins."""
        begin = self.now - 13 * DAY
        self._people_of_sites(begin)
        self._houses(begin + HOUR)
        with scoped(ALL):
            waiting = list(stays_reads.to_place(ALL, self.now - LEAD).order_by("served_at", "id"))
            homes = list(orders_reads.orders_in_force(ALL, self.now - LEAD).filter(measure="home_quarantine")[:HOMES])
        kept = [o for o in waiting if o.served_at and o.served_at < self.now - LEAD - HOUR]
        lodged = kept[: max(0, len(kept) - STILL_WAITING - ON_THE_ROAD)]
        self._lodge(lodged)
        self._on_the_road(kept[len(lodged) : len(lodged) + ON_THE_ROAD])
        for order in homes:
            self._at_home(order)
        self._asks()
        self._unannounced(self.now - 3 * HOUR)

    def _people_of_sites(self, at: datetime) -> None:
        """A nurse for each site, and a doctor at the county hospital."""
        hashed = make_password(founding.PASSWORD)
        for account, words, *_rooms in HOUSES:
            place = _place(words)
            unit = founding._unit(at, f"{words}隔离点专班", UnitKind.TASK_FORCE, place.area_id)  # data
            founding._seat(self.staff, at, hashed, unit, "驻点护士", Role.SITE, account, "方晓护", always=True)  # data
        unit = founding._unit(at, "青禾县人民医院", UnitKind.INSTITUTION, COUNTY_CODE)  # data
        founding._seat(
            self.staff, at, hashed, unit, "感染科值班医生", Role.CLINICIAN, "doctor", "蒋医", always=True
        )  # data

    def _houses(self, at: datetime) -> None:
        good = {f.name: "yes" for f in forms.form("isolation_site_check").fields_of("checked") if f.kind == "yes_no"}
        for account, words, floors, singles, families in HOUSES:
            rooms = [
                {"number": f"{f}{n:02d}", "floor": f, "kind": "single" if n <= singles else "family",
                 "beds": 1 if n <= singles else 3, "zone": ZONES["isolation"]}
                for f in range(1, floors + 1) for n in range(1, singles + families + 1)
            ]  # fmt: skip
            facility = self._facility(at, words, "isolation_site", rooms, ZONES)
            self.sites[account] = facility
            is_ready = account != "site3"
            wrong = {} if is_ready else {"two_passages": "no", "note": "污染通道与清洁通道在二楼交叉"}  # data
            self._do(account, "check_site", at, facility=facility, answers=good | wrong)
            if is_ready:
                self._do("office", "open_site", at, facility=facility)
        wards = [{"number": f"{n}", "kind": "ward", "beds": 2} for n in range(1, 9)]
        self.hospital = self._facility(at, "青禾县人民医院", "designated_hospital", wards)  # data
        self._do("office", "open_site", at, facility=self.hospital)

    def _facility(
        self, at: datetime, words: str, kind: str, rooms: list[dict[str, Any]], zones: dict[str, str] | None = None
    ) -> UUID:
        told = [{"kind": k, "name": name} for k, name in (zones or {}).items()]
        made = self._do("office", "add_facility", at, place=_place(words).id, kind=kind, zones=told, rooms=rooms)
        facility = UUID(made.result["facility"])
        for seat, name in HOLDERS.items():
            if kind == "isolation_site" and "云台" in words and seat == Seat.FIRE:  # data
                continue
            self._do("office", "name_facility_seat", at, facility=facility, seat=seat.value, name=name)
        return facility

    def _lodge(self, orders: list[Any]) -> None:
        """Each in a room of one's own since the day the decision was served, two in three in the first house."""
        beds = {account: self._free(account) for account in ("site1", "site2")}
        for number, order in enumerate(orders):
            account = "site2" if number % 3 == 2 else "site1"
            if not beds[account]:
                continue
            at = order.served_at + 40 * MINUTE
            given = self._do("office", "assign_bed", at, order=order.id, bed=beds[account].pop(0), is_here=True)
            self._do(account, "confirm_rules", at + 10 * MINUTE, stay=UUID(given.result["stay"]), how="signed")

    def _at_home(self, order: Any) -> None:
        """The home is assessed by the grid worker, who looks after the person from then on."""
        with scoped(ALL):
            township = territory_reads.township_path(order.path).rstrip("/").rpartition("/")[2]
        helper = self.staff.townships[township][4]
        at = order.served_at + 20 * MINUTE
        fit = {f.name: "yes" for f in forms.form("home_suitability").fields_of("assessed") if f.kind == "yes_no"}
        self._do(helper, "assess_home", at, order=order.id, answers=fit | {"residents": "2"})
        self._do(
            self.staff.townships[township][0], "settle_at_home", at + 10 * MINUTE, order=order.id,
            helper=self.staff.ids[helper], room="东屋",
        )  # fmt: skip # data

    def _on_the_road(self, orders: list[Any]) -> None:
        """A bed is held for each in the second house, and one vehicle has left with them."""
        at = self.now - LEAD
        for order, bed in zip(orders, self._free("site2"), strict=False):
            self._do("office", "assign_bed", at, order=order.id, bed=bed)
        if not orders:
            return
        planned = self._do(
            "office", "start_transfer", at + MINUTE, kind="to_site", to_facility=self.sites["site2"],
            from_words="青禾东高速出口",
            passengers=[{"order": o.id, "seat": n} for n, o in enumerate(orders, 1)],
        )  # fmt: skip # data
        transfer = UUID(planned.result["transfer"])
        with scoped(ALL):
            aboard = [p.id for p in stays_reads.passengers(ALL, transfer)]
        self._do("office", "confirm_departure", at + 10 * MINUTE, transfer=transfer, aboard=aboard,
                 vehicle=PLATE, seats=6)  # fmt: skip

    def _free(self, account: str) -> list[UUID]:
        """The first bed of each room nobody lives in."""
        with scoped(ALL):
            lived = stays_reads.rooms_lived(ALL, self.sites[account], self.now)
            beds = [b for b in resources_reads.beds(self.sites[account]) if b.room_id not in lived and b.number == 1]
        return [b.id for b in beds if b.room.state == RoomState.READY]

    def _asks(self) -> None:
        """A fever this morning, two needs, one room out of use."""
        at = self.now - 205 * MINUTE
        with scoped(ALL):
            here = stays_reads.stays_in(ALL, self.sites["site1"], at)
            room = resources_reads.room(self.sites["site1"], "409")
        feverish, hungry, ill = here[-1], here[0], here[1]
        self._do("site1", "record_check", at, stay=feverish.id, celsius=38.1, symptoms=["cough"])
        self._do("site1", "request_need", at, stay=hungry.id, need="food", words="孩子的奶粉")  # data
        self._do("site1", "request_need", at, stay=ill.id, need="medicine", words="常用药用完")  # data
        if room is not None:
            self._do("site1", "set_room_ready", at, room=room.id, state=RoomState.OUT_OF_USE)

    def _unannounced(self, at: datetime) -> None:
        """Four doors drawn by lot; one is found to be isolation on paper only, two wait for the inspector."""
        told = {"count": 4, "seed": self.now.toordinal(), "inspector": self.staff.ids["inspector"]}
        self._do("office", "draw_visits", at, **told)
        with scoped(ALL):
            doors = list(command_reads.open_tasks(ALL).filter(kind=TaskKind.UNANNOUNCED_VISIT)[:2])
        found = {"person_present": "yes", "checks_real": "yes", "helper_known": "yes"}
        wrong = found | {"checks_real": "no", "what_is_wrong": "体温登记提前写好"}  # data
        for door, (outcome, answers) in zip(doors, (("kept", found), ("not_kept", wrong)), strict=False):
            at += 20 * MINUTE
            self._do("inspector", "report_unannounced", at, task=door.id, outcome=outcome, answers=answers)


def _place(words: str) -> Any:
    with scoped(ALL):
        found = [p for p in territory_reads.places(ALL) if words in p.name]
    return min(found, key=lambda p: len(p.name))

"""What stories of isolation begin with: a site in Shiqiao with its own nurse, a designated hospital, contacts from Liuquan."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.ledgers.command import forms
from bihuan.ledgers.orders.stays import reads as stays_reads
from bihuan.ledgers.orders.stays.models import Stay, Transfer
from bihuan.ledgers.resources import reads as resources_reads
from bihuan.ledgers.resources.choices import Seat
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory import reads as territory_reads
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make
from tests.loop import _orders

FORM = forms.form("isolation_site_check")
GOOD = {f.name: "yes" for f in FORM.fields_of("checked") if f.kind == "yes_no"}
FIT = {f.name: "yes" for f in forms.form("home_suitability").fields_of("assessed") if f.kind == "yes_no"}
FIT |= {"residents": "2"}
ROOMS = [
    {"number": "101", "kind": "single", "beds": 1},
    {"number": "102", "kind": "single", "beds": 1},
    {"number": "103", "kind": "family", "beds": 3},
    {"number": "201", "floor": 2, "kind": "single", "beds": 1},
]
DAY, HOUR, MINUTE = make.DAY, timedelta(hours=1), timedelta(minutes=1)


@dataclass(frozen=True)
class House:
    """A county with orders, one open site and one open hospital."""

    staff: _orders.Command
    site: UUID
    hospital: UUID
    nurse: Member  # of the site; sees Shangpo village alone
    doctor: Member  # of the hospital

    @property
    def county(self) -> make.County:
        return self.staff.county

    @property
    def hua(self) -> Member:
        return self.staff.hua


def house() -> House:
    staff = _orders.command()
    with scoped(make.EVERYBODY):
        site_unit = make.unit("上坡隔离点专班", UnitKind.TASK_FORCE, "991027102001")
        nurse = make.serves(cast.Staff("魏护", "wei", "nurse"), make.post(site_unit, "护士", Role.SITE))
        ward = make.unit("县人民医院", UnitKind.INSTITUTION, make.COUNTY)
        doctor = make.serves(cast.Staff("蒋医", "jiang", "doctor"), make.post(ward, "发热门诊医生", Role.CLINICIAN))
    site = facility(staff.zheng, "石桥宾馆", "991027102001", "isolation_site", ROOMS)
    wards = [{"number": "1", "kind": "ward", "beds": 2}]
    hospital = facility(staff.zheng, "县人民医院", make.COUNTY, "designated_hospital", wards)
    return House(staff, site, hospital, nurse, doctor)


def facility(by: Member, name: str, area: str, kind: str, rooms: list[dict[str, Any]]) -> UUID:
    """A facility, ready and open two hours before the story."""
    at = DAY - 2 * HOUR
    place = {"name": name, "kind": "hospital" if kind != "isolation_site" else kind, "area_id": area}
    with scoped(make.EVERYBODY):
        territory_writes.add_places([place | {"path": make.PATHS[area]}])
        place_id = territory_reads.places(make.EVERYBODY).get(name=name).id
    made = make.does(by, "add_facility", at=at, place=place_id, kind=kind, rooms=rooms)
    assert made.status == "done", made.reason
    id_ = UUID(made.result["facility"])
    for seat in Seat:
        make.does(by, "name_facility_seat", at=at, facility=id_, seat=seat.value, name="某")
    if kind == "isolation_site":
        assert make.does(by, "check_site", at=at, facility=id_, answers=GOOD).word == "passed"
    opened = make.does(by, "open_site", at=at, facility=id_)
    assert opened.status == "done", opened.reason
    return id_


def bed(facility_id: UUID, number: str, which: int = 1) -> UUID:
    with scoped(make.EVERYBODY):
        return resources_reads.beds(facility_id).get(room__number=number, number=which).id


def lodged(
    here: House, person: UUID, number: str, *, at: datetime = DAY + 10 * MINUTE, which: int = 1, **more: Any
) -> UUID:
    """Somebody bound, put into a room and there; answers with the stay."""
    order = _orders.in_force(here.staff, person)
    where = bed(here.site, number, which)
    given = make.does(here.hua, "assign_bed", at=at, order=order, bed=where, is_here=True, **more)
    assert given.status == "done", given.reason
    return UUID(given.result["stay"])


def stay(id_: UUID) -> Stay:
    with scoped(make.EVERYBODY):
        found = stays_reads.stay(make.EVERYBODY, id_)
    assert found is not None
    return found


def transfer(id_: UUID) -> Transfer:
    with scoped(make.EVERYBODY):
        found = stays_reads.transfer(make.EVERYBODY, id_)
    assert found is not None
    return found


def seats(transfer_id: UUID) -> list[UUID]:
    with scoped(make.EVERYBODY):
        return [p.id for p in stays_reads.passengers(make.EVERYBODY, transfer_id)]


def room_state(facility_id: UUID, number: str) -> str:
    with scoped(make.EVERYBODY):
        found = resources_reads.room(facility_id, number)
    assert found is not None
    return str(found.state)


def house_elsewhere() -> Member:
    """A nurse of the neighbouring county: neither the house nor anybody in it has to do with her."""
    with scoped(make.EVERYBODY):
        unit = make.unit("邻水隔离点专班", UnitKind.TASK_FORCE, "991028")
        return make.serves(cast.Staff("韩外", "han", "elsewhere"), make.post(unit, "护士", Role.SITE))

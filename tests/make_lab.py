"""Makes a testing chain in the small county of `tests/make.py`: a laboratory, two tables, people, and who works there."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.lab.models import Result, Swab, Tube
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.people.writes import NewPerson
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.models import Place
from bihuan.ledgers.territory.scope import scoped
from bihuan.loop import door
from bihuan.loop.act import Answer, Request
from tests import cast, make

DAY = make.DAY
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Chain:
    """Who works in the chain, and where."""

    county: make.County
    cai: Member  # sampler in Liuquan
    shi: Member  # sampler in Shiqiao
    song: Member  # courier of the county
    jian: Member  # laboratory clerk
    fu: Member  # second person in the laboratory
    liu: Member  # tracer
    laboratory: UUID
    liuquan: UUID  # a station
    shiqiao: UUID
    round: UUID
    session: UUID  # the table in Liuquan
    other: UUID  # the table in Shiqiao


def chain(
    *, kind: str = "area", pool_size: int = 10, station_kind: str = "community", county: make.County | None = None
) -> Chain:
    """A round under way at two tables."""
    county = county or make.county()
    with scoped(make.EVERYBODY):
        hospital = Place.objects.create(
            name="县人民医院", kind=PlaceKind.HOSPITAL, area_id=make.COUNTY, path=make.PATHS[make.COUNTY]
        )
        testing = make.unit("检测专班", UnitKind.WORKING_GROUP, make.COUNTY)
        liuquan = make.unit("柳泉采样队", UnitKind.TASK_FORCE, "991027101")
        shiqiao = make.unit("石桥采样队", UnitKind.TASK_FORCE, "991027102")
        who = {
            "cai": make.serves(cast.Staff("蔡采", "cai", "sampler"), make.post(liuquan, "采样员", Role.SAMPLER)),
            "shi": make.serves(cast.Staff("石采", "shi", "sampler"), make.post(shiqiao, "采样员", Role.SAMPLER)),
            "song": make.serves(cast.Staff("宋送", "song", "courier"), make.post(testing, "转运员", Role.COURIER)),
            "jian": make.serves(cast.Staff("简检", "jian", "clerk"), make.post(testing, "检验", Role.LABORATORY)),
            "fu": make.serves(cast.Staff("傅复", "fu", "second"), make.post(testing, "复核", Role.LABORATORY)),
            "liu": make.serves(cast.Staff("刘溯", "liu", "tracer"), make.post(testing, "流调", Role.TRACER)),
        }
    zheng = county.zheng
    laboratory = _made(
        make.does(zheng, "add_laboratory", place=hospital.id, tubes_per_hour=200, turnaround_minutes=180), "laboratory"
    )
    stations = [
        _made(
            make.does(zheng, "add_station", name=name, kind=station_kind, area=area, laboratory=laboratory), "station"
        )
        for name, area in (("柳泉一号", "991027101001"), ("石桥一号", "991027102001"))
    ]
    targets = [{"area": "991027101", "headcount": 30}, {"area": "991027102", "headcount": 20}]
    given = {"name": "第一轮", "kind": kind, "area": make.COUNTY, "targets": targets, "pool_size": pool_size}
    round_ = _made(make.does(zheng, "open_round", **given), "round")
    sessions = [
        _made(make.does(who[n], "open_session", of_round=round_, station=s), "session")
        for n, s in zip(("cai", "shi"), stations, strict=True)
    ]
    return Chain(county, **who, laboratory=laboratory, liuquan=stations[0], shiqiao=stations[1], round=round_,
                 session=sessions[0], other=sessions[1])  # fmt: skip


def _made(answer: Answer, name: str) -> UUID:
    assert answer.status == "done", answer
    assert answer.result
    return UUID(answer.result[name])


def people(number: int, area: str = "991027101001") -> list[UUID]:
    """Invented residents of a village."""
    with scoped(make.EVERYBODY):
        return people_writes.add_persons(
            [NewPerson(f"村民{i}", "female", None, area, make.PATHS[area], f"{i}号", id=uuid7()) for i in range(number)],
            recorded_at=DAY, keep_until=None,
        )  # fmt: skip


def swab(
    session: UUID, tube: str, person: UUID, *, at: datetime = DAY, id_: UUID | None = None, **more: Any
) -> Request:
    """What a phone sends for one person."""
    return Request(
        id_ or uuid7(), "draw_swab", at, "phone", {"session": str(session), "tube": tube, "person": str(person), **more}
    )


def send(who: Member, *requests: Request, recorded_at: datetime | None = None) -> list[Answer]:
    """A phone's outbox arrives."""
    return door.perform_many(requests, member=who.id, recorded_at=recorded_at or max(r.at for r in requests))


def fills(of: Chain, tube: str, persons: list[UUID], *, at: datetime = DAY, **more: Any) -> None:
    """Liuquan's sampler fills a tube and closes it."""
    answers = send(of.cai, *(swab(of.session, tube, p, at=at, **more) for p in persons))
    assert {a.status for a in answers} == {"done"}, answers
    assert make.does(of.cai, "close_tube", tube=tube, at=at).status == "done"


def brings(of: Chain, box: str, *tubes: str, at: datetime = DAY) -> UUID:
    """Closed tubes of Liuquan travel to the laboratory and are received."""
    given = {"session": of.session, "box": box, "tubes": tubes}
    answer = make.does(of.cai, "pack_box", at=at + 1 * MINUTE, **given)
    assert answer.status == "done", answer
    took = make.does(of.song, "hand_over", boxes=[{"box": box, "tubes": tubes}], at=at + 30 * MINUTE)
    assert (took.status, took.word) == ("done", "taken"), took
    got = make.does(of.jian, "receive_box", box=box, tubes=tubes, at=at + 60 * MINUTE)
    assert (got.status, got.word) == ("done", "received"), got
    return _made(answer, "box")


def reads(
    of: Chain, tube: str, value: str, *, at: datetime = DAY + 240 * MINUTE, findings: int | None = None
) -> Answer:
    """The laboratory reads a value and a second person lets it out."""
    answer = make.does(of.jian, "record_result", tube=tube, value=value, at=at)
    assert answer.status == "done", answer
    assert answer.result
    count = int(value != "negative") if findings is None else findings
    return make.does(of.fu, "release_results", results=[answer.result["result"]], findings=count, at=at + 5 * MINUTE)


def tube(code: str) -> Tube:
    with scoped(make.EVERYBODY):
        return Tube.objects.select_related("box").get(code=code)


def live_swabs(code: str) -> int:
    with scoped(make.EVERYBODY):
        return Swab.objects.filter(tube__code=code, undone_at__isnull=True).count()


def values(code: str) -> list[str]:
    with scoped(make.EVERYBODY):
        return list(
            Result.objects.filter(tube__code=code).order_by("recorded_at", "id").values_list("value", flat=True)
        )

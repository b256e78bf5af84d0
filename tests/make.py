"""Makes a small county at work for tests: plain keyword functions, no factories.

The county is Qinghe with two townships; the cast of `tests/cast.py` lives and serves there. Everything is made as the
owner of the tables inside the scope of the whole tree, before a story begins.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from bihuan.ledgers._ground import uuid7
from bihuan.ledgers.intake.bridge import Told
from bihuan.ledgers.people import bridge as people_bridge
from bihuan.ledgers.people import writes as people_writes
from bihuan.ledgers.people.models import Household, Person
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.staff.models import Member, Post, Posting, Unit
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.models import Area, Place
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door
from bihuan.loop.act import Answer
from tests import cast

DAY = datetime(2022, 7, 1, 8, 0, tzinfo=UTC)
COUNTY = "991027"
AREAS = (
    # code, name, level, kind, parent, path
    ("99", "演示省", "province", "省", None, "/99/"),
    ("9910", "演示市", "city", "市", "99", "/99/9910/"),
    ("991027", "青禾县", "county", "县", "9910", "/99/9910/991027/"),
    ("991028", "邻水县", "county", "县", "9910", "/99/9910/991028/"),
    ("991027101", "柳泉镇", "township", "镇", "991027", "/99/9910/991027/991027101/"),
    ("991027102", "石桥乡", "township", "乡", "991027", "/99/9910/991027/991027102/"),
    ("991027101001", "河湾村", "village", "村", "991027101", "/99/9910/991027/991027101/991027101001/"),
    ("991027102001", "上坡村", "village", "村", "991027102", "/99/9910/991027/991027102/991027102001/"),
)
PATHS = {code: path for code, _n, _l, _k, _p, path in AREAS}
LIUQUAN, SHIQIAO = PATHS["991027101"], PATHS["991027102"]
EVERYBODY = Scope(EVERYWHERE)


@dataclass(frozen=True)
class County:
    """Who serves in the small county."""

    zheng: Member  # commander
    wang: Member  # list clerk
    wu: Member  # head of Liuquan's task force
    zhou: Member  # grid worker in Liuquan
    feng: Member  # deputy in Liuquan
    chen: Member  # head of Shiqiao's task force: the stranger from another township


def county() -> County:
    """Two townships with their staff."""
    with scoped(EVERYBODY):
        territory_writes.set_areas(
            {"code": c, "name": n, "level": level, "kind": k, "parent_id": p, "path": path}
            for c, n, level, k, p, path in AREAS
        )
        headquarters = unit("青禾县指挥部", UnitKind.HEADQUARTERS, COUNTY)
        data_desk = unit("数据专班", UnitKind.WORKING_GROUP, COUNTY)
        liuquan = unit("柳泉镇人民政府", UnitKind.TOWNSHIP, "991027101")
        shiqiao = unit("石桥乡人民政府", UnitKind.TOWNSHIP, "991027102")
        return County(
            zheng=serves(cast.ZHENG, post(headquarters, "指挥长", Role.COMMANDER)),
            wang=serves(cast.WANG, post(data_desk, "名单录入", Role.LIST_CLERK)),
            wu=serves(cast.WU, post(liuquan, "专班组长", Role.TOWNSHIP)),
            zhou=serves(cast.ZHOU, post(liuquan, "网格员", Role.GRID)),
            feng=serves(cast.Staff("冯副", "feng", "deputy"), post(liuquan, "专班副组长", Role.TOWNSHIP)),
            chen=serves(cast.Staff("陈外", "chen", "stranger"), post(shiqiao, "专班组长", Role.TOWNSHIP)),
        )


def unit(name: str, kind: str, area: str) -> Unit:
    return Unit.objects.create(name=name, kind=kind, area_id=area, path=PATHS[area])


def post(of: Unit, title: str, role: str, *, round_the_clock: bool = False) -> Post:
    return Post.objects.create(unit=of, path=of.path, title=title, role=role, round_the_clock=round_the_clock)


def serves(who: cast.Staff, in_post: Post, *, since: datetime = DAY - timedelta(days=10)) -> Member:
    member, _ = Member.objects.get_or_create(username=who.username, defaults={"name": who.name})
    Posting.objects.create(post=in_post, member=member, path=in_post.path, held_from=since, confirmed_at=since)
    return member


def person(who: cast.Resident, area: str = "991027101001") -> UUID:
    """A resident on record."""
    told_row = told(who)
    from bihuan.ledgers.intake import bridge as intake_bridge

    with scoped(EVERYBODY):
        fresh = intake_bridge.new_person(told_row, id_=uuid7(), area_code=area, path=PATHS[area])
        assert fresh.link_keys == people_bridge.link_keys(intake_bridge.record(told_row))
        return people_writes.add_persons([fresh], recorded_at=DAY, keep_until=None)[0]


def household(people: list[UUID], area: str = "991027101001") -> UUID:
    """These persons share a door from now on."""
    home = Household.objects.create(area_id=area, path=PATHS[area], address="河湾村3组12号")
    Person.objects.filter(id__in=people).update(household=home)
    return home.id


def told(who: cast.Resident, row_number: int = 2, **changes: Any) -> Told:
    """A row that tells of one of the cast, with whatever is changed."""
    words = {
        "name": who.name,
        "id_number": who.id_number,
        "id_kind": "resident_identity_card",
        "phones": (who.phone,),
        "birth_on": who.birth_on,
        "sex": who.sex,
        "address": who.address,
    }
    return Told(row_number=row_number, **(words | changes))


def does(who: Member, verb: str, /, *, at: datetime = DAY, id_: UUID | None = None, **args: Any) -> Answer:
    """A member does an act through the one door."""
    return door.perform(verb, args, by=who.id, at=at, recorded_at=max(at, DAY), id_=id_)


def receives(member: Member, *rows: Told, at: datetime = DAY, content_hash: str = "list-1", **args: Any) -> Answer:
    """A clerk receives a list of these rows."""
    words = {"source": "省卫健委", "purpose": "密接排查", "basis": "传染病防治法 第五十八条"}
    return does(member, "receive_list", at=at, rows=rows, content_hash=content_hash, **(words | args))


def areas() -> list[Area]:
    return list(Area.objects.order_by("path"))


def inspector() -> Member:
    """The county's inspector, and a department whose sector is the market."""
    with scoped(EVERYBODY):
        room = unit("县委督查室", UnitKind.DEPARTMENT, COUNTY)
        unit("县市场监管局", UnitKind.DEPARTMENT, COUNTY)
        return serves(cast.Staff("孔督", "kong", "inspector"), post(room, "督查员", Role.INSPECTOR))


def place(name: str, kind: str, area: str = "991027101001") -> str:
    """A place, by the key under which it is inspected."""
    with scoped(EVERYBODY):
        return f"place:{Place.objects.create(area_id=area, path=PATHS[area], name=name, kind=kind).id}"


def filled(checklist: str, **wrong: str) -> dict[str, dict[str, str]]:
    """Answers to a checklist where all is well but what is named."""
    from bihuan.ledgers.command import checklists

    well = {"number": "na", "text": "有", "issue": "无"}
    return {
        i.name: {"answer": "no", "note": wrong[i.name]} if i.name in wrong else {"answer": well.get(i.kind, "yes")}
        for i in checklists.checklist(checklist).items
    }

"""Qinghe is founded: its tree, places, bodies, posts, accounts, rota and register, all by the house's own acts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.contrib.auth.hashers import make_password

from bihuan.demo import county as invented
from bihuan.demo._outlines import QINGHE_OUTLINE, schematic_outlines
from bihuan.engines.linkage import path_of
from bihuan.ledgers.staff import reads as staff_reads
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import EVERYWHERE, Scope, scoped
from bihuan.loop import door

# Everybody in Qinghe has the same password, printed at every start: nobody can mistake it for a secret.
PASSWORD = "qinghe-2022"  # noqa: S105

STEP_RESIDENTS = 5_000

_PLACE_KINDS = {
    "bus_station": PlaceKind.STATION,
    "rail_station": PlaceKind.STATION,
    "care_home": PlaceKind.CARE_HOME,
    "cdc_lab": PlaceKind.LABORATORY,
    "checkpoint": PlaceKind.CHECKPOINT,
    "clinic": PlaceKind.CLINIC,
    "health_centre": PlaceKind.CLINIC,
    "cold_store": PlaceKind.COLD_STORE,
    "county_hospital": PlaceKind.HOSPITAL,
    "hospital": PlaceKind.HOSPITAL,
    "fever_clinic": PlaceKind.FEVER_CLINIC,
    "isolation_site": PlaceKind.ISOLATION_SITE,
    "kindergarten": PlaceKind.SCHOOL,
    "primary_school": PlaceKind.SCHOOL,
    "secondary_school": PlaceKind.SCHOOL,
    "market": PlaceKind.MARKET,
    "pharmacy": PlaceKind.PHARMACY,
    "restaurant": PlaceKind.VENUE,
    "supermarket": PlaceKind.VENUE,
}
_SURNAMES = "周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕张孔曹严华金魏陶姜"  # data
_GIVEN = ("启明", "守成", "文静", "志远", "秀兰", "建国", "晓雯", "海峰", "玉梅", "长青", "立新", "春燕")  # data


@dataclass
class Staff:
    """Who serves in Qinghe: member ids by account name, and by township code the accounts of its task force."""

    ids: dict[str, UUID] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    townships: dict[str, list[str]] = field(default_factory=dict)
    posts: dict[str, UUID] = field(default_factory=dict)


def found(people: int, at: datetime, *, say: Callable[[str], None], tick: Callable[[int], None]) -> tuple[Any, Staff]:
    """Found the county with so many residents; answers with it and its staff."""
    county = invented.build(people)
    say(f"青禾县 Qinghe: {people:,} residents, {len(county.divisions):,} areas, {len(county.places):,} places")
    _territory(county, at)
    staff = _staff(county, at)
    _residents(county, at, tick)
    return county, staff


def staff_of(at: datetime) -> Staff:
    """Who serves in a county that was founded before: read back from the accounts and the roster."""
    staff = Staff()
    everywhere = Scope(EVERYWHERE)
    with scoped(everywhere):
        held = staff_reads.postings(everywhere, at).filter(is_deputy=False).order_by("post__path", "id")
        for posting in held.select_related("member", "post__unit"):
            account = posting.member.username
            staff.ids[account], staff.names[account] = posting.member_id, posting.member.name
            staff.posts[account] = posting.post_id
    seats = ("head", "deputy", "police", "tracer", "grid1", "grid2", "grid3")
    townships = [d for d in invented.divisions() if d.level == "township" and d.code.startswith(invented.COUNTY_CODE)]
    for number, township in enumerate(townships):
        staff.townships[township.code] = [f"t{number + 1:02d}-{seat}" for seat in seats]
    return staff


def _must(answer: Any) -> dict[str, Any]:
    if answer.status == "refused":
        raise RuntimeError(f"the demo county cannot be founded: {answer.reason}")
    return dict(answer.result or {})


def _rule(verb: str, at: datetime, **args: Any) -> dict[str, Any]:
    return _must(door.by_rule(verb, args, at=at))


def _territory(county: Any, at: datetime) -> None:
    outlines = schematic_outlines(county.divisions, county=invented.COUNTY_CODE, shares=None)
    shapes = {code: [[list(p) for p in ring]] for code, ring in outlines.items()}
    shapes[invented.COUNTY_CODE] = [[list(p) for p in QINGHE_OUTLINE]]
    aliases: dict[str, list[str]] = {}
    for name, code in county.aliases.items():
        aliases.setdefault(code, []).append(name)
    villages = county.persons["village_code"].value_counts().to_pylist()
    population = {v["values"]: v["counts"] for v in villages}
    for code, n in list(population.items()):
        for above in (code[:9], code[:6]):
            population[above] = population.get(above, 0) + n
    _rule(
        "load_territory",
        at,
        areas=[
            {
                "code": d.code,
                "name": d.name,
                "level": d.level,
                "kind": d.kind,
                "parent": d.parent_code,
                "path": path_of(d.code),
                "aliases": aliases.get(d.code, []),
                "population": population.get(d.code),
                "outline": shapes.get(d.code),
            }
            for d in county.divisions
        ],
        places=[
            {
                "name": p.name,
                "kind": _PLACE_KINDS.get(p.kind, PlaceKind.WORKPLACE),
                "area": p.village_code,
                "path": path_of(p.village_code),
                "address": p.address,
                "longitude": p.lon,
                "latitude": p.lat,
            }
            for p in county.places
        ],
    )


def _residents(county: Any, at: datetime, tick: Callable[[int], None]) -> None:
    table = county.persons
    for start in range(0, table.num_rows, STEP_RESIDENTS):
        rows = table.slice(start, STEP_RESIDENTS).to_pylist()
        _rule(
            "load_residents",
            at,
            source="青禾县人口底册",  # data
            residents=[
                {
                    "id": uuid5(NAMESPACE_URL, f"qinghe:{r['person_id']}"),
                    "name": r["name"],
                    "sex": r["sex"],
                    "birth_on": r["birth_date"],
                    "area": r["building_code"] or r["grid_code"] or r["village_code"],
                    "path": path_of(r["building_code"] or r["grid_code"] or r["village_code"]),
                    "address": r["address"],
                    "id_number": r["id_number"] or "",
                    "phone": r["phone"] or "",
                    "household": uuid5(NAMESPACE_URL, f"qinghe:{r['household_id']}"),
                }
                for r in rows
            ],
        )
        tick(len(rows))


def _staff(county: Any, at: datetime) -> Staff:
    """Headquarters, working groups, and in every township a task force of a head, a deputy and six more."""
    staff = Staff()
    hashed = make_password(PASSWORD)
    since = at - timedelta(days=20)
    code = invented.COUNTY_CODE
    headquarters = _unit(since, "青禾县疫情防控指挥部", UnitKind.HEADQUARTERS, code)  # data
    office = _unit(since, "指挥部办公室", UnitKind.WORKING_GROUP, code)  # data
    desk = _unit(since, "数据专班", UnitKind.WORKING_GROUP, code)  # data
    health = _unit(since, "县疾病预防控制中心", UnitKind.DEPARTMENT, code)  # data
    inspection = _unit(since, "县委督查室", UnitKind.DEPARTMENT, code)  # data
    bureau = _unit(since, "县卫生健康局", UnitKind.DEPARTMENT, code)  # data
    site = _unit(since, "县集中隔离点", UnitKind.INSTITUTION, code)  # data
    hospital = _unit(since, "县人民医院", UnitKind.INSTITUTION, code)  # data
    transport = _unit(since, "县交通运输局", UnitKind.DEPARTMENT, code)  # data
    market = _unit(since, "县市场监督管理局", UnitKind.DEPARTMENT, code)  # data
    school = _unit(since, "县第一中学", UnitKind.INSTITUTION, code)  # data
    chairs: Sequence[tuple[UUID, str, Role, str, str, bool]] = (
        (headquarters, "指挥长", Role.COMMANDER, "commander", "郑令", False),  # data
        (headquarters, "带班领导", Role.DUTY_LEADER, "leader", "严守", True),  # data
        (office, "办公室主任", Role.OFFICE, "office", "韩平", True),  # data
        (desk, "名单录入", Role.LIST_CLERK, "clerk", "王录", True),  # data
        (health, "流调值班", Role.OFFICE, "cdc", "吴清", True),  # data
        (inspection, "督查员", Role.INSPECTOR, "inspector", "孔明鉴", False),  # data
        (bureau, "局长（隔离决定人）", Role.HEALTH, "health", "卫平安", False),  # data
        (bureau, "副局长（隔离决定人）", Role.HEALTH, "health2", "陶守正", False),  # data
        (health, "流调员", Role.TRACER, "tracer1", "沈寻", False),  # data
        (health, "流调员", Role.TRACER, "tracer2", "何迹", False),  # data
        (site, "隔离点管理", Role.SITE, "site", "许安", True),  # data
        (site, "隔离点医护", Role.SITE, "nurse", "吴护", False),  # data
        (hospital, "发热门诊", Role.CLINICIAN, "fever", "华诊", True),  # data
        (hospital, "检测员", Role.LABORATORY, "lab1", "金测", True),  # data
        (hospital, "检测复核", Role.LABORATORY, "lab2", "魏核", False),  # data
        (health, "采样员", Role.SAMPLER, "sampler1", "蒋采", False),  # data
        (health, "采样员", Role.SAMPLER, "sampler2", "韩样", False),  # data
        (health, "样本转运", Role.COURIER, "courier", "秦送", False),  # data
        (transport, "高速卡口值守", Role.CHECKPOINT, "gate", "关守", True),  # data
        (market, "执法股股长", Role.INSPECTOR, "market", "严查", False),  # data
        (school, "单位报告员", Role.REPORTER, "school", "孟言", False),  # data
    )
    for unit, title, role, username, name, always in chairs:
        _seat(staff, since, hashed, unit, title, role, username, name, always=always)
    for post, deputy in (("commander", "leader"), ("leader", "office"), ("health", "health2"), ("clerk", "cdc")):
        _name(staff, since, staff.posts[post], staff.ids[deputy], is_deputy=True)
    townships = [d for d in county.divisions if d.level == "township" and d.code.startswith(code)]
    for number, township in enumerate(townships):
        unit = _unit(since, f"{township.name}人民政府" if township.kind != "街道" else f"{township.name}办事处",  # data
                     UnitKind.TOWNSHIP, township.code)  # fmt: skip
        team = []
        titles = (
            "专班组长（乡镇长）",
            "专班副组长（政法委员）",
            "派出所民警",
            "流调人员",
            "网格员",
            "网格员",
            "网格员",
        )  # data
        for seat, title in enumerate(titles):
            role = Role.TOWNSHIP if seat < 2 else Role.GRID
            username = f"t{number + 1:02d}-{('head', 'deputy', 'police', 'tracer', 'grid1', 'grid2', 'grid3')[seat]}"
            name = _SURNAMES[(number * 7 + seat) % len(_SURNAMES)] + _GIVEN[(number * 5 + seat * 3) % len(_GIVEN)]
            _seat(staff, since, hashed, unit, title, role, username, name, always=seat == 0)
            team.append(username)
        staff.townships[township.code] = team
        _name(staff, since, staff.posts[team[0]], staff.ids[team[1]], is_deputy=True)
    return staff


def _unit(at: datetime, name: str, kind: UnitKind, area: str) -> UUID:
    return UUID(_rule("add_unit", at, name=name, kind=kind, area=area)["unit"])


def _seat(
    staff: Staff,
    at: datetime,
    hashed: str,
    unit: UUID,
    title: str,
    role: Role,
    username: str,
    name: str,
    *,
    always: bool,
) -> None:
    """One post with its holder."""
    member = UUID(
        _rule("add_member", at, username=username, name=name, password_hash=hashed, phone=_phone(staff))["member"]
    )
    post = UUID(_rule("add_post", at, unit=unit, title=title, role=role, round_the_clock=always)["post"])
    staff.ids[username], staff.names[username], staff.posts[username] = member, name, post
    _name(staff, at, post, member)


def _phone(staff: Staff) -> str:
    """A mobile number of a range that was never given out."""
    return f"1990001{len(staff.ids):04d}"


def _name(staff: Staff, at: datetime, post: UUID, member: UUID, *, is_deputy: bool = False) -> None:
    _rule("name_posting", at, post=post, member=member, is_deputy=is_deputy)

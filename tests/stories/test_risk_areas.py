"""Risk areas: a superior's list becomes a version, a stay in a place gets its measure, an old list is an alarm."""

from datetime import date, datetime, timedelta
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from bihuan.adapters import risk_lists
from bihuan.adapters.spreadsheets import SheetFault
from bihuan.ledgers.command import bridge as command_bridge
from bihuan.ledgers.command import reads as command_reads
from bihuan.ledgers.command.models import Notice, Task
from bihuan.ledgers.staff.choices import Role, UnitKind
from bihuan.ledgers.territory import bridge as territory_bridge
from bihuan.ledgers.territory import risk
from bihuan.ledgers.territory.models import RiskArea, RiskList
from bihuan.ledgers.territory.scope import Scope, scoped
from bihuan.loop.tick import tick
from tests import cast, make

CHINA = ZoneInfo("Asia/Shanghai")
COUNTY = make.PATHS[make.COUNTY]
LINE = "邻省东山市城南区和平街道幸福小区"


def on(day: int, hour: int = 0) -> datetime:
    return datetime(2022, 7, day, hour, tzinfo=CHINA)


def areas(**levels: str) -> tuple[dict[str, str], ...]:
    return tuple({"name": name, "level": level} for name, level in levels.items())


def loads(member: Any, effective: datetime, told: tuple[dict[str, Any], ...], *, at: datetime | None = None) -> Any:
    return make.does(
        member, "load_risk_areas", at=at or effective, source="省疾控中心", document="第12号通告",
        effective_from=effective, areas=told, content_hash=str(told),
    )  # fmt: skip


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


@pytest.fixture
def listed(county: make.County) -> make.County:
    """Two versions: medium from the 3rd, high from the 5th, gone on the 9th."""
    assert (
        loads(county.zheng, on(3), areas(**{LINE: "medium", "邻省东山市城南区和平街道团结小区": "high"})).status
        == "done"
    )
    assert loads(county.zheng, on(5), areas(**{LINE: "high"})).result["number"] == 2
    assert loads(county.zheng, on(9), ()).status == "done"
    return county


@pytest.mark.parametrize(
    ("since", "until", "level"),
    [
        (1, 2, ""),  # left before anything was listed
        (1, 4, "medium"),
        (3, 5, "medium"),  # left at midnight, the instant it became high: half-open, never there while it was high
        (4, 6, "high"),  # the gravest of the stay
        (8, 10, "high"),
        (9, 12, ""),  # the list of the 9th is empty
    ],
)
def test_a_stay_has_the_gravest_level_of_its_days(listed: make.County, since: int, until: int, level: str) -> None:
    with scoped(make.EVERYBODY):
        assert risk.level_on(COUNTY, LINE + "3号楼", on(since), on(until), on(20)).level == level


def test_what_was_listed_after_leaving_is_told_apart(listed: make.County) -> None:
    with scoped(make.EVERYBODY):
        finding = risk.level_on(COUNTY, LINE, on(1), on(2), on(20))
    assert finding.level == ""
    assert [h.area.level for h in finding.later] == ["medium", "high"]
    assert finding.versions == ()


def test_what_was_not_known_at_the_time_is_not_answered(listed: make.County) -> None:
    with scoped(make.EVERYBODY):
        RiskList.objects.update(recorded_at=on(15))
        assert risk.level_on(COUNTY, LINE, on(5), on(6), on(14)).level == ""
        assert risk.level_on(COUNTY, LINE, on(5), on(6), on(16)).level == "high"


@pytest.mark.parametrize(
    ("asked", "how"),
    [
        ("东山市城南区和平街道幸福小区", "inside"),  # the province left out
        ("和平街道幸福小区6号楼", "inside"),
        ("邻省 东山市 城南区 和平街道 幸福小区", "inside"),
        ("东山市城南区", "wider"),
        ("东山市", "wider"),
        ("西山市城南区和平街道幸福小区", ""),  # another city of the same names
        ("幸福小区南门", "inside"),
        ("上海市浦东新区", ""),
        ("", ""),
    ],
)
def test_an_address_meets_a_listed_area(asked: str, how: str) -> None:
    assert risk._Asked(asked).meets(RiskArea(name=LINE, level="high")) == how


@pytest.mark.parametrize(
    ("asked", "listed_code", "how"),
    [
        ("991027101001", "991027101000", "inside"),
        ("991027", "991027101000", "wider"),
        ("991028", "991027101000", ""),
        ("991027101000", "", ""),
    ],
)
def test_a_code_meets_a_listed_code(asked: str, listed_code: str, how: str) -> None:
    assert risk._Asked(asked).meets(RiskArea(name=LINE, code=listed_code, level="high")) == how


def test_the_measure_is_the_editions_own_with_its_source() -> None:
    high = territory_bridge.measure("high", "covid-19/2022-06-28", left=on(1, 10), arrived=on(3, 9))
    assert (high.mode, high.until, high.code, len(high.tests)) == ("central_quarantine", on(9), "red", 4)
    assert "第九版" in high.basis
    gone = territory_bridge.measure("medium", "covid-19/2022-11-11", left=on(1), arrived=on(3))
    assert (gone.no, gone.mode) == ("never", "")
    unknown = territory_bridge.measure("high", "no-such-disease", left=on(1), arrived=on(3))
    assert unknown.no == "not_implemented"


def test_no_version_is_ever_edited(listed: make.County) -> None:
    with scoped(make.EVERYBODY):
        first = RiskList.objects.get(number=1)
        assert {a.level for a in risk.areas_of(first)} == {"high", "medium"}
        assert risk.changes(first, RiskList.objects.get(number=2)) == [
            (LINE, "medium", "high"), ("邻省东山市城南区和平街道团结小区", "high", ""),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"source": " "}, "incomplete"),
        ({"areas": areas(甲="grey")}, "level"),
        ({"areas": (*areas(甲="high"), *areas(甲="low"))}, "twice"),
    ],
)
def test_what_is_no_list_is_refused(county: make.County, change: dict[str, Any], code: str) -> None:
    words = {"source": "省", "document": "文", "effective_from": on(1), "areas": areas(甲="high"), "content_hash": "x"}
    answer = make.does(county.zheng, "load_risk_areas", **(words | change))
    assert (answer.status, answer.code) == ("refused", code)
    assert make.does(county.wu, "load_risk_areas", **words).code == "not_permitted"


def test_an_old_list_asks_for_a_newer_one_once_and_loading_ends_it(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        office = make.unit("指挥部办公室", UnitKind.WORKING_GROUP, make.COUNTY)
        clerk = make.serves(cast.Staff("韩平", "han", "office"), make.post(office, "主任", Role.OFFICE))
    at = make.DAY
    loads(county.zheng, at, areas(甲县="high"), at=at)
    tick(at + timedelta(hours=23, minutes=59))
    with scoped(make.EVERYBODY):
        assert not Task.objects.filter(kind="renew_risk_list").exists()
        assert not command_bridge.risk_standing(COUNTY, at + timedelta(hours=23)).is_old
        assert command_bridge.risk_standing(COUNTY, at + timedelta(hours=24)).is_old
    for minutes in (0, 1):
        tick(at + timedelta(hours=24, minutes=minutes))
    with scoped(make.EVERYBODY):
        assert Task.objects.get(kind="renew_risk_list").clock.due_at == at + timedelta(hours=26)
        assert Notice.objects.filter(member=clerk, kind="old_risk_list").count() == 1
    # The same list again: somebody looked, nothing changed.
    assert loads(county.zheng, at, areas(甲县="high"), at=at + timedelta(hours=25)).result["number"] == 2
    with scoped(make.EVERYBODY):
        assert not command_reads.open_tasks(Scope(COUNTY)).filter(kind="renew_risk_list").exists()
        assert not command_bridge.risk_standing(COUNTY, at + timedelta(hours=25)).is_old


SHEET = """风险等级,省,市,县（区）,街道（乡镇）,社区、小区,起始时间
高风险,邻省,东山市,城南区,和平街道,幸福小区,2022-07-05
中风险,,,,,团结小区,7月3日
,邻省,东山市,城南区,和平街道,友谊小区,
灰,邻省,西山市,城北区,胜利街道,光明小区,2022-07-05
高风险,邻省,西山市,城北区,胜利街道,光荣小区,某日
高风险,邻省,东山市,城南区,和平街道,幸福小区,2022-07-05
"""


def test_a_sheet_is_read_row_by_row() -> None:
    found = risk_lists.read(SHEET.encode(), received_on=date(2022, 7, 6))
    assert [(a.name, a.level, a.since) for a in found.areas] == [
        (LINE, "high", on(5)), ("邻省东山市城南区和平街道团结小区", "medium", on(3)),
    ]  # fmt: skip
    assert [(r["row"], r["column"]) for r in found.rejected] == [(4, "风险等级"), (5, "风险等级"), (6, "时间")]
    assert found.rows_read == len(found.areas) + len(found.rejected) + found.repeated == 6


def test_levels_may_stand_as_lines_of_their_own() -> None:
    text = "全国风险地区\n地区,备注\n一、高风险区,\n甲市乙区丙街道,\n二、低风险区,\n甲市乙区,\n"
    found = risk_lists.read(text.encode())
    assert [(a.name, a.level) for a in found.areas] == [("甲市乙区丙街道", "high"), ("甲市乙区", "low")]


def test_a_sheet_without_areas_says_so() -> None:
    with pytest.raises(SheetFault):
        risk_lists.read("姓名,电话\n赵一鸣,19900000001\n".encode())


@settings(deadline=None)  # a machine with other work is slow, not wrong
@given(
    st.lists(
        st.tuples(st.sampled_from(["高", "中", "低", "?", ""]), st.sampled_from(["甲区", "乙区", "丙县", ""])),
        max_size=12,
    )
)
def test_no_row_of_a_sheet_is_lost(rows: list[tuple[str, str]]) -> None:
    text = "等级,地区,序号\n" + "".join(f"{level},{name},{i}\n" for i, (level, name) in enumerate(rows))
    found = risk_lists.read(text.encode())
    assert found.rows_read == len(found.areas) + len(found.rejected) + found.repeated == len(rows)


def desk(who: Any, language: str = "zh-hans") -> Client:
    client = Client(headers={"Accept-Language": language})
    client.force_login(who)
    return client


def test_from_the_file_to_the_answer_on_the_desk(county: make.County) -> None:
    client = desk(county.zheng)
    papers = {"source": "省疾控中心", "document": "第12号通告", "effective_from": "2022-07-05T00:00"}
    shown = client.post("/risk/load/", {"file": SimpleUploadedFile("list.csv", SHEET.encode()), **papers})
    body = shown.content.decode()
    assert "团结小区" in body
    assert "“灰”" in body
    read = body.split('name="read" value="')[1].split('"')[0]
    act = body.split('name="act" value="')[1].split('"')[0]
    there = client.post("/risk/load/", {"read": read, "act": act}, follow=True)
    assert "第 1 版" in there.content.decode()
    answer = client.get(
        "/risk/", {"place": LINE, "since": "2022-07-04", "until": "2022-07-06", "arrived": "2022-07-07"}
    )
    body = answer.content.decode()
    assert "高风险区" in body
    assert "第12号通告" in body
    assert "集中隔离" in body
    version = RiskList.objects.get()
    paper = client.get(f"/risk/{version.id}/notice/?export=docx")
    from docx import Document

    words = "\n".join(p.text for p in Document(BytesIO(paper.content)).paragraphs)
    for needed in ("省疾控中心", "传染病防治法", "电话", "申诉"):
        assert needed in words, needed
    assert client.post("/risk/load/", {"read": read + "x"}).status_code == 302
    assert RiskList.objects.count() == 1
    english = desk(county.zheng, "en").get(f"/risk/{version.id}/").content.decode()
    assert "High-risk area" in english


def test_a_township_sees_the_list_and_may_not_load_one(listed: make.County) -> None:
    client = desk(listed.chen)
    assert "载入新清单" not in client.get("/risk/").content.decode()
    assert client.get("/risk/load/").status_code == 403
    assert desk(listed.zheng).get("/risk/").content.decode().count("载入新清单") == 1

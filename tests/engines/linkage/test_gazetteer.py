"""Division tables are read as they are found, and addresses as people write them."""

import csv
import time
from pathlib import Path

import pytest

from bihuan.engines.linkage._divisions import (
    Division,
    below,
    building_of,
    code_of_path,
    grid_of,
    join_tables,
    kind_of,
    level_of,
    missing_parents,
    parent_of,
    path_of,
    read_division_csv,
    read_divisions,
    repeated_names,
    roll_up,
    short_code,
)
from bihuan.engines.linkage._gazetteer import REASONS, Gazetteer
from bihuan.engines.linkage._placenames import clean_address, near_miss

SHARED = Path(__file__).resolve().parents[4] / "shared" / "data" / "territory-cn"

TABLE = """统计用区划代码,城乡分类代码,名称
990000000000,,演示省
991000000000,,演示市
991027000000,,青禾县
991027001000,,城关街道
991027001001,111,文昌社区居委会
991027001002,111,东关社区居委会
991027100000,,柳泉镇
991027100201,121,柳泉村村委会
991027100202,220,河湾村村民委员会
991027100203,220,东关村委会
991027100204,220,前枣林村委会
991027101000,,古城营镇
991027101201,220,三里堡村委会
991027101202,220,李庄村委会
991027200000,,石桥乡
991027200201,220,上坡村委会
991027200202,220,东关村委会
991028000000,,邻水县
991028100000,,渡口镇
991028100201,220,白沙村委会
"""


@pytest.fixture(scope="module")
def small() -> Gazetteer:
    return Gazetteer(read_division_csv(TABLE).divisions, {"老河乡": "991027100", "十字口": "991027001001"})


@pytest.fixture(scope="module")
def real() -> tuple[Division, ...]:
    if not SHARED.is_dir():
        pytest.skip(f"the division tables are not at {SHARED}")
    files = ("provinces", "cities", "counties", "townships", "villages")
    tables = [read_division_csv((SHARED / f"{name}.csv").read_text(encoding="utf-8")) for name in files]
    table = join_tables(tables)
    assert table.faults == ()
    return table.divisions


def test_padded_codes_become_short_and_keep_their_class() -> None:
    table = read_division_csv(TABLE)
    assert table.faults == ()
    village = next(d for d in table.divisions if d.code == "991027100202")
    assert village == Division("991027100202", "河湾村村民委员会", "village", "991027100", "村", "220")
    assert missing_parents(table.divisions) == ()
    assert missing_parents(d for d in table.divisions if d.level != "county") == ("991027", "991028")


@pytest.mark.parametrize(
    ("code", "short", "level", "parent"),
    [
        ("130000", "13", "province", None),
        ("130430000000", "130430", "county", "1304"),
        ("441900003000", "441900003", "township", "4419"),
        ("130430100201", "130430100201", "village", "130430100"),
        ("130430100201g02b11", "130430100201g02b11", "building", "130430100201g02"),
        ("130430100201b11", "130430100201b11", "building", "130430100201"),
    ],
)
def test_a_code_tells_its_level_and_parent(code: str, short: str, level: str, parent: str | None) -> None:
    assert (short_code(code), level_of(code), parent_of(code)) == (short, level, parent)


def test_paths_start_and_end_with_a_slash_and_lead_back() -> None:
    assert path_of("130430100001") == "/13/1304/130430/130430100/130430100001/"
    village = Division("130430100001", "甲村", "village", "130430100", "村")
    building = building_of(grid_of(village, 1), 3)
    assert path_of(building.code) == "/13/1304/130430/130430100/130430100001/g01/b03/"
    assert code_of_path(path_of(building.code)) == building.code
    assert path_of("441900003") == "/44/4419/441900003/"


def test_faults_name_row_and_column_and_the_rest_is_read() -> None:
    rows = [
        {"code": "13", "name": "河北省", "parent": ""},
        {"code": "1.3043E+11", "name": "邱县", "parent": "1304"},
        {"code": "13043", "name": "邱县", "parent": "1304"},
        {"code": "130430", "name": "", "parent": "1304"},
        {"code": "130481", "name": "武安市", "parent": "1305"},
        {"code": "13", "name": "河南省", "parent": ""},
    ]
    table = read_divisions(rows)
    assert [d.name for d in table.divisions] == ["河北省"]
    assert [(f.row, f.column) for f in table.faults] == [
        (3, "code"), (4, "code"), (5, "name"), (6, "parent"), (7, "code")
    ]  # fmt: skip
    assert "1305 is not above 130481" in table.faults[3].reason
    assert read_divisions([{"编号": "1", "name": "x"}]).faults[0].column == "code"


def test_counts_roll_up_to_every_level() -> None:
    total = roll_up({"991027100202": 3, "991027100201g01": 4, "991027001001": 5})
    assert total["991027"] == 12
    assert total["991027100"] == 7
    assert total["991027100201"] == 4
    assert roll_up({"991027100202": 3}, levels=("township",)) == {"991027100": 3}


def test_kinds_come_from_names_and_codes() -> None:
    assert kind_of("130481100205", "北关街街道委员会") == "村"
    assert kind_of("130481100400", "建安公司社区") == "社区"
    assert kind_of("130430204", "陈村回族乡") == "乡"
    assert kind_of("130481400", "河北武安工业园区") == "other"


@pytest.mark.parametrize(
    ("text", "code", "rest", "token"),
    [
        ("青禾县柳泉镇河湾村3组12号", "991027100202", "3组12号", "full"),
        ("演示省-演示市-青禾县 柳泉镇（河湾村）三组十二号", "991027100202", "3组12号", "full"),
        ("现住址:柳泉镇河湾3组", "991027100202", "3组", "short_form"),
        ("城关街道办事处文昌社区居民委员会6号楼2单元301室", "991027001001", "6号楼2单元301室", "no_county"),
        ("城关镇文昌社区6号楼", "991027001001", "6号楼", "kind_differs"),
        ("城关文昌居委会", "991027001001", "", "short_form"),
        ("河湾村", "991027100202", "", "no_township"),
        ("老河乡河湾村", "991027100202", "", "alias"),
        ("青禾县十字口社区", "991027001001", "", "alias"),
        ("柳全镇河湾村", "991027100202", "", "homophone"),
        ("石桥乡上波村1组5号", "991027200201", "1组5号", "one_edit"),
        ("柳泉镇前早林村", "991027100204", "", "homophone"),
        ("古城营镇3里堡村", "991027101201", "", "no_county"),
        ("青禾县柳泉镇", "991027100", "", "full"),
    ],
)
def test_addresses_as_people_write_them(small: Gazetteer, text: str, code: str, rest: str, token: str) -> None:
    found = small.match(text, within="991027")
    assert (found.code, found.rest, found.outside) == (code, rest, False)
    assert token in found.reason
    assert found.explain() != found.explain("en")


def test_less_certain_writing_has_less_confidence(small: Gazetteer) -> None:
    texts = ["青禾县柳泉镇河湾村", "柳泉镇河湾村", "柳泉镇河湾", "柳全镇河湾村", "石桥乡上波村"]
    confidence = [small.match(text, within="991027").confidence for text in texts]
    assert confidence == sorted(confidence, reverse=True)
    assert confidence[0] == 1.0
    assert confidence[-1] < 0.75


def test_a_name_in_two_townships_is_left_to_a_person(small: Gazetteer) -> None:
    found = small.match("青禾县东关村2组", within="991027")
    assert found.code == "991027"
    assert found.confidence < 0.5
    assert set(found.candidates) == {"991027100203", "991027200202"}
    # 东关社区 is the only community of that name, and the township settles the villages.
    assert small.match("东关社区", within="991027").code == "991027001002"
    assert small.match("石桥乡东关村", within="991027").code == "991027200202"


def test_another_county_is_outside_whether_listed_or_not(small: Gazetteer) -> None:
    near = small.match("演示市邻水县渡口镇白沙村2组", within="991027")
    assert (near.code, near.outside) == ("991028100201", True)
    far = small.match("湖南省常德市武陵区柳叶大道9号东关村", within="991027")
    assert (far.code, far.outside) == (None, True)
    assert "outside_unknown" in far.reason


def test_a_village_of_another_township_is_a_contradiction(small: Gazetteer) -> None:
    found = small.match("青禾县石桥乡河湾村", within="991027")
    assert found.code == "991027200"
    assert found.candidates == ("991027200", "991027100202")
    assert "conflict:河湾村" in found.reason
    assert found.confidence < 0.6


def test_the_senders_code_settles_doubt_and_a_contradiction_shows(small: Gazetteer) -> None:
    assert small.match("东关村2组", within="991027", division_code="991027200000").code == "991027200202"
    assert small.match("", within="991027", division_code="991027200202").code == "991027200202"
    differs = small.match("柳泉镇河湾村", within="991027", division_code="991027200202")
    assert differs.confidence <= 0.5
    assert differs.candidates == ("991027100202", "991027200202")
    unknown = small.match("", within="991027", division_code="430702001001")
    assert (unknown.code, unknown.outside) == (None, True)
    assert "bad_code" in small.match("河湾村", within="991027", division_code="4.3E+11").reason


@pytest.mark.parametrize("text", ["", "  ", "不详", "朝阳路12号", "13800000000", "李"])
def test_what_names_no_place_matches_none(small: Gazetteer, text: str) -> None:
    found = small.match(text, within="991027")
    assert (found.code, found.confidence) == (None, 0.0)
    assert found.reason in REASONS


def test_neighbouring_names_are_not_slips() -> None:
    assert near_miss("张庄", "李庄") is None
    assert near_miss("东街", "西街") is None
    assert near_miss("南苇泉", "北苇泉") is None
    assert near_miss("河弯", "河湾") == "homophone"
    assert near_miss("上波", "上坡") == "one_edit"
    assert near_miss("前枣林", "枣林") is None


def test_cleaning_keeps_house_numbers() -> None:
    assert clean_address("　柳泉镇，河湾村　六号楼 2-301") == "柳泉镇河湾村6号楼2-301"


def test_an_alias_to_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="991099"):
        Gazetteer(read_division_csv(TABLE).divisions, {"老河乡": "991099"})


def test_every_division_finds_itself_by_its_full_name(small: Gazetteer) -> None:
    for division in read_division_csv(TABLE).divisions:
        assert small.match(small.full_name(division.code)).code == division.code


@pytest.mark.shared
def test_the_real_trees_have_the_known_counts(real: tuple[Division, ...]) -> None:
    for county, townships, villages in (("130430", 7, 225), ("130481", 23, 523)):
        assert len(below(real, county, level="township")) == townships
        assert len(below(real, county, level="village")) == villages
    kinds = [d.kind for d in below(real, "130481", level="village")]
    assert (kinds.count("社区"), kinds.count("村")) == (21, 502)
    assert repeated_names(below(real, "130430"))["西街村委会"] == ("130430100201", "130430101202")
    assert len(repeated_names(d for d in real if d.level == "village")) == 7


@pytest.mark.shared
def test_every_real_division_finds_itself(real: tuple[Division, ...]) -> None:
    gazetteer = Gazetteer(real)
    for county in ("130430", "130481"):
        for division in below(real, county):
            full = gazetteer.full_name(division.code)
            assert gazetteer.match(full).code == division.code
            assert gazetteer.match(full + "3组12号", within=county).code == division.code
    assert gazetteer.match("邱县西街村", within="130430").candidates == ("130430100201", "130430101202")
    assert gazetteer.match("河北省邯郸市武安市伯延镇先进街村", within="130430").outside


@pytest.mark.shared
def test_five_thousand_addresses_take_half_a_second(real: tuple[Division, ...]) -> None:
    gazetteer = Gazetteer(real)
    with (SHARED / "villages.csv").open(encoding="utf-8") as file:
        names = [row["name"] for row in csv.DictReader(file) if row["areaCode"] == "130430"]
    texts = [f"邱县{names[i % len(names)]}{i % 9}组{i}号" for i in range(5_000)]
    gazetteer.match(texts[0], within="130430")
    began = time.process_time()
    for text in texts:
        gazetteer.match(text, within="130430")
    assert time.process_time() - began < 0.5

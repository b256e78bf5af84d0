"""The invented county is whole, repeatable, and belongs to nobody."""

import io
from collections import Counter

import pytest

from bihuan.demo import _outlines
from bihuan.demo.county import COUNTY_CODE, County, build, divisions, pushed_lists
from bihuan.engines.linkage._divisions import below, missing_parents, path_of
from bihuan.engines.linkage._gazetteer import Gazetteer
from bihuan.engines.terms import is_resident_number
from tests import cast


@pytest.fixture(scope="module")
def county() -> County:
    return build(3_000)


def test_the_tree_is_whole_and_outside_the_official_range() -> None:
    tree = divisions()
    assert missing_parents(tree) == ()
    assert all(d.code.startswith("99") for d in tree)
    assert len(below(tree, COUNTY_CODE, level="township")) == 10
    assert len(below(tree, COUNTY_CODE, level="village")) == 115
    building = next(d for d in tree if d.level == "building")
    assert path_of(building.code).endswith("/991027001001/g01/b01/")


def test_the_casts_addresses_are_found() -> None:
    gazetteer = Gazetteer(divisions())
    homes = [gazetteer.match(r.address, within=COUNTY_CODE) for r in (cast.ZHAO, cast.SUN, cast.LI)]
    assert [h.code for h in homes] == ["991027100201", "991027200201", "991027001001"]
    assert [h.rest for h in homes] == ["3组12号", "1组5号", "6号楼2单元301室"]


def test_every_division_of_qinghe_finds_itself() -> None:
    gazetteer = Gazetteer(divisions())
    for division in divisions():
        if division.level not in ("grid", "building"):
            assert gazetteer.match(gazetteer.full_name(division.code)).code == division.code


def test_the_same_seed_gives_the_same_county(county: County) -> None:
    assert build(3_000).persons.equals(county.persons)
    assert not build(3_000, seed=7).persons.equals(county.persons)
    with pytest.raises(ValueError, match="1,000,000"):
        build(0)


def test_identity_numbers_are_valid_unique_and_never_issued(county: County) -> None:
    people = county.persons.to_pylist()
    numbers = [p["id_number"] for p in people]
    assert len(set(numbers)) == len(people) == 3_000
    taken = {r.id_number for r in (cast.ZHAO, cast.QIAN, cast.SUN, cast.LI)}
    assert not taken & set(numbers)
    for person in people:
        number = person["id_number"]
        assert number.startswith("99")
        assert is_resident_number(number)
        assert number[6:14] == person["birth_date"].strftime("%Y%m%d")
        assert (int(number[16]) % 2 == 1) == (person["sex"] == "male")
        assert person["phone"] is None or person["phone"].startswith("1990000")


def test_households_live_together_at_an_address_of_their_village(county: County) -> None:
    people = county.persons.to_pylist()
    names = {d.code: d.name for d in divisions()}
    homes = {(p["household_id"], p["address"], p["grid_code"]) for p in people}
    assert len(homes) == len({p["household_id"] for p in people}) == len({p["address"] for p in people})
    for person in people:
        assert names[person["village_code"]] in person["address"]
        assert person["grid_code"] in names
        assert person["building_code"] is None or person["building_code"] in names
    sizes = Counter(Counter(p["household_id"] for p in people).values())
    assert sizes[2] > sizes[1] > sizes[5] > 0


def test_the_ages_and_posts_are_those_of_a_county(county: County) -> None:
    people = county.persons.to_pylist()
    ages = [(2022 - p["birth_date"].year) for p in people]
    assert 0.12 < sum(a < 15 for a in ages) / 3_000 < 0.24
    assert 0.10 < sum(a >= 65 for a in ages) / 3_000 < 0.22
    posts = Counter(p["occupation_group"] for p in people if p["key_post"])
    assert {"medic", "driver", "courier", "teacher", "cold_chain", "isolation_staff"} <= set(posts)
    places = {p.place_id: p for p in county.places}
    pupils = [p for p in people if p["occupation_group"] == "pupil"]
    assert pupils
    assert all(places[p["workplace_id"]].village_code[:9] == p["village_code"][:9] for p in pupils)
    kinds = Counter(p.kind for p in county.places)
    assert (kinds["checkpoint"], kinds["rail_station"] + kinds["bus_station"], kinds["cdc_lab"]) == (3, 2, 1)


def test_the_three_lists_hold_what_the_day_needs(county: County) -> None:
    province, rail, letter = pushed_lists(county)
    for pushed in (province, rail, letter):
        assert len(pushed.rows) == len(pushed.truth)
        assert [t.row for t in pushed.truth] == list(range(1, len(pushed.rows) + 1))
    truth = [t for pushed in (province, rail, letter) for t in pushed.truth]
    outcomes = Counter(t.outcome for t in truth)
    assert (outcomes["rejected"], outcomes["to_review"], outcomes["duplicate_in_list"]) == (1, 1, 1)
    assert sum(t.outside for t in truth) == 1
    assert outcomes["created"] == 8
    rejected = next(t for t in rail.truth if t.outcome == "rejected")
    assert not is_resident_number(rail.rows[rejected.row - 1]["证件号码"].strip("'\n\u3000 ").upper())
    assert letter.content.decode("gbk").splitlines()[0].startswith("姓名,身份证号")
    gazetteer = Gazetteer(county.divisions, county.aliases)
    away = next(t for t in province.truth if t.outside)
    place = gazetteer.match(province.rows[away.row - 1]["现住址"], within=COUNTY_CODE)
    assert (place.code, place.outside) == (away.division_code, True)
    for row, expected in zip(rail.rows, rail.truth, strict=True):
        if expected.division_code:
            assert gazetteer.match(row["到站后去向"], within=COUNTY_CODE).code == expected.division_code


def test_the_rail_workbook_is_as_ugly_as_promised(county: County) -> None:
    from openpyxl import load_workbook

    rail = pushed_lists(county)[1]
    sheet = load_workbook(io.BytesIO(rail.content))["Sheet1"]
    assert "旅客信息表" in sheet["A1"].value
    assert sheet["B3"].value == "旅客信息"
    assert sheet["B4"].value == "姓名"
    assert len(sheet.merged_cells.ranges) == 6
    assert sheet.cell(5 + len(rail.rows) + 1, 1).value == "合计"
    assert pushed_lists(county)[1].rows == rail.rows


def test_outlines_share_the_county_among_its_townships() -> None:
    lines = _outlines.schematic_outlines(divisions(), county=COUNTY_CODE)
    assert sorted(lines) == [d.code for d in below(divisions(), COUNTY_CODE, level="township")]
    whole = _area(_outlines.QINGHE_OUTLINE)
    parts = [_area(line) for line in lines.values()]
    assert sum(parts) == pytest.approx(whole, rel=0.02)
    assert max(parts) < 4 * min(parts)
    assert lines == _outlines.schematic_outlines(divisions(), county=COUNTY_CODE)
    paths = _outlines.to_svg_paths(lines, 400, 300)
    numbers = [float(n) for d in paths.values() for n in d.strip("MZ").replace("L", " ").split()]
    assert min(numbers) >= 0
    assert max(numbers) <= 400
    points = _outlines.village_points(divisions(), county=COUNTY_CODE)
    assert len(points) == 115


def _area(line: list[tuple[float, float]]) -> float:
    pairs = zip(line, [*line[1:], line[0]], strict=True)
    return abs(sum(ax * by - bx * ay for (ax, ay), (bx, by) in pairs)) / 2

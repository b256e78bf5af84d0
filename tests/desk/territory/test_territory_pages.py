"""The tree of areas, drilled by level, inside one's scope."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from bihuan.ledgers.staff.models import Member
from bihuan.ledgers.territory import writes as territory_writes
from bihuan.ledgers.territory.choices import PlaceKind
from bihuan.ledgers.territory.scope import scoped
from tests import cast, make

SQUARE = [[[115.0, 36.0], [115.1, 36.0], [115.1, 36.1], [115.0, 36.1]]]


@pytest.fixture
def county(db: None) -> make.County:
    return make.county()


def page(member: Member, address: str, **params: str) -> str:
    client = Client()
    client.force_login(member)
    answer = client.get(address, params)
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def test_the_county_counts_its_townships(county: make.County) -> None:
    make.person(cast.ZHAO)
    make.receives(county.wang, make.told(cast.ZHAO), make.told(cast.QIAN, 3), make.told(cast.SUN, 4))
    shown = page(county.zheng, "/territory/")
    liuquan = shown.split("柳泉镇</a>")[1].split("</tr>")[0]
    assert f'area={make.LIUQUAN}">2</a>' in liuquan
    assert f'area={make.SHIQIAO}">1</a>' in shown.split("石桥乡</a>")[1].split("</tr>")[0]
    # The lists of 2022 were due long ago: one team in each township is late.
    assert "<b>1</b>" in liuquan


def test_one_level_leads_to_the_next(county: make.County) -> None:
    assert "/territory/991027101/" in page(county.zheng, "/territory/")
    township = page(county.zheng, "/territory/991027101/")
    assert "河湾村" in township
    assert "上坡村" not in township
    assert "柳泉镇人民政府" in township
    assert "青禾县</a>" not in page(county.wu, "/territory/").split("</nav>")[-1]


def test_a_township_sees_its_own_tree_only(county: make.County) -> None:
    shown = page(county.chen, "/territory/")
    assert "上坡村" in shown
    assert "柳泉镇" not in shown
    client = Client()
    client.force_login(county.chen)
    assert client.get("/territory/991027101/").status_code == 404
    assert client.get("/territory/991027/").status_code == 404
    assert client.post("/territory/").status_code == 405


def test_the_map_is_coloured_by_the_chosen_count_and_says_what_is_schematic(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        territory_writes.set_outline("991027101", SQUARE, is_schematic=True)
    make.person(cast.ZHAO)
    assert "在办行（示意图）" in page(county.zheng, "/territory/")
    by_people = page(county.zheng, "/territory/", by="population")
    assert "建档人数（示意图）" in by_people
    assert "柳泉镇 1" in by_people
    assert "在办行（示意图）" in page(county.zheng, "/territory/", by="nonsense")


def test_an_area_shows_its_places(county: make.County) -> None:
    with scoped(make.EVERYBODY):
        place = {"area_id": "991027101001", "path": make.PATHS["991027101001"], "name": "河湾诊所"}
        territory_writes.add_places([place | {"kind": PlaceKind.CLINIC}])
        territory_writes.set_aliases("991027101001", ["大河湾"])
    assert "河湾诊所" in page(county.wu, "/territory/")
    assert "大河湾" in page(county.wu, "/territory/991027101001/")
    assert "河湾诊所" not in page(county.chen, "/territory/")


def test_the_supervisor_sees_no_count_of_people(county: make.County) -> None:
    from bihuan.ledgers.staff import reads as staff_reads
    from bihuan.ledgers.staff.choices import Role

    with scoped(make.EVERYBODY):
        of = staff_reads.units(make.EVERYBODY).get(name="青禾县指挥部")
        inspector = make.serves(cast.Staff("督查", "du", "inspector"), make.post(of, "督导", Role.INSPECTOR))
    assert '<th scope="col" class="bh-number">建档人数' not in page(inspector, "/territory/")


def test_questions_do_not_grow_with_the_areas(county: make.County) -> None:
    client = Client()
    client.force_login(county.zheng)
    client.get("/territory/")
    with CaptureQueriesContext(connection) as few:
        client.get("/territory/")
    with scoped(make.EVERYBODY):
        codes = [f"991027{n}" for n in range(200, 220)]
        territory_writes.set_areas(
            {"code": c, "name": f"乡{c}", "level": "township", "kind": "乡", "parent_id": "991027",
             "path": f"/99/9910/991027/{c}/"}
            for c in codes
        )  # fmt: skip
    with CaptureQueriesContext(connection) as many:
        client.get("/territory/")
    assert len(many) == len(few) <= 25
